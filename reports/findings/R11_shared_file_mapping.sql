-- A process maps more and more of a file: cache that can be dropped, unless the process locks it.
-- id: R11
-- kind: shared_file_mapping
-- chapter: pidstat
-- needs: process_sample, process_sample.rss_file_bytes
-- grows: proc_file
WITH locked_file AS (
  SELECT capture_id, process_id, arg_max(name, (bytes, name)) AS locked_file
  FROM (
    SELECT capture_id, snapshot, process_id, name, sum(locked_bytes) AS bytes
    FROM mapping
    WHERE starts_with(name, '/') AND locked_bytes > 0
    GROUP BY capture_id, snapshot, process_id, name
  )
  GROUP BY capture_id, process_id
)
SELECT r.* EXCLUDE (severity, exhausted_from, exhausted_to, share_of_loss), 'info' AS severity, 'process' AS culprit_type, 0 AS rank_bytes
FROM leak_row AS r
WHERE r.metric = 'proc_file' AND r.sid NOT IN (SELECT sid FROM locked_grower)
UNION ALL BY NAME
SELECT r.*, 'process' AS culprit_type, 'locked' AS text, f.locked_file AS culprit_detail, k.locked_bytes, f.locked_file
FROM leak_row AS r
JOIN locked_grower AS k USING (sid)
LEFT JOIN locked_file AS f ON f.capture_id = r.capture_id AND f.process_id = r.process_id
ORDER BY capture_id, growth_bytes DESC, sid
