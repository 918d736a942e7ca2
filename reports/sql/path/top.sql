-- Processes as top shows them, with what each gained while it was watched.
-- requires: process, process_sample, snapshot, path_span, path_moment
-- order: abs(growth_bytes) + res_bytes // 4 DESC, process_id
-- limit: 200
-- show: 12
-- members: pid/stat, pid/status
-- culprit: process
-- columns of path_top:
--   pid             INTEGER  [PID]
--   uid             BIGINT   [UID] real user id; the host's names stay on the host
--   virt_bytes      BIGINT   [VIRT] address space: what was asked for, touched or not
--   res_bytes       BIGINT   [RES] resident memory, last reading
--   shr_bytes       BIGINT   [SHR] of it shared: files and tmpfs/shm pages
--   mem_percent     DOUBLE   [%MEM] RES of MemTotal
--   first_res_bytes BIGINT   [RES first] at the first reading of this process
--   growth_bytes    BIGINT   [grew] RES last minus first
--   peak_res_bytes  BIGINT   [RES peak] largest reading
--   res_spark       DOUBLE[] [RES over time]
--   state           VARCHAR  [S] state at the last reading; gone: ended before the capture did
--   command         VARCHAR  [COMMAND]
--   since_ts        TIMESTAMP UTC of that first reading
CREATE OR REPLACE VIEW path_top AS
WITH life AS (
  SELECT capture_id, process_id,
         arg_max(vm_size_bytes, snapshot) AS virt_bytes,
         arg_max(rss_bytes, snapshot) AS res_bytes,
         arg_max(rss_file_bytes + rss_shmem_bytes, snapshot) AS shr_bytes,
         arg_min(rss_bytes, snapshot) AS first_res_bytes,
         min(snapshot) FILTER (WHERE rss_bytes IS NOT NULL) AS first_snapshot,
         max(rss_bytes) AS peak_res_bytes,
         arg_max(state, snapshot) AS state
  FROM process_sample
  GROUP BY capture_id, process_id
), spark AS (
  SELECT capture_id, process_id, list(CAST(rss_bytes AS DOUBLE) ORDER BY snapshot) AS res_spark
  FROM process_sample
  JOIN path_moment USING (capture_id, snapshot)
  WHERE rss_bytes IS NOT NULL
  GROUP BY capture_id, process_id
)
SELECT l.capture_id, l.process_id,
       p.pid, p.uid, l.virt_bytes, l.res_bytes, l.shr_bytes,
       100.0 * l.res_bytes / s.mem_total_bytes AS mem_percent,
       l.first_res_bytes,
       l.res_bytes - l.first_res_bytes AS growth_bytes,
       l.peak_res_bytes,
       k.res_spark,
       CASE WHEN p.last_snapshot < s.last_snapshot THEN 'gone' ELSE l.state END AS state,
       coalesce(p.command, '[' || p.comm || ']') AS command,
       f.ts AS since_ts
FROM life l
JOIN process p USING (capture_id, process_id)
JOIN path_span s USING (capture_id)
JOIN snapshot f ON f.capture_id = l.capture_id AND f.snapshot = l.first_snapshot
LEFT JOIN spark k USING (capture_id, process_id)
WHERE l.res_bytes > 0
ORDER BY l.capture_id, l.process_id;
