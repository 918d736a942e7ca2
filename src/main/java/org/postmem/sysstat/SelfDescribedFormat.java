package org.postmem.sysstat;

import java.nio.BufferUnderflowException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The format of sysstat 11.7.1 and later, 0x2175: every size stands in the file, activities that are not known are skipped
 * by theirs, and members are found by their group (see {@link Activity}).
 */
final class SelfDescribedFormat {
    private static final int FILE_MAGIC_BYTES = 76;
    private static final int MAX_HEADER_BYTES = 8192;
    private static final int MAX_STRUCT_BYTES = 1024;
    private static final int MAX_EXTRA = 8192;
    /** Types of records of newer versions, which may be passed over. */
    private static final int FIRST_EXTRA = 5;

    private static final int LAST_EXTRA = 15;

    private final SysstatBytes in;
    private final SysstatRecords records;
    private final StridedItems strided;

    SelfDescribedFormat(SysstatBytes in) {
        this.in = in;
        this.records = new SysstatRecords(in);
        this.strided = new StridedItems(in, Long.BYTES);
    }

    /** Numbers of 8-byte, long and 4-byte members of a structure. */
    private record Types(int wide, int longs, int ints) {
        long bytes() {
            return 8L * wide + 8L * longs + 4L * ints;
        }
    }

    /** What the file says about one activity; {@code activity} is null when it is to be skipped. */
    private record Layout(Activity activity, int nr, int nr2, boolean counted, int size, Types types) {}

    SystemActivity read() throws SystemActivityException {
        in.need(FILE_MAGIC_BYTES, "file magic");
        String version = in.byteAt(4) + "." + in.byteAt(5) + "." + in.byteAt(6);
        int headerSize = SysstatBytes.checked(in.intAt(8), 1, MAX_HEADER_BYTES, "header_size", 8);
        Types headerTypes = types(16, headerSize, "header");
        in.need(FILE_MAGIC_BYTES + headerSize, "file header");

        // longs of a 32-bit writer lie in the first four bytes of their eight
        int at = FILE_MAGIC_BYTES;
        long created = in.longAt(at);
        int ints = at + 8 * (headerTypes.wide() + headerTypes.longs());
        if (headerTypes.wide() < 1 || headerTypes.ints() < 11) {
            throw new SystemActivityException("hdr_types_nr at offset 16 is too small for a file header");
        }
        int activities =
                SysstatBytes.checked(in.intAt(ints + 4), 1, SysstatBytes.MAX_ACTIVITIES, "sa_act_nr", ints + 4);
        int actSize = SysstatBytes.checked(in.intAt(ints + 36), 1, MAX_STRUCT_BYTES, "act_size", ints + 36);
        int recSize = SysstatBytes.checked(in.intAt(ints + 40), 1, MAX_STRUCT_BYTES, "rec_size", ints + 40);
        Types actTypes = types(ints + 12, actSize, "act_types_nr");
        Types recTypes = types(ints + 24, recSize, "rec_types_nr");
        if (actTypes.ints() < 9 || actTypes.wide() + actTypes.longs() != 0) {
            throw new SystemActivityException(
                    "act_types_nr at offset " + (ints + 12) + " does not describe an activity");
        }
        if (recTypes.wide() < 2) {
            throw new SystemActivityException("rec_types_nr at offset " + (ints + 24) + " does not describe a record");
        }
        boolean headerExtra = headerTypes.ints() >= 12 && in.intAt(ints + 44) != 0;
        int text = ints + 4 * headerTypes.ints();
        if (text + 3 + 4 * 65 > FILE_MAGIC_BYTES + headerSize) {
            throw new SystemActivityException("header_size at offset 8 leaves no room for the host's names");
        }
        int longBytes = in.byteAt(text + 2);
        if (longBytes != 4 && longBytes != 8) {
            throw new SystemActivityException(
                    "sizeof_long at offset " + (text + 2) + " is " + longBytes + ", not 4 or 8");
        }
        String node = in.text(text + 3 + 65, 65);
        String release = in.text(text + 3 + 130, 65);
        String machine = in.text(text + 3 + 195, 65);

        in.moveTo(FILE_MAGIC_BYTES + headerSize);
        List<Layout> layouts = new ArrayList<>(activities);
        for (int i = 0; i < activities; i++) {
            layouts.add(layout(actSize));
        }
        if (headerExtra) {
            int extra = in.position();
            try {
                skipExtra();
            } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
                throw new SystemActivityException("the file ends at " + in.length()
                        + " within the extra structures of its header, at offset " + extra);
            }
        }
        return records.all(
                new SysstatRecords.Header(node, release, machine, version, created),
                () -> record(layouts, recSize, recTypes, longBytes));
    }

    private Layout layout(int actSize) throws SystemActivityException {
        int at = in.position();
        in.need(at + actSize, "activity list");
        int id = in.intAt(at);
        int magic = in.intAt(at + 4);
        int nr = SysstatBytes.checked(in.intAt(at + 8), 0, SysstatBytes.MAX_ITEMS, "nr of activity " + id, at + 8);
        int nr2 = SysstatBytes.checked(in.intAt(at + 12), 1, SysstatBytes.MAX_ITEMS, "nr2 of activity " + id, at + 12);
        boolean counted = in.intAt(at + 16) != 0;
        int size = SysstatBytes.checked(
                in.intAt(at + 20), 1, SysstatBytes.MAX_ITEM_BYTES, "size of activity " + id, at + 20);
        Types types = types(at + 24, size, "types_nr of activity " + id);
        in.moveTo(at + actSize);
        return new Layout(Activity.of(id, magic), nr, nr2, counted, size, types);
    }

    private void record(List<Layout> layouts, int recSize, Types recTypes, int longBytes)
            throws SystemActivityException {
        int at = in.position();
        long uptime = in.longAt(at);
        long seconds = in.longAt(at + 8);
        int extraAt = at + 8 * (recTypes.wide() + recTypes.longs());
        boolean extra = recTypes.ints() >= 1 && in.intAt(extraAt) != 0;
        int type = in.byteAt(extraAt + 4 * recTypes.ints());
        in.moveTo((long) at + recSize);
        Instant ts = SysstatBytes.instant(seconds);
        double uptimeSeconds = uptime / 100.0;
        switch (type) {
            case SysstatRecords.STATISTICS, SysstatRecords.LAST_STATISTICS -> {
                if (extra) {
                    skipExtra();
                }
                List<SystemActivity.Value> values = new ArrayList<>();
                List<SystemActivity.FileSystem> fileSystems = new ArrayList<>();
                for (Layout layout : layouts) {
                    int n = layout.counted()
                            ? SysstatBytes.checked(
                                    in.nextInt(), 0, SysstatBytes.MAX_ITEMS, "number of items", in.position())
                            : layout.nr();
                    if (layout.activity() == Activity.FILE_SYSTEM) {
                        fileSystems(layout, n, fileSystems);
                    } else {
                        items(layout, n, longBytes, values);
                    }
                }
                records.statistics(ts, uptimeSeconds, values, fileSystems);
            }
            case SysstatRecords.RESTART -> {
                in.nextInt();
                if (extra) {
                    skipExtra();
                }
                records.restart(ts, uptimeSeconds);
            }
            case SysstatRecords.COMMENT -> {
                records.comment(ts, uptimeSeconds);
                if (extra) {
                    skipExtra();
                }
            }
            default -> {
                if (type < FIRST_EXTRA || type > LAST_EXTRA) {
                    throw new SystemActivityException(
                            "record type " + type + " at offset " + (extraAt + 4 * recTypes.ints()) + " is unknown");
                }
                if (extra) {
                    skipExtra();
                }
            }
        }
    }

    private void items(Layout layout, int n, int longBytes, List<SystemActivity.Value> values) {
        long bytes = (long) n * layout.nr2() * layout.size();
        int at = in.position();
        in.moveTo(at + bytes);
        if (layout.activity() == null) {
            return;
        }
        if (layout.activity() == Activity.CPU) {
            strided.allCpus(n * layout.nr2(), layout.types().wide(), at, layout.size(), values);
            return;
        }
        for (int i = 0; i < n * layout.nr2(); i++) {
            members(layout, at + i * layout.size(), i, longBytes, values);
        }
    }

    private void fileSystems(Layout layout, int n, List<SystemActivity.FileSystem> fileSystems) {
        int at = in.position();
        in.moveTo(at + (long) n * layout.nr2() * layout.size());
        int names = (int) layout.types().bytes();
        if (layout.types().wide() >= Activity.FILE_SYSTEM.wide.size()
                && names + 2 * Activity.NAME_BYTES <= layout.size()) {
            for (int i = 0; i < n * layout.nr2(); i++) {
                fileSystems.add(strided.fileSystem(at + i * layout.size(), names, Activity.NAME_BYTES));
            }
        }
    }

    private void members(Layout layout, int at, int item, int longBytes, List<SystemActivity.Value> values) {
        Activity activity = layout.activity();
        String name = activity.name().toLowerCase(Locale.ROOT);
        Types types = layout.types();
        for (int i = 0; i < Math.min(types.wide(), activity.wide.size()); i++) {
            values.add(new SystemActivity.Value(name, item, activity.wide.get(i), in.longAt(at + 8 * i)));
        }
        int longs = at + 8 * types.wide();
        for (int i = 0; i < Math.min(types.longs(), activity.longs.size()); i++) {
            long value = longBytes == 8 ? in.longAt(longs + 8 * i) : in.intAt(longs + 8 * i) & 0xffffffffL;
            values.add(new SystemActivity.Value(name, item, activity.longs.get(i), value));
        }
        int ints = longs + 8 * types.longs();
        for (int i = 0; i < Math.min(types.ints(), activity.ints.size()); i++) {
            values.add(
                    new SystemActivity.Value(name, item, activity.ints.get(i), in.intAt(ints + 4 * i) & 0xffffffffL));
        }
    }

    /** A chain of structures of newer versions: {nr, size, next, types_nr[3]}, then nr × size bytes, while next is set. */
    private void skipExtra() throws SystemActivityException {
        while (true) {
            int at = in.position();
            int nr = SysstatBytes.checked(in.intAt(at), 0, MAX_EXTRA, "number of extra structures", at);
            int size = SysstatBytes.checked(in.intAt(at + 4), 0, MAX_STRUCT_BYTES, "size of extra structures", at + 4);
            boolean next = in.intAt(at + 8) != 0;
            long end = at + 24L + (long) nr * size;
            in.moveTo(end);
            if (!next) {
                return;
            }
        }
    }

    private Types types(int at, int size, String what) throws SystemActivityException {
        Types types = new Types(in.intAt(at), in.intAt(at + 4), in.intAt(at + 8));
        if (types.wide() < 0 || types.longs() < 0 || types.ints() < 0 || types.bytes() > size) {
            throw new SystemActivityException(
                    what + " at offset " + at + ": " + types + " does not fit into " + size + " bytes");
        }
        return types;
    }
}
