package org.postmem.tools;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.postmem.procfs.KernelAllocation;
import org.postmem.procfs.ParseIssue;
import org.postmem.procfs.Parsed;

//           16        1 fs/xfs/xfs_mount.c:87 [xfs] func:xfs_uuid_mount

/** {@code /proc/allocinfo} that somebody read by hand: stacks of one frame, the line of code that asked for the memory. */
public final class AllocInfo {
    private static final byte[] HEADING = "allocinfo - version:".getBytes(StandardCharsets.US_ASCII);

    private AllocInfo() {}

    /** A row a line of code and reading; lines that hold nothing are left out. */
    public static Parsed<List<StackAllocation>> parse(byte[] text) {
        return TimedParts.parse(text, HEADING, AllocInfo::reading);
    }

    private static Parsed<List<StackAllocation>> reading(byte[] text, StackBlock block) {
        Parsed<List<KernelAllocation>> parsed = KernelAllocation.parse(text);
        List<ParseIssue> issues = new ArrayList<>(parsed.issues());
        for (KernelAllocation row : parsed.value()) {
            if (row.bytes() == null || row.calls() == null || row.bytes() <= 0) {
                continue;
            }
            try {
                block.add(List.of(frame(row)), row.bytes(), row.calls());
            } catch (ArithmeticException e) {
                issues.add(new ParseIssue(0, 0, row.site() + " has more bytes than fit into 63 bits", ""));
            }
        }
        return new Parsed<>(block.rows(), issues);
    }

    /** {@code xfs_uuid_mount fs/xfs/xfs_mount.c:87 [xfs]}, the module last as in a stack of the kernel. */
    private static String frame(KernelAllocation row) {
        return (row.function() == null ? "" : row.function() + " ")
                + row.site()
                + (row.module() == null ? "" : " [" + row.module() + "]");
    }
}
