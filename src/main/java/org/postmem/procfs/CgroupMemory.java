package org.postmem.procfs;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The memory of one cgroup, from its files (cgroup-v2.rst; for version 1 memory.rst). Limits are {@code null} when
 * there is none, everything else when the file or the line is missing on this kernel.
 *
 * @param version 1 or 2
 * @param swapCurrentBytes version 1: {@code memsw} less {@code memory}
 * @param swapMaxBytes version 1: {@code memsw} limit less {@code memory} limit, where both are set
 * @param kernelBytes {@code memory.stat} kernel (5.18+); version 1 {@code memory.kmem.usage_in_bytes}
 * @param dyingDescendants removed cgroups that still hold memory
 */
public record CgroupMemory(
        String path,
        int version,
        Long currentBytes,
        Long maxBytes,
        Long highBytes,
        Long swapCurrentBytes,
        Long swapMaxBytes,
        Long peakBytes,
        Long anonBytes,
        Long fileBytes,
        Long shmemBytes,
        Long kernelBytes,
        Long kernelStackBytes,
        Long pageTablesBytes,
        Long percpuBytes,
        Long sockBytes,
        Long vmallocBytes,
        Long slabReclaimableBytes,
        Long slabUnreclaimableBytes,
        Long eventsHigh,
        Long eventsMax,
        Long eventsOom,
        Long eventsOomKill,
        Double pressureSomeAvg10Percent,
        Double pressureFullAvg10Percent,
        Long dyingDescendants) {

    private static final long LARGEST_PAGE = 1 << 16;

    private static final Set<String> FLAT_KEYED = Set.of(
            "memory.stat",
            "memory.events",
            "memory.events.local",
            "memory.swap.events",
            "cgroup.stat",
            "memory.oom_control");

    /** An issue, and the file of the cgroup it stands in. */
    public record FileIssue(String file, ParseIssue issue) {}

    /** The record, and the issues of each file. */
    public record Result(CgroupMemory value, List<FileIssue> issues) {
        public Result {
            issues = List.copyOf(issues);
        }
    }

    /**
     * Joins the files of one cgroup.
     *
     * @param version 1 or 2
     * @param files file name ({@code memory.current}, {@code memory.stat} …) → text
     */
    public static Result parse(String path, int version, Map<String, byte[]> files) {
        Map<String, Long> values = new TreeMap<>();
        List<FileIssue> issues = new ArrayList<>();
        Double some = null;
        Double full = null;
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            String name = file.getKey();
            List<ParseIssue> found;
            if (FLAT_KEYED.contains(name)) {
                Parsed<Map<String, Long>> flat = FlatKeyed.parse(file.getValue());
                flat.value().forEach((key, value) -> values.put(name + ":" + key, value));
                found = flat.issues();
            } else if (name.equals("memory.pressure")) {
                Parsed<List<Pressure>> pressure = Pressure.parse(file.getValue(), "memory");
                for (Pressure row : pressure.value()) {
                    if (row.scope().equals("some")) {
                        some = row.avg10Percent();
                    } else {
                        full = row.avg10Percent();
                    }
                }
                found = pressure.issues();
            } else if (name.startsWith("memory.")) {
                Parsed<Long> single = SingleValue.parse(file.getValue());
                if (single.value() != null) {
                    values.put(name, single.value());
                }
                found = single.issues();
            } else {
                continue;
            }
            found.forEach(issue -> issues.add(new FileIssue(name, issue)));
        }
        CgroupMemory value = version == 1 ? version1(path, values, some, full) : version2(path, values, some, full);
        return new Result(value, issues);
    }

    private static CgroupMemory version2(String path, Map<String, Long> v, Double some, Double full) {
        return new CgroupMemory(
                path,
                2,
                v.get("memory.current"),
                v.get("memory.max"),
                v.get("memory.high"),
                v.get("memory.swap.current"),
                v.get("memory.swap.max"),
                v.get("memory.peak"),
                v.get("memory.stat:anon"),
                v.get("memory.stat:file"),
                v.get("memory.stat:shmem"),
                v.get("memory.stat:kernel"),
                v.get("memory.stat:kernel_stack"),
                v.get("memory.stat:pagetables"),
                v.get("memory.stat:percpu"),
                v.get("memory.stat:sock"),
                v.get("memory.stat:vmalloc"),
                v.get("memory.stat:slab_reclaimable"),
                v.get("memory.stat:slab_unreclaimable"),
                v.get("memory.events:high"),
                v.get("memory.events:max"),
                v.get("memory.events:oom"),
                v.get("memory.events:oom_kill"),
                some,
                full,
                v.get("cgroup.stat:nr_dying_descendants"));
    }

    private static CgroupMemory version1(String path, Map<String, Long> v, Double some, Double full) {
        Long current = v.get("memory.usage_in_bytes");
        Long limit = limit(v.get("memory.limit_in_bytes"));
        Long withSwap = v.get("memory.memsw.usage_in_bytes");
        Long withSwapLimit = limit(v.get("memory.memsw.limit_in_bytes"));
        // total_ sums the children, as every number of version 2 does; without it (use_hierarchy off) the group's own.
        return new CgroupMemory(
                path,
                1,
                current,
                limit,
                null,
                difference(withSwap, current),
                difference(withSwapLimit, limit),
                v.get("memory.max_usage_in_bytes"),
                total(v, "rss"),
                total(v, "cache"),
                total(v, "shmem"),
                v.get("memory.kmem.usage_in_bytes"),
                null,
                null,
                null,
                v.get("memory.kmem.tcp.usage_in_bytes"),
                null,
                null,
                null,
                null,
                v.get("memory.failcnt"),
                null,
                v.get("memory.oom_control:oom_kill"),
                some,
                full,
                v.get("cgroup.stat:nr_dying_descendants"));
    }

    private static Long total(Map<String, Long> v, String name) {
        Long total = v.get("memory.stat:total_" + name);
        return total != null ? total : v.get("memory.stat:" + name);
    }

    /** 9223372036854771712 with pages of 4 KiB: no limit is LONG_MAX rounded down to a page, of whatever size. */
    private static Long limit(Long bytes) {
        return bytes == null || bytes >= Long.MAX_VALUE / LARGEST_PAGE * LARGEST_PAGE ? null : bytes;
    }

    private static Long difference(Long whole, Long part) {
        return whole == null || part == null || whole < part ? null : whole - part;
    }
}
