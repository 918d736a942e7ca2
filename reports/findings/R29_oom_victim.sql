-- Whom the kernel would kill first, and whether that is who takes the memory.
-- id: R29
-- kind: host_oom
-- chapter: oom
-- needs: process_sample, process_sample.oom_score_adj, meminfo
-- threshold trusted_share = 0.9 of the processes: the rule must give the oom_score that the kernel showed
-- threshold mapped_share = 0.5 of what shared memory gained: with as much in the RSS of one process it counts for that one
-- threshold near_limit = 0.5 of its limit: a cgroup that holds less is in no danger
WITH first AS (
  SELECT * FROM oom_candidate WHERE position = 1
), listed AS (
  SELECT capture_id, scope, string_agg(process_label(name, pid), ', ' ORDER BY position) AS ranking
  FROM oom_candidate
  WHERE position <= 3
  GROUP BY capture_id, scope
), leaker AS (
  SELECT r.capture_id, r.process_id, p.name, p.pid, p.cgroup, p.oom_score_adj, c.points_bytes, c.used_bytes, r.rate_bytes_per_second AS rate,
    (epoch_ms(r.exhausted_from) - epoch_ms(r.last_seen)) / 1000.0 AS left_seconds
  FROM leak_row AS r
  JOIN process_cause AS x USING (sid)
  JOIN process AS p ON p.capture_id = r.capture_id AND p.process_id = r.process_id
  LEFT JOIN oom_candidate AS c ON c.capture_id = r.capture_id AND c.process_id = r.process_id AND c.scope = 'host'
  WHERE r.metric = 'proc_anon' AND NOT p.observer AND r.severity IN ('warning', 'critical')
    AND NOT EXISTS (SELECT 1 FROM ended_process AS e WHERE e.capture_id = r.capture_id AND e.process_id = r.process_id)
  QUALIFY row_number() OVER (PARTITION BY r.capture_id ORDER BY r.growth_bytes DESC, r.process_id) = 1
), mapped AS (
  -- of shared memory what a process maps is in its RSS, whatever owns the files
  SELECT DISTINCT r.sid
  FROM leak_row AS r
  JOIN process_reading AS x ON x.capture_id = r.capture_id AND x.snapshot BETWEEN r.from_snapshot AND r.to_snapshot
  WHERE r.metric = 'host_shmem'
  GROUP BY r.sid, r.growth_bytes, x.process_id
  HAVING arg_max(x.rss_shmem_bytes, x.snapshot) - arg_min(x.rss_shmem_bytes, x.snapshot) >= threshold('R29', 'mapped_share') * r.growth_bytes
), together AS (
  SELECT capture_id, max(growth_bytes) AS growth_bytes
  FROM leak_row
  WHERE metric IN ('group_anon', 'unit_anon') AND severity IN ('warning', 'critical')
  GROUP BY capture_id
), elsewhere AS (
  -- memory that counts for no process's size, whoever holds it, and is more than what processes that grow together take of their own
  SELECT r.capture_id, sum(r.growth_bytes)::BIGINT AS growth_bytes
  FROM leak_row AS r
  LEFT JOIN bucket_owner AS o ON o.sid = r.sid AND o.owner_type = 'process'
  LEFT JOIN together AS t ON t.capture_id = r.capture_id
  WHERE r.metric IN ('host_shmem', 'host_slab_unreclaimable', 'host_vmalloc', 'host_unaccounted', 'host_percpu') AND r.severity IN ('warning', 'critical')
    AND o.sid IS NULL AND r.sid NOT IN (SELECT sid FROM mapped) AND r.capture_id NOT IN (SELECT capture_id FROM leaker)
  GROUP BY r.capture_id, t.growth_bytes
  HAVING sum(r.growth_bytes) > coalesce(t.growth_bytes, 0)
), usage AS (
  -- pages of files are dropped before anybody is killed, as R28 has it
  SELECT capture_id, path, arg_max(current_bytes - greatest(0, coalesce(file_bytes, 0) - coalesce(shmem_bytes, 0)) - coalesce(slab_reclaimable_bytes, 0), snapshot) AS current_bytes,
    arg_max(max_bytes, snapshot) AS max_bytes
  FROM cgroup_memory
  GROUP BY capture_id, path
), joined AS (
  SELECT f.*, l.ranking, r.compared, r.exact, r.agreeing_share, k.process_id AS leaker_id, k.name AS leaker_name, k.pid AS leaker_pid,
    k.oom_score_adj AS leaker_adj, k.process_id IS NOT NULL AND k.process_id <> f.process_id AND coalesce(k.oom_score_adj, 0) <= -500
      AS leaker_protected,
    greatest(0, f.points_bytes - k.points_bytes) / nullif(k.rate, 0) AS overtakes_seconds, k.left_seconds,
    e.growth_bytes AS elsewhere_bytes, u.current_bytes, u.max_bytes
  FROM first AS f
  JOIN listed AS l USING (capture_id, scope)
  JOIN oom_rule AS r USING (capture_id)
  LEFT JOIN leaker AS k ON k.capture_id = f.capture_id AND f.scope = 'host'
  LEFT JOIN elsewhere AS e ON e.capture_id = f.capture_id AND f.scope = 'host'
  LEFT JOIN usage AS u ON u.capture_id = f.capture_id AND u.path = f.scope
)
SELECT capture_id, CASE WHEN leaker_protected THEN 'warning' ELSE 'info' END AS severity,
  CASE WHEN agreeing_share < threshold('R29', 'trusted_share') THEN 0.4 ELSE 0.8 END AS confidence,
  'process' AS culprit_type, process_id, CASE WHEN scope <> 'host' THEN scope END AS culprit_detail, 0 AS rank_bytes,
  CASE
    WHEN scope <> 'host' THEN 'cgroup'
    WHEN leaker_protected THEN 'protected'
    WHEN leaker_id <> process_id AND overtakes_seconds > left_seconds THEN 'innocent'
  END AS text,
  scope, points_bytes, used_bytes, oom_score_adj, ranking,
  leaker_name AS protected_name, leaker_pid AS protected_pid, leaker_adj AS protected_adj,
  CASE WHEN leaker_id <> process_id THEN overtakes_seconds END AS overtakes_seconds,
  CASE WHEN leaker_id <> process_id THEN left_seconds END AS left_seconds,
  elsewhere_bytes, current_bytes AS group_bytes, max_bytes AS limit_bytes,
  compared, CASE WHEN agreeing_share >= threshold('R29', 'trusted_share') AND scope = 'host' THEN exact END AS exact,
  CASE WHEN agreeing_share < threshold('R29', 'trusted_share') AND scope = 'host' THEN agreeing_share END AS doubtful_share,
  ['SELECT * FROM oom_candidate WHERE capture_id = ' || capture_id || ' AND position <= 5 ORDER BY scope, position',
    'SELECT * FROM oom_first WHERE capture_id = ' || capture_id || ' ORDER BY scope, from_ts', 'SELECT * FROM oom_rule WHERE capture_id = ' || capture_id]
    || CASE WHEN leaker_protected THEN ['SELECT * FROM oom_protected WHERE capture_id = ' || capture_id] ELSE [] END AS evidence_sql
FROM joined
WHERE scope = 'host' OR current_bytes >= threshold('R29', 'near_limit') * max_bytes
ORDER BY capture_id, scope
