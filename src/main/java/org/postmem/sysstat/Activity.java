package org.postmem.sysstat;

import java.util.List;

/**
 * The activities of a {@code saDD} file that tell about memory, and what their members are called.
 *
 * <p>A member is an unsigned 64-bit counter, an unsigned {@code long} of the writing machine, or an unsigned 32-bit
 * number; within an item they stand in that order, and later versions of sysstat only append within each of the three
 * groups. So a member is found by its group and its place there, and one that the file does not have is absent.
 */
@SuppressWarnings("ImmutableEnumChecker") // the lists are made by List.of
enum Activity {
    CPU(
            1,
            List.of("user", "nice", "system", "idle", "iowait", "steal", "hardirq", "softirq", "guest", "guest_nice"),
            List.of(),
            List.of(),
            0x8b),
    SWAP(4, List.of(), List.of("pswpin", "pswpout"), List.of(), 0x8a),
    PAGE(
            5,
            List.of(),
            List.of(
                    "pgpgin",
                    "pgpgout",
                    "pgfault",
                    "pgmajfault",
                    "pgfree",
                    "pgscan_kswapd",
                    "pgscan_direct",
                    "pgsteal",
                    "pgpromote",
                    "pgdemote"),
            List.of(),
            0x8a),
    MEMORY(
            7,
            List.of(
                    "MemFree",
                    "Buffers",
                    "Cached",
                    "MemTotal",
                    "SwapFree",
                    "SwapTotal",
                    "SwapCached",
                    "Committed_AS",
                    "Active",
                    "Inactive",
                    "Dirty",
                    "AnonPages",
                    "Slab",
                    "KernelStack",
                    "PageTables",
                    "VmallocUsed",
                    "MemAvailable",
                    "Shmem"),
            List.of(),
            List.of(),
            0x8b,
            0x8a),
    KERNEL_TABLES(8, List.of("file_used", "inode_used", "dentry_unused", "pty_nr"), List.of(), List.of(), 0x8b),
    QUEUE(
            9,
            List.of("nr_running", "procs_blocked", "nr_threads"),
            List.of(),
            List.of("load_avg_1", "load_avg_5", "load_avg_15"),
            0x8c,
            0x8b),
    HUGE(
            34,
            List.of("HugePages_Free", "HugePages_Total", "HugePages_Rsvd", "HugePages_Surp"),
            List.of(),
            List.of(),
            0x8b,
            0x8a),
    /** Behind its numbers stand the device and the mount point, {@link #NAME_BYTES} each. */
    FILE_SYSTEM(37, List.of("f_blocks", "f_bfree", "f_bavail", "f_files", "f_ffree"), List.of(), List.of(), 0x8b),
    PRESSURE_CPU(40, List.of("some_total"), List.of("some_avg10", "some_avg60", "some_avg300"), List.of(), 0x8a),
    PRESSURE_IO(
            41,
            List.of("some_total", "full_total"),
            List.of("some_avg10", "some_avg60", "some_avg300", "full_avg10", "full_avg60", "full_avg300"),
            List.of(),
            0x8a),
    PRESSURE_MEMORY(
            42,
            List.of("some_total", "full_total"),
            List.of("some_avg10", "some_avg60", "some_avg300", "full_avg10", "full_avg60", "full_avg300"),
            List.of(),
            0x8a);

    static final int NAME_BYTES = 128;

    final int id;
    final List<String> wide;
    final List<String> longs;
    final List<String> ints;
    private final List<Integer> magics;

    Activity(int id, List<String> wide, List<String> longs, List<String> ints, Integer... magics) {
        this.id = id;
        this.wide = wide;
        this.longs = longs;
        this.ints = ints;
        this.magics = List.of(magics);
    }

    /** The activity with this id and a layout we know, or {@code null}: then its bytes are skipped. */
    static Activity of(int id, int magic) {
        for (Activity activity : values()) {
            if (activity.id == id && activity.magics.contains(magic)) {
                return activity;
            }
        }
        return null;
    }
}
