package org.postmem.findings;

import java.util.List;

/** The chapters of the report that a rule may name: those along the path, in its order, and the one about the capture. */
public final class FindingChapters {
    public static final List<String> ALL = List.of(
            "top", "meminfo", "pidstat", "sar", "strace", "bcc", "tmpfs", "kernel", "cgroups", "oom", "quality");

    private FindingChapters() {}
}
