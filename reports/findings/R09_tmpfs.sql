-- Files in a tmpfs or ramfs grow: memory that belongs to a mount, not to a process.
-- id: R09
-- kind: tmpfs
-- chapter: tmpfs
-- needs: meminfo, filesystem
-- threshold deleted_share = 0.4 of the growth of the mount: held by deleted open files, then R15 tells it
-- threshold stopped_share = 0.98 of the size of the mount: growth that ends there did not come to rest, it found no room any more
-- threshold full_share = 0.7 of the size of the mount: worth a word; the next writer gets ENOSPC when it is full
-- threshold least_share = 0.01 of MemTotal held by the mount: a full mount of a few pages is no matter of memory
WITH by_bucket AS (
  SELECT r.sid, r.capture_id, o.owner_id AS device, o.name AS mount, o.growth AS owner_bytes, o.share AS of_shmem_share
  FROM leak_row AS r
  JOIN bucket_owner AS o ON o.sid = r.sid
  WHERE r.metric = 'host_shmem' AND o.owner_type = 'mount'
), by_mount AS (
  SELECT r.sid, r.capture_id, r.subject_id AS device, r.name AS mount, r.growth_bytes AS owner_bytes, NULL::DOUBLE AS of_shmem_share
  FROM leak_row AS r
  WHERE r.metric = 'mount_used' AND NOT EXISTS (
    SELECT 1 FROM by_bucket AS b WHERE b.capture_id = r.capture_id AND b.device = r.subject_id)
), now AS (
  SELECT capture_id, device, arg_max(used_bytes, snapshot) AS used_bytes, arg_max(total_bytes, snapshot) AS total_bytes,
    arg_max(mount_point, snapshot) AS mount_point, max(snapshot) AS snapshot
  FROM memory_filesystem
  WHERE fstype = 'tmpfs'
  GROUP BY capture_id, device
), filled AS (
  SELECT t.sid, t.capture_id, t.subject_id AS device, n.mount_point AS mount, t.growth::BIGINT AS owner_bytes, NULL::DOUBLE AS of_shmem_share
  FROM trend AS t
  JOIN now AS n ON n.capture_id = t.capture_id AND n.device = t.subject_id
  WHERE t.metric = 'mount_used' AND t.win = 'all' AND t.verdict IN ('saturating', 'step', 'thin') AND t.growth >= t.floor
    AND n.used_bytes >= threshold('R09', 'stopped_share') * n.total_bytes
    AND NOT EXISTS (SELECT 1 FROM by_bucket AS b WHERE b.capture_id = t.capture_id AND b.device = t.subject_id)
    AND NOT EXISTS (SELECT 1 FROM by_mount AS b WHERE b.capture_id = t.capture_id AND b.device = t.subject_id)
), full_at AS (
  -- from then on it found no room, and grew no more
  SELECT f.sid, min(s.ts) AS full_ts
  FROM filled AS f
  JOIN trend AS t ON t.sid = f.sid
  JOIN now AS n ON n.capture_id = f.capture_id AND n.device = f.device
  JOIN memory_filesystem AS m ON m.capture_id = f.capture_id AND m.device = f.device AND m.used_bytes >= n.used_bytes
  JOIN snapshot AS s ON s.capture_id = m.capture_id AND s.snapshot = m.snapshot AND s.ts > t.onset_ts
  GROUP BY f.sid
), either AS (
  SELECT *, true AS growing FROM by_bucket UNION ALL SELECT *, true FROM by_mount UNION ALL SELECT *, false FROM filled
), inside AS (
  -- what the collector's own namespace, which is read first, does not have: df on the host shows none of it, and another path there
  SELECT f.capture_id, f.device, any_value(f.mount_namespace)::VARCHAR AS mount_namespace
  FROM filesystem AS f
  JOIN (SELECT capture_id, arg_min(mount_namespace, rowid) AS own FROM filesystem WHERE mount_namespace IS NOT NULL GROUP BY capture_id) AS o USING (capture_id)
  WHERE f.mount_namespace IS NOT NULL
  GROUP BY f.capture_id, f.device
  HAVING NOT bool_or(f.mount_namespace = o.own)
), named AS (
  SELECT e.*, n.used_bytes, n.total_bytes AS size_bytes, n.used_bytes / nullif(n.total_bytes, 0) AS used_share
  FROM either AS e
  LEFT JOIN now AS n USING (capture_id, device)
  WHERE NOT EXISTS (
    SELECT 1 FROM deleted_growth AS d
    WHERE d.capture_id = e.capture_id AND d.device = e.device AND d.growth >= threshold('R09', 'deleted_share') * e.owner_bytes)
)
SELECT r.* EXCLUDE (process_id, name), 'mount' AS culprit_type, e.mount AS culprit_name, e.* EXCLUDE (sid, capture_id, growing),
  CASE WHEN i.device IS NOT NULL THEN 'inside' END AS text, i.mount_namespace
FROM named AS e
JOIN leak_row AS r ON r.sid = e.sid
LEFT JOIN inside AS i ON i.capture_id = e.capture_id AND i.device = e.device
WHERE e.growing
UNION ALL BY NAME
SELECT t.capture_id, t.sid, t.metric, 'warning' AS severity, 0.8 AS confidence, t.verdict AS trend, t.growth::BIGINT AS growth_bytes,
  t.onset_ts AS first_seen, coalesce(a.full_ts, t.end_ts) AS last_seen, 'mount' AS culprit_type, e.mount AS culprit_name, e.* EXCLUDE (sid, capture_id, growing),
  'full' AS text, [series_sql(t.sid)] AS evidence_sql
FROM named AS e
JOIN trend AS t ON t.sid = e.sid
LEFT JOIN full_at AS a ON a.sid = e.sid
WHERE NOT e.growing
UNION ALL BY NAME
-- each of many gained a little, or came and stayed
SELECT r.* EXCLUDE (process_id, name), 'mount' AS culprit_type, o.name AS culprit_name, 'namespaces' AS text, o.name AS mount, o.growth AS owner_bytes,
  o.share AS of_shmem_share, o.detail::BIGINT AS mounts
FROM leak_row AS r
JOIN bucket_owner AS o ON o.sid = r.sid
WHERE r.metric = 'host_shmem' AND o.owner_type = 'mounts'
UNION ALL BY NAME
-- nearly full without growing: no leak, but the next writer may fail
SELECT n.capture_id, 'info' AS severity, 0.9 AS confidence, 'mount' AS culprit_type, n.mount_point AS culprit_name, 'flat' AS trend, 0 AS rank_bytes,
  'level' AS text, n.mount_point AS mount, n.used_bytes, n.total_bytes AS size_bytes, n.used_bytes / n.total_bytes AS used_share,
  ['SELECT snapshot, mount_point, used_bytes, total_bytes FROM memory_filesystem WHERE capture_id = ' || n.capture_id || ' AND device = ''' || n.device || ''' ORDER BY snapshot'] AS evidence_sql,
  [member(n.snapshot, 'fs/statvfs')] AS evidence_members
FROM now AS n
JOIN (SELECT capture_id, max(mem_total_bytes) AS total_bytes FROM meminfo GROUP BY capture_id) AS h USING (capture_id)
WHERE n.total_bytes > 0 AND n.used_bytes > threshold('R09', 'full_share') * n.total_bytes AND n.used_bytes >= threshold('R09', 'least_share') * h.total_bytes
  AND NOT EXISTS (SELECT 1 FROM either AS e WHERE e.capture_id = n.capture_id AND e.device = n.device)
UNION ALL BY NAME
-- a ramfs has no size and tells none: its pages are page cache that is on no list of what can be dropped
SELECT r.* EXCLUDE (process_id, name), 'mount' AS culprit_type, CASE WHEN m.mounts = 1 THEN m.mount_point ELSE 'ramfs, mount unknown' END AS culprit_name,
  'ramfs' AS text, CASE WHEN m.mounts = 1 THEN m.mount_point END AS mount, k.cache_bytes, r.growth_bytes AS owner_bytes
FROM leak_row AS r
JOIN ramfs_grower AS k USING (sid)
JOIN (
  SELECT capture_id, count(DISTINCT device) AS mounts, min(mount_point) AS mount_point FROM memory_filesystem WHERE fstype = 'ramfs' GROUP BY capture_id
) AS m ON m.capture_id = r.capture_id
ORDER BY capture_id, owner_bytes DESC, sid, culprit_name
