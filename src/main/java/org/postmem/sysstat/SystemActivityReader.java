package org.postmem.sysstat;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads {@code saDD} files of sysstat 11.7.1 and later (format 0x2175, either byte order, 32- and 64-bit writers), and
 * those of 10.x and 11.x on x86_64 (0x2171 of RHEL 7, 0x2173).
 *
 * <p>The file describes itself: every size is read from it and checked before it is used, activities that are not known
 * are skipped by their size, and members are found by their group (see {@link Activity}). A record that the file ends
 * in is normal, since the file may have been copied while it was written: what came before it is kept, as it is of a file
 * that is damaged further on.
 */
public final class SystemActivityReader {

    private static final int SYSSTAT_MAGIC = 0xd596;
    private static final int SYSSTAT_MAGIC_SWAPPED = 0x96d5;
    private static final int FORMAT_SELF_DESCRIBED = 0x2175;
    private static final int FORMAT_11_6 = 0x2173;
    private static final int FORMAT_10 = 0x2171;

    private static final int FILE_MAGIC_BYTES = 76;
    private static final int MAX_ACTIVITIES = 256;
    private static final int MAX_HEADER_BYTES = 8192;
    private static final int MAX_STRUCT_BYTES = 1024;
    private static final int MAX_EXTRA = 8192;
    private static final int MAX_ITEM_BYTES = 1 << 20;
    private static final int MAX_ITEMS = 1 << 20;
    private static final int COMMENT_BYTES = 64;

    private static final int R_STATS = 1;
    private static final int R_RESTART = 2;
    private static final int R_LAST_STATS = 3;
    private static final int R_COMMENT = 4;
    private static final int R_EXTRA_FIRST = 5;
    private static final int R_EXTRA_LAST = 15;

    private final ByteBuffer in;
    private final List<SystemActivity.Sample> records = new ArrayList<>();
    private int boot;

    private SystemActivityReader(ByteBuffer in) {
        this.in = in;
    }

    /** Does the text begin like a {@code saDD} file? */
    public static boolean matches(byte[] head) {
        if (head.length < 4) {
            return false;
        }
        int magic = (head[0] & 0xff) | (head[1] & 0xff) << 8;
        return magic == SYSSTAT_MAGIC || magic == SYSSTAT_MAGIC_SWAPPED;
    }

    /** The nodename in the first bytes of a file, {@code null} when they do not tell it. */
    public static String host(byte[] head) {
        try {
            return read(head).host();
        } catch (SystemActivityException e) {
            return null;
        }
    }

    /**
     * Reads a whole file.
     *
     * @throws SystemActivityException when the header cannot be trusted; a torn tail is no error
     */
    public static SystemActivity read(byte[] file) throws SystemActivityException {
        if (!matches(file)) {
            throw new SystemActivityException("no sysstat file: it does not begin with 96 d5");
        }
        ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        if ((in.getShort(0) & 0xffff) == SYSSTAT_MAGIC_SWAPPED) {
            in.order(ByteOrder.BIG_ENDIAN);
        }
        int format = in.getShort(2) & 0xffff;
        SystemActivityReader reader = new SystemActivityReader(in);
        return switch (format) {
            case FORMAT_SELF_DESCRIBED -> reader.selfDescribed();
            case FORMAT_11_6, FORMAT_10 -> reader.old(format);
            default ->
                throw new SystemActivityException(String.format(
                        Locale.ROOT,
                        "sysstat format 0x%04x at offset 2 is not one of 0x2171, 0x2173, 0x2175; convert it with"
                                + " 'sadf -c' of a newer sysstat",
                        format));
        };
    }

    /** Numbers of 8-byte, long and 4-byte members of a structure. */
    private record Types(int wide, int longs, int ints) {
        long bytes() {
            return 8L * wide + 8L * longs + 4L * ints;
        }
    }

    /** What the file says about one activity; {@code activity} is null when it is to be skipped. */
    private record Layout(Activity activity, int nr, int nr2, boolean counted, int size, Types types) {}

    private SystemActivity selfDescribed() throws SystemActivityException {
        need(FILE_MAGIC_BYTES, "file magic");
        String version = in.get(4) + "." + in.get(5) + "." + in.get(6);
        int headerSize = checked(in.getInt(8), 1, MAX_HEADER_BYTES, "header_size", 8);
        Types headerTypes = types(16, headerSize, "header");
        need(FILE_MAGIC_BYTES + headerSize, "file header");

        // longs of a 32-bit writer lie in the first four bytes of their eight
        int at = FILE_MAGIC_BYTES;
        long created = in.getLong(at);
        int ints = at + 8 * (headerTypes.wide() + headerTypes.longs());
        if (headerTypes.wide() < 1 || headerTypes.ints() < 11) {
            throw new SystemActivityException("hdr_types_nr at offset 16 is too small for a file header");
        }
        int activities = checked(in.getInt(ints + 4), 1, MAX_ACTIVITIES, "sa_act_nr", ints + 4);
        int actSize = checked(in.getInt(ints + 36), 1, MAX_STRUCT_BYTES, "act_size", ints + 36);
        int recSize = checked(in.getInt(ints + 40), 1, MAX_STRUCT_BYTES, "rec_size", ints + 40);
        Types actTypes = types(ints + 12, actSize, "act_types_nr");
        Types recTypes = types(ints + 24, recSize, "rec_types_nr");
        if (actTypes.ints() < 9 || actTypes.wide() + actTypes.longs() != 0) {
            throw new SystemActivityException(
                    "act_types_nr at offset " + (ints + 12) + " does not describe an activity");
        }
        if (recTypes.wide() < 2) {
            throw new SystemActivityException("rec_types_nr at offset " + (ints + 24) + " does not describe a record");
        }
        boolean headerExtra = headerTypes.ints() >= 12 && in.getInt(ints + 44) != 0;
        int text = ints + 4 * headerTypes.ints();
        if (text + 3 + 4 * 65 > FILE_MAGIC_BYTES + headerSize) {
            throw new SystemActivityException("header_size at offset 8 leaves no room for the host's names");
        }
        int longBytes = in.get(text + 2);
        if (longBytes != 4 && longBytes != 8) {
            throw new SystemActivityException(
                    "sizeof_long at offset " + (text + 2) + " is " + longBytes + ", not 4 or 8");
        }
        String node = text(text + 3 + 65, 65);
        String release = text(text + 3 + 130, 65);
        String machine = text(text + 3 + 195, 65);

        in.position(FILE_MAGIC_BYTES + headerSize);
        List<Layout> layouts = new ArrayList<>(activities);
        for (int i = 0; i < activities; i++) {
            layouts.add(layout(actSize));
        }
        if (headerExtra) {
            int extra = in.position();
            try {
                skipExtra();
            } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
                throw new SystemActivityException("the file ends at " + in.limit()
                        + " within the extra structures of its header, at offset " + extra);
            }
        }
        Long truncatedAt = null;
        String damage = null;
        while (in.hasRemaining()) {
            int start = in.position();
            try {
                record(layouts, recSize, recTypes, longBytes);
            } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
                truncatedAt = (long) start;
                break;
            } catch (SystemActivityException e) {
                damage = damaged(e, start);
                break;
            }
        }
        return new SystemActivity(node, release, machine, version, instant(created), records, truncatedAt, damage);
    }

    private Layout layout(int actSize) throws SystemActivityException {
        int at = in.position();
        need(at + actSize, "activity list");
        int id = in.getInt(at);
        int magic = in.getInt(at + 4);
        int nr = checked(in.getInt(at + 8), 0, MAX_ITEMS, "nr of activity " + id, at + 8);
        int nr2 = checked(in.getInt(at + 12), 1, MAX_ITEMS, "nr2 of activity " + id, at + 12);
        boolean counted = in.getInt(at + 16) != 0;
        int size = checked(in.getInt(at + 20), 1, MAX_ITEM_BYTES, "size of activity " + id, at + 20);
        Types types = types(at + 24, size, "types_nr of activity " + id);
        in.position(at + actSize);
        return new Layout(Activity.of(id, magic), nr, nr2, counted, size, types);
    }

    private void record(List<Layout> layouts, int recSize, Types recTypes, int longBytes)
            throws SystemActivityException {
        int at = in.position();
        long uptime = in.getLong(at);
        long seconds = in.getLong(at + 8);
        int extraAt = at + 8 * (recTypes.wide() + recTypes.longs());
        boolean extra = recTypes.ints() >= 1 && in.getInt(extraAt) != 0;
        int type = in.get(extraAt + 4 * recTypes.ints());
        moveTo((long) at + recSize);
        Instant ts = instant(seconds);
        double uptimeSeconds = uptime / 100.0;
        switch (type) {
            case R_STATS, R_LAST_STATS -> {
                if (extra) {
                    skipExtra();
                }
                List<SystemActivity.Value> values = new ArrayList<>();
                List<SystemActivity.FileSystem> fileSystems = new ArrayList<>();
                for (Layout layout : layouts) {
                    int n = layout.counted()
                            ? checked(in.getInt(), 0, MAX_ITEMS, "number of items", in.position())
                            : layout.nr();
                    if (layout.activity() == Activity.FILE_SYSTEM) {
                        fileSystems(layout, n, fileSystems);
                    } else {
                        items(layout, n, longBytes, values);
                    }
                }
                records.add(new SystemActivity.Sample(
                        ts, uptimeSeconds, SystemActivity.Sample.Kind.STATISTICS, boot, null, values, fileSystems));
            }
            case R_RESTART -> {
                in.getInt();
                if (extra) {
                    skipExtra();
                }
                restart(ts, uptimeSeconds);
            }
            case R_COMMENT -> {
                comment(ts, uptimeSeconds);
                if (extra) {
                    skipExtra();
                }
            }
            default -> {
                if (type < R_EXTRA_FIRST || type > R_EXTRA_LAST) {
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
        moveTo(at + bytes);
        if (layout.activity() == null) {
            return;
        }
        if (layout.activity() == Activity.CPU) {
            allCpus(n * layout.nr2(), layout.types().wide(), 8, at, layout.size(), values);
            return;
        }
        for (int i = 0; i < n * layout.nr2(); i++) {
            members(layout, at + i * layout.size(), i, longBytes, values);
        }
    }

    /**
     * Item 0 is the kernel's line "cpu", the others are its CPUs. As sadf does, all is what the CPUs come to: each of their
     * counters was rounded on its own.
     */
    private void allCpus(int n, int counters, int stride, int at, int size, List<SystemActivity.Value> values) {
        for (int i = 0; i < Math.min(counters, Activity.CPU.wide.size()) && n > 0; i++) {
            long all = n == 1 ? in.getLong(at + stride * i) : 0;
            for (int cpu = 1; cpu < n; cpu++) {
                all += in.getLong(at + cpu * size + stride * i);
            }
            values.add(new SystemActivity.Value("cpu", -1, Activity.CPU.wide.get(i), all));
        }
    }

    private void fileSystems(Layout layout, int n, List<SystemActivity.FileSystem> fileSystems) {
        int at = in.position();
        moveTo(at + (long) n * layout.nr2() * layout.size());
        int names = (int) layout.types().bytes();
        if (layout.types().wide() >= Activity.FILE_SYSTEM.wide.size()
                && names + 2 * Activity.NAME_BYTES <= layout.size()) {
            for (int i = 0; i < n * layout.nr2(); i++) {
                fileSystems.add(fileSystem(at + i * layout.size(), 8, names, Activity.NAME_BYTES));
            }
        }
    }

    private SystemActivity.FileSystem fileSystem(int at, int stride, int names, int nameBytes) {
        return new SystemActivity.FileSystem(
                text(at + names, nameBytes),
                text(at + names + nameBytes, nameBytes),
                in.getLong(at),
                in.getLong(at + stride),
                in.getLong(at + 2 * stride),
                in.getLong(at + 3 * stride),
                in.getLong(at + 4 * stride));
    }

    private void members(Layout layout, int at, int item, int longBytes, List<SystemActivity.Value> values) {
        Activity activity = layout.activity();
        String name = activity.name().toLowerCase(Locale.ROOT);
        Types types = layout.types();
        for (int i = 0; i < Math.min(types.wide(), activity.wide.size()); i++) {
            values.add(new SystemActivity.Value(name, item, activity.wide.get(i), in.getLong(at + 8 * i)));
        }
        int longs = at + 8 * types.wide();
        for (int i = 0; i < Math.min(types.longs(), activity.longs.size()); i++) {
            long value = longBytes == 8 ? in.getLong(longs + 8 * i) : in.getInt(longs + 8 * i) & 0xffffffffL;
            values.add(new SystemActivity.Value(name, item, activity.longs.get(i), value));
        }
        int ints = longs + 8 * types.longs();
        for (int i = 0; i < Math.min(types.ints(), activity.ints.size()); i++) {
            values.add(
                    new SystemActivity.Value(name, item, activity.ints.get(i), in.getInt(ints + 4 * i) & 0xffffffffL));
        }
    }

    /** A chain of structures of newer versions: {nr, size, next, types_nr[3]}, then nr × size bytes, while next is set. */
    private void skipExtra() throws SystemActivityException {
        while (true) {
            int at = in.position();
            int nr = checked(in.getInt(at), 0, MAX_EXTRA, "number of extra structures", at);
            int size = checked(in.getInt(at + 4), 0, MAX_STRUCT_BYTES, "size of extra structures", at + 4);
            boolean next = in.getInt(at + 8) != 0;
            long end = at + 24L + (long) nr * size;
            moveTo(end);
            if (!next) {
                return;
            }
        }
    }

    private void restart(Instant ts, double uptimeSeconds) {
        boot++;
        records.add(new SystemActivity.Sample(
                ts, uptimeSeconds, SystemActivity.Sample.Kind.RESTART, boot, null, List.of(), List.of()));
    }

    private void comment(Instant ts, double uptimeSeconds) {
        int at = in.position();
        moveTo(at + (long) COMMENT_BYTES);
        String comment = text(at, COMMENT_BYTES);
        records.add(new SystemActivity.Sample(
                ts, uptimeSeconds, SystemActivity.Sample.Kind.COMMENT, boot, comment, List.of(), List.of()));
    }

    // ---- formats before 11.7.1, as x86_64 lays them out

    private SystemActivity old(int format) throws SystemActivityException {
        if (in.order() == ByteOrder.BIG_ENDIAN) {
            throw new SystemActivityException(
                    "sysstat format before 11.7.1 of a big-endian machine: convert it there with 'sadf -c'");
        }
        boolean eleven = format == FORMAT_11_6;
        int header = eleven ? FILE_MAGIC_BYTES : 8;
        int headerSize = eleven ? 288 : 280;
        need(header + headerSize, "file header");
        String version = in.get(4) + "." + in.get(5) + "." + in.get(6);
        long created = in.getLong(header);
        int activitiesAt = eleven ? header + 12 : header + 8;
        int activities = checked(in.getInt(activitiesAt), 1, MAX_ACTIVITIES, "number of activities", activitiesAt);
        int volatileActivities =
                eleven ? checked(in.getInt(header + 16), 0, MAX_ACTIVITIES, "vol_act_nr", header + 16) : 0;
        int text = eleven ? header + 20 : header + 12;
        int longBytes = in.get(text + 3);
        if (longBytes != 8) {
            throw new SystemActivityException("sizeof_long at offset " + (text + 3) + " is " + longBytes
                    + ": a sysstat file before 11.7.1 of a 32-bit machine; convert it there with 'sadf -c'");
        }
        String node = text(text + 4 + 65, 65);
        String release = text(text + 4 + 130, 65);
        String machine = text(text + 4 + 195, 65);
        in.position(header + headerSize);
        List<OldLayout> layouts = new ArrayList<>();
        need(in.position() + 20 * activities, "activity list");
        for (int i = 0; i < activities; i++) {
            layouts.add(oldLayout());
        }
        Long truncatedAt = null;
        String damage = null;
        while (in.hasRemaining()) {
            int start = in.position();
            try {
                oldRecord(layouts, volatileActivities);
            } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
                truncatedAt = (long) start;
                break;
            } catch (SystemActivityException e) {
                damage = damaged(e, start);
                break;
            }
        }
        return new SystemActivity(node, release, machine, version, instant(created), records, truncatedAt, damage);
    }

    private record OldLayout(int id, int nr, int nr2, int size, OldActivity activity) {}

    private OldLayout oldLayout() throws SystemActivityException {
        int at = in.position();
        int id = in.getInt();
        int magic = in.getInt();
        int nr = checked(in.getInt(), 0, MAX_ITEMS, "nr of activity " + id, at + 8);
        int nr2 = checked(in.getInt(), 1, MAX_ITEMS, "nr2 of activity " + id, at + 12);
        int size = checked(in.getInt(), 1, MAX_ITEM_BYTES, "size of activity " + id, at + 16);
        return new OldLayout(id, nr, nr2, size, OldActivity.of(id, magic, size));
    }

    private void oldRecord(List<OldLayout> layouts, int volatileActivities) throws SystemActivityException {
        int at = in.position();
        // of one CPU, in clock ticks, of which x86_64 has a hundred a second
        double uptime = in.getLong(at + 16) / 100.0;
        Instant ts = instant(in.getLong(at + 32));
        int type = in.get(at + 40);
        moveTo(at + 48L);
        switch (type) {
            case R_STATS, R_LAST_STATS -> {
                List<SystemActivity.Value> values = new ArrayList<>();
                List<SystemActivity.FileSystem> fileSystems = new ArrayList<>();
                for (OldLayout layout : layouts) {
                    int items = layout.nr() * layout.nr2();
                    int start = in.position();
                    moveTo(start + (long) layout.nr() * layout.nr2() * layout.size());
                    if (layout.activity() == OldActivity.FILE_SYSTEM) {
                        int nameBytes = (layout.size() - OldActivity.NAMES_AT) / 2;
                        for (int i = 0; i < items; i++) {
                            fileSystems.add(fileSystem(
                                    start + i * layout.size(),
                                    OldActivity.NUMBERS_STRIDE,
                                    OldActivity.NAMES_AT,
                                    nameBytes));
                        }
                    } else if (layout.activity() == OldActivity.CPU) {
                        int stride = OldActivity.NUMBERS_STRIDE;
                        allCpus(items, layout.size() / stride, stride, start, layout.size(), values);
                    } else if (layout.activity() != null && items > 0) {
                        layout.activity().members(in, start, layout.size(), values);
                    }
                }
                records.add(new SystemActivity.Sample(
                        ts, uptime, SystemActivity.Sample.Kind.STATISTICS, boot, null, values, fileSystems));
            }
            case R_RESTART -> {
                for (int i = 0; i < volatileActivities; i++) {
                    OldLayout changed = oldLayout();
                    layouts.replaceAll(l -> l.id() == changed.id() ? changed : l);
                }
                restart(ts, uptime);
            }
            case R_COMMENT -> comment(ts, uptime);
            default ->
                throw new SystemActivityException("record type " + type + " at offset " + (at + 40) + " is unknown");
        }
    }

    // ---- shared by both

    /**
     * After a power cut a file may hold zeros, or half a record and then those of the next boot. What came before is kept.
     *
     * @throws SystemActivityException when nothing did
     */
    private String damaged(SystemActivityException e, int start) throws SystemActivityException {
        if (records.isEmpty()) {
            throw e;
        }
        return e.getMessage() + "; the file is damaged there, and what stands behind offset " + start + " was not read";
    }

    private Types types(int at, int size, String what) throws SystemActivityException {
        Types types = new Types(in.getInt(at), in.getInt(at + 4), in.getInt(at + 8));
        if (types.wide() < 0 || types.longs() < 0 || types.ints() < 0 || types.bytes() > size) {
            throw new SystemActivityException(
                    what + " at offset " + at + ": " + types + " does not fit into " + size + " bytes");
        }
        return types;
    }

    private static int checked(int value, int least, int most, String field, int at) throws SystemActivityException {
        if (value < least || value > most) {
            throw new SystemActivityException(
                    field + " at offset " + at + " is " + value + ", not between " + least + " and " + most);
        }
        return value;
    }

    private void need(long bytes, String what) throws SystemActivityException {
        if (bytes > in.limit()) {
            throw new SystemActivityException(
                    "the file ends at " + in.limit() + " within its " + what + ", which takes " + bytes + " bytes");
        }
    }

    /** A record that the file ends in is told by this exception, wherever in the record the end lies. */
    private void moveTo(long position) {
        if (position > in.limit()) {
            throw new BufferUnderflowException();
        }
        in.position((int) position);
    }

    private static Instant instant(long seconds) throws SystemActivityException {
        try {
            return Instant.ofEpochSecond(seconds);
        } catch (DateTimeException e) {
            throw new SystemActivityException("time stamp " + seconds + " is no time");
        }
    }

    /** NUL-padded text; what cannot be printed becomes a dot. */
    private String text(int at, int length) {
        int end = at;
        while (end < at + length && in.get(end) != 0) {
            end++;
        }
        byte[] bytes = new byte[end - at];
        in.get(at, bytes);
        StringBuilder printable = new StringBuilder();
        new String(bytes, StandardCharsets.UTF_8)
                .codePoints()
                .forEach(c -> printable.appendCodePoint(Character.isISOControl(c) ? '.' : c));
        return printable.toString();
    }
}
