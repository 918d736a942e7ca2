package org.postmem.tools;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.postmem.collector.archive.Json;
import org.postmem.collector.archive.Json.MalformedJsonException;
import org.postmem.procfs.ParseIssue;
import org.postmem.procfs.Parsed;

// {"sysstat": {"hosts": [ {"nodename": "vm", "statistics": [ {"timestamp": {"date": "2026-11-22", "time": "21:02:30",
//   "tz": "UTC", "interval": 0}, "memory": {"memfree": 19628288, "avail": 20438320, … }}]}]}}

/** What {@code sadf -j} prints. The object {@code timestamp} says UTC by {@code tz}, in older versions by {@code utc}. */
public final class SadfJson {
    private SadfJson() {}

    public static Parsed<ToolText> parse(byte[] text) {
        Map<String, Reading.Draft> drafts = new TreeMap<>();
        Banner banner = Banner.NONE;
        List<ParseIssue> issues = new ArrayList<>();
        try {
            Map<?, ?> root = object(
                    Json.readObject(new String(text, StandardCharsets.UTF_8)).get("sysstat"));
            for (Object element : list(root.get("hosts"))) {
                Map<?, ?> host = object(element);
                Integer cpus = Amount.small(String.valueOf(host.get("number-of-cpus")));
                banner = new Banner(
                                string(host, "nodename"), string(host, "release"), string(host, "machine"), cpus, null)
                        .or(banner);
                SarColumns columns = new SarColumns();
                for (Object statistics : list(host.get("statistics"))) {
                    statistics(object(statistics), drafts, columns);
                }
                columns.finish();
                for (Object restart : list(host.get("restarts"))) {
                    Reading.Draft draft = draft(object(object(restart).get("boot")), drafts);
                    if (draft != null) {
                        draft.restart = true;
                    }
                }
            }
        } catch (MalformedJsonException e) {
            issues.add(new ParseIssue(0, 0, "not the JSON it should be: " + e.getMessage(), ""));
        }
        return new Parsed<>(
                new ToolText(
                        banner,
                        drafts.values().stream().map(Reading.Draft::done).toList()),
                issues);
    }

    private static void statistics(Map<?, ?> row, Map<String, Reading.Draft> drafts, SarColumns columns) {
        Reading.Draft draft = draft(object(row.get("timestamp")), drafts);
        if (draft == null) {
            return;
        }
        Map<String, String> cells = SadfNames.cells();
        row.forEach((group, value) -> group(String.valueOf(group), value, cells));
        columns.row(cells, draft);
    }

    private static void group(String group, Object value, Map<String, String> cells) {
        if (value instanceof Map<?, ?> members && !group.equals("timestamp")) {
            members.forEach((name, member) -> {
                if (member instanceof Map<?, ?>) {
                    group(String.valueOf(name), member, cells);
                } else if (member instanceof Number) {
                    SadfNames.add(group, String.valueOf(name), String.valueOf(member), cells);
                }
            });
        }
    }

    private static Reading.Draft draft(Map<?, ?> timestamp, Map<String, Reading.Draft> drafts) {
        String date = string(timestamp, "date");
        String time = string(timestamp, "time");
        if (date == null || time == null) {
            return null;
        }
        String zone = string(timestamp, "tz");
        if (zone == null) {
            zone = Long.valueOf(1).equals(timestamp.get("utc")) ? "UTC" : "";
        }
        Stamp stamp = SadfText.stamp(date, time, zone);
        return stamp == null ? null : drafts.computeIfAbsent(date + time + zone, key -> new Reading.Draft(stamp));
    }

    private static Map<?, ?> object(Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    private static List<?> list(Object value) {
        return value instanceof List<?> list ? list : List.of();
    }

    private static String string(Map<?, ?> map, String key) {
        return map.get(key) instanceof String text && !text.isEmpty() ? text : null;
    }
}
