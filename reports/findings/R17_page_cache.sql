-- Memory that the kernel gives back on demand grew: page cache, dentries and inodes. That is no leak.
-- id: R17
-- kind: page_cache
-- chapter: meminfo
-- needs: meminfo, meminfo.sreclaimable_bytes
-- grows: host_page_cache, host_slab_reclaimable
SELECT capture_id, 'info' AS severity, 0.9 AS confidence, 'host' AS culprit_type, name AS culprit_name, verdict AS trend,
  growth::BIGINT AS growth_bytes, onset_ts AS first_seen, end_ts AS last_seen, 0 AS rank_bytes,
  CASE WHEN metric = 'host_slab_reclaimable' THEN 'slab' END AS text, [series_sql(sid)] AS evidence_sql
FROM trend
WHERE metric IN ('host_page_cache', 'host_slab_reclaimable') AND win = 'all' AND verdict IN ('leak', 'saturating', 'step', 'thin') AND growth >= floor
  -- inodes that watches hold: R16
  AND NOT (metric = 'host_slab_reclaimable' AND EXISTS (SELECT 1 FROM pinned_growth AS h WHERE h.capture_id = trend.capture_id AND h.inodes IS NOT NULL))
  -- pages of files that cannot be dropped: R09, R11
  AND NOT (metric = 'host_page_cache' AND coalesce((
    SELECT sum(g.growth) FROM grower AS g
    WHERE g.capture_id = trend.capture_id AND (g.sid IN (SELECT k.sid FROM locked_grower AS k) OR g.sid IN (SELECT k.sid FROM ramfs_grower AS k))), 0) >= 0.5 * growth)
ORDER BY capture_id, metric, sid
