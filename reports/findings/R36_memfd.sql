-- A process fills memfd files: memory behind descriptors, in no mount and perhaps in no mapping.
-- id: R36
-- kind: memfd
-- chapter: tmpfs
-- needs: meminfo, fd_count
SELECT r.* EXCLUDE (process_id), 'process' AS culprit_type, o.process_id AS process_id, o.detail AS culprit_detail,
  o.growth AS owner_bytes, o.bucket_growth AS shmem_bytes, o.share AS of_shmem_share, o.detail AS file
FROM leak_row AS r
JOIN bucket_owner AS o ON o.sid = r.sid
WHERE r.metric = 'host_shmem' AND o.owner_type = 'memfd'
  -- of the heap of a Java virtual machine R07 tells
  AND NOT EXISTS (SELECT 1 FROM shared_heap AS h WHERE h.sid = r.sid)
ORDER BY r.capture_id, r.sid
