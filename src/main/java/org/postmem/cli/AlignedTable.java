package org.postmem.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;

/**
 * Prints rows in columns of one width. The first rows tell the widths and are held back; a longer cell that comes later
 * pushes its own line out and no other. Control characters are shown, so that a cell is one line.
 */
final class AlignedTable {
    private static final int ROWS_THAT_TELL_WIDTHS = 1000;

    private final PrintWriter out;
    private final List<String> names;
    private final List<Boolean> rightAligned;
    private final BinaryOperator<String> paint;
    private final List<List<String>> heldBack = new ArrayList<>();
    private int[] widths;
    private long rows;

    /**
     * A table without colours.
     *
     * @param rightAligned for numbers
     */
    AlignedTable(PrintWriter out, List<String> names, List<Boolean> rightAligned) {
        this(out, names, rightAligned, (cell, padded) -> padded);
    }

    /**
     * A table with colours.
     *
     * @param paint makes of a cell and the same with its blanks what is printed
     */
    AlignedTable(PrintWriter out, List<String> names, List<Boolean> rightAligned, BinaryOperator<String> paint) {
        this.paint = paint;
        this.out = out;
        this.names = List.copyOf(names);
        this.rightAligned = List.copyOf(rightAligned);
    }

    void row(List<String> cells) {
        rows++;
        if (widths != null) {
            print(cells);
            return;
        }
        heldBack.add(cells.stream().map(AlignedTable::visible).toList());
        if (heldBack.size() == ROWS_THAT_TELL_WIDTHS) {
            begin();
        }
    }

    /** Prints what is held back. Returns the number of rows. */
    long finish() {
        if (widths == null) {
            begin();
        }
        return rows;
    }

    private void begin() {
        widths = new int[names.size()];
        for (int i = 0; i < widths.length; i++) {
            int column = i;
            widths[i] = heldBack.stream()
                    .mapToInt(row -> TextWidth.of(row.get(column)))
                    .reduce(TextWidth.of(names.get(i)), Math::max);
        }
        print(names);
        StringBuilder rule = new StringBuilder();
        for (int width : widths) {
            rule.append(rule.isEmpty() ? "" : "  ").append("-".repeat(width));
        }
        out.println(rule);
        heldBack.forEach(this::print);
        heldBack.clear();
    }

    private void print(List<String> cells) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            String cell = visible(cells.get(i));
            String blanks = " ".repeat(Math.max(0, widths[i] - TextWidth.of(cell)));
            line.append(i == 0 ? "" : "  ");
            line.append(paint.apply(cell, rightAligned.get(i) ? blanks + cell : cell + blanks));
        }
        out.println(line.toString().stripTrailing());
    }

    /** A newline, an escape sequence of a hostile process name: nothing that moves the cursor reaches the terminal. */
    static String visible(String cell) {
        StringBuilder shown = null;
        for (int i = 0; i < cell.length(); i++) {
            char c = cell.charAt(i);
            if (Character.isISOControl(c)) {
                shown = shown == null ? new StringBuilder(cell.substring(0, i)) : shown;
                shown.append(
                        switch (c) {
                            case '\n' -> "\\n";
                            case '\t' -> "\\t";
                            case '\r' -> "\\r";
                            default -> String.format("\\x%02x", (int) c);
                        });
            } else if (shown != null) {
                shown.append(c);
            }
        }
        return shown == null ? cell : shown.toString();
    }
}
