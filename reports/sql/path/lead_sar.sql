-- The one thing sar shows here.
-- requires: path_sar_memory, path_sar_paging, path_sar_pressure
-- columns of lead_sar, one row a capture: text: calm | waited (calm, and yet tasks waited) | background | paging | swap; swap used, reclaim by kswapd and direct reclaim, memory pressure
CREATE OR REPLACE VIEW lead_sar AS
WITH swap AS (
  SELECT capture_id, arg_max(kbswpused_kb, at_ts) * 1024 AS swap_bytes,
         (arg_max(kbswpused_kb, at_ts) - arg_min(kbswpused_kb, at_ts)) * 1024 AS swap_growth_bytes,
         bool_or(kbswpused_kb + kbswpfree_kb > 0) AS has_swap
  FROM path_sar_memory
  GROUP BY capture_id
), paging AS (
  SELECT capture_id, max(pgscand_per_second) AS scan_per_second, max(pgscank_per_second) AS kswapd_per_second, max(majflt_per_second) AS majflt_per_second
  FROM path_sar_paging
  GROUP BY capture_id
), waiting AS (
  SELECT capture_id, max(waited_percent) AS waited_percent
  FROM path_sar_pressure
  WHERE resource = 'memory' AND scope = 'some'
  GROUP BY capture_id
)
SELECT s.capture_id,
       CASE WHEN s.swap_growth_bytes > 0 THEN 'swap' WHEN p.scan_per_second > 0 THEN 'paging' WHEN p.scan_per_second IS NULL THEN 'unknown'
         WHEN p.kswapd_per_second > 0 THEN 'background'
         -- the counters of the host count no reclaim within a group
         WHEN w.waited_percent >= 1 THEN 'waited' ELSE 'calm' END
         || CASE WHEN w.waited_percent IS NULL THEN '_nopsi' ELSE '' END AS text,
       s.swap_bytes, s.swap_growth_bytes, p.scan_per_second, p.kswapd_per_second, p.majflt_per_second, w.waited_percent
FROM swap s
LEFT JOIN paging p USING (capture_id)
LEFT JOIN waiting w USING (capture_id)
ORDER BY s.capture_id;
