-- Paging and swapping over time, as sar -B and sar -W print them; each row is the average since the row above.
-- requires: vmstat, snapshot, path_moment
-- order: at_ts
-- limit: 48
-- show: 12
-- members: proc/vmstat
-- columns of path_sar_paging:
--   at_ts               TIMESTAMP [time]
--   pgpgin_per_second   DOUBLE    [pgpgin/s] kB
--   pgpgout_per_second  DOUBLE    [pgpgout/s] kB
--   fault_per_second    DOUBLE    [fault/s]
--   majflt_per_second   DOUBLE    [majflt/s]
--   pgfree_per_second   DOUBLE    [pgfree/s]
--   pgscank_per_second  DOUBLE    [pgscank/s] pages kswapd looked at
--   pgscand_per_second  DOUBLE    [pgscand/s] pages looked at by those who asked: they waited
--   pgsteal_per_second  DOUBLE    [pgsteal/s] pages got back
--   vmeff_percent       DOUBLE    [%vmeff] got back of looked at; NULL when nothing was looked at
--   pswpin_per_second   DOUBLE    [pswpin/s]
--   pswpout_per_second  DOUBLE    [pswpout/s]
CREATE OR REPLACE VIEW path_sar_paging AS
WITH counters AS (
  SELECT v.capture_id, v.snapshot,
         max(v.value) FILTER (WHERE name = 'pgpgin') AS pgpgin,
         max(v.value) FILTER (WHERE name = 'pgpgout') AS pgpgout,
         max(v.value) FILTER (WHERE name = 'pgfault') AS fault,
         max(v.value) FILTER (WHERE name = 'pgmajfault') AS majflt,
         max(v.value) FILTER (WHERE name = 'pgfree') AS pgfree,
         sum(v.value) FILTER (WHERE name = 'pgscan_kswapd' OR name LIKE 'pgscan_kswapd_%') AS pgscank,
         sum(v.value) FILTER (WHERE name = 'pgscan_direct' OR (name LIKE 'pgscan_direct_%' AND name <> 'pgscan_direct_throttle')) AS pgscand,
         sum(v.value) FILTER (WHERE name IN ('pgsteal_kswapd', 'pgsteal_direct')
                              OR name LIKE 'pgsteal_kswapd_%' OR name LIKE 'pgsteal_direct_%') AS pgsteal,
         max(v.value) FILTER (WHERE name = 'pswpin') AS pswpin,
         max(v.value) FILTER (WHERE name = 'pswpout') AS pswpout
  FROM vmstat v
  JOIN path_moment m ON m.capture_id = v.capture_id AND m.snapshot = v.snapshot
  GROUP BY v.capture_id, v.snapshot
), stepped AS (
  SELECT c.*, s.ts, s.boot, s.t_seconds,
         s.t_seconds - lag(s.t_seconds) OVER same_boot AS seconds,
         COLUMNS(c.* EXCLUDE (capture_id, snapshot)) - lag(COLUMNS(c.* EXCLUDE (capture_id, snapshot))) OVER same_boot AS 'd_\0'
  FROM counters c
  JOIN snapshot s USING (capture_id, snapshot)
  WINDOW same_boot AS (PARTITION BY c.capture_id, s.boot ORDER BY c.snapshot)
)
-- a counter that fell has wrapped, or lost the part of a processor that was taken away: no rate is better than a wrong one
SELECT capture_id, ts AS at_ts,
       CASE WHEN d_pgpgin >= 0 THEN d_pgpgin / seconds END AS pgpgin_per_second,
       CASE WHEN d_pgpgout >= 0 THEN d_pgpgout / seconds END AS pgpgout_per_second,
       CASE WHEN d_fault >= 0 THEN d_fault / seconds END AS fault_per_second,
       CASE WHEN d_majflt >= 0 THEN d_majflt / seconds END AS majflt_per_second,
       CASE WHEN d_pgfree >= 0 THEN d_pgfree / seconds END AS pgfree_per_second,
       CASE WHEN d_pgscank >= 0 THEN d_pgscank / seconds END AS pgscank_per_second,
       CASE WHEN d_pgscand >= 0 THEN d_pgscand / seconds END AS pgscand_per_second,
       CASE WHEN d_pgsteal >= 0 THEN d_pgsteal / seconds END AS pgsteal_per_second,
       CASE WHEN d_pgscank >= 0 AND d_pgscand >= 0 AND d_pgsteal >= 0 AND d_pgscank + d_pgscand > 0
         THEN 100.0 * d_pgsteal / (d_pgscank + d_pgscand) END AS vmeff_percent,
       CASE WHEN d_pswpin >= 0 THEN d_pswpin / seconds END AS pswpin_per_second,
       CASE WHEN d_pswpout >= 0 THEN d_pswpout / seconds END AS pswpout_per_second
FROM stepped
WHERE seconds > 0
ORDER BY capture_id, at_ts;
