-- A control group hits its memory limit and its processes are killed; the host itself has memory left.
-- id: R35
-- kind: cgroup_oom
-- chapter: cgroups
-- clears: kernel_message, cgroup_memory, oom_kill
-- threshold rank_factor = 3 times the limit: a kill weighs more than growth
-- threshold shared_share = 0.25 of the limit: so much shared memory in the group is worth a word, since no kill frees it
WITH grown AS (
  SELECT k.capture_id, k.path,
    arg_max(p.name, r.growth) AS grower_name, arg_max(r.process_id, r.growth) AS grower_process, max(r.growth)::BIGINT AS growth,
    median(r.rate) AS rate, count(*) AS lives
  FROM cgroup_kill AS k
  JOIN process AS p ON p.capture_id = k.capture_id AND (p.cgroup = k.path OR starts_with(p.cgroup, k.path || '/'))
  JOIN grower AS r ON r.capture_id = p.capture_id AND r.process_id = p.process_id AND r.metric = 'proc_anon'
  GROUP BY k.capture_id, k.path
), lone AS (
  -- of a name of which there was one only nobody started another
  SELECT g.capture_id, g.path, g.grower_name AS name, any_value(w.pid) AS pid
  FROM grown AS g
  JOIN process AS w ON w.capture_id = g.capture_id AND w.name = g.grower_name AND (w.cgroup = g.path OR starts_with(w.cgroup, g.path || '/'))
  GROUP BY g.capture_id, g.path, g.grower_name
  HAVING count(*) = 1
), bystander AS (
  SELECT k.capture_id, k.path, count(*) AS kills, string_agg(DISTINCT o.victim_name, ', ' ORDER BY o.victim_name) AS names
  FROM cgroup_kill AS k
  JOIN lone AS g USING (capture_id, path)
  JOIN oom_kill AS o ON o.capture_id = k.capture_id AND o.scope = 'cgroup' AND o.cgroup = k.path AND o.ts BETWEEN k.first_seen - INTERVAL 1 MINUTE AND k.last_seen
    AND o.victim_name <> g.name
  GROUP BY k.capture_id, k.path
), seen AS (
  SELECT k.capture_id, k.path, string_agg(DISTINCT p.name, ', ' ORDER BY p.name) AS names
  FROM cgroup_kill AS k
  JOIN process AS p ON p.capture_id = k.capture_id AND (p.cgroup = k.path OR starts_with(p.cgroup, k.path || '/'))
  GROUP BY k.capture_id, k.path
), logged AS (
  -- the last report of the group that this capture led up to
  SELECT o.capture_id, o.cgroup AS path, o.victim_name, o.victim_pid, o.shmem_bytes, c.window_seconds, c.cause, c.grower_name, c.grower_pid,
    c.growth_bytes, c.growth_share, c.victim_growth_bytes
  FROM oom_kill AS o
  JOIN oom_cause AS c USING (capture_id, oom_id)
  WHERE o.scope = 'cgroup'
  QUALIFY row_number() OVER (PARTITION BY o.capture_id, o.cgroup ORDER BY o.oom_id DESC) = 1
)
SELECT k.capture_id, 'critical' AS severity, 0.95 AS confidence,
  'cgroup' AS culprit_type, k.path AS culprit_name, coalesce(g.grower_name, CASE WHEN l.cause IN ('victim', 'other') THEN l.grower_name END, s.names) AS culprit_detail,
  CASE WHEN g.growth IS NULL THEN NULL ELSE 'grower' END AS text,
  g.growth AS growth_bytes, g.rate AS rate_bytes_per_second,
  threshold('R35', 'rank_factor') * coalesce(k.limit_bytes, k.current_bytes, 1073741824) AS rank_bytes,
  k.first_seen, k.last_seen, k.kills, k.limit_bytes AS limit_bytes, CASE WHEN n.pid IS NULL THEN g.grower_name END AS grower,
  n.name AS lone_grower, n.pid AS lone_grower_pid, b.kills AS bystander_kills, b.names AS bystanders, k.source,
  l.victim_name AS victim, l.victim_pid,
  CASE WHEN l.cause = 'other' THEN l.grower_name END AS other_name, CASE WHEN l.cause = 'other' THEN l.grower_pid END AS other_pid,
  CASE WHEN l.cause = 'other' THEN l.growth_bytes END AS other_growth_bytes, l.window_seconds AS before_seconds,
  CASE WHEN l.cause = 'victim' THEN l.growth_bytes END AS own_growth_bytes,
  CASE WHEN l.shmem_bytes >= threshold('R35', 'shared_share') * k.limit_bytes THEN l.shmem_bytes END AS group_shmem_bytes,
  CASE WHEN g.growth IS NULL THEN NULL ELSE 'leak' END AS trend,
  ['SELECT snapshot, current_bytes, max_bytes, events_oom_kill FROM cgroup_memory WHERE capture_id = ' || k.capture_id || ' AND path = ''' || replace(k.path, '''', '''''') || ''' ORDER BY snapshot',
    'SELECT * FROM oom_cause WHERE capture_id = ' || k.capture_id || ' ORDER BY oom_id',
    'SELECT * FROM oom_prediction WHERE capture_id = ' || k.capture_id || ' ORDER BY oom_id'] AS evidence_sql
FROM cgroup_kill AS k
LEFT JOIN grown AS g ON g.capture_id = k.capture_id AND g.path = k.path
LEFT JOIN lone AS n ON n.capture_id = k.capture_id AND n.path = k.path
LEFT JOIN bystander AS b ON b.capture_id = k.capture_id AND b.path = k.path
LEFT JOIN seen AS s ON s.capture_id = k.capture_id AND s.path = k.path
LEFT JOIN logged AS l ON l.capture_id = k.capture_id AND l.path = k.path
UNION ALL BY NAME
-- kills of a time of which nothing else was read
SELECT o.capture_id, CASE WHEN s.capture_id IS NULL THEN 'warning' ELSE 'info' END AS severity, 0.9 AS confidence,
  'cgroup' AS culprit_type, o.cgroup AS culprit_name, arg_max(o.victim_name, o.oom_id) AS culprit_detail,
  CASE WHEN s.capture_id IS NULL THEN 'log' ELSE 'before' END AS text, coalesce(max(o.cgroup_limit_bytes), 0) AS rank_bytes,
  min(o.ts) AS first_seen, max(o.ts) AS last_seen, count(*) AS kills, max(o.cgroup_limit_bytes) AS limit_bytes,
  arg_max(o.victim_name, o.oom_id) AS victim, arg_max(o.victim_pid, o.oom_id) AS victim_pid,
  ['SELECT * FROM oom_kill WHERE capture_id = ' || o.capture_id || ' ORDER BY oom_id'] AS evidence_sql
FROM oom_kill AS o
LEFT JOIN (SELECT DISTINCT capture_id FROM snapshot) AS s USING (capture_id)
WHERE o.scope = 'cgroup' AND o.cgroup IS NOT NULL
  AND NOT EXISTS (FROM cgroup_kill AS k WHERE k.capture_id = o.capture_id AND (k.path = o.cgroup OR starts_with(k.path, o.cgroup || '/') OR starts_with(o.cgroup, k.path || '/')))
GROUP BY ALL
ORDER BY capture_id, culprit_name
