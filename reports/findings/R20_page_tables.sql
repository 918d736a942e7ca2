-- Page tables grow out of proportion to the memory they map.
-- id: R20
-- kind: page_tables
-- chapter: kernel
-- needs: meminfo, meminfo.page_tables_bytes
-- grows: host_page_tables
-- threshold mapped_share = 0.05 of the growth of memory: 8 bytes a page of 4096 are 0.002
-- threshold entry_share = 0.004 of what processes mapped more, shared memory counted for each of them: twice the 8 bytes a page that it takes
-- threshold mapper_share = 0.4 of the growth: gained by one process, it is who maps
WITH gained AS (
  -- two readings tell whose they are, long before the process has enough of them for a trend of its own; one that was not there at the
  -- onset gained all it has
  SELECT r.sid, s.process_id, arg_max(s.pte_bytes, s.snapshot)
    - coalesce(arg_max(s.pte_bytes, s.snapshot) FILTER (WHERE s.snapshot <= r.from_snapshot),
      CASE WHEN min(p.first_snapshot) > r.from_snapshot THEN 0 ELSE arg_min(s.pte_bytes, s.snapshot) END) AS bytes
  FROM leak_row AS r
  JOIN process_sample AS s ON s.capture_id = r.capture_id AND s.snapshot <= r.to_snapshot AND s.pte_bytes IS NOT NULL
  JOIN process AS p ON p.capture_id = s.capture_id AND p.process_id = s.process_id AND p.boot = r.boot AND p.last_snapshot >= r.to_snapshot
  WHERE r.metric = 'host_page_tables'
  GROUP BY r.sid, r.from_snapshot, s.process_id
), mapper AS (
  SELECT g.sid, g.process_id
  FROM gained AS g
  JOIN leak_row AS r USING (sid)
  WHERE g.bytes >= threshold('R20', 'mapper_share') * r.growth_bytes
  QUALIFY row_number() OVER (PARTITION BY g.sid ORDER BY g.bytes DESC, g.process_id) = 1
), mapped AS (
  -- page tables are of each process, so a segment that a hundred processes map has them a hundred times
  SELECT r.sid, sum(s.rss_bytes * CASE WHEN s.snapshot = e.to_snapshot THEN 1 ELSE -1 END)::BIGINT AS bytes,
    count(DISTINCT s.process_id) FILTER (WHERE s.snapshot = e.to_snapshot) AS processes
  FROM leak_row AS r,
    LATERAL (SELECT max(s.snapshot) FILTER (WHERE s.snapshot <= r.from_snapshot) AS from_snapshot, max(s.snapshot) AS to_snapshot
      FROM (SELECT DISTINCT capture_id, snapshot FROM process_sample WHERE rss_bytes IS NOT NULL) AS s
      WHERE s.capture_id = r.capture_id AND s.snapshot <= r.to_snapshot) AS e
  JOIN process_sample AS s ON s.capture_id = r.capture_id AND s.snapshot IN (e.from_snapshot, e.to_snapshot)
  WHERE r.metric = 'host_page_tables' AND e.to_snapshot > e.from_snapshot
  GROUP BY r.sid
)
SELECT r.* EXCLUDE (process_id, severity),
  CASE WHEN fair.share THEN 'info' ELSE r.severity END AS severity, CASE WHEN fair.share THEN 'shared' WHEN p.process_id IS NOT NULL THEN 'process' END AS text,
  CASE WHEN fair.share THEN m.bytes END AS mapped_bytes, CASE WHEN fair.share THEN m.processes END AS mapping_processes,
  CASE WHEN p.process_id IS NULL THEN 'host' ELSE 'process' END AS culprit_type,
  CASE WHEN p.process_id IS NULL THEN 'owner unknown' END AS culprit_name,
  p.process_id AS process_id
FROM leak_row AS r
JOIN memory_ledger AS a ON a.capture_id = r.capture_id AND a.snapshot = r.from_snapshot
JOIN memory_ledger AS b ON b.capture_id = r.capture_id AND b.snapshot = r.to_snapshot
LEFT JOIN mapper AS p USING (sid)
LEFT JOIN mapped AS m USING (sid),
  LATERAL (SELECT p.process_id IS NULL AND r.growth_bytes <= coalesce(threshold('R20', 'entry_share') * m.bytes, 0) AS share) AS fair
WHERE r.metric = 'host_page_tables'
  AND r.growth_bytes > threshold('R20', 'mapped_share')
    * (greatest(0, b.anon_bytes - a.anon_bytes) + greatest(0, b.shmem_bytes - a.shmem_bytes))
  AND NOT EXISTS (SELECT 1 FROM thread_grower AS t WHERE t.capture_id = r.capture_id)
  AND NOT EXISTS (SELECT 1 FROM grower AS g WHERE g.capture_id = r.capture_id AND g.metric = 'group_count')
ORDER BY r.capture_id, r.sid
