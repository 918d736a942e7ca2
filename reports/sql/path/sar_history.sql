-- The host's own longer history (saDD files of sysstat), in the columns of sar -r, -S, -B and -W.
-- requires: activity
-- order: at_ts
-- limit: 48
-- show: 14
-- members: host/sa/*
-- columns of path_history, one row a reading; rates are averages since the reading before, within one boot of one file:
--   at_ts TIMESTAMP, member VARCHAR, boot INTEGER, mem_total_bytes and available_bytes DOUBLE, and the columns below
-- columns of path_sar_history, of at most 48 equal stretches of time the reading with the least memory available:
--   at_ts               TIMESTAMP [time]
--   kbmemfree_kb        BIGINT    [kbmemfree]
--   kbavail_kb          BIGINT    [kbavail] empty where the host's sysstat did not record it
--   memused_percent     DOUBLE    [%memused] total minus available; empty where available is not known
--   kbbuffers_kb        BIGINT    [kbbuffers]
--   kbcached_kb         BIGINT    [kbcached]
--   kbcommit_kb         BIGINT    [kbcommit] promised, Committed_AS
--   kbactive_kb         BIGINT    [kbactive]
--   kbinact_kb          BIGINT    [kbinact]
--   kbdirty_kb          BIGINT    [kbdirty]
--   kbanonpg_kb         BIGINT    [kbanonpg]
--   kbslab_kb           BIGINT    [kbslab]
--   kbkstack_kb         BIGINT    [kbkstack]
--   kbpgtbl_kb          BIGINT    [kbpgtbl]
--   kbvmused_kb         BIGINT    [kbvmused]
--   kbswpused_kb        BIGINT    [kbswpused]
--   majflt_per_second   DOUBLE    [majflt/s]
--   pgscank_per_second  DOUBLE    [pgscank/s] pages kswapd looked at
--   pgscand_per_second  DOUBLE    [pgscand/s] pages looked at by those who asked: they waited
--   pswpin_per_second   DOUBLE    [pswpin/s]
--   pswpout_per_second  DOUBLE    [pswpout/s]
CREATE OR REPLACE VIEW path_history AS
WITH reading AS (
  SELECT capture_id, member, boot, ts,
         max(value) FILTER (WHERE activity = 'memory' AND name = 'MemTotal') AS mem_total,
         max(value) FILTER (WHERE activity = 'memory' AND name = 'MemFree') AS mem_free,
         max(value) FILTER (WHERE activity = 'memory' AND name = 'MemAvailable') AS mem_available,
         max(value) FILTER (WHERE activity = 'memory' AND name = 'Buffers') AS buffers,
         max(value) FILTER (WHERE activity = 'memory' AND name = 'Cached') AS cached,
         max(value) FILTER (WHERE activity = 'memory' AND name = 'Committed_AS') AS committed,
         max(value) FILTER (WHERE activity = 'memory' AND name = 'Active') AS active,
         max(value) FILTER (WHERE activity = 'memory' AND name = 'Inactive') AS inactive,
         max(value) FILTER (WHERE activity = 'memory' AND name = 'Dirty') AS dirty,
         max(value) FILTER (WHERE activity = 'memory' AND name = 'AnonPages') AS anon_pages,
         max(value) FILTER (WHERE activity = 'memory' AND name = 'Slab') AS slab,
         max(value) FILTER (WHERE activity = 'memory' AND name = 'KernelStack') AS kernel_stack,
         max(value) FILTER (WHERE activity = 'memory' AND name = 'PageTables') AS page_tables,
         max(value) FILTER (WHERE activity = 'memory' AND name = 'VmallocUsed') AS vmalloc_used,
         max(value) FILTER (WHERE activity = 'memory' AND name = 'SwapTotal') AS swap_total,
         max(value) FILTER (WHERE activity = 'memory' AND name = 'SwapFree') AS swap_free,
         max(value) FILTER (WHERE activity = 'page' AND name = 'pgmajfault') AS majflt,
         max(value) FILTER (WHERE activity = 'page' AND name = 'pgscan_kswapd') AS pgscank,
         max(value) FILTER (WHERE activity = 'page' AND name = 'pgscan_direct') AS pgscand,
         max(value) FILTER (WHERE activity = 'swap' AND name = 'pswpin') AS pswpin,
         max(value) FILTER (WHERE activity = 'swap' AND name = 'pswpout') AS pswpout,
         max(value) FILTER (WHERE activity = 'page_rate' AND name = 'pgmajfault') AS rate_majflt,
         max(value) FILTER (WHERE activity = 'page_rate' AND name = 'pgscan_kswapd') AS rate_pgscank,
         max(value) FILTER (WHERE activity = 'page_rate' AND name = 'pgscan_direct') AS rate_pgscand,
         max(value) FILTER (WHERE activity = 'swap_rate' AND name = 'pswpin') AS rate_pswpin,
         max(value) FILTER (WHERE activity = 'swap_rate' AND name = 'pswpout') AS rate_pswpout
  FROM activity
  WHERE activity IN ('memory', 'page', 'swap', 'page_rate', 'swap_rate')
  GROUP BY capture_id, member, boot, ts
), stepped AS (
  SELECT *,
         epoch(ts) - epoch(lag(ts) OVER same_boot) AS seconds,
         COLUMNS(['majflt', 'pgscank', 'pgscand', 'pswpin', 'pswpout'])
           - lag(COLUMNS(['majflt', 'pgscank', 'pgscand', 'pswpin', 'pswpout'])) OVER same_boot AS 'd_\0'
  FROM reading
  WINDOW same_boot AS (PARTITION BY capture_id, member, boot ORDER BY ts)
)
-- a counter that fell was not counted from where it stood before: no rate is better than a wrong one
SELECT capture_id, member, boot, ts AS at_ts, mem_total AS mem_total_bytes, mem_available AS available_bytes,
       (mem_free // 1024)::BIGINT AS kbmemfree_kb, (mem_available // 1024)::BIGINT AS kbavail_kb,
       CASE WHEN mem_total > 0 THEN 100.0 * (mem_total - mem_available) / mem_total END AS memused_percent,
       (buffers // 1024)::BIGINT AS kbbuffers_kb, (cached // 1024)::BIGINT AS kbcached_kb, (committed // 1024)::BIGINT AS kbcommit_kb,
       (active // 1024)::BIGINT AS kbactive_kb, (inactive // 1024)::BIGINT AS kbinact_kb, (dirty // 1024)::BIGINT AS kbdirty_kb,
       (anon_pages // 1024)::BIGINT AS kbanonpg_kb, (slab // 1024)::BIGINT AS kbslab_kb, (kernel_stack // 1024)::BIGINT AS kbkstack_kb,
       (page_tables // 1024)::BIGINT AS kbpgtbl_kb, (vmalloc_used // 1024)::BIGINT AS kbvmused_kb,
       ((swap_total - swap_free) // 1024)::BIGINT AS kbswpused_kb,
       coalesce(rate_majflt, CASE WHEN seconds > 0 AND d_majflt >= 0 THEN d_majflt / seconds END) AS majflt_per_second,
       coalesce(rate_pgscank, CASE WHEN seconds > 0 AND d_pgscank >= 0 THEN d_pgscank / seconds END) AS pgscank_per_second,
       coalesce(rate_pgscand, CASE WHEN seconds > 0 AND d_pgscand >= 0 THEN d_pgscand / seconds END) AS pgscand_per_second,
       coalesce(rate_pswpin, CASE WHEN seconds > 0 AND d_pswpin >= 0 THEN d_pswpin / seconds END) AS pswpin_per_second,
       coalesce(rate_pswpout, CASE WHEN seconds > 0 AND d_pswpout >= 0 THEN d_pswpout / seconds END) AS pswpout_per_second
FROM stepped
WHERE mem_free IS NOT NULL
ORDER BY capture_id, at_ts, member;

CREATE OR REPLACE VIEW path_sar_history AS
WITH placed AS (
  SELECT *, least(47, floor(48 * (epoch(at_ts) - min(epoch(at_ts)) OVER whole)
                  / nullif(max(epoch(at_ts)) OVER whole - min(epoch(at_ts)) OVER whole, 0))) AS stretch
  FROM path_history
  WINDOW whole AS (PARTITION BY capture_id)
)
SELECT * EXCLUDE (stretch)
FROM placed
QUALIFY row_number() OVER (PARTITION BY capture_id, stretch ORDER BY coalesce(kbavail_kb, kbmemfree_kb), at_ts, member) = 1
ORDER BY capture_id, at_ts;
