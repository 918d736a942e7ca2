package org.postmem.procfs;

import java.util.ArrayList;
import java.util.List;

//           16        1 fs/xfs/xfs_mount.c:87 [xfs] func:xfs_uuid_mount

/**
 * A line of {@code /proc/allocinfo} (kernel 6.10+ with memory allocation profiling), version 1.0, 2.0 or without a
 * heading.
 *
 * @param site file:line
 * @param module {@code null} for the kernel itself
 * @param calls allocations still held
 */
public record KernelAllocation(String site, String module, String function, Long calls, Long bytes) {

    private static final String VERSION = "allocinfo - version:";

    public static Parsed<List<KernelAllocation>> parse(byte[] text) {
        Lines lines = Lines.of(text);
        List<KernelAllocation> rows = new ArrayList<>(1024);
        while (lines.next()) {
            if (lines.isBlank() || text[lines.start] == '#') {
                continue;
            }
            if (lines.lineStartsWith(VERSION)) {
                lines.skip(4);
                if (!lines.fieldIs("1.0") && !lines.fieldIs("2.0")) {
                    lines.issueAt(lines.fieldStart, "a version of allocinfo that is neither 1.0 nor 2.0");
                }
                continue;
            }
            // Bytes come as a signed number there: per-cpu sums taken without a lock may be below zero for a moment.
            Long bytes = Lines.orNull(lines.number("the bytes"));
            Long calls = Lines.orNull(lines.count("the calls"));
            if (!lines.field()) {
                lines.issueAt(lines.end, "the place in the source is missing");
                continue;
            }
            String site = lines.string();
            String module = null;
            String function = null;
            while (lines.field()) {
                int from = lines.fieldStart;
                int to = lines.fieldEnd;
                if (text[from] == '[' && text[to - 1] == ']') {
                    module = lines.string(from + 1, to - 1);
                } else if (lines.startsWith(from, to, "func:")) {
                    function = lines.string(from + 5, to);
                }
            }
            rows.add(new KernelAllocation(site, module, function, calls, bytes));
        }
        return lines.parsedRows(rows);
    }
}
