-- Free memory lies in pieces too small for what the kernel asks for: allocations of several pages fail although much is free.
-- id: R26
-- kind: fragmentation
-- chapter: meminfo
-- needs: buddy
-- threshold low_share = 0.95 of the free pages of a zone: in blocks of 8 pages or fewer (orders 0 to 3)
-- threshold least_free_bytes = 67108864 bytes: free in the zone; with less it is short of memory, not fragmented
-- threshold snapshots_share = 0.9 of the snapshots: it has to last
WITH zoned AS (
  SELECT b.capture_id, b.snapshot, b.node, b.zone, coalesce(any_value(c.page_bytes), 4096) AS page_bytes,
    sum(b.free_blocks * 2 ** b.page_order) AS free_pages,
    sum(b.free_blocks * 2 ** b.page_order) FILTER (WHERE b.page_order <= 3) AS low_pages
  FROM buddy AS b
  JOIN capture AS c USING (capture_id)
  WHERE b.zone <> 'DMA'
  GROUP BY b.capture_id, b.snapshot, b.node, b.zone
), judged AS (
  SELECT capture_id, node, zone, arg_max(low_pages / free_pages, snapshot) AS low_share,
    (arg_max(free_pages * page_bytes, snapshot))::BIGINT AS free_bytes,
    avg((low_pages >= threshold('R26', 'low_share') * free_pages
      AND free_pages * page_bytes >= threshold('R26', 'least_free_bytes'))::INTEGER) AS lasting
  FROM zoned
  WHERE free_pages > 0
  GROUP BY capture_id, node, zone
), failed AS (
  SELECT v.capture_id, sum(v.more)::BIGINT AS compactions_failed
  FROM (SELECT x.capture_id, s.boot, max(x.value) - min(x.value) AS more
    FROM vmstat AS x JOIN snapshot AS s USING (capture_id, snapshot) WHERE x.name = 'compact_fail' GROUP BY ALL) AS v
  GROUP BY v.capture_id
), asked AS (
  SELECT capture_id, count(*) AS failures
  FROM kernel_message
  WHERE regexp_matches(message, 'page allocation failure: order:[1-9]')
  GROUP BY capture_id
)
SELECT j.capture_id, CASE WHEN f.compactions_failed > 0 OR a.failures > 0 THEN 'warning' ELSE 'info' END AS severity, 0.7 AS confidence,
  'host' AS culprit_type, 'node ' || j.node || ', zone ' || j.zone AS culprit_name, 'flat' AS trend, 0 AS rank_bytes,
  CASE WHEN f.compactions_failed > 0 OR a.failures > 0 THEN 'failed' END AS text,
  j.low_share, j.free_bytes, coalesce(f.compactions_failed, 0) AS compactions_failed, coalesce(a.failures, 0) AS failures,
  ['SELECT snapshot, node, zone, page_order, free_blocks FROM buddy ORDER BY snapshot, node, zone, page_order'] AS evidence_sql
FROM judged AS j
LEFT JOIN failed AS f USING (capture_id)
LEFT JOIN asked AS a USING (capture_id)
WHERE j.lasting >= threshold('R26', 'snapshots_share')
ORDER BY j.capture_id, j.node, j.zone
