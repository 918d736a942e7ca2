package org.postmem.procfs;

import java.util.ArrayList;
import java.util.List;

// 4026531841 0:23 tmpfs 25276514304 25276510208 25276510208 /dev/shm

/**
 * A line of the archive's {@code fs/statvfs}: a memory-backed mount.
 *
 * @param mountNamespace inode of the namespace; {@code null} where the collector could not tell
 * @param device major:minor
 * @param usedBytes total less free; {@code null} when one of the two is unknown
 */
public record FileSystemUsage(
        Long mountNamespace,
        String device,
        String fstype,
        String mountPoint,
        Long totalBytes,
        Long usedBytes,
        Long availableBytes) {

    public static Parsed<List<FileSystemUsage>> parse(byte[] text) {
        Lines lines = Lines.of(text);
        List<FileSystemUsage> rows = new ArrayList<>(16);
        while (lines.next()) {
            if (!lines.field()) {
                continue;
            }
            Long namespace = lines.fieldIs("-") ? null : Lines.orNull(lines.fieldAsNumber("the mount namespace"));
            String device = lines.field() ? lines.string() : null;
            String fstype = lines.field() ? lines.string() : null;
            long total = lines.count("the size");
            long free = lines.count("the free size");
            Long available = Lines.orNull(lines.count("the available size"));
            if (!lines.rest()) {
                lines.issueAt(lines.end, "the mount point is missing");
                continue;
            }
            String mountPoint = MountEscapes.decode(lines.string());
            Long used = null;
            if (total != Lines.NONE && free != Lines.NONE) {
                if (free > total) {
                    lines.issue("more is free than there is");
                } else {
                    used = total - free;
                }
            }
            rows.add(new FileSystemUsage(namespace, device, fstype, mountPoint, Lines.orNull(total), used, available));
        }
        return lines.parsedRows(rows);
    }
}
