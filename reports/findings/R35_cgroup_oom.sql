-- A control group hits its memory limit and its processes are killed; the host itself has memory left.
-- id: R35
-- kind: cgroup_oom
-- chapter: oom
-- threshold rank_factor = 3 times the limit: a kill weighs more than growth
WITH grown AS (
  SELECT k.capture_id, k.path,
    arg_max(p.name, r.growth) AS grower_name, arg_max(r.process_id, r.growth) AS grower_process, max(r.growth)::BIGINT AS growth,
    median(r.rate) AS rate, count(*) AS lives
  FROM cgroup_kill AS k
  JOIN process AS p ON p.capture_id = k.capture_id AND (p.cgroup = k.path OR starts_with(p.cgroup, k.path || '/'))
  JOIN grower AS r ON r.capture_id = p.capture_id AND r.process_id = p.process_id AND r.metric = 'proc_anon'
  GROUP BY k.capture_id, k.path
), seen AS (
  SELECT k.capture_id, k.path, string_agg(DISTINCT p.name, ', ' ORDER BY p.name) AS names
  FROM cgroup_kill AS k
  JOIN process AS p ON p.capture_id = k.capture_id AND (p.cgroup = k.path OR starts_with(p.cgroup, k.path || '/'))
  GROUP BY k.capture_id, k.path
)
SELECT k.capture_id, 'critical' AS severity, 0.95 AS confidence,
  'cgroup' AS culprit_type, k.path AS culprit_name, coalesce(g.grower_name, s.names) AS culprit_detail,
  CASE WHEN g.growth IS NULL THEN NULL ELSE 'grower' END AS text,
  g.growth AS growth_bytes, g.rate AS rate_bytes_per_second,
  threshold('R35', 'rank_factor') * coalesce(k.limit_bytes, k.current_bytes, 1073741824) AS rank_bytes,
  k.first_seen, k.last_seen, k.kills, k.limit_bytes AS limit_bytes, g.grower_name AS grower, k.source,
  CASE WHEN g.growth IS NULL THEN NULL ELSE 'leak' END AS trend,
  ['SELECT snapshot, current_bytes, max_bytes, events_oom_kill FROM cgroup_memory WHERE path = ''' || replace(k.path, '''', '''''') || ''' ORDER BY snapshot'] AS evidence_sql
FROM cgroup_kill AS k
LEFT JOIN grown AS g ON g.capture_id = k.capture_id AND g.path = k.path
LEFT JOIN seen AS s ON s.capture_id = k.capture_id AND s.path = k.path
ORDER BY k.capture_id, k.path
