-- The address space of a process grows while its resident memory does not: memory asked for and never used.
-- id: R13
-- kind: address_space
-- chapter: top
-- needs: process_sample
-- threshold data_share = 0.25 of the growth: with less of it private and writable (VmData) what grew is mappings of files, or cannot become memory
-- threshold rank_share = 0.2 of the growth: address space is not memory yet
-- threshold least_mappings = 1000 mappings more: as many of one process are told by R12 where the kernel's memory for them shows
WITH grown AS (
  SELECT r.*, x.anon, x.vm, x.data, x.data < threshold('R13', 'data_share') * r.growth_bytes AS of_files, m.reserved_growth > 0.5 * nullif(m.size_growth, 0) AS reserved,
    row_number() OVER (PARTITION BY r.capture_id, r.process_id ORDER BY (r.metric = 'proc_vm') DESC, r.sid) AS choice
  FROM leak_row AS r
  JOIN process_cause AS c USING (sid)
  LEFT JOIN process_growth AS x ON x.sid = r.sid
  LEFT JOIN mapping_growth AS m ON m.capture_id = r.capture_id AND m.process_id = r.process_id
  WHERE c.cause = 'address_space'
)
SELECT g.* EXCLUDE (severity, share_of_loss, anon, vm, data, of_files, reserved, choice),
  -- a reservation without access rights can never become memory: runtimes make them on purpose
  CASE WHEN g.reserved OR g.of_files THEN 'info' WHEN g.severity = 'critical' THEN 'warning' ELSE g.severity END AS severity,
  CASE WHEN g.reserved THEN 'reserved' WHEN g.of_files THEN 'files' END AS text, CASE WHEN NOT coalesce(g.reserved, false) AND g.of_files THEN g.data END AS data_bytes,
  threshold('R13', 'rank_share') * g.growth_bytes AS rank_bytes,
  'process' AS culprit_type, CASE WHEN g.anon >= 1048576 THEN g.anon END AS resident_bytes
FROM grown AS g
WHERE g.choice = 1
  -- so many mappings that the kernel's memory for them shows are R12's, with what they map
  AND NOT EXISTS (SELECT 1 FROM area_grower AS a JOIN bucket_owner AS o USING (sid)
    WHERE a.capture_id = g.capture_id AND a.process_id = g.process_id AND o.purpose = 'slab_mappings' AND a.areas >= threshold('R13', 'least_mappings'))
ORDER BY g.capture_id, g.growth_bytes DESC, g.sid
