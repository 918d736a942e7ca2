-- System V shared memory segments grow or are made and never removed; a segment outlives whoever made it.
-- id: R08
-- kind: sysv_shm
-- chapter: shared
-- needs: meminfo
SELECT r.* EXCLUDE (process_id), 'segment' AS culprit_type, o.name AS culprit_name, o.process_id AS process_id, o.detail AS culprit_detail,
  CASE WHEN o.process_id IS NULL THEN 'orphan' END AS text,
  o.growth AS owner_bytes, o.share AS of_shmem_share, o.detail AS segments
FROM leak_row AS r
JOIN bucket_owner AS o ON o.sid = r.sid
WHERE r.metric = 'host_shmem' AND o.owner_type = 'segment'
ORDER BY r.capture_id, r.sid
