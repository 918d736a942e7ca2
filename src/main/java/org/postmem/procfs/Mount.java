package org.postmem.procfs;

import java.util.ArrayList;
import java.util.List;

// 25 24 0:23 / /dev/shm rw,relatime - tmpfs tmpfs rw,size=24684096k

/**
 * A line of {@code /proc/PID/mountinfo} (proc_pid_mountinfo(5)), escapes turned back.
 *
 * @param device major:minor
 * @param root of the mount within its file system
 * @param source what was mounted
 * @param superOptions of the file system: {@code size=} of a tmpfs stands here
 */
public record Mount(
        int mountId,
        int parentId,
        String device,
        String root,
        String mountPoint,
        String options,
        String fstype,
        String source,
        String superOptions) {

    public static Parsed<List<Mount>> parse(byte[] text) {
        Lines lines = Lines.of(text);
        List<Mount> rows = new ArrayList<>(64);
        while (lines.next()) {
            if (!lines.isBlank()) {
                Mount row = row(lines);
                if (row != null) {
                    rows.add(row);
                }
            }
        }
        return lines.parsedRows(rows);
    }

    private static Mount row(Lines lines) {
        Integer id = Lines.intOrNull(lines.count("the mount's number"));
        Integer parent = id == null ? null : Lines.intOrNull(lines.count("the parent's number"));
        if (parent == null) {
            return null;
        }
        String device = next(lines);
        String root = next(lines);
        String mountPoint = next(lines);
        String options = next(lines);
        boolean separator = false;
        while (!separator && lines.field()) {
            separator = lines.fieldIs("-");
        }
        String fstype = separator ? next(lines) : null;
        if (fstype == null) {
            lines.issueAt(lines.end, "there is no file system after a dash");
            return null;
        }
        return new Mount(id, parent, device, root, mountPoint, options, fstype, next(lines), next(lines));
    }

    private static String next(Lines lines) {
        return lines.field() ? MountEscapes.decode(lines.string()) : null;
    }
}
