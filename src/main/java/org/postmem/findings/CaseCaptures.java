package org.postmem.findings;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.postmem.findings.Analysis.Capture;
import org.postmem.findings.Analysis.Gap;
import org.postmem.sql.SqlValue;

/** The captures of a case. */
final class CaseCaptures {
    private final Connection connection;

    CaseCaptures(Connection connection) {
        this.connection = connection;
    }

    /** In the order they were loaded. */
    List<Capture> captures() throws SQLException {
        List<Capture> captures = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                        SELECT c.capture_id, c.source, c.host, c.kernel, min(s.ts), max(s.ts), count(s.snapshot)
                        FROM capture AS c LEFT JOIN snapshot AS s USING (capture_id)
                        GROUP BY c.capture_id, c.source, c.host, c.kernel ORDER BY c.capture_id""")) {
            while (rows.next()) {
                captures.add(new Capture(
                        rows.getInt(1),
                        rows.getString(2),
                        rows.getString(3),
                        rows.getString(4),
                        SqlValue.instant(rows.getObject(5)),
                        SqlValue.instant(rows.getObject(6)),
                        rows.getLong(7),
                        List.of()));
            }
        }
        List<Capture> complete = new ArrayList<>();
        for (Capture c : captures) {
            complete.add(new Capture(
                    c.captureId(),
                    c.source(),
                    c.host(),
                    c.kernel(),
                    c.from(),
                    c.to(),
                    c.snapshots(),
                    gaps(c.captureId())));
        }
        return complete;
    }

    /** The ids of those that belong together, one set for each {@code case_id}, in its order. */
    List<Set<Integer>> cases() throws SQLException {
        Map<Integer, Set<Integer>> cases = new TreeMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT case_id, capture_id FROM capture")) {
            while (rows.next()) {
                cases.computeIfAbsent(rows.getInt(1), id -> new HashSet<>()).add(rows.getInt(2));
            }
        }
        return List.copyOf(cases.values());
    }

    private List<Gap> gaps(int captureId) throws SQLException {
        List<Gap> gaps = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT from_ts, to_ts FROM capture_gap WHERE capture_id = ? ORDER BY from_ts")) {
            query.setInt(1, captureId);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    gaps.add(new Gap(SqlValue.instant(rows.getObject(1)), SqlValue.instant(rows.getObject(2))));
                }
            }
        }
        return gaps;
    }

    /** MemTotal by capture, in bytes. */
    Map<Integer, Long> memoryTotals() throws SQLException {
        Map<Integer, Long> totals = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT capture_id, max(mem_total_bytes) FROM meminfo GROUP BY capture_id ORDER BY capture_id")) {
            while (rows.next()) {
                totals.put(rows.getInt(1), rows.getLong(2));
            }
        }
        return totals;
    }
}
