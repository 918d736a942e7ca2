-- Shared memory grows: mapped by a process, charged to a control group, or with an owner that nothing readable names.
-- id: R07
-- kind: shared_anonymous
-- chapter: tmpfs
-- needs: meminfo, meminfo.shmem_bytes
-- grows: host_shmem
-- threshold workers_share = 0.8 of the growth: by processes of one name that each mapped a part of it
WITH artist AS (
  -- buffers of a graphics driver belong to its device: in the control group that was charged it is who has that open
  SELECT o.sid, p.process_id, any_value(k.target) AS device
  FROM bucket_owner AS o
  JOIN process AS p ON p.capture_id = o.capture_id AND (p.cgroup = o.name OR starts_with(p.cgroup, o.name || '/'))
  JOIN fd_kind AS k ON k.capture_id = p.capture_id AND k.process_id = p.process_id AND starts_with(k.target, '/dev/dri/')
  WHERE o.owner_type = 'cgroup' AND o.bucket = 'host_shmem'
  GROUP BY o.sid, p.process_id
  QUALIFY count(*) OVER (PARTITION BY o.sid) = 1
), workers AS (
  -- a part in each of several: forked from one that mapped it for all of them, or each with a ring of its own
  SELECT sid, name, count(*) AS processes, sum(growth)::BIGINT AS bytes, least(1, sum(growth) / any_value(bucket_growth)) AS share
  FROM owner_growth
  WHERE bucket = 'host_shmem' AND owner_type = 'process' AND growth > 0
  GROUP BY sid, name
  -- that all map the same is more than there is
  HAVING count(*) > 1 AND sum(growth) BETWEEN threshold('R07', 'workers_share') * any_value(bucket_growth) AND any_value(bucket_growth) / threshold('R07', 'workers_share')
  QUALIFY row_number() OVER (PARTITION BY sid ORDER BY bytes DESC, name) = 1
)
SELECT r.* EXCLUDE (process_id, exhausted_from, exhausted_to, granted_bytes),
  -- what is mapped, or a heap, stops at its limit
  CASE WHEN r.excuse IS NULL THEN r.exhausted_from END AS exhausted_from, CASE WHEN r.excuse IS NULL THEN r.exhausted_to END AS exhausted_to,
  f.mapped_bytes, f.processes AS mapping_processes,
  CASE WHEN f.sid IS NOT NULL OR told.together THEN 'group' WHEN a.sid IS NOT NULL THEN 'process' ELSE coalesce(o.owner_type, 'host') END AS culprit_type,
  CASE WHEN f.sid IS NOT NULL THEN f.name WHEN a.sid IS NOT NULL THEN NULL WHEN told.together THEN w.name WHEN o.sid IS NULL THEN 'owner unknown' WHEN o.owner_type = 'cgroup' THEN o.name END AS culprit_name,
  CASE WHEN f.sid IS NULL THEN coalesce(a.process_id, o.process_id) END AS process_id, h.heap_file, r.granted_bytes AS heap_limit_bytes,
  coalesce(a.device, CASE WHEN told.together THEN w.processes || ' processes' END, (SELECT arg_max(m.name, (m.rss_bytes, m.name)) FROM mapping AS m
    WHERE m.capture_id = r.capture_id AND m.process_id = o.process_id AND substr(m.perms, 4, 1) = 's')) AS culprit_detail,
  CASE WHEN f.sid IS NOT NULL THEN 'filling' WHEN r.excuse = 'heap' THEN 'heap' WHEN h.sid IS NOT NULL THEN 'zgc' WHEN a.sid IS NOT NULL THEN 'graphics' WHEN told.together THEN 'together' WHEN o.sid IS NULL THEN 'unknown' WHEN o.owner_type = 'cgroup' THEN 'cgroup' END AS text,
  CASE WHEN a.sid IS NOT NULL THEN o.name END AS charged_to,
  CASE WHEN told.together THEN w.processes END AS workers,
  CASE WHEN told.together THEN w.bytes ELSE o.growth END AS owner_bytes, CASE WHEN told.together THEN w.share ELSE o.share END AS of_shmem_share
FROM leak_row AS r
LEFT JOIN bucket_owner AS o ON o.sid = r.sid
LEFT JOIN artist AS a ON a.sid = r.sid
LEFT JOIN shared_filling AS f ON f.sid = r.sid
LEFT JOIN shared_heap AS h ON h.sid = r.sid
LEFT JOIN workers AS w ON w.sid = r.sid,
  LATERAL (SELECT w.sid IS NOT NULL AND f.sid IS NULL AND a.sid IS NULL AND coalesce(o.owner_type, 'cgroup') = 'cgroup' AS together) AS told
WHERE r.metric = 'host_shmem' AND (o.sid IS NULL OR o.owner_type IN ('process', 'cgroup') OR h.sid IS NOT NULL)
ORDER BY r.capture_id, r.sid
