package org.postmem.sysstat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The formats before 11.7.1 as x86_64 lays them out, 0x2171 of 10.x and 0x2173 of 11.x: see {@link OldActivity}. */
final class OldFormat {
    private static final int FILE_MAGIC_OF_ELEVEN = 76;
    private static final int FILE_MAGIC_OF_TEN = 8;
    private static final int HEADER_OF_ELEVEN = 288;
    private static final int HEADER_OF_TEN = 280;

    private final SysstatBytes in;
    private final boolean eleven;
    private final SysstatRecords records;
    private final StridedItems strided;

    /** @param eleven is it of 11.x? */
    OldFormat(SysstatBytes in, boolean eleven) {
        this.in = in;
        this.eleven = eleven;
        this.records = new SysstatRecords(in);
        this.strided = new StridedItems(in, OldActivity.NUMBERS_STRIDE);
    }

    private record Layout(int id, int nr, int nr2, int size, OldActivity activity) {}

    SystemActivity read() throws SystemActivityException {
        if (in.isBigEndian()) {
            throw new SystemActivityException(
                    "sysstat format before 11.7.1 of a big-endian machine: convert it there with 'sadf -c'");
        }
        int header = eleven ? FILE_MAGIC_OF_ELEVEN : FILE_MAGIC_OF_TEN;
        int headerSize = eleven ? HEADER_OF_ELEVEN : HEADER_OF_TEN;
        in.need(header + headerSize, "file header");
        String version = in.byteAt(4) + "." + in.byteAt(5) + "." + in.byteAt(6);
        long created = in.longAt(header);
        int activitiesAt = eleven ? header + 12 : header + 8;
        int activities = SysstatBytes.checked(
                in.intAt(activitiesAt), 1, SysstatBytes.MAX_ACTIVITIES, "number of activities", activitiesAt);
        int volatileActivities = eleven
                ? SysstatBytes.checked(in.intAt(header + 16), 0, SysstatBytes.MAX_ACTIVITIES, "vol_act_nr", header + 16)
                : 0;
        int text = eleven ? header + 20 : header + 12;
        int longBytes = in.byteAt(text + 3);
        if (longBytes != 8) {
            throw new SystemActivityException("sizeof_long at offset " + (text + 3) + " is " + longBytes
                    + ": a sysstat file before 11.7.1 of a 32-bit machine; convert it there with 'sadf -c'");
        }
        String node = in.text(text + 4 + 65, 65);
        String release = in.text(text + 4 + 130, 65);
        String machine = in.text(text + 4 + 195, 65);
        in.moveTo(header + headerSize);
        List<Layout> layouts = new ArrayList<>();
        in.need(in.position() + 20 * activities, "activity list");
        for (int i = 0; i < activities; i++) {
            layouts.add(layout());
        }
        return records.all(
                new SysstatRecords.Header(node, release, machine, version, created),
                () -> record(layouts, volatileActivities));
    }

    private Layout layout() throws SystemActivityException {
        int at = in.position();
        int id = in.nextInt();
        int magic = in.nextInt();
        int nr = SysstatBytes.checked(in.nextInt(), 0, SysstatBytes.MAX_ITEMS, "nr of activity " + id, at + 8);
        int nr2 = SysstatBytes.checked(in.nextInt(), 1, SysstatBytes.MAX_ITEMS, "nr2 of activity " + id, at + 12);
        int size =
                SysstatBytes.checked(in.nextInt(), 1, SysstatBytes.MAX_ITEM_BYTES, "size of activity " + id, at + 16);
        return new Layout(id, nr, nr2, size, OldActivity.of(id, magic, size));
    }

    private void record(List<Layout> layouts, int volatileActivities) throws SystemActivityException {
        int at = in.position();
        // of one CPU, in clock ticks, of which x86_64 has a hundred a second
        double uptime = in.longAt(at + 16) / 100.0;
        Instant ts = SysstatBytes.instant(in.longAt(at + 32));
        int type = in.byteAt(at + 40);
        in.moveTo(at + 48L);
        switch (type) {
            case SysstatRecords.STATISTICS, SysstatRecords.LAST_STATISTICS -> {
                List<SystemActivity.Value> values = new ArrayList<>();
                List<SystemActivity.FileSystem> fileSystems = new ArrayList<>();
                for (Layout layout : layouts) {
                    int items = layout.nr() * layout.nr2();
                    int start = in.position();
                    in.moveTo(start + (long) layout.nr() * layout.nr2() * layout.size());
                    if (layout.activity() == OldActivity.FILE_SYSTEM) {
                        int nameBytes = (layout.size() - OldActivity.NAMES_AT) / 2;
                        for (int i = 0; i < items; i++) {
                            fileSystems.add(
                                    strided.fileSystem(start + i * layout.size(), OldActivity.NAMES_AT, nameBytes));
                        }
                    } else if (layout.activity() == OldActivity.CPU) {
                        strided.allCpus(
                                items, layout.size() / OldActivity.NUMBERS_STRIDE, start, layout.size(), values);
                    } else if (layout.activity() != null && items > 0) {
                        layout.activity().members(in, start, layout.size(), values);
                    }
                }
                records.statistics(ts, uptime, values, fileSystems);
            }
            case SysstatRecords.RESTART -> {
                for (int i = 0; i < volatileActivities; i++) {
                    Layout changed = layout();
                    layouts.replaceAll(l -> l.id() == changed.id() ? changed : l);
                }
                records.restart(ts, uptime);
            }
            case SysstatRecords.COMMENT -> records.comment(ts, uptime);
            default ->
                throw new SystemActivityException("record type " + type + " at offset " + (at + 40) + " is unknown");
        }
    }
}
