-- Faults and sizes of each process, as pidstat -r prints them: averages over the time the process was watched.
-- requires: capture, process, process_sample, snapshot, path_span
-- order: minflt_per_second + 50 * majflt_per_second DESC, process_id
-- limit: 100
-- show: 10
-- members: pid/stat, pid/status
-- culprit: process
-- columns of path_pidstat:
--   uid                BIGINT  [UID]
--   pid                INTEGER [PID]
--   minflt_per_second  DOUBLE  [minflt/s] faults a second served without the disk: fresh pages
--   majflt_per_second  DOUBLE  [majflt/s] faults a second that had to read from disk or swap
--   vsz_kb             BIGINT  [VSZ] kB
--   rss_kb             BIGINT  [RSS] kB
--   mem_percent        DOUBLE  [%MEM]
--   swap_kb            BIGINT  [SWAP] kB of it in swap (VmSwap)
--   rate_growth_bytes_per_second DOUBLE [RSS grew] per time, first to last reading
--   cpu_percent        DOUBLE  [%CPU] of one CPU
--   command            VARCHAR [Command]
CREATE OR REPLACE VIEW path_pidstat AS
WITH life AS (
  SELECT x.capture_id, x.process_id,
         arg_max(s.t_seconds, s.snapshot) - arg_min(s.t_seconds, s.snapshot) AS seconds,
         arg_max(x.minor_faults, s.snapshot) - arg_min(x.minor_faults, s.snapshot) AS minor_faults,
         arg_max(x.major_faults, s.snapshot) - arg_min(x.major_faults, s.snapshot) AS major_faults,
         arg_max(x.user_seconds + x.system_seconds, s.snapshot) - arg_min(x.user_seconds + x.system_seconds, s.snapshot) AS cpu_seconds,
         arg_max(x.rss_bytes, s.snapshot) - arg_min(x.rss_bytes, s.snapshot) AS growth_bytes,
         arg_max(x.vm_size_bytes, s.snapshot) AS vsz_bytes,
         arg_max(x.rss_bytes, s.snapshot) AS rss_bytes,
         arg_max(x.swap_bytes, s.snapshot) AS swap_bytes
  FROM process_sample x
  JOIN snapshot s USING (capture_id, snapshot)
  GROUP BY x.capture_id, x.process_id
)
SELECT l.capture_id, l.process_id, p.uid, p.pid,
       l.minor_faults / l.seconds AS minflt_per_second,
       l.major_faults / l.seconds AS majflt_per_second,
       l.vsz_bytes // 1024 AS vsz_kb,
       l.rss_bytes // 1024 AS rss_kb,
       100.0 * l.rss_bytes / s.mem_total_bytes AS mem_percent,
       l.swap_bytes // 1024 AS swap_kb,
       l.growth_bytes / l.seconds AS rate_growth_bytes_per_second,
       100.0 * l.cpu_seconds / l.seconds AS cpu_percent,
       -- most of what it touched: a fault brings a page, and with huge pages more; a collector of garbage gives most of them back
       l.growth_bytes >= 0.5 * l.minor_faults * coalesce(c.page_bytes, 4096) AS keeps,
       coalesce(p.name, p.comm) AS command
FROM life l
JOIN process p USING (capture_id, process_id)
JOIN path_span s USING (capture_id)
JOIN capture c USING (capture_id)
WHERE l.seconds > 0 AND NOT coalesce(p.kernel_thread, false)
ORDER BY l.capture_id, l.process_id;
