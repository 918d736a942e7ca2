package org.postmem.tools;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postmem.procfs.Lines;
import org.postmem.procfs.Parsed;
import org.postmem.units.ZoneNames;

// # hostname;interval;timestamp;kbmemfree;kbavail;kbmemused;%memused;…
// vm;1;2026-11-22 21:02:31 UTC;19624144;20434272;4249812;17.22;…

/** What {@code sadf -d} prints: a heading a block, fields between semicolons, times in UTC unless {@code -T} was given. */
public final class SadfText {
    private SadfText() {}

    public static Parsed<ToolText> parse(byte[] text) {
        Lines lines = Lines.ofAnyText(text);
        Map<Stamp, Reading.Draft> drafts = new LinkedHashMap<>();
        SarColumns columns = new SarColumns();
        List<String> header = List.of();
        String host = null;
        while (lines.next()) {
            if (lines.isBlank()) {
                continue;
            }
            String line = lines.line();
            if (line.startsWith("# hostname;")) {
                header = List.of(line.substring(2).strip().split(";", -1));
                continue;
            }
            List<String> fields = List.of(line.strip().split(";", -1));
            Stamp stamp = fields.size() < 4 ? null : stamp(fields.get(2));
            if (stamp == null) {
                lines.issue("no host, interval and time at its begin");
                continue;
            }
            host = fields.get(0);
            Reading.Draft draft = drafts.computeIfAbsent(stamp, Reading.Draft::new);
            if (fields.get(3).startsWith("LINUX-RESTART")) {
                draft.restart = true;
            } else if (fields.get(3).startsWith("COM ")) {
                draft.comment = fields.get(3).substring(4);
            } else if (fields.size() == header.size()) {
                Map<String, String> cells = new LinkedHashMap<>();
                for (int i = 3; i < header.size(); i++) {
                    cells.put(header.get(i), fields.get(i));
                }
                columns.row(cells, draft);
            } else {
                lines.issue("not as many fields as the heading has");
            }
        }
        columns.finish();
        return lines.parsed(new ToolText(
                new Banner(host, null, null, null, null),
                new ArrayList<>(
                        drafts.values().stream().map(Reading.Draft::done).toList())));
    }

    static boolean matches(String line) {
        return line.startsWith("# hostname;interval;timestamp");
    }

    /** {@code 2026-11-22 21:02:31 UTC}, without a zone, or epoch seconds; {@code null} when it is none of them. */
    static Stamp stamp(String text) {
        Long epoch = Amount.whole(text);
        if (epoch != null && epoch < 1L << 34) {
            return Stamp.of(Instant.ofEpochSecond(epoch));
        }
        if (text.length() < 19) {
            return null;
        }
        return stamp(
                text.substring(0, 10),
                text.substring(11, 19),
                text.substring(19).strip());
    }

    static Stamp stamp(String date, String time, String zone) {
        try {
            LocalDateTime local = LocalDateTime.parse(date + "T" + time);
            ZoneId known = zone.isEmpty() ? null : ZoneNames.of(zone);
            return known == null
                    ? Stamp.of(local)
                    : Stamp.of(local.atZone(known).toInstant());
        } catch (DateTimeException e) {
            return null;
        }
    }
}
