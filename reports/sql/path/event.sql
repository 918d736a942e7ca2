-- What happened while the host was watched: gaps, reboots, triggers, kills of the kernel and of daemons, big processes that came or went, and those
-- that took much at once and then kept it, as after a deploy. Of a log that came alone all kills: no reading bounds the time.
-- requires: snapshot, capture_gap, process, process_sample, oom_kill, path_daemon_kill, path_span, trend
-- order: at_ts, kind, label
-- limit: 60
-- show: 10
-- columns of path_event:
--   at_ts       TIMESTAMP [time] NULL where a log without a clock tells of it
--   kind        VARCHAR   [event] gap, reboot, trigger, oom_kill, daemon_kill, start, exit, step
--   lasted_seconds DOUBLE [lasted] of a gap
--   pid         INTEGER   [PID]
--   size_bytes  BIGINT    [size] RES of the process; of a step what was taken
--   label       VARCHAR   [what]
CREATE OR REPLACE VIEW path_event AS
WITH stepped AS (
  SELECT s.capture_id, s.ts, s.boot, s.t_seconds, s.trigger, lag(s.t_seconds) OVER w AS before_seconds, lag(s.boot) OVER w AS before_boot
  FROM snapshot s
  WINDOW w AS (PARTITION BY s.capture_id ORDER BY s.snapshot)
), big AS (
  SELECT x.capture_id, x.process_id, max(x.rss_bytes) AS peak, arg_max(x.rss_bytes, x.snapshot) AS last_rss
  FROM process_sample x
  GROUP BY x.capture_id, x.process_id
), big_process AS (
  SELECT p.*, b.peak, b.last_rss, s.first_snapshot AS capture_first, s.last_snapshot AS capture_last,
         row_number() OVER (PARTITION BY p.capture_id ORDER BY b.peak DESC, p.process_id) AS nth
  FROM big b
  JOIN process p USING (capture_id, process_id)
  JOIN path_span s USING (capture_id)
  WHERE b.peak >= 0.02 * s.mem_total_bytes
    AND (p.first_snapshot > s.first_snapshot OR p.last_snapshot < s.last_snapshot)
)
SELECT capture_id, from_ts AS at_ts, 'gap' AS kind, gap_seconds AS lasted_seconds, CAST(NULL AS INTEGER) AS pid,
       CAST(NULL AS BIGINT) AS size_bytes, '' AS label
FROM capture_gap
UNION ALL
SELECT capture_id, ts, 'reboot', t_seconds - before_seconds, NULL, NULL, '' FROM stepped WHERE boot <> before_boot
UNION ALL
SELECT capture_id, ts, 'trigger', NULL, NULL, NULL, trigger FROM stepped WHERE trigger IS NOT NULL
UNION ALL
SELECT o.capture_id, o.ts, 'oom_kill', NULL, o.victim_pid, o.victim_rss_anon_bytes, coalesce(o.victim_name, '?')
FROM oom_kill o
LEFT JOIN path_span s USING (capture_id)
WHERE s.first_ts IS NULL OR o.ts BETWEEN s.first_ts AND s.last_ts
UNION ALL
SELECT k.capture_id, k.at_ts, 'daemon_kill', NULL, k.victim_pid, k.rss_bytes, k.killer || ': ' || k.victim
FROM path_daemon_kill k
LEFT JOIN path_span s USING (capture_id)
WHERE s.first_ts IS NULL OR k.at_ts BETWEEN s.first_ts AND s.last_ts
UNION ALL
SELECT b.capture_id, s.ts, 'start', NULL, b.pid, b.peak, coalesce(b.name, b.comm)
FROM big_process b
JOIN snapshot s ON s.capture_id = b.capture_id AND s.snapshot = b.first_snapshot
WHERE b.nth <= 20 AND b.first_snapshot > b.capture_first
UNION ALL
SELECT b.capture_id, s.ts, 'exit', NULL, b.pid, b.last_rss, coalesce(b.name, b.comm)
FROM big_process b
JOIN snapshot s ON s.capture_id = b.capture_id AND s.snapshot = b.last_snapshot
WHERE b.nth <= 20 AND b.last_snapshot < b.capture_last
UNION ALL
SELECT t.capture_id, t.onset_ts, 'step', NULL, p.pid, CAST(t.growth AS BIGINT), t.name
FROM trend t
JOIN path_span s USING (capture_id)
JOIN process p ON p.capture_id = t.capture_id AND t.subject_type = 'process' AND p.process_id = try_cast(t.subject_id AS INTEGER)
WHERE t.verdict = 'step' AND t.metric = 'proc_anon' AND t.win = 'all' AND t.growth >= 0.02 * s.mem_total_bytes AND t.onset_ts IS NOT NULL
ORDER BY 1, 2, 3, 7;
