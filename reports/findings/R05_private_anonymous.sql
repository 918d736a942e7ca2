-- Private anonymous memory of one process (heap, stacks, anonymous mappings) grows and does not come back.
-- id: R05
-- kind: private_anonymous
-- chapter: pidstat
-- needs: process_sample, process_sample.rss_anon_bytes, meminfo
-- threshold observer_floors = 4 floors: the collector's own heap is the last to be accused
SELECT r.* EXCLUDE (growth_seconds), 'process' AS culprit_type, m.largest AS culprit_detail,
  CASE WHEN p.observer THEN 'observer' END AS text,
  CASE WHEN m.largest_growth > 0 THEN m.largest END AS largest_mapping,
  CASE WHEN m.largest_growth > 0 THEN m.largest_growth END AS largest_mapping_bytes,
  s.rss_bytes AS rss_bytes, s.rss_shmem_bytes + s.rss_file_bytes AS shared_bytes,
  CASE WHEN p.comm = 'java' OR p.exe LIKE '%/java' THEN p.pid END AS java_pid,
  greatest(20, least(60, r.growth_seconds::INTEGER)) AS trace_for
FROM leak_row AS r
JOIN process_cause AS c USING (sid)
JOIN process AS p ON p.capture_id = r.capture_id AND p.process_id = r.process_id
LEFT JOIN mapping_growth AS m ON m.capture_id = r.capture_id AND m.process_id = r.process_id
LEFT JOIN process_sample AS s ON s.capture_id = r.capture_id AND s.process_id = r.process_id AND s.snapshot = r.to_snapshot
JOIN trend AS t ON t.sid = r.sid
WHERE r.metric = 'proc_anon' AND c.cause = 'private_anonymous'
  AND (NOT p.observer OR (t.growth > threshold('R05', 'observer_floors') * t.floor AND r.growth_seconds >= 120))
ORDER BY r.capture_id, r.growth_bytes DESC, r.sid
