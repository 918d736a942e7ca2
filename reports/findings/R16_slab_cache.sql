-- Unreclaimable slab grows: the kernel, or a module in it, allocates objects and does not free them.
-- id: R16
-- kind: slab_cache
-- chapter: kernel
-- needs: meminfo, meminfo.sunreclaim_bytes
-- grows: host_slab_unreclaimable
-- threshold forgiven_share = 0.1 of the growth of reclaimable slab: external parts of names and inodes
-- threshold arc_slab_share = 0.25 of the pages that the cache of ZFS gained (R22): its headers and dnodes lie in slab
-- threshold thread_bytes = 32768 bytes: what a thread costs in slab at most
-- threshold cgroup_bytes = 65536 bytes: of slab that the kernel keeps for a removed memory cgroup at most; 16 KiB on one NUMA node
-- threshold namespace_bytes = 524288 bytes: of slab that a network namespace takes, spread over thirty caches, at most; 170 KiB measured on 6.1
-- threshold least_namespace_bytes = 65536 bytes: of slab for each at least, else they are not what grows
-- threshold same_count = 0.9 of the objects that the cache that grew most gained: as many in another are parts of the same things
-- threshold least_objects = 1000 objects: fewer may be as many by chance
-- threshold least_mappings = 1000 mappings more of one process: loading libraries and starting threads make hundreds
-- threshold timer_share = 0.5 of the objects that a cache gained: as many signals of one user were queued, so they are timers
-- threshold queue_share = 0.5 of the growth: so much more waits in one System V queue
-- threshold message_bytes = 48 bytes: what the kernel keeps for a message beside its text (struct msg_msg, 64 bit)
-- growth that stopped stays lost where a driver was unloaded; what the kernel keeps for processes and came to rest is a pool
WITH unexplained AS (
  -- by few columns: each question of the kind "does another finding tell of it" costs by the width of what it is asked of
  SELECT r.sid
  FROM (SELECT sid, capture_id, metric, growth_bytes, from_snapshot, to_snapshot FROM leak_row) AS r
  LEFT JOIN (SELECT sid, name, purpose FROM bucket_owner) AS o ON o.sid = r.sid
  LEFT JOIN (SELECT capture_id, snapshot, slab_reclaimable_bytes FROM memory_ledger) AS a ON a.capture_id = r.capture_id AND a.snapshot = r.from_snapshot
  LEFT JOIN (SELECT capture_id, snapshot, slab_reclaimable_bytes FROM memory_ledger) AS b ON b.capture_id = r.capture_id AND b.snapshot = r.to_snapshot
  WHERE r.metric = 'host_slab_unreclaimable' AND NOT EXISTS (SELECT 1 FROM pinned_growth AS h WHERE h.sid = r.sid)
    AND r.growth_bytes > threshold('R16', 'forgiven_share') * coalesce(b.slab_reclaimable_bytes - a.slab_reclaimable_bytes, 0)
    AND r.growth_bytes > 2 * threshold('R16', 'thread_bytes') * coalesce((
      SELECT sum(t.threads) FROM thread_grower AS t WHERE t.capture_id = r.capture_id), 0)
    -- where no cache of another name explains it
    AND NOT (coalesce(regexp_matches(o.name, '^(arc_|dnode_t|dmu_|zio_|zfs_|sa_cache|abd_|l2arc|ddt_|lz4|spl_|\(large)'), true)
      AND EXISTS (SELECT 1 FROM kernel_module AS k WHERE k.capture_id = r.capture_id AND k.name = 'zfs')
      AND r.growth_bytes <= threshold('R16', 'arc_slab_share') * (
        SELECT max(s.growth) FROM grower AS s WHERE s.capture_id = r.capture_id AND s.metric IN ('host_unaccounted', 'host_unaccounted_rough')))
    -- tasks that pile up fill these caches; their count is another finding
    AND NOT (coalesce(o.purpose, '') = 'slab_processes' AND EXISTS (
      SELECT 1 FROM grower AS s WHERE s.capture_id = r.capture_id AND s.metric IN ('host_kernel_stack', 'group_count')))
    -- nor are several of theirs, none of which explains half, a cache unknown: R32
    AND NOT (o.sid IS NULL AND r.growth_bytes < 2 * threshold('R16', 'thread_bytes') * coalesce((
      SELECT max(s.growth) FROM grower AS s WHERE s.capture_id = r.capture_id AND s.metric IN ('group_count', 'unit_count', 'user_count')), 0))
    -- mappings of a process that is known: R12
    AND NOT (coalesce(o.purpose, '') = 'slab_mappings' AND EXISTS (
      SELECT 1 FROM area_grower AS v WHERE v.sid = r.sid AND v.areas >= threshold('R16', 'least_mappings')))
    -- inodes of files in memory: the files that grow with them are another finding, and who deletes them frees both
    AND NOT (coalesce(o.name, '') = 'shmem_inode_cache' AND EXISTS (
      SELECT 1 FROM grower AS s WHERE s.capture_id = r.capture_id AND s.metric IN ('host_shmem', 'mount_used')))
    -- removed cgroups that something still holds: R21. A cache of its own, as a module makes it, is not theirs
    AND NOT EXISTS (
      SELECT 1 FROM dying_grower AS d
      WHERE d.capture_id = r.capture_id AND r.growth_bytes < threshold('R16', 'cgroup_bytes') * d.cgroups
        AND (o.name IS NULL OR regexp_matches(o.name, '^(kmalloc|kernfs|cgroup|mem_cgroup|memcg|percpu|radix_tree|shmem_inode|\(large)')))
    AND NOT EXISTS (
      SELECT 1 FROM socket_gain AS s WHERE s.capture_id = r.capture_id AND r.growth_bytes < s.slab_bytes AND coalesce(socket_cache(o.name), true))
), namespaces AS (
  SELECT r.sid, g.objects AS made
  FROM leak_row AS r
  JOIN slab_gain AS g ON g.sid = r.sid AND g.cache = 'net_namespace'
  WHERE r.growth_bytes BETWEEN threshold('R16', 'least_namespace_bytes') * g.objects AND threshold('R16', 'namespace_bytes') * g.objects
), timers AS (
  -- what timer_create(2) makes holds a queued signal for as long as it exists, and SigQ counts them; its cache may go by a stranger's name
  SELECT g.sid, g.cache, q.signals, q.uid
  FROM slab_gain AS g
  JOIN (
    SELECT r.sid, p.uid, max(s.queued_signals) - min(s.queued_signals) AS signals
    FROM (SELECT sid, capture_id, from_snapshot, to_snapshot FROM leak_row WHERE metric = 'host_slab_unreclaimable') AS r
    JOIN process_reading AS s ON s.capture_id = r.capture_id AND s.snapshot BETWEEN r.from_snapshot AND r.to_snapshot
    JOIN process AS p ON p.capture_id = s.capture_id AND p.process_id = s.process_id
    GROUP BY r.sid, p.uid
    QUALIFY row_number() OVER (PARTITION BY r.sid ORDER BY signals DESC NULLS LAST, p.uid) = 1
  ) AS q ON q.sid = g.sid
  WHERE regexp_matches(g.names, '(^| )posix_timers_cache( |$)')
    AND g.objects >= threshold('R16', 'least_objects') AND q.signals >= threshold('R16', 'timer_share') * g.objects
), queued AS (
  SELECT r.sid, q.msqid, any_value(q.uid) AS uid, arg_max(q.queued_bytes, q.snapshot) AS bytes, arg_max(q.messages, q.snapshot) AS messages,
    nullif(arg_max(q.sender_pid, q.snapshot), 0) AS sender_pid, nullif(arg_max(q.receiver_pid, q.snapshot), 0) AS receiver_pid,
    max(q.snapshot) AS snapshot
  FROM (SELECT sid, capture_id, growth_bytes, to_snapshot FROM leak_row WHERE metric = 'host_slab_unreclaimable') AS r
  JOIN message_queue AS q ON q.capture_id = r.capture_id AND q.snapshot <= r.to_snapshot
  GROUP BY r.sid, q.msqid
  HAVING arg_max(q.queued_bytes, q.snapshot) - arg_min(q.queued_bytes, q.snapshot)
    + threshold('R16', 'message_bytes') * (arg_max(q.messages, q.snapshot) - arg_min(q.messages, q.snapshot))
    >= threshold('R16', 'queue_share') * any_value(r.growth_bytes)
  QUALIFY row_number() OVER (PARTITION BY r.sid ORDER BY bytes DESC, q.msqid) = 1
), called AS (
  -- a number may have been given out again: the last who had it
  SELECT capture_id, pid, process_label(arg_max(name, last_snapshot), pid) AS label FROM process GROUP BY capture_id, pid
), grown_cache AS (
  SELECT g.*, r.growth_bytes
  FROM leak_row AS r
  JOIN slab_gain AS g USING (sid)
  WHERE NOT EXISTS (SELECT 1 FROM bucket_owner AS o WHERE o.sid = g.sid)
    AND NOT EXISTS (SELECT 1 FROM slab_owner AS o WHERE o.capture_id = g.capture_id AND o.cache = g.cache AND o.reclaimable)
), largest AS (
  SELECT * FROM grown_cache WHERE bytes > 0 QUALIFY row_number() OVER (PARTITION BY sid ORDER BY bytes DESC, cache) = 1
), companions AS (
  -- a thing that lies in several caches: as many objects came into each of them
  SELECT l.sid, l.cache, l.objects, sum(g.bytes)::BIGINT AS bytes, sum(g.bytes) / l.growth_bytes AS share,
    string_agg(g.cache, ', ' ORDER BY g.bytes DESC, g.cache) FILTER (WHERE g.cache <> l.cache) AS others
  FROM largest AS l
  JOIN grown_cache AS g ON g.sid = l.sid AND g.objects BETWEEN threshold('R16', 'same_count') * l.objects AND l.objects / threshold('R16', 'same_count')
  WHERE l.objects >= threshold('R16', 'least_objects')
  GROUP BY l.sid, l.cache, l.objects, l.growth_bytes
  HAVING sum(g.bytes) >= 0.5 * l.growth_bytes AND count(*) > 1
), foremost AS (
  SELECT sid, string_agg(cache, ', ' ORDER BY bytes DESC, cache) AS caches
  FROM (SELECT * FROM grown_cache WHERE bytes > 0 QUALIFY row_number() OVER (PARTITION BY sid ORDER BY bytes DESC, cache) <= 4)
  GROUP BY sid
)
SELECT r.* EXCLUDE (process_id, severity, evidence_sql, evidence_members),
  CASE WHEN r.trend <> 'leak' AND t.sid IS NULL AND o.purpose IS NOT NULL THEN 'info' ELSE r.severity END AS severity,
  CASE WHEN coalesce(n.sid, t.sid, o.sid, w.sid) IS NULL THEN 'kernel' ELSE 'slab_cache' END AS culprit_type,
  CASE WHEN n.sid IS NOT NULL THEN 'net_namespace' WHEN t.sid IS NOT NULL THEN 'posix_timers_cache' ELSE coalesce(o.name, w.cache, 'cache unknown') END AS culprit_name,
  CASE WHEN t.cache <> 'posix_timers_cache' THEN 'merged into ' || t.cache ELSE coalesce(o.detail, c.constructor, 'with ' || w.others) END AS culprit_detail,
  CASE WHEN n.sid IS NOT NULL THEN 'namespaces' WHEN t.sid IS NOT NULL THEN 'timers' WHEN q.sid IS NOT NULL THEN 'messages' WHEN w.sid IS NOT NULL THEN 'companions' WHEN o.sid IS NULL THEN 'unknown' WHEN o.name = '(large kmalloc)' THEN 'large' WHEN r.trend <> 'leak' AND o.purpose IS NOT NULL THEN 'rest'
    WHEN r.trend <> 'leak' THEN 'stopped' WHEN b.sid IS NOT NULL THEN 'charged'
    -- a cache of this name is for what is asked for on behalf of processes (5.14+), though memory.stat of version 1 does not tell of which
    WHEN starts_with(o.name, 'kmalloc-cg-') THEN 'accounted' END AS text,
  coalesce(o.growth, w.bytes) AS owner_bytes, coalesce(o.share, w.share) AS of_slab_share, o.detail AS aliases, c.constructor AS constructor,
  coalesce(o.purpose, slab_purpose(w.cache)) AS purpose_label, w.others AS companions, w.objects, CASE WHEN w.sid IS NULL THEN d.caches END AS largest_caches,
  CASE WHEN NOT EXISTS (SELECT 1 FROM slab_gain AS y WHERE y.sid = r.sid) THEN '/proc/slabinfo' END AS unread_file,
  nullif(t.cache, 'posix_timers_cache') AS listed_as, t.signals, t.uid AS signal_uid, n.made AS namespaces, r.growth_bytes / n.made AS each_bytes,
  b.path AS charged_group, least(b.bytes, r.growth_bytes) AS charged_bytes,
  q.msqid::VARCHAR AS msqid, q.uid::VARCHAR AS queue_uid, q.bytes AS queued_bytes, q.messages AS queued_messages,
  x.label AS sender, y.label AS receiver,
  CASE WHEN q.sid IS NULL THEN r.evidence_sql
    ELSE list_append(r.evidence_sql, 'SELECT snapshot, queued_bytes, messages, sender_pid, receiver_pid FROM message_queue WHERE capture_id = ' || r.capture_id || ' AND msqid = ' || q.msqid || ' ORDER BY snapshot') END AS evidence_sql,
  CASE WHEN q.sid IS NULL THEN r.evidence_members ELSE list_append(r.evidence_members, member(q.snapshot, 'proc/sysvipc/msg')) END AS evidence_members
FROM leak_row AS r
LEFT JOIN bucket_owner AS o ON o.sid = r.sid
-- where one cache alone explains it, and is not one of all sizes, it is that one
LEFT JOIN namespaces AS n ON n.sid = r.sid AND (o.sid IS NULL OR starts_with(o.name, 'kmalloc-'))
LEFT JOIN timers AS t ON t.sid = r.sid AND n.sid IS NULL AND (o.sid IS NULL OR o.name = t.cache)
LEFT JOIN queued AS q ON q.sid = r.sid AND n.sid IS NULL AND t.sid IS NULL AND coalesce(regexp_matches(o.name, '^(kmalloc|\(large)'), true)
LEFT JOIN called AS x ON x.capture_id = r.capture_id AND x.pid = q.sender_pid
LEFT JOIN called AS y ON y.capture_id = r.capture_id AND y.pid = q.receiver_pid
LEFT JOIN companions AS w ON w.sid = r.sid AND n.sid IS NULL
LEFT JOIN foremost AS d ON d.sid = r.sid
LEFT JOIN slab_charge AS b ON b.sid = r.sid
LEFT JOIN (SELECT capture_id, cache, max(constructor) AS constructor FROM slab_cache GROUP BY capture_id, cache) AS c
  ON c.capture_id = r.capture_id AND c.cache = o.name
WHERE r.sid IN (SELECT sid FROM unexplained)
UNION ALL BY NAME
-- what watches and open files hold counts as reclaimable, and is not; of descriptors of no file there is nothing to add
SELECT r.* EXCLUDE (process_id, growth_bytes, rate_bytes_per_second, rate_low, rate_high, share_of_loss, exhausted_from, exhausted_to),
  x.bytes AS growth_bytes, x.bytes / nullif(r.end_t - r.onset_t, 0) AS rate_bytes_per_second,
  share_of(x.bytes, r.loss_bytes) AS share_of_loss,
  CASE WHEN h.process_id IS NULL THEN 'slab_cache' ELSE 'process' END AS culprit_type, CASE WHEN h.process_id IS NULL THEN h.cache END AS culprit_name,
  h.process_id AS process_id, CASE WHEN h.listed_as <> h.cache THEN 'merged into ' || h.listed_as END AS culprit_detail,
  CASE WHEN h.process_id IS NULL THEN 'pinned' WHEN h.inodes IS NULL THEN 'descriptors' ELSE 'files' END AS text, h.held_bytes AS owner_bytes, h.holders, h.inodes,
  nullif(h.listed_as, h.cache) AS listed_as
FROM leak_row AS r
JOIN pinned_growth AS h USING (sid),
  LATERAL (SELECT r.growth_bytes + coalesce(h.held_bytes, 0) AS bytes) AS x
ORDER BY capture_id, sid
