-- Memory and swap over time, as sar -r and sar -S print them.
-- requires: meminfo, snapshot, path_moment
-- order: at_ts
-- limit: 48
-- show: 12
-- members: proc/meminfo
-- columns of path_sar_memory:
--   at_ts            TIMESTAMP [time]
--   kbmemfree_kb     BIGINT    [kbmemfree]
--   kbavail_kb       BIGINT    [kbavail]
--   kbmemused_kb     BIGINT    [kbmemused] total minus free, buffers, cached and slab
--   memused_percent  DOUBLE    [%memused]
--   kbbuffers_kb     BIGINT    [kbbuffers]
--   kbcached_kb      BIGINT    [kbcached]
--   kbcommit_kb      BIGINT    [kbcommit] promised, Committed_AS
--   commit_percent   DOUBLE    [%commit] of memory plus swap
--   kbactive_kb      BIGINT    [kbactive]
--   kbinact_kb       BIGINT    [kbinact]
--   kbdirty_kb       BIGINT    [kbdirty]
--   kbswpfree_kb     BIGINT    [kbswpfree]
--   kbswpused_kb     BIGINT    [kbswpused]
--   swpused_percent  DOUBLE    [%swpused]
CREATE OR REPLACE VIEW path_sar_memory AS
WITH used AS (
  SELECT m.*, s.ts,
         m.mem_total_bytes - m.mem_free_bytes - coalesce(m.buffers_bytes, 0) - coalesce(m.cached_bytes, 0) - coalesce(m.slab_bytes, 0) AS used_bytes
  FROM meminfo m
  JOIN snapshot s USING (capture_id, snapshot)
  JOIN path_moment p USING (capture_id, snapshot)
)
SELECT capture_id, ts AS at_ts,
       mem_free_bytes // 1024 AS kbmemfree_kb, mem_available_bytes // 1024 AS kbavail_kb, used_bytes // 1024 AS kbmemused_kb,
       100.0 * used_bytes / mem_total_bytes AS memused_percent,
       buffers_bytes // 1024 AS kbbuffers_kb, cached_bytes // 1024 AS kbcached_kb, committed_as_bytes // 1024 AS kbcommit_kb,
       100.0 * committed_as_bytes / (mem_total_bytes + coalesce(swap_total_bytes, 0)) AS commit_percent,
       active_bytes // 1024 AS kbactive_kb, inactive_bytes // 1024 AS kbinact_kb, dirty_bytes // 1024 AS kbdirty_kb,
       swap_free_bytes // 1024 AS kbswpfree_kb, (swap_total_bytes - swap_free_bytes) // 1024 AS kbswpused_kb,
       CASE WHEN swap_total_bytes > 0 THEN 100.0 * (swap_total_bytes - swap_free_bytes) / swap_total_bytes END AS swpused_percent
FROM used
ORDER BY capture_id, at_ts;
