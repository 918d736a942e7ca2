package org.postmem.tools;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.procfs.FileSystemUsage;
import org.postmem.procfs.Lines;
import org.postmem.procfs.Parsed;

// Filesystem              Type     1K-blocks     Used Available Use% Mounted on
// tmpfs                   tmpfs     24684084        0  24684084   0% /dev/shm
// Filesystem      Inodes IUsed   IFree IUse% Mounted on
// tmpfs          3085510     9 3085501    1% /dev/shm
// type dir total_kb used_kb inodes_used
// tmpfs /run 590092 72 140

/**
 * What {@code df} prints ({@code -T}, {@code -k}, {@code -m}, {@code -h}, {@code -P}, {@code -a}, {@code -i}). df has no device number: the mount point stands in for it. Without {@code -T} a
 * file system is known by what stands for its device. Likewise a list of mounts in five columns, as a program without df writes it.
 */
public final class DfText {
    private static final List<String> FIVE_COLUMNS = List.of("type", "dir", "total_kb", "used_kb", "inodes_used");

    private static final Pattern BLOCKS = Pattern.compile("(\\d{1,7})([KMGB]?)(?:iB)?-blocks");

    private DfText() {}

    /** Reads a text: one reading a heading. */
    public static Parsed<ToolText> parse(byte[] text) {
        Lines lines = Lines.ofAnyText(text);
        List<Reading.Draft> drafts = new java.util.ArrayList<>();
        List<String> header = List.of();
        long unit = 0;
        String wrapped = null;
        while (lines.next()) {
            if (lines.isBlank()) {
                continue;
            }
            List<String> words = ColumnHeader.words(lines.line(), 0);
            if (isHeading(words)) {
                // "Mounted on" is one column
                header = words.equals(FIVE_COLUMNS) ? words : words.subList(0, words.size() - 1);
                unit = unit(words);
                wrapped = null;
                drafts.add(new Reading.Draft(Stamp.NONE));
                continue;
            }
            if (header.isEmpty() || (words.get(0).equals("total") && words.size() < header.size())) {
                continue;
            }
            if (words.size() == 1 && wrapped == null) {
                // a long device name stands on a line of its own
                wrapped = words.get(0);
                continue;
            }
            String line = wrapped == null
                    ? lines.line()
                    : wrapped + " " + lines.line().strip();
            wrapped = null;
            Reading.Draft draft = drafts.get(drafts.size() - 1);
            Row row = row(header, ColumnHeader.words(line, 0), unit == 0 ? 1 : unit);
            if (row == null) {
                lines.issue("not the fields that the heading has");
            } else if (unit == 0) {
                draft.inodes.add(new FileSystemInodes(
                        row.device(), row.fstype(), row.mountPoint(), row.total(), row.used(), row.free()));
            } else {
                String type = row.fstype() == null ? typeOf(row.device()) : row.fstype();
                draft.fileSystems.add(new FileSystemUsage(
                        null, row.mountPoint(), type, row.mountPoint(), row.total(), row.used(), row.free()));
            }
        }
        drafts.removeIf(draft -> draft.fileSystems.isEmpty() && draft.inodes.isEmpty());
        return lines.parsed(ToolText.of(drafts));
    }

    static boolean isHeading(List<String> words) {
        return words.equals(FIVE_COLUMNS)
                || (words.size() >= 6
                        && words.get(0).equals("Filesystem")
                        && words.get(words.size() - 2).equals("Mounted")
                        && (words.contains("Used") || words.contains("IUsed")));
    }

    /** Bytes of a number without a suffix; 0 for a table of inodes. */
    private static long unit(List<String> header) {
        if (header.contains("Inodes")) {
            return 0;
        }
        for (String word : header) {
            Matcher blocks = BLOCKS.matcher(word);
            if (blocks.matches()) {
                long scale = switch (blocks.group(2)) {
                    case "K" -> 1L << 10;
                    case "M" -> 1L << 20;
                    case "G" -> 1L << 30;
                    default -> 1;
                };
                return Long.parseLong(blocks.group(1)) * scale;
            }
        }
        return header.contains("Size") ? 1 : 1024;
    }

    /** A line of either table: three numbers between what is mounted and where. */
    private record Row(String device, String fstype, String mountPoint, Long total, Long used, Long free) {}

    private static Row row(List<String> header, List<String> words, long unit) {
        if (words.size() < header.size()) {
            return null;
        }
        if (header.equals(FIVE_COLUMNS)) {
            return fiveColumns(words);
        }
        boolean typed = header.contains("Type");
        int size = typed ? 2 : 1;
        // What stands left of the sizes may have blanks, and so may the mount point: the column of percents is between.
        int percent = -1;
        for (int i = header.size() - 2; i < words.size() - 1 && percent < 0; i++) {
            if (words.get(i).matches("\\d{1,4}%|-") && i >= size + 3) {
                percent = i;
            }
        }
        if (percent < 0) {
            return null;
        }
        String device = String.join(" ", words.subList(0, percent - 2 - size));
        String type = typed ? words.get(percent - 4) : null;
        String mount = String.join(" ", words.subList(percent + 1, words.size()));
        if (device.isEmpty()) {
            return null;
        }
        return new Row(
                device,
                type,
                mount,
                Amount.bytes(words.get(percent - 3), unit),
                Amount.bytes(words.get(percent - 2), unit),
                Amount.bytes(words.get(percent - 1), unit));
    }

    /** It does not tell what an ordinary user could still take. */
    private static Row fiveColumns(List<String> words) {
        int size = words.size();
        Long total = Amount.bytes(words.get(size - 3), 1024);
        Long used = Amount.bytes(words.get(size - 2), 1024);
        // a mount point may have blanks
        String mount = String.join(" ", words.subList(1, size - 3));
        return total == null || used == null ? null : new Row(mount, words.get(0), mount, total, used, null);
    }

    private static String typeOf(String device) {
        return switch (device) {
            case "tmpfs", "shm", "none" -> "tmpfs";
            case "devtmpfs", "udev" -> "devtmpfs";
            case "hugetlbfs", "ramfs" -> device;
            default -> "unknown";
        };
    }
}
