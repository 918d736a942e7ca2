package org.postmem.cli;

import java.io.IOException;
import java.io.Writer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.postmem.collector.archive.Json;

/**
 * The stacks of a case, each with what it held in the last print-out and what it gained, the growing ones first.
 *
 * @param rows those of {@code traced_stack}
 */
record AttachedStacks(List<Row> rows) {
    AttachedStacks {
        rows = List.copyOf(rows);
    }

    /**
     * One stack.
     *
     * @param run file, or tool, whose print-outs are one series
     * @param pid {@code null} for the kernel
     * @param stack frames from the outermost to the allocating one, separated by {@code ;}
     * @param lastBytes {@code null} where only objects are counted; likewise {@code growthBytes}
     */
    record Row(
            int captureId,
            String run,
            Integer pid,
            String stack,
            Long lastBytes,
            Long growthBytes,
            boolean growing,
            String frame) {
        /** The root of its graph: two processes are not one. */
        private String root() {
            return run.replace(';', ',') + (pid == null ? "" : " pid " + pid);
        }
    }

    static AttachedStacks of(Connection connection) {
        List<Row> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("""
                    SELECT capture_id, run, pid, stack, last_bytes, growth_bytes, growing, frame FROM traced_stack
                    ORDER BY capture_id, growing DESC, growth_bytes DESC NULLS LAST, last_bytes DESC NULLS LAST, run, pid, stack\
                    """)) {
            while (result.next()) {
                rows.add(new Row(
                        result.getInt(1),
                        result.getString(2),
                        result.getObject(3) instanceof Number pid ? (Integer) pid.intValue() : null,
                        result.getString(4),
                        result.getObject(5) instanceof Number last ? (Long) last.longValue() : null,
                        result.getObject(6) instanceof Number growth ? (Long) growth.longValue() : null,
                        result.getBoolean(7),
                        result.getString(8)));
            }
        } catch (SQLException e) {
            throw new IllegalStateException("the stacks cannot be read", e);
        }
        return new AttachedStacks(rows);
    }

    /** A line a stack: {@code attached/memleak.txt pid 4705;main;leak_big 2150400}. */
    void writeFolded(Writer out) throws IOException {
        for (Row row : rows) {
            if (row.lastBytes() != null && row.lastBytes() > 0) {
                out.write(oneLine(row.root()) + ";" + oneLine(row.stack()) + " " + row.lastBytes() + "\n");
            }
        }
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }

    /** The file format of speedscope.app: a profile a run, and one of what it gained where it gained anything. */
    String speedscope(String version) {
        Map<String, Integer> frames = new LinkedHashMap<>();
        Map<String, List<Row>> runs = new LinkedHashMap<>();
        rows.forEach(row -> runs.computeIfAbsent(row.captureId() + " " + row.root(), key -> new ArrayList<>())
                .add(row));
        List<Object> profiles = new ArrayList<>();
        runs.forEach((key, stacks) -> {
            String name = stacks.get(0).root();
            profile(name + ": held at the end", stacks, Row::lastBytes, frames, profiles);
            profile(name + ": gained", stacks, Row::growthBytes, frames, profiles);
        });
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("$schema", "https://www.speedscope.app/file-format-schema.json");
        json.put("exporter", "postmem " + version);
        json.put("name", "postmem");
        json.put("activeProfileIndex", 0L);
        json.put(
                "shared",
                Map.of(
                        "frames",
                        frames.keySet().stream()
                                .map(name -> Map.of("name", name))
                                .toList()));
        json.put("profiles", profiles);
        return Json.write(json);
    }

    private static void profile(
            String name,
            List<Row> stacks,
            Function<Row, Long> weight,
            Map<String, Integer> frames,
            List<Object> profiles) {
        List<Object> samples = new ArrayList<>();
        List<Object> weights = new ArrayList<>();
        long total = 0;
        for (Row row : stacks) {
            Long bytes = weight.apply(row);
            if (bytes == null || bytes <= 0) {
                continue;
            }
            List<Object> sample = new ArrayList<>();
            for (String frame : row.stack().split(";", -1)) {
                sample.add((long) frames.computeIfAbsent(frame, unused -> frames.size()));
            }
            samples.add(sample);
            weights.add(bytes);
            total += bytes;
        }
        if (samples.isEmpty()) {
            return;
        }
        Map<String, Object> profile = new LinkedHashMap<>();
        profile.put("type", "sampled");
        profile.put("name", name);
        profile.put("unit", "bytes");
        profile.put("startValue", 0L);
        profile.put("endValue", total);
        profile.put("samples", samples);
        profile.put("weights", weights);
        profiles.add(profile);
    }
}
