-- Transparent huge pages make a process larger than what it touches: 2 MB are taken where a few bytes are written.
-- id: R25
-- kind: hugepages
-- chapter: pidstat
-- needs: process_memory
-- readings: one
-- threshold least_bytes = 67108864 bytes: of huge pages; less cannot bloat a process much
-- threshold huge_share = 0.5 of its anonymous memory: in huge pages, most of it
-- threshold touched_factor = 1.5 times what it referenced: resident beyond it is bloat more likely than use
WITH latest AS (
  SELECT capture_id, process_id, max(snapshot) AS snapshot
  FROM process_memory
  WHERE anon_huge_pages_bytes IS NOT NULL AND referenced_bytes IS NOT NULL
  GROUP BY capture_id, process_id
)
SELECT m.capture_id, 'info' AS severity, 0.6 AS confidence, 'process' AS culprit_type, m.process_id, 'flat' AS trend, 0 AS rank_bytes,
  m.anon_huge_pages_bytes AS huge_bytes, m.anon_huge_pages_bytes / m.anonymous_bytes AS huge_share, m.rss_bytes, m.referenced_bytes,
  ['SELECT snapshot, rss_bytes, referenced_bytes, anonymous_bytes, anon_huge_pages_bytes FROM process_memory WHERE capture_id = ' || m.capture_id || ' AND process_id = ' || m.process_id || ' ORDER BY snapshot'] AS evidence_sql,
  [member(m.snapshot, 'pid/smaps_rollup')] AS evidence_members
FROM process_memory AS m
JOIN latest USING (capture_id, process_id, snapshot)
WHERE m.anon_huge_pages_bytes >= threshold('R25', 'least_bytes')
  AND m.anon_huge_pages_bytes > threshold('R25', 'huge_share') * m.anonymous_bytes
  AND m.rss_bytes >= threshold('R25', 'touched_factor') * m.referenced_bytes
ORDER BY m.capture_id, huge_bytes DESC, m.process_id
