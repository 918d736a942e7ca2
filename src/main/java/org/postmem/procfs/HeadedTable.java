package org.postmem.procfs;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/** A table whose first line names its columns, as those of {@code /proc/sysvipc}: they are found by name, in any order. */
final class HeadedTable {
    private HeadedTable() {}

    /**
     * Makes a row of each line behind the heading that has a number in the column it is known by.
     *
     * @param columns names of those that are wanted; the others are passed over
     * @param known index of the column without whose number a line is no row
     * @param wordColumns indices of those that are kept as they stand
     * @param row of the numbers and of the words of a line, each at the index of its column; {@code null} where it is missing
     */
    static <R> Parsed<List<R>> parse(
            byte[] text, Keys columns, int known, List<Integer> wordColumns, BiFunction<Long[], String[], R> row) {
        Lines lines = Lines.of(text);
        List<R> rows = new ArrayList<>();
        List<Integer> heading = new ArrayList<>();
        while (lines.next()) {
            if (lines.isBlank()) {
                continue;
            }
            if (heading.isEmpty()) {
                while (lines.field()) {
                    heading.add(columns.find(text, lines.fieldStart, lines.fieldEnd));
                }
                if (!heading.contains(known)) {
                    lines.issue("the heading has no " + columns.name(known));
                    return lines.parsedRows(rows);
                }
                continue;
            }
            Long[] numbers = new Long[columns.size()];
            String[] words = new String[columns.size()];
            for (int column : heading) {
                if (!lines.field()) {
                    lines.issueAt(lines.end, "fewer fields than the heading has");
                    break;
                }
                if (wordColumns.contains(column)) {
                    words[column] = lines.string();
                } else if (column != Keys.UNKNOWN) {
                    numbers[column] = Lines.orNull(lines.fieldAsNumber("a number"));
                }
            }
            if (numbers[known] != null) {
                rows.add(row.apply(numbers, words));
            }
        }
        return lines.parsedRows(rows);
    }
}
