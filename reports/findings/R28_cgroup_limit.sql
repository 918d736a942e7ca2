-- A control group is close to its memory limit with memory that cannot simply be dropped.
-- id: R28
-- kind: cgroup_limit
-- chapter: cgroups
-- needs: cgroup_memory, cgroup_memory.file_bytes
-- threshold info_share = 0.85 of the limit: not to be dropped
-- threshold warning_share = 0.95 of the limit: the next allocation may kill, where there is no swap left to it
-- threshold sized_seconds = 3600 s: watched for so long without a gain, and never stopped at its limit, a group is as large as it was made to be
-- threshold moved_share = 0.05 of the limit: a group that gained less since it was first read just lies high
WITH held AS (
  SELECT c.capture_id, c.path, s.snapshot, s.ts, c.max_bytes,
    -- pages of files, and slab that counts as reclaimable, are dropped before anything is killed; where memory.stat was not read
    -- nobody knows how much that is
    c.events_max, c.current_bytes - CASE WHEN c.file_bytes >= coalesce(c.shmem_bytes, 0) THEN c.file_bytes - coalesce(c.shmem_bytes, 0)
      WHEN c.file_bytes IS NOT NULL THEN 0 END - coalesce(c.slab_reclaimable_bytes, 0) AS bytes,
    -- and anonymous pages are swapped out, as far as the group may and the host has room
    CASE WHEN m.swap_free_bytes IS NOT NULL
      THEN greatest(0, least(coalesce(c.swap_max_bytes - coalesce(c.swap_current_bytes, 0), m.swap_free_bytes), m.swap_free_bytes)) END AS swap_room_bytes
  FROM cgroup_memory AS c
  JOIN snapshot AS s USING (capture_id, snapshot)
  LEFT JOIN meminfo AS m USING (capture_id, snapshot)
  WHERE c.max_bytes IS NOT NULL AND c.path <> '/'
), latest AS (
  SELECT capture_id, path, arg_max(max_bytes, ts) AS limit_bytes, arg_max(bytes, ts) AS held_bytes, coalesce(arg_max(swap_room_bytes, ts), 0) AS swap_room_bytes,
    arg_min(bytes, ts) AS first_bytes, min(snapshot) AS first_snapshot, coalesce(max(events_max) - min(events_max), 0) AS stops, (epoch_ms(max(ts)) - epoch_ms(min(ts))) / 1000.0 AS watched_seconds
  FROM held
  GROUP BY capture_id, path
  HAVING limit_bytes > 0 AND held_bytes > threshold('R28', 'info_share') * limit_bytes
), member AS (
  -- who in it, or in a group below it, gained most since the group was first read with its limit
  SELECT l.capture_id, l.path, process_label(p.name, p.pid) AS taker, arg_max(x.rss_anon_bytes, x.snapshot) - arg_min(x.rss_anon_bytes, x.snapshot) AS taken_bytes
  FROM latest AS l
  JOIN process AS p ON p.capture_id = l.capture_id AND (p.cgroup = l.path OR starts_with(p.cgroup, l.path || '/'))
  JOIN process_sample AS x ON x.capture_id = p.capture_id AND x.process_id = p.process_id AND x.snapshot >= l.first_snapshot
  GROUP BY l.capture_id, l.path, p.process_id, p.name, p.pid
  QUALIFY row_number() OVER (PARTITION BY l.capture_id, l.path ORDER BY taken_bytes DESC NULLS LAST, p.process_id) = 1
)
SELECT l.capture_id, CASE WHEN l.held_bytes - l.swap_room_bytes > threshold('R28', 'warning_share') * l.limit_bytes
      AND (g.gained OR l.stops > 0 OR l.watched_seconds < threshold('R28', 'sized_seconds')) THEN 'warning' ELSE 'info' END AS severity,
  -- a little swap changes nothing
  CASE WHEN l.swap_room_bytes > (1 - threshold('R28', 'warning_share')) * l.limit_bytes THEN 'swap' END AS text, l.swap_room_bytes,
  0.8 AS confidence, 'cgroup' AS culprit_type, l.path AS culprit_name, l.limit_bytes, l.held_bytes, l.held_bytes / l.limit_bytes AS held_share,
  CASE WHEN g.gained THEN l.first_bytes END AS first_bytes, CASE WHEN g.gained THEN l.watched_seconds END AS watched_seconds,
  CASE WHEN g.gained AND m.taken_bytes >= 0.5 * (l.held_bytes - l.first_bytes) THEN m.taker END AS taker, m.taken_bytes,
  0 AS rank_bytes,
  ['SELECT snapshot, current_bytes, max_bytes, file_bytes, shmem_bytes, slab_reclaimable_bytes, swap_current_bytes, swap_max_bytes FROM cgroup_memory WHERE capture_id = ' || l.capture_id || ' AND path = ''' || replace(l.path, '''', '''''') || ''' ORDER BY snapshot'] AS evidence_sql
FROM latest AS l
LEFT JOIN member AS m USING (capture_id, path),
  LATERAL (SELECT l.held_bytes - l.first_bytes >= threshold('R28', 'moved_share') * l.limit_bytes AS gained) AS g
WHERE NOT EXISTS (SELECT 1 FROM cgroup_kill AS k WHERE k.capture_id = l.capture_id AND k.path = l.path)
ORDER BY l.capture_id, l.path
