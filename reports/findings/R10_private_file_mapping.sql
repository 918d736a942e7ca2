-- A process writes to private mappings of a file, and each page it touches becomes memory of its own.
-- id: R10
-- kind: private_file_mapping
-- chapter: pidstat
-- needs: process_sample, mapping
-- grows: proc_anon
SELECT r.*, 'process' AS culprit_type, m.largest_file AS culprit_detail,
  m.largest_file AS largest_file, m.largest_file_growth AS largest_file_bytes,
  m.file_growth / nullif(m.anonymous_growth, 0) AS of_file_share
FROM leak_row AS r
JOIN process_cause AS c USING (sid)
JOIN mapping_growth AS m ON m.capture_id = r.capture_id AND m.process_id = r.process_id
WHERE r.metric = 'proc_anon' AND c.cause = 'private_file_mapping'
ORDER BY r.capture_id, r.growth_bytes DESC, r.sid
