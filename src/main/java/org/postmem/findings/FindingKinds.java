package org.postmem.findings;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The kinds of {@code findings.json}, schema 1, in the order in which its schema lists them. */
final class FindingKinds {
    /** Kinds that mean memory is being lost: one of them above {@code info} makes the verdict. */
    static final Set<String> LEAKS = ordered(List.of(
            "private_anonymous",
            "shared_anonymous",
            "private_file_mapping",
            "shared_file_mapping",
            "address_space",
            "tmpfs",
            "deleted_file",
            "sysv_shm",
            "memfd",
            "slab_cache",
            "vmalloc",
            "kernel_pages",
            "page_tables",
            "kernel_stacks",
            "percpu",
            "sockets",
            "hugepages",
            "process_count",
            "cgroup_oom"));

    /** Those of them that last without growing: kills at a limit, a pool that was set aside. */
    static final Set<String> LASTING = Set.of("hugepages", "cgroup_oom");

    static final Set<String> ALL = all();

    private FindingKinds() {}

    private static Set<String> all() {
        Set<String> kinds = new LinkedHashSet<>(LEAKS);
        kinds.addAll(List.of(
                "cgroup_limit",
                "host_oom",
                "swap",
                "pressure",
                "fragmentation",
                "configuration",
                "page_cache",
                "data_quality"));
        return Collections.unmodifiableSet(kinds);
    }

    private static Set<String> ordered(List<String> kinds) {
        return Collections.unmodifiableSet(new LinkedHashSet<>(kinds));
    }
}
