-- What collecting cost the host.
-- requires: snapshot, path_span
-- order: snapshots
-- limit: 1
-- show: 1
-- members: snapshot.json
-- columns of path_observer:
--   snapshots                BIGINT [snapshots]
--   cpu_seconds              DOUBLE [CPU] in all, with the start of the collector
--   cpu_percent              DOUBLE [of one CPU] without the first snapshot, averaged over the capture
--   peak_rss_bytes           BIGINT [RSS] largest
--   snapshot_seconds         DOUBLE [a snapshot took] median
--   longest_snapshot_seconds DOUBLE [longest]
--   written_bytes            BIGINT [written]
--   missed_ticks             BIGINT [ticks missed]
CREATE OR REPLACE VIEW path_observer AS
SELECT s.capture_id, count(*) AS snapshots, round(sum(s.collector_cpu_seconds), 6) AS cpu_seconds,
       CASE WHEN any_value(p.seconds) > 0 THEN
         -- the first tells the start of the JVM, too, which lies before the time that is divided by
         100.0 * round(sum(s.collector_cpu_seconds) FILTER (WHERE s.snapshot > p.first_snapshot), 6) / any_value(p.seconds) END AS cpu_percent,
       max(s.collector_rss_bytes) AS peak_rss_bytes, median(s.duration_seconds) AS snapshot_seconds, max(s.duration_seconds) AS longest_snapshot_seconds,
       CAST(sum(s.written_bytes) AS BIGINT) AS written_bytes, CAST(sum(s.missed_ticks) AS BIGINT) AS missed_ticks
FROM snapshot s
JOIN path_span p USING (capture_id)
GROUP BY s.capture_id
ORDER BY s.capture_id;
