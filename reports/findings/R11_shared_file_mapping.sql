-- A process maps more and more of a file: its resident memory grows, but these pages are cache and can be dropped.
-- id: R11
-- kind: shared_file_mapping
-- chapter: pidstat
-- needs: process_sample, process_sample.rss_file_bytes
SELECT r.* EXCLUDE (severity, exhausted_from, exhausted_to, share_of_loss), 'info' AS severity, 'process' AS culprit_type, 0 AS rank_bytes
FROM leak_row AS r
WHERE r.metric = 'proc_file'
ORDER BY r.capture_id, r.growth_bytes DESC, r.sid
