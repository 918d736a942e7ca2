-- Free memory lies in pieces too small for what the kernel asks for: allocations of several pages fail although much is free.
-- id: R26
-- kind: fragmentation
-- chapter: meminfo
-- needs: buddy
-- threshold low_share = 0.95 of the free pages of a zone: in blocks of 8 pages or fewer (orders 0 to 3)
-- threshold failed_share = 0.9 of the free pages of a zone: enough where requests for several pages failed as well
-- threshold least_free_bytes = 67108864 bytes: free in the zone; with less it is short of memory, not fragmented
-- threshold snapshots_share = 0.9 of the snapshots: it has to last
-- threshold least_snapshots = 5 snapshots up to the last, all of them: one that began within the capture lasts, too
-- threshold least_seconds = 60 seconds up to the last snapshot: a burst of network buffers is over sooner
WITH failed AS (
  SELECT v.capture_id, sum(v.more)::BIGINT AS compactions_failed
  FROM (SELECT x.capture_id, s.boot, max(x.value) - min(x.value) AS more
    FROM vmstat AS x JOIN snapshot AS s USING (capture_id, snapshot) WHERE x.name = 'compact_fail' GROUP BY ALL) AS v
  GROUP BY v.capture_id
), asked AS (
  SELECT capture_id, count(*) AS failures
  FROM kernel_message
  WHERE regexp_matches(message, 'page allocation failure: order:[1-9]')
  GROUP BY capture_id
), zoned AS (
  SELECT b.capture_id, b.snapshot, b.node, b.zone, any_value(s.t_seconds) AS t_seconds, any_value(s.ts) AS ts,
    sum(b.free_blocks * 2 ** b.page_order) FILTER (WHERE b.page_order <= 3) / sum(b.free_blocks * 2 ** b.page_order) AS low_share,
    sum(b.free_blocks * 2 ** b.page_order) * coalesce(any_value(c.page_bytes), 4096) AS free_bytes
  FROM buddy AS b
  JOIN capture AS c USING (capture_id)
  JOIN snapshot AS s USING (capture_id, snapshot)
  WHERE b.zone <> 'DMA'
  GROUP BY b.capture_id, b.snapshot, b.node, b.zone
  HAVING sum(b.free_blocks) > 0
), told AS (
  SELECT z.*, f.compactions_failed, a.failures, coalesce(f.compactions_failed, 0) + coalesce(a.failures, 0) > 0 AS fails,
    z.free_bytes >= threshold('R26', 'least_free_bytes')
      AND z.low_share >= CASE WHEN fails THEN threshold('R26', 'failed_share') ELSE threshold('R26', 'low_share') END AS fragmented
  FROM zoned AS z
  LEFT JOIN failed AS f USING (capture_id)
  LEFT JOIN asked AS a USING (capture_id)
), lately AS (
  SELECT *, max(snapshot) FILTER (WHERE NOT fragmented) OVER (PARTITION BY capture_id, node, zone) AS last_whole FROM told
), judged AS (
  SELECT capture_id, node, zone, any_value(fails) AS fails, any_value(compactions_failed) AS compactions_failed, any_value(failures) AS failures,
    arg_max(low_share, snapshot) AS low_share, arg_max(free_bytes, snapshot)::BIGINT AS free_bytes, avg(fragmented::INTEGER) AS lasting,
    count(*) FILTER (WHERE snapshot > coalesce(last_whole, -1)) AS snapshots_since,
    max(t_seconds) - min(t_seconds) FILTER (WHERE snapshot > coalesce(last_whole, -1)) AS seconds_since,
    min(ts) FILTER (WHERE fragmented AND snapshot > coalesce(last_whole, -1)) AS first_seen
  FROM lately
  GROUP BY capture_id, node, zone
)
SELECT capture_id, CASE WHEN fails THEN 'warning' ELSE 'info' END AS severity, 0.7 AS confidence,
  'host' AS culprit_type, 'node ' || node || ', zone ' || zone AS culprit_name, 'flat' AS trend, 0 AS rank_bytes, first_seen,
  -- a compaction that failed is no request that failed: it may have waited, or been content with single pages
  CASE WHEN failures > 0 THEN 'failed' WHEN fails THEN 'compaction' END AS text,
  low_share, free_bytes, nullif(compactions_failed, 0) AS compactions_failed, nullif(failures, 0) AS failures,
  ['SELECT snapshot, node, zone, page_order, free_blocks FROM buddy WHERE capture_id = ' || capture_id || ' ORDER BY snapshot, node, zone, page_order'] AS evidence_sql
FROM judged
WHERE lasting >= threshold('R26', 'snapshots_share')
  OR (snapshots_since >= threshold('R26', 'least_snapshots') AND seconds_since >= threshold('R26', 'least_seconds'))
ORDER BY capture_id, node, zone
