-- The host ran out of memory and the kernel killed a process; who died is not who grew.
-- id: R04
-- kind: host_oom
-- chapter: oom
-- clears: kernel_message, oom_kill
-- threshold blamed_share = 0.5 of all that was taken before the kill: a process that took less is not blamed for it
-- threshold blamed_memory = 0.1 of MemTotal: likewise
-- threshold trended_share = 0.33 of all that was taken before the kill: a leak that took less is not why memory ran out
WITH moment AS (
  SELECT capture_id, min(boot) AS boot, arg_min(t_seconds, snapshot) AS before_t, min(coalesce(first_kill_ts, ts)) AS first_seen, max(coalesce(last_kill_ts, ts)) AS last_seen, sum(kills)::BIGINT AS kills
  FROM host_oom_moment
  GROUP BY capture_id
), victim AS (
  -- the first kill while the capture ran; one before it began led to nothing that is seen here
  SELECT k.capture_id, k.oom_id, k.victim_name AS victim, k.victim_pid, k.page_order, k.prediction,
    coalesce(k.victim_rss_anon_bytes, 0) + coalesce(k.victim_rss_file_bytes, 0) + coalesce(k.victim_rss_shmem_bytes, 0) AS victim_bytes
  FROM oom_kill AS k
  LEFT JOIN oom_before AS b USING (capture_id, oom_id)
  WHERE k.scope = 'host'
  QUALIFY row_number() OVER (PARTITION BY k.capture_id ORDER BY b.oom_id IS NULL, k.oom_id) = 1
), memory AS (
  SELECT i.capture_id, max(i.mem_total_bytes) AS mem_total_bytes,
    -- what was gone at the last reading before the kill, of the most that was to be had earlier in that boot
    max(i.mem_available_bytes + coalesce(i.swap_free_bytes, 0)) FILTER (WHERE s.boot = m.boot AND s.t_seconds <= m.before_t)
      - arg_max(i.mem_available_bytes + coalesce(i.swap_free_bytes, 0), s.t_seconds) FILTER (WHERE s.boot = m.boot AND s.t_seconds <= m.before_t)
      AS lost_bytes
  FROM moment AS m
  JOIN snapshot AS s USING (capture_id)
  JOIN meminfo AS i ON i.capture_id = s.capture_id AND i.snapshot = s.snapshot
  GROUP BY i.capture_id
), led_up AS (
  -- what a leaking process took up to the kill: nothing, when it was started or began to grow only after it
  SELECT r.capture_id, r.process_id, arg_max(s.value, s.t_seconds) - arg_min(s.value, s.t_seconds) AS taken_bytes
  FROM leak_row AS r
  JOIN moment AS m ON m.capture_id = r.capture_id AND m.boot = r.boot
  -- the first minutes of the collector itself are a start-up
  JOIN process AS p ON p.capture_id = r.capture_id AND p.process_id = r.process_id AND NOT p.observer
  JOIN series AS s ON s.sid = r.sid AND s.t_seconds >= r.onset_t AND s.t_seconds <= m.before_t
  WHERE r.metric IN ('proc_anon', 'proc_rss')
  GROUP BY r.capture_id, r.process_id, r.sid
), trended AS (
  SELECT l.capture_id, l.process_id
  FROM led_up AS l
  JOIN memory AS x USING (capture_id)
  LEFT JOIN victim AS v USING (capture_id)
  LEFT JOIN oom_cause AS c ON c.capture_id = l.capture_id AND c.oom_id = v.oom_id
  -- where nothing tells what was taken, all of memory was
  WHERE l.taken_bytes > 0 AND l.taken_bytes >= threshold('R04', 'trended_share') * coalesce(nullif(c.taken_bytes, 0), x.lost_bytes, x.mem_total_bytes)
    -- these took more than any process did
    AND coalesce(c.cause, '') NOT IN ('kernel', 'shared')
  QUALIFY row_number() OVER (PARTITION BY l.capture_id ORDER BY l.taken_bytes DESC, l.process_id) = 1
), blamed AS (
  SELECT m.capture_id,
    coalesce(t.process_id, CASE
      WHEN c.cause IN ('victim', 'other') AND c.growth_share >= threshold('R04', 'blamed_share')
        AND c.growth_bytes >= threshold('R04', 'blamed_memory') * x.mem_total_bytes THEN c.grower_process_id END) AS process_id,
    c.cause, c.window_seconds, c.victim_growth_bytes, c.victim_position,
    CASE WHEN c.cause = 'kernel' THEN c.kernel_growth_bytes END AS kernel_growth_bytes,
    CASE WHEN c.cause = 'shared' THEN c.shared_growth_bytes END AS shared_growth_bytes
  FROM moment AS m
  LEFT JOIN victim AS v USING (capture_id)
  LEFT JOIN oom_cause AS c ON c.capture_id = m.capture_id AND c.oom_id = v.oom_id
  LEFT JOIN trended AS t ON t.capture_id = m.capture_id
  LEFT JOIN memory AS x ON x.capture_id = m.capture_id
), during AS (
  SELECT m.capture_id, m.first_seen, m.last_seen, m.kills, b.process_id, v.victim, v.victim_pid, v.victim_bytes,
    p.name AS grower_name, p.pid AS grower_pid, p.pid = v.victim_pid AS grower_died,
    CASE WHEN b.process_id IS NULL THEN b.kernel_growth_bytes END AS kernel_growth_bytes,
    CASE WHEN b.process_id IS NULL THEN b.shared_growth_bytes END AS shared_growth_bytes,
    b.window_seconds, g.growth_bytes AS grower_growth_bytes, b.victim_growth_bytes, b.victim_position,
    y.reason, y.free_bytes, y.min_bytes, v.page_order, v.prediction
  FROM moment AS m
  LEFT JOIN blamed AS b USING (capture_id)
  LEFT JOIN victim AS v USING (capture_id)
  LEFT JOIN process AS p ON p.capture_id = m.capture_id AND p.process_id = b.process_id
  LEFT JOIN oom_grower AS g ON g.capture_id = m.capture_id AND g.oom_id = v.oom_id AND g.process_id = b.process_id
  LEFT JOIN oom_reason AS y ON y.capture_id = m.capture_id AND y.oom_id = v.oom_id
), listed AS (
  -- what the kernel itself listed at the last kill, largest first
  SELECT t.capture_id, string_agg(t.name || ' (' || t.pid || ')', ', ' ORDER BY t.held DESC, t.pid) AS largest
  FROM (
    SELECT o.capture_id, o.name, o.pid, coalesce(o.rss_bytes, 0) + coalesce(o.swap_bytes, 0) AS held,
      row_number() OVER (PARTITION BY o.capture_id ORDER BY held DESC, o.pid) AS place
    FROM oom_task AS o
    JOIN (SELECT capture_id, max(oom_id) AS oom_id FROM oom_kill WHERE scope = 'host' GROUP BY capture_id) AS k USING (capture_id, oom_id)
  ) AS t
  WHERE t.place <= 3 AND t.held > 0
  GROUP BY t.capture_id
), before AS (
  SELECT k.capture_id, min(k.ts) AS first_seen, max(k.ts) AS last_seen, count(*) AS kills, arg_max(k.victim_name, k.oom_id) AS victim,
    arg_max(k.victim_pid, k.oom_id) AS victim_pid,
    arg_max(coalesce(k.victim_rss_anon_bytes, 0) + coalesce(k.victim_rss_file_bytes, 0) + coalesce(k.victim_rss_shmem_bytes, 0), k.oom_id) AS victim_bytes,
    -- a kernel log alone: the kill is what happened, and nothing was read after it
    NOT EXISTS (SELECT 1 FROM snapshot AS s WHERE s.capture_id = k.capture_id) AS alone
  FROM oom_kill AS k
  WHERE k.scope = 'host' AND NOT EXISTS (SELECT 1 FROM moment AS m WHERE m.capture_id = k.capture_id)
  GROUP BY k.capture_id
)
SELECT capture_id, 'critical' AS severity, 0.95 AS confidence,
  CASE WHEN process_id IS NULL THEN 'host' ELSE 'process' END AS culprit_type,
  CASE WHEN process_id IS NOT NULL THEN NULL WHEN shared_growth_bytes IS NOT NULL THEN 'shared memory' WHEN kernel_growth_bytes IS NOT NULL THEN 'kernel memory'
    ELSE 'grower unknown' END AS culprit_name,
  process_id,
  CASE WHEN victim IS NULL THEN 'unnamed' WHEN process_id IS NULL AND coalesce(kernel_growth_bytes, shared_growth_bytes) IS NOT NULL THEN 'unowned' WHEN process_id IS NULL THEN 'unknown' WHEN grower_died THEN 'grower' END AS text,
  first_seen, last_seen, kills, victim, victim_pid, CASE WHEN victim_bytes > 0 THEN victim_bytes END AS victim_bytes,
  CASE WHEN NOT grower_died THEN grower_name END AS other_name, CASE WHEN NOT grower_died THEN grower_pid END AS other_pid,
  CASE WHEN grower_died THEN grower_name END AS own_name,
  CASE WHEN process_id IS NULL AND kernel_growth_bytes IS NULL AND shared_growth_bytes IS NULL THEN kills END AS unexplained_kills,
  kernel_growth_bytes, shared_growth_bytes,
  CASE WHEN NOT grower_died THEN window_seconds END AS before_seconds, grower_name, grower_growth_bytes,
  CASE WHEN NOT grower_died THEN coalesce(victim_growth_bytes, 0) END AS victim_growth_bytes,
  CASE WHEN reason = 'memory' THEN free_bytes END AS short_free_bytes, CASE WHEN reason = 'memory' THEN min_bytes END AS short_min_bytes,
  CASE WHEN reason = 'fragmented' THEN 1 << page_order END AS broken_pages,
  CASE WHEN reason = 'elsewhere' THEN free_bytes END AS elsewhere_bytes,
  CASE WHEN victim_position = 1 THEN victim END AS foreseen_name,
  CASE WHEN prediction = 'miss' THEN victim END AS surprising_name,
  0 AS rank_bytes,
  ['SELECT * FROM host_oom_moment WHERE capture_id = ' || capture_id || ' ORDER BY snapshot',
    'SELECT ts, victim_name, victim_pid, victim_rss_anon_bytes FROM oom_kill WHERE capture_id = ' || capture_id || ' ORDER BY oom_id',
    'SELECT * FROM oom_cause WHERE capture_id = ' || capture_id || ' ORDER BY oom_id',
    'SELECT * FROM oom_reason WHERE capture_id = ' || capture_id || ' ORDER BY oom_id',
    'SELECT * FROM oom_prediction WHERE capture_id = ' || capture_id || ' ORDER BY oom_id'] AS evidence_sql
FROM during
UNION ALL BY NAME
SELECT b.capture_id, CASE WHEN b.alone THEN 'warning' ELSE 'info' END AS severity, 0.9 AS confidence, 'host' AS culprit_type, 'kernel log' AS culprit_name,
  CASE WHEN b.alone THEN 'log' ELSE 'before' END AS text, b.first_seen, b.last_seen, b.kills, b.victim, b.victim_pid,
  CASE WHEN b.victim_bytes > 0 THEN b.victim_bytes END AS victim_bytes, l.largest, 0 AS rank_bytes,
  ['SELECT ts, victim_name, victim_pid FROM oom_kill WHERE capture_id = ' || b.capture_id || ' ORDER BY oom_id'] AS evidence_sql
FROM before AS b
LEFT JOIN listed AS l ON l.capture_id = b.capture_id
ORDER BY capture_id, text
