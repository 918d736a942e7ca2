package org.postmem.procfs;

import java.util.ArrayList;
import java.util.List;

// total 12 socket 3 pipe 2 anon_inode 1 file 6 /dev/pts/ 2 [eventfd] 1
// 5 1048576 26 1031 /memfd:cache (deleted)

/**
 * A process's block of the archive's {@code pid/fd} entry: how many descriptors of each kind, and those that can hide
 * memory. A kind that was not counted is {@code null}.
 *
 * @param named anonymous inodes and devices by what they are; at most sixteen
 */
public record OpenFiles(
        Long total, Long sockets, Long pipes, Long anonInodes, Long files, List<Named> named, List<OpenFile> hidden) {

    private static final String DELETED = " (deleted)";

    public OpenFiles {
        named = List.copyOf(named);
        hidden = List.copyOf(hidden);
    }

    /**
     * How many descriptors are of one thing.
     *
     * @param target {@code [io_uring]}, {@code inotify} …; a device without the numbers at its end, {@code /dev/pts/}
     */
    public record Named(String target, Long descriptors) {}

    /**
     * A descriptor that can hide memory; of sockets those alone in which much waits.
     *
     * @param kind memfd, deleted, shm or socket
     * @param target without {@code  (deleted)}
     * @param sizeBytes apparent: an upper bound for a sparse file
     */
    public record OpenFile(Integer fd, String kind, String target, Long sizeBytes, Long device, Long inode) {}

    public static Parsed<OpenFiles> parse(byte[] text) {
        Lines lines = Lines.of(text);
        Long[] counts = new Long[KINDS.size()];
        List<Named> named = new ArrayList<>();
        List<OpenFile> files = new ArrayList<>();
        while (lines.next()) {
            if (lines.isBlank()) {
                continue;
            }
            if (lines.lineStartsWith("total ")) {
                counts(lines, counts, named);
            } else {
                OpenFile file = file(lines);
                if (file != null) {
                    files.add(file);
                }
            }
        }
        return lines.parsed(new OpenFiles(counts[0], counts[1], counts[2], counts[3], counts[4], named, files));
    }

    private static final Keys KINDS = new Keys("total", "socket", "pipe", "anon_inode", "file");

    private static void counts(Lines lines, Long[] counts, List<Named> named) {
        while (lines.field()) {
            int kind = KINDS.find(lines.text, lines.fieldStart, lines.fieldEnd);
            String target = lines.string();
            Long count = Lines.orNull(lines.count("the number of descriptors"));
            if (kind != Keys.UNKNOWN) {
                counts[kind] = count;
            } else if (count != null) {
                named.add(new Named(MountEscapes.decode(target), count));
            }
        }
    }

    private static OpenFile file(Lines lines) {
        Integer fd = Lines.intOrNull(lines.count("the descriptor"));
        if (fd == null) {
            return null;
        }
        Long size = Lines.orNull(lines.count("the size"));
        Long device = Lines.orNull(lines.count("the device"));
        Long inode = Lines.orNull(lines.count("the inode"));
        if (!lines.rest()) {
            lines.issueAt(lines.end, "the target is missing");
            return null;
        }
        String target = MountEscapes.decode(lines.string());
        boolean deleted = target.endsWith(DELETED);
        if (deleted) {
            target = target.substring(0, target.length() - DELETED.length());
        }
        return new OpenFile(fd, kind(target, deleted), target, size, device, inode);
    }

    private static String kind(String target, boolean deleted) {
        if (target.startsWith("/memfd:")) {
            return "memfd";
        }
        if (target.startsWith("socket:")) {
            return "socket";
        }
        return deleted ? "deleted" : "shm";
    }
}
