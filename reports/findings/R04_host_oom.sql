-- The host ran out of memory and the kernel killed a process; who died is not who grew.
-- id: R04
-- kind: host_oom
-- chapter: oom
WITH moment AS (
  SELECT capture_id, min(boot) AS boot, min(ts) AS first_seen, max(ts) AS last_seen, sum(kills)::BIGINT AS kills
  FROM host_oom_moment
  GROUP BY capture_id
), victim AS (
  SELECT capture_id, arg_min(victim_name, oom_id) AS victim, arg_min(victim_pid, oom_id) AS victim_pid,
    arg_min(coalesce(victim_rss_anon_bytes, 0) + coalesce(victim_rss_file_bytes, 0) + coalesce(victim_rss_shmem_bytes, 0), oom_id) AS victim_bytes
  FROM oom_kill
  WHERE scope = 'host'
  GROUP BY capture_id
), cause AS (
  SELECT r.capture_id, r.process_id, p.name, r.growth_bytes
  FROM leak_row AS r
  JOIN process AS p USING (capture_id, process_id)
  WHERE r.metric = 'proc_anon'
  QUALIFY row_number() OVER (PARTITION BY r.capture_id ORDER BY (r.win = 'until_oom') DESC, r.growth_bytes DESC, r.process_id) = 1
), before AS (
  SELECT k.capture_id, min(k.ts) AS first_seen, max(k.ts) AS last_seen, count(*) AS kills, arg_max(k.victim_name, k.oom_id) AS victim,
    arg_max(k.victim_pid, k.oom_id) AS victim_pid
  FROM oom_kill AS k
  WHERE k.scope = 'host' AND NOT EXISTS (SELECT 1 FROM moment AS m WHERE m.capture_id = k.capture_id)
  GROUP BY k.capture_id
)
SELECT m.capture_id, 'critical' AS severity, 0.95 AS confidence,
  CASE WHEN c.process_id IS NULL THEN 'host' ELSE 'process' END AS culprit_type,
  CASE WHEN c.process_id IS NULL THEN 'grower unknown' END AS culprit_name,
  c.process_id AS process_id,
  CASE WHEN c.process_id IS NULL THEN 'unknown' WHEN v.victim_pid = (SELECT p.pid FROM process AS p WHERE p.capture_id = m.capture_id AND p.process_id = c.process_id) THEN 'grower' END AS text,
  m.first_seen, m.last_seen, m.kills, v.victim, v.victim_pid, v.victim_bytes, 0 AS rank_bytes,
  ['SELECT * FROM host_oom_moment', 'SELECT ts, victim_name, victim_pid, victim_rss_anon_bytes FROM oom_kill ORDER BY oom_id'] AS evidence_sql
FROM moment AS m
LEFT JOIN victim AS v USING (capture_id)
LEFT JOIN cause AS c USING (capture_id)
UNION ALL
SELECT b.capture_id, 'info', 0.9, 'host', 'kernel log', NULL, 'before', b.first_seen, b.last_seen, b.kills, b.victim, b.victim_pid, NULL, 0,
  ['SELECT ts, victim_name, victim_pid FROM oom_kill ORDER BY oom_id']
FROM before AS b
ORDER BY capture_id, text
