-- A deleted file in a tmpfs is still held and grows: no directory lists it, only a descriptor or a mapping does.
-- id: R15
-- kind: deleted_file
-- chapter: tmpfs
-- needs: meminfo, filesystem, fd_count
-- grows: host_shmem
-- threshold deleted_share = 0.4 of the growth of its mount: apparent sizes may exceed what is held
-- threshold one_share = 0.5 of what the process gained: more in one file is a file that grows, less in each are files that pile up
WITH held AS (
  SELECT r.* EXCLUDE (process_id, name), o.owner_id AS device, o.name AS mount, o.growth AS mount_bytes
  FROM leak_row AS r
  JOIN bucket_owner AS o ON o.sid = r.sid
  WHERE r.metric = 'host_shmem' AND o.owner_type = 'mount'
)
SELECT h.*, 'process' AS culprit_type, d.process_id AS process_id, d.target AS culprit_detail, d.target AS file,
  CASE WHEN d.mapped THEN 'mapped' WHEN d.largest_growth < threshold('R15', 'one_share') * d.growth THEN 'files' END AS text, d.files,
  CASE WHEN d.mapped THEN d.growth END AS mapped_bytes,
  -- descriptors are read less often than the mount, so they may tell of more than it gained within the growth
  least(d.growth, h.mount_bytes) AS owner_bytes
FROM held AS h
JOIN deleted_growth AS d ON d.capture_id = h.capture_id AND d.device = h.device
WHERE d.growth >= threshold('R15', 'deleted_share') * h.mount_bytes
QUALIFY row_number() OVER (PARTITION BY h.sid ORDER BY d.growth DESC, d.target) = 1
ORDER BY h.capture_id, h.sid
