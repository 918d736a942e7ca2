package org.postmem.findings;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;

/**
 * How often the kernel's own rule names who was killed.
 *
 * @param reports OOM kills in kernel logs
 * @param predicted those with a task dump and a rule, so that there is a prediction
 * @param hits predictions that name the one the kernel chose
 * @param ledUpTo kills that a capture led up to
 * @param foreseen of those, the victim stood first in the ranking at the last snapshot before
 */
public record OomHitRate(long reports, long predicted, long hits, long ledUpTo, long foreseen) {
    /** Of nothing yet. */
    public static final OomHitRate NONE = new OomHitRate(0, 0, 0, 0, 0);

    /** Of a case whose views are made. */
    public static OomHitRate of(Connection connection) {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                    SELECT count(*), count(*) FILTER (WHERE outcome IN ('hit', 'miss')), count(*) FILTER (WHERE outcome = 'hit'),
                      count(*) FILTER (WHERE led_up_to), count(*) FILTER (WHERE before_position = 1)
                    FROM oom_prediction\
                    """)) {
            rows.next();
            return new OomHitRate(rows.getLong(1), rows.getLong(2), rows.getLong(3), rows.getLong(4), rows.getLong(5));
        } catch (SQLException e) {
            throw new IllegalStateException("the predictions cannot be counted", e);
        }
    }

    /** Both together. */
    public OomHitRate plus(OomHitRate other) {
        return new OomHitRate(
                reports + other.reports,
                predicted + other.predicted,
                hits + other.hits,
                ledUpTo + other.ledUpTo,
                foreseen + other.foreseen);
    }

    /** In one line, for people. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "OOM kills: %d, predicted from the kernel's task list: %d, right: %d; foreseen at the last snapshot"
                        + " before: %d of %d",
                reports,
                predicted,
                hits,
                foreseen,
                ledUpTo);
    }
}
