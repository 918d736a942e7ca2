-- The same, summed by program: many small processes of one name are one big one.
-- requires: process, process_sample, path_moment
-- order: abs(growth_bytes) + res_bytes // 4 DESC, name
-- limit: 60
-- show: 8
-- members: pid/stat, pid/status
-- culprit: group
-- columns of path_top_name:
--   name             VARCHAR  [PROGRAM]
--   first_processes  BIGINT   [processes first] alive at the first snapshot
--   processes        BIGINT   [processes last] alive at the last snapshot
--   started          BIGINT   [seen] processes of this name seen in all
--   res_bytes        BIGINT   [RES] sum at the last snapshot; pages shared between them count once a process
--   growth_bytes     BIGINT   [grew] sum at the last snapshot minus sum at the first
--   res_spark        DOUBLE[] [RES over time]
CREATE OR REPLACE VIEW path_top_name AS
WITH at_snapshot AS (
  SELECT x.capture_id, p.name, x.snapshot, count(*) AS processes, sum(x.rss_bytes) AS res_bytes
  FROM process_sample x
  JOIN process p USING (capture_id, process_id)
  JOIN path_moment m ON m.capture_id = x.capture_id AND m.snapshot = x.snapshot
  WHERE NOT coalesce(p.kernel_thread, false)
  GROUP BY x.capture_id, p.name, x.snapshot
), seen AS (
  SELECT capture_id, name, count(*) AS started
  FROM process
  WHERE NOT coalesce(kernel_thread, false)
  GROUP BY capture_id, name
), whole AS (
  SELECT n.capture_id, n.name, n.started, m.snapshot,
         coalesce(a.processes, 0) AS processes, coalesce(a.res_bytes, 0) AS res_bytes
  FROM seen n
  JOIN path_moment m ON m.capture_id = n.capture_id
  LEFT JOIN at_snapshot a ON a.capture_id = n.capture_id AND a.name = n.name AND a.snapshot = m.snapshot
)
SELECT capture_id, name,
       CAST(arg_min(processes, snapshot) AS BIGINT) AS first_processes,
       CAST(arg_max(processes, snapshot) AS BIGINT) AS processes,
       started,
       CAST(arg_max(res_bytes, snapshot) AS BIGINT) AS res_bytes,
       CAST(arg_max(res_bytes, snapshot) - arg_min(res_bytes, snapshot) AS BIGINT) AS growth_bytes,
       list(CAST(res_bytes AS DOUBLE) ORDER BY snapshot) AS res_spark
FROM whole
GROUP BY capture_id, name, started
ORDER BY capture_id, name;
