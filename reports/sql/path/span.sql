-- First and last snapshot of every capture, and the evenly spread moments that small charts and series are drawn from.
-- requires: snapshot, meminfo
-- columns of path_span, one row a capture:
--   first_snapshot, last_snapshot  INTEGER
--   first_ts, last_ts              TIMESTAMP  UTC
--   seconds                        DOUBLE     between them, from t_seconds
--   pause_seconds                  DOUBLE     the longest from one snapshot to the next; NULL of a single one
--   snapshots                      BIGINT
--   mem_total_bytes                BIGINT     of the last snapshot; NULL without meminfo
-- columns of path_moment, at most 48 rows a capture, the first and the last snapshot among them:
--   snapshot  INTEGER
--   moment    BIGINT   0, 1, 2 …
CREATE OR REPLACE VIEW path_span AS
SELECT s.capture_id,
       min(s.snapshot) AS first_snapshot,
       max(s.snapshot) AS last_snapshot,
       arg_min(s.ts, s.snapshot) AS first_ts,
       arg_max(s.ts, s.snapshot) AS last_ts,
       arg_max(s.t_seconds, s.snapshot) - arg_min(s.t_seconds, s.snapshot) AS seconds,
       max(s.pause_seconds) AS pause_seconds,
       count(*) AS snapshots,
       arg_max(m.mem_total_bytes, s.snapshot) AS mem_total_bytes
FROM (
  SELECT *, t_seconds - lag(t_seconds) OVER (PARTITION BY capture_id ORDER BY snapshot) AS pause_seconds
  FROM snapshot
) s
LEFT JOIN meminfo m USING (capture_id, snapshot)
GROUP BY s.capture_id
ORDER BY s.capture_id;

CREATE OR REPLACE VIEW path_moment AS
WITH numbered AS (
  SELECT capture_id, snapshot,
         row_number() OVER (PARTITION BY capture_id ORDER BY snapshot) - 1 AS n,
         count(*) OVER (PARTITION BY capture_id) AS total
  FROM snapshot
), placed AS (
  SELECT *, CASE WHEN total <= 48 THEN n ELSE (n * 47) // (total - 1) END AS moment
  FROM numbered
)
SELECT capture_id, min(snapshot) AS snapshot, moment
FROM placed
GROUP BY capture_id, moment
ORDER BY capture_id, snapshot;
