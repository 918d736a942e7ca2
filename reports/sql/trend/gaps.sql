-- Times in which nothing was read although the interval asked for it.
-- requires: capture, snapshot, read_gap
-- columns of capture_gap: capture_id INTEGER; from_ts, to_ts TIMESTAMP UTC; gap_seconds DOUBLE; lost_snapshots BIGINT missing numbers
--   Files of other tools have no interval of their own and no numbers that could be missing: they have no gaps here.
--   A gap is longer than three intervals (of the middle one, where the archive does not say) and longer than 5 s.
--   Ticks that the collector leaves out to keep within its CPU budget make the interval longer, and no gap.
CREATE OR REPLACE TABLE capture_gap AS
WITH stepped AS (
  SELECT s.capture_id, s.snapshot, s.ts, 1 + coalesce(g.count, 0) AS stretched,
    lag(s.ts) OVER w AS previous_ts,
    s.t_seconds - lag(s.t_seconds) OVER w AS step_seconds,
    s.snapshot - lag(s.snapshot) OVER w - 1 AS lost_snapshots
  FROM snapshot AS s
  LEFT JOIN read_gap AS g ON g.capture_id = s.capture_id AND g.snapshot = s.snapshot AND g.path = 'tick' AND g.outcome = 'STRETCHED'
  WINDOW w AS (PARTITION BY s.capture_id, s.boot ORDER BY s.snapshot)
), usual AS (
  SELECT capture_id, median(step_seconds) AS step_seconds FROM stepped GROUP BY capture_id
)
SELECT s.capture_id, s.previous_ts AS from_ts, s.ts AS to_ts, s.step_seconds AS gap_seconds, s.lost_snapshots
FROM stepped AS s
JOIN usual AS u USING (capture_id)
JOIN capture AS c USING (capture_id)
WHERE c.origin IS DISTINCT FROM 'evidence' AND s.step_seconds > greatest(5, 3 * greatest(s.stretched * coalesce(c.interval_seconds, 0), coalesce(u.step_seconds, 0)))
ORDER BY s.capture_id, s.previous_ts;
