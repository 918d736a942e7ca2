package org.postmem.sysstat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;

/**
 * Layouts of sysstat before 11.7.1 on x86_64, where a structure says its size but not its members: known by activity,
 * magic and size (checked against files of 10.1.5, 10.3.1 and 11.6.5).
 */
enum OldActivity {
    /** Ten 64-bit counters, each aligned to 16 bytes. */
    CPU(Activity.CPU, 0x8a, 16),
    SWAP(Activity.SWAP, 0x8a, 8),
    PAGE(Activity.PAGE, 0x8a, 8),
    MEMORY(Activity.MEMORY, 0x8a, 8),
    HUGE(Activity.HUGE, 0x8a, 8);

    private static final int SMALLEST_MEMORY_BYTES = 64;

    private final Activity activity;
    private final int magic;
    private final int stride;

    OldActivity(Activity activity, int magic, int stride) {
        this.activity = activity;
        this.magic = magic;
        this.stride = stride;
    }

    /** The layout, or {@code null}: then its bytes are skipped. */
    static OldActivity of(int id, int magic, int size) {
        for (OldActivity old : values()) {
            boolean fits = size % old.stride == 0 && (old != MEMORY || size >= SMALLEST_MEMORY_BYTES);
            if (old.activity.id == id && old.magic == magic && fits) {
                return old;
            }
        }
        return null;
    }

    /** The members of the first item; the only one, except for the CPUs, where it is all of them together. */
    void members(ByteBuffer in, int at, int size, List<SystemActivity.Value> values) {
        List<String> names = activity.wide.isEmpty() ? activity.longs : activity.wide;
        String name = activity.name().toLowerCase(Locale.ROOT);
        for (int i = 0; i < Math.min(names.size(), size / stride); i++) {
            values.add(new SystemActivity.Value(name, this == CPU ? -1 : 0, names.get(i), in.getLong(at + i * stride)));
        }
    }
}
