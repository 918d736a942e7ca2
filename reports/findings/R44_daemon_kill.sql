-- systemd-oomd or earlyoom killed for want of memory, before the kernel had to; who died is not who grew.
-- id: R44
-- kind: host_oom
-- chapter: oom
-- clears: kernel_message, daemon_kill
WITH seen AS (
  SELECT capture_id, min(ts) AS first_ts, max(ts) AS last_ts
  FROM snapshot
  GROUP BY capture_id
), kill AS (
  SELECT k.*, coalesce(k.victim_name, k.victim_cgroup) AS victim,
    -- a log alone has no span; then what it tells is all there is
    s.first_ts IS NULL OR coalesce(k.ts BETWEEN s.first_ts AND s.last_ts + INTERVAL 1 MINUTE, false) AS during
  FROM daemon_kill AS k
  LEFT JOIN seen AS s USING (capture_id)
), last AS (
  SELECT * FROM kill
  QUALIFY row_number() OVER (PARTITION BY capture_id, killer ORDER BY during DESC, kill_id DESC) = 1
), told AS (
  SELECT capture_id, killer, during, count(*) AS kills, min(ts) AS first_seen, max(ts) AS last_seen
  FROM kill
  GROUP BY capture_id, killer, during
)
SELECT l.capture_id, CASE WHEN l.during THEN 'warning' ELSE 'info' END AS severity, 0.9 AS confidence,
  'host' AS culprit_type, 'grower unknown' AS culprit_name, l.killer AS culprit_detail, 0 AS rank_bytes,
  CASE WHEN NOT l.during THEN 'before' WHEN l.killer = 'earlyoom' THEN 'early' END AS text,
  t.first_seen, t.last_seen, l.killer, t.kills, l.victim, l.victim_pid, l.victim_rss_bytes AS victim_bytes,
  CASE WHEN l.reason = 'pressure' THEN l.pressed_cgroup END AS pressed, l.value_percent / 100 AS value_share,
  l.limit_percent / 100 AS limit_share, l.over_seconds,
  CASE WHEN l.reason = 'swap' THEN l.swap_used_bytes END AS full_swap_bytes, CASE WHEN l.reason = 'swap' THEN l.swap_total_bytes END AS swap_bytes,
  CASE WHEN l.reason = 'memory' THEN l.memory_available_bytes END AS available_bytes,
  ['SELECT * FROM path_daemon_kill WHERE capture_id = ' || l.capture_id || ' ORDER BY kill_id'] AS evidence_sql
FROM last AS l
JOIN told AS t USING (capture_id, killer, during)
ORDER BY l.capture_id, l.killer
