-- Times in which nothing was read although the interval asked for it.
-- requires: capture, snapshot
-- columns of capture_gap: capture_id INTEGER; from_ts, to_ts TIMESTAMP UTC; gap_seconds DOUBLE; lost_snapshots BIGINT missing numbers
--   Files of other tools have no interval of their own and no numbers that could be missing: they have no gaps here.
--   A gap is longer than three intervals (of the middle one, where the archive does not say) and longer than 5 s.
CREATE OR REPLACE TABLE capture_gap AS
WITH stepped AS (
  SELECT capture_id, snapshot, ts,
    lag(ts) OVER w AS previous_ts,
    t_seconds - lag(t_seconds) OVER w AS step_seconds,
    snapshot - lag(snapshot) OVER w - 1 AS lost_snapshots
  FROM snapshot
  WINDOW w AS (PARTITION BY capture_id, boot ORDER BY snapshot)
), usual AS (
  SELECT capture_id, median(step_seconds) AS step_seconds FROM stepped GROUP BY capture_id
)
SELECT s.capture_id, s.previous_ts AS from_ts, s.ts AS to_ts, s.step_seconds AS gap_seconds, s.lost_snapshots
FROM stepped AS s
JOIN usual AS u USING (capture_id)
JOIN capture AS c USING (capture_id)
WHERE c.origin IS DISTINCT FROM 'evidence' AND s.step_seconds > greatest(5, 3 * greatest(coalesce(c.interval_seconds, 0), coalesce(u.step_seconds, 0)))
ORDER BY s.capture_id, s.previous_ts;
