-- Page tables grow out of proportion to the memory they map.
-- id: R20
-- kind: page_tables
-- chapter: kernel
-- needs: meminfo, meminfo.page_tables_bytes
-- threshold mapped_share = 0.05 of the growth of mapped memory: 8 bytes a page of 4096 are 0.002
SELECT r.* EXCLUDE (process_id),
  CASE WHEN p.process_id IS NULL THEN 'host' ELSE 'process' END AS culprit_type,
  CASE WHEN p.process_id IS NULL THEN 'owner unknown' END AS culprit_name,
  p.process_id AS process_id
FROM leak_row AS r
JOIN memory_ledger AS a ON a.capture_id = r.capture_id AND a.snapshot = r.from_snapshot
JOIN memory_ledger AS b ON b.capture_id = r.capture_id AND b.snapshot = r.to_snapshot
LEFT JOIN LATERAL (
  SELECT g.process_id FROM grower AS g
  WHERE g.capture_id = r.capture_id AND g.metric = 'proc_pte' AND g.growth >= 0.4 * r.growth_bytes
  ORDER BY g.growth DESC, g.process_id LIMIT 1) AS p ON true
WHERE r.metric = 'host_page_tables'
  AND r.growth_bytes > threshold('R20', 'mapped_share')
    * (greatest(0, b.anon_bytes - a.anon_bytes) + greatest(0, b.shmem_bytes - a.shmem_bytes))
  AND NOT EXISTS (SELECT 1 FROM thread_grower AS t WHERE t.capture_id = r.capture_id)
  AND NOT EXISTS (SELECT 1 FROM grower AS g WHERE g.capture_id = r.capture_id AND g.metric = 'group_count')
ORDER BY r.capture_id, r.sid
