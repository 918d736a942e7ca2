package org.postmem.sysstat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Layouts of sysstat before 11.7.1 on x86_64, where a structure says its size but not its members: known by activity,
 * magic and size (checked against files of 10.1.5, 10.3.1 and 11.6.5). Later versions only append.
 */
@SuppressWarnings("ImmutableEnumChecker") // the lists are made by List.copyOf
enum OldActivity {
    /** Up to ten counters a CPU. */
    CPU(Activity.CPU, 0x8a, 128, List.of()),
    SWAP(Activity.SWAP, 0x8a, 16, row(0, 8, 8, Activity.SWAP.longs)),
    PAGE(Activity.PAGE, 0x8a, 64, row(0, 8, 8, Activity.PAGE.longs)),
    MEMORY(Activity.MEMORY, 0x8a, 64, row(0, 8, 8, Activity.MEMORY.wide)),
    /** 10.1.5 gives it the size of MEMORY, and writes two numbers. */
    HUGE(Activity.HUGE, 0x8a, 16, row(0, 8, 8, Activity.HUGE.wide.subList(0, 2))),
    KERNEL_TABLES(Activity.KERNEL_TABLES, 0x8a, 16, row(0, 4, 4, Activity.KERNEL_TABLES.wide)),
    QUEUE(Activity.QUEUE, 0x8b, 32, both(row(0, 8, 8, List.of("nr_running", "procs_blocked")), loads(16))),
    QUEUE_UNBLOCKED(Activity.QUEUE, 0x8a, 24, both(row(0, 8, 8, List.of("nr_running")), loads(8))),
    /** Five numbers, then device and mount point, half of what is left each. */
    FILE_SYSTEM(Activity.FILE_SYSTEM, 0x8a, 224, List.of());

    /** Where the names begin in a file system. */
    static final int NAMES_AT = 80;

    /** From one number of a file system, or of a CPU, to the next: each is aligned to it. */
    static final int NUMBERS_STRIDE = 16;

    private record Member(String name, int offset, int bytes) {}

    private final Activity activity;
    private final int magic;
    private final int leastBytes;
    private final List<Member> members;

    OldActivity(Activity activity, int magic, int leastBytes, List<Member> members) {
        this.activity = activity;
        this.magic = magic;
        this.leastBytes = leastBytes;
        this.members = List.copyOf(members);
    }

    private static List<Member> row(int offset, int stride, int bytes, List<String> names) {
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            members.add(new Member(names.get(i), offset + i * stride, bytes));
        }
        return members;
    }

    private static List<Member> loads(int offset) {
        return row(offset, 4, 4, List.of("load_avg_1", "load_avg_5", "load_avg_15", "nr_threads"));
    }

    private static List<Member> both(List<Member> first, List<Member> second) {
        List<Member> members = new ArrayList<>(first);
        members.addAll(second);
        return members;
    }

    /** The layout, or {@code null}: then its bytes are skipped. */
    static OldActivity of(int id, int magic, int size) {
        for (OldActivity old : values()) {
            if (old.activity.id == id && old.magic == magic && size >= old.leastBytes && size % 8 == 0) {
                return old;
            }
        }
        return null;
    }

    /** The members of an activity of one item. */
    void members(SysstatBytes in, int at, int size, List<SystemActivity.Value> values) {
        String name = activity.name().toLowerCase(Locale.ROOT);
        for (Member member : members) {
            if (member.offset() + member.bytes() <= size) {
                long value = member.bytes() == 8
                        ? in.longAt(at + member.offset())
                        : in.intAt(at + member.offset()) & 0xffffffffL;
                values.add(new SystemActivity.Value(name, 0, member.name(), value));
            }
        }
    }
}
