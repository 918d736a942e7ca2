-- Programs that are started again and again and grow in each of their lives: three lives at least, since two may be chance, of 15 seconds each,
-- since compilers and scripts live shorter; one after the other with at most 20 seconds and one step between them, as a supervisor and no cron
-- starts them, or five minutes as Kubernetes waits before it starts a container again that keeps ending; the slowest growing at 0.4 of the rate of the fastest, since the same code leaks at the same rate.
-- requires: process_sample, snapshot, process, metric_floor
-- A container that is started again by its orchestrator has a control group of a new name: what is the same is the pod above it.
-- home_cgroup(cgroup): without the number of the container at its end (64 hexadecimal digits, bare or as cri-containerd-….scope)
CREATE OR REPLACE MACRO home_cgroup(cgroup) AS regexp_replace(cgroup, '/([a-z-]+-)?[0-9a-f]{64}(\.scope)?$', '');

-- columns of restarted_life, one row a life: capture_id, process_id INTEGER
-- columns of restarted, one row a program: capture_id INTEGER; name VARCHAR; lives BIGINT; process_id INTEGER of the last life;
--   growth_bytes BIGINT of the life that grew most; rate_bytes_per_second, rate_low, rate_high DOUBLE; first_seen, last_seen TIMESTAMP
CREATE OR REPLACE TABLE restarted_life AS
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
  SELECT l.*, p.boot, p.name, p.command, home_cgroup(p.cgroup) AS cgroup, home_cgroup(p.cgroup) <> p.cgroup AS contained,
    l.from_t - lag(l.to_t) OVER w AS pause
  FROM life AS l
  JOIN process AS p USING (capture_id, process_id)
  JOIN metric_floor AS f ON f.capture_id = l.capture_id AND f.metric = 'proc_anon'
  WHERE l.growth >= f.usual_floor AND l.last_bytes >= 0.9 * l.highest AND l.straight >= 0.95
    AND l.to_t - l.from_t >= 15 AND NOT p.observer
  WINDOW w AS (PARTITION BY l.capture_id, p.boot, p.name, p.command, home_cgroup(p.cgroup) ORDER BY l.from_t)
), pace AS (
  -- a life is seen from its first snapshot to its last, so the pause looks longer than it was
  SELECT capture_id, median(step) AS step
  FROM (SELECT capture_id, t_seconds - lag(t_seconds) OVER (PARTITION BY capture_id, boot ORDER BY snapshot) AS step FROM snapshot)
  GROUP BY capture_id
), story AS (
  SELECT capture_id, boot, name, command, cgroup
  FROM leaking
  GROUP BY capture_id, boot, name, command, cgroup
  -- one after the other: lives that overlap are workers, not restarts
  HAVING count(*) >= 3 AND min(pause) >= 0 AND max(pause) <= CASE WHEN bool_or(contained) THEN 300 ELSE 20 END + (SELECT any_value(p.step) FROM pace AS p WHERE p.capture_id = leaking.capture_id)
    AND min(rate) >= 0.4 * max(rate)
)
SELECT l.*
FROM leaking AS l
JOIN story AS s ON s.capture_id = l.capture_id AND s.boot = l.boot AND s.name IS NOT DISTINCT FROM l.name AND s.command IS NOT DISTINCT FROM l.command
  AND s.cgroup IS NOT DISTINCT FROM l.cgroup
ORDER BY l.capture_id, l.process_id;

CREATE OR REPLACE TABLE restarted AS
SELECT capture_id, name, count(*) AS lives, arg_max(process_id, from_t) AS process_id, max(growth)::BIGINT AS growth_bytes,
  median(rate) AS rate_bytes_per_second, min(rate) AS rate_low, max(rate) AS rate_high, min(from_ts) AS first_seen, max(to_ts) AS last_seen
FROM restarted_life
GROUP BY capture_id, boot, name, command, cgroup
ORDER BY capture_id, process_id;
