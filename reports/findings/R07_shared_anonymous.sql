-- Shared memory grows: mapped by a process, charged to a control group, or with an owner that nothing readable names.
-- id: R07
-- kind: shared_anonymous
-- chapter: shared
-- needs: meminfo, meminfo.shmem_bytes
-- grows: host_shmem
SELECT r.* EXCLUDE (process_id),
  coalesce(o.owner_type, 'host') AS culprit_type,
  CASE WHEN o.sid IS NULL THEN 'owner unknown' WHEN o.owner_type = 'cgroup' THEN o.name END AS culprit_name,
  o.process_id AS process_id,
  (SELECT arg_max(m.name, (m.rss_bytes, m.name)) FROM mapping AS m
    WHERE m.capture_id = r.capture_id AND m.process_id = o.process_id AND substr(m.perms, 4, 1) = 's') AS culprit_detail,
  CASE WHEN o.sid IS NULL THEN 'unknown' WHEN o.owner_type = 'cgroup' THEN 'cgroup' END AS text,
  o.growth AS owner_bytes, o.share AS of_shmem_share
FROM leak_row AS r
LEFT JOIN bucket_owner AS o ON o.sid = r.sid
WHERE r.metric = 'host_shmem' AND (o.sid IS NULL OR o.owner_type IN ('process', 'cgroup'))
ORDER BY r.capture_id, r.sid
