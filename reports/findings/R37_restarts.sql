-- A process is started again and again, and each of its lives grows without rest: restarts hide the leak.
-- id: R37
-- kind: private_anonymous
-- chapter: pidstat
-- needs: process_sample, meminfo
-- threshold fewest_lives = 3 lives: two may be chance
-- threshold shortest_seconds = 15 seconds: of a life; compilers and scripts that come and go live shorter
-- threshold longest_pause = 20 seconds: between two lives, and as long as snapshots lie apart: a supervisor starts it again, cron does not
-- threshold rate_spread = 0.4 of the fastest: the slowest life grows at least so fast; the same code leaks at the same rate
WITH sampled AS (
  SELECT s.capture_id, s.process_id, t.t_seconds, t.ts, coalesce(s.rss_anon_bytes, s.rss_bytes) + coalesce(s.swap_bytes, 0) AS bytes
  FROM process_sample AS s
  JOIN snapshot AS t USING (capture_id, snapshot)
), life AS (
  SELECT capture_id, process_id, count(bytes) AS samples, min(t_seconds) AS from_t, max(t_seconds) AS to_t, min(ts) AS from_ts, max(ts) AS to_ts,
    max(bytes) - arg_min(bytes, t_seconds) AS growth, arg_max(bytes, t_seconds) AS last_bytes, max(bytes) AS highest,
    corr(t_seconds, bytes) AS straight, regr_slope(bytes, t_seconds) AS rate
  FROM sampled
  WHERE bytes IS NOT NULL
  GROUP BY capture_id, process_id
  HAVING samples >= 3
), leaking AS (
  SELECT l.*, p.boot, p.name, p.command, p.cgroup,
    l.from_t - lag(l.to_t) OVER w AS pause
  FROM life AS l
  JOIN process AS p USING (capture_id, process_id)
  JOIN metric_floor AS f ON f.capture_id = l.capture_id AND f.metric = 'proc_anon'
  WHERE l.growth >= f.usual_floor AND l.last_bytes >= 0.9 * l.highest AND l.straight >= 0.95
    AND l.to_t - l.from_t >= threshold('R37', 'shortest_seconds') AND NOT p.observer
  WINDOW w AS (PARTITION BY l.capture_id, p.boot, p.name, p.command, p.cgroup ORDER BY l.from_t)
), story AS (
  SELECT capture_id, name, count(*) AS lives, arg_max(process_id, from_t) AS process_id, max(growth)::BIGINT AS growth_bytes,
    median(rate) AS rate_bytes_per_second, min(rate) AS rate_low, max(rate) AS rate_high, min(from_ts) AS first_seen, max(to_ts) AS last_seen,
    min(pause) AS least_pause, max(pause) AS longest_pause, any_value(command) AS command
  FROM leaking
  GROUP BY capture_id, boot, name, command, cgroup
), pace AS (
  -- a life is seen from its first snapshot to its last, so the pause looks longer than it was
  SELECT capture_id, median(step) AS step
  FROM (SELECT capture_id, t_seconds - lag(t_seconds) OVER (PARTITION BY capture_id, boot ORDER BY snapshot) AS step FROM snapshot)
  GROUP BY capture_id
)
SELECT capture_id, 'warning' AS severity, 0.6 AS confidence, 'process' AS culprit_type, process_id,
  'leak' AS trend, growth_bytes, rate_bytes_per_second, rate_low, rate_high, first_seen, last_seen, lives,
  ['SELECT process_id, pid, first_snapshot, last_snapshot FROM process WHERE name = ''' || replace(name, '''', '''''') || ''' ORDER BY first_snapshot'] AS evidence_sql
FROM story
JOIN pace USING (capture_id)
-- one after the other: lives that overlap are workers, not restarts
WHERE lives >= threshold('R37', 'fewest_lives') AND least_pause >= 0 AND longest_pause <= threshold('R37', 'longest_pause') + step
  AND rate_low >= threshold('R37', 'rate_spread') * rate_high
ORDER BY capture_id, growth_bytes DESC, process_id
