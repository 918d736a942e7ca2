package org.postmem.findings;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The files that numbers come from, where they come from no archive of the collector: rules and tables name members as the
 * collector writes them ({@code 000017/pid/smaps}), and a capture of other tools' files has none of these.
 */
public final class SourceFiles {
    private static final Pattern SNAPSHOT = Pattern.compile("^\\d{6}/");

    private final Connection connection;
    /** What each file told, by capture; empty where the capture is the collector's. */
    private final Map<Integer, Map<String, List<String>>> told = new LinkedHashMap<>();

    public SourceFiles(Connection connection) {
        this.connection = connection;
    }

    /** Is it a capture of other tools' files? */
    public boolean areOf(int captureId) {
        return !told(captureId).isEmpty();
    }

    /**
     * The members themselves where there is an archive, else the files that told what would stand in them, by name.
     *
     * @param members as rules and tables name them
     */
    public List<String> of(int captureId, List<String> members) {
        Map<String, List<String>> files = told(captureId);
        if (files.isEmpty()) {
            return members;
        }
        TreeSet<String> named = new TreeSet<>();
        for (String member : members) {
            String table = table(SNAPSHOT.matcher(member).replaceFirst(""));
            if (files.containsKey(member)) {
                named.add(member);
            } else if (table != null) {
                files.forEach((file, tables) -> {
                    if (tables.contains(table)) {
                        named.add(file);
                    }
                });
            }
        }
        return List.copyOf(named);
    }

    /** What {@code evidence_source.tables} calls what stands in a member; {@code null} where only the collector has it. */
    private static String table(String member) {
        return switch (member) {
            case "proc/slabinfo" -> "slab";
            case "proc/sysvipc/shm" -> "shm_segment";
            case "fs/statvfs" -> "filesystem";
            case "host/kmsg" -> "kernel_message";
            case "host/sa/*" -> "activity";
            case "pid/smaps" -> "mapping";
            case "pid/smaps_rollup" -> "process_memory";
            case "snapshot.json", "capture.json", "attached", "pid/fd" -> null;
            default ->
                member.startsWith("pid/")
                        ? "process_sample"
                        : member.startsWith("cgroup")
                                ? "cgroup_memory"
                                : member.startsWith("proc/pressure")
                                        ? "pressure"
                                        : member.substring(member.lastIndexOf('/') + 1);
        };
    }

    private Map<String, List<String>> told(int captureId) {
        return told.computeIfAbsent(captureId, this::ask);
    }

    private Map<String, List<String>> ask(int captureId) {
        Map<String, List<String>> files = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT s.member, s.tables FROM evidence_source AS s JOIN capture AS c USING (capture_id)"
                                + " WHERE c.origin = 'evidence' AND s.capture_id = " + captureId
                                + " ORDER BY s.member")) {
            while (rows.next()) {
                String tables = rows.getString(2);
                files.computeIfAbsent(rows.getString(1), f -> new ArrayList<>())
                        .addAll(List.of((tables == null ? "" : tables).split(" ")));
            }
            return files;
        } catch (SQLException e) {
            throw new IllegalStateException("the files of capture " + captureId + " cannot be asked for", e);
        }
    }
}
