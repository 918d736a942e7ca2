-- Whom the kernel would kill first, and whether that is who takes the memory.
-- id: R29
-- kind: host_oom
-- chapter: oom
-- needs: process_sample, meminfo
WITH first AS (
  SELECT * FROM oom_candidate WHERE position = 1
), listed AS (
  SELECT capture_id, scope, string_agg(name || ' (' || pid || ')', ', ' ORDER BY position) AS ranking
  FROM oom_candidate
  WHERE position <= 3
  GROUP BY capture_id, scope
), protected AS (
  SELECT r.capture_id, r.process_id, p.name AS protected_name, p.pid AS protected_pid, p.oom_score_adj AS protected_adj
  FROM leak_row AS r
  JOIN process_cause AS c USING (sid)
  JOIN process AS p ON p.capture_id = r.capture_id AND p.process_id = r.process_id
  WHERE r.metric = 'proc_anon' AND p.oom_score_adj <= -500 AND NOT p.observer AND r.severity IN ('warning', 'critical')
  QUALIFY row_number() OVER (PARTITION BY r.capture_id ORDER BY r.growth_bytes DESC, r.process_id) = 1
)
SELECT f.capture_id, CASE WHEN p.process_id IS NOT NULL AND f.scope = 'host' THEN 'warning' ELSE 'info' END AS severity, 0.8 AS confidence,
  'process' AS culprit_type, f.process_id, CASE WHEN f.scope <> 'host' THEN f.scope END AS culprit_detail, 0 AS rank_bytes,
  CASE WHEN f.scope <> 'host' THEN 'cgroup' WHEN p.process_id IS NOT NULL THEN 'protected' END AS text,
  f.scope, f.points_bytes, f.oom_score_adj, l.ranking, p.protected_name, p.protected_pid, p.protected_adj,
  ['SELECT * FROM oom_candidate WHERE position <= 5 ORDER BY scope, position'] AS evidence_sql
FROM first AS f
JOIN listed AS l USING (capture_id, scope)
LEFT JOIN protected AS p ON p.capture_id = f.capture_id
ORDER BY f.capture_id, f.scope
