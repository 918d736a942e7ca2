-- When the kernel killed for want of memory of the host as a whole, as far as this capture saw it happen.
-- requires: snapshot, meminfo, vmstat, oom_kill
-- columns of host_oom_moment:
--   capture_id, boot, snapshot INTEGER  the first snapshot after the kill;  t_seconds DOUBLE of the last snapshot before it
--   kills BIGINT; ts TIMESTAMP UTC of the first snapshot after the kill;  source VARCHAR kernel log | vmstat
--   first_kill_ts, last_kill_ts TIMESTAMP UTC  when they happened: what the log says, within the two snapshots; NULL where only the counter tells
-- The counter oom_kill of vmstat also counts kills inside cgroups. The kernel log tells them apart; without it a kill is
-- the host's only when MemAvailable was below a tenth of MemTotal around it.

-- of_boot(...): does the uptime of a kill count from the same start as that of a snapshot? A text with clocks of its own does not say which boot a
-- line is of: there both must have started at the same time, but for what clocks go astray. NULL when nothing tells.
CREATE OR REPLACE MACRO of_boot(kill_boot, kill_ts, kill_uptime, boot, ts, uptime) AS
  coalesce(kill_boot = boot, abs((epoch(kill_ts) - kill_uptime) - (epoch(ts) - uptime)) < 300);

-- killed_between(...): did a kill come after one snapshot and not after the next? By the uptimes where all three are told, which no clock that is set
-- moves, else by the clocks. NULL when neither tells.
CREATE OR REPLACE MACRO killed_between(kill_boot, kill_ts, kill_uptime, boot, previous_ts, previous_uptime, ts, uptime) AS CASE
  WHEN kill_uptime IS NOT NULL AND previous_uptime IS NOT NULL AND uptime IS NOT NULL
    THEN kill_uptime > previous_uptime AND kill_uptime <= uptime AND of_boot(kill_boot, kill_ts, kill_uptime, boot, ts, uptime)
  ELSE kill_ts > previous_ts AND kill_ts <= ts
END;

CREATE OR REPLACE TABLE host_oom_moment AS
WITH moments AS (
  SELECT s.capture_id, s.boot, s.snapshot, s.ts, s.t_seconds, s.uptime_seconds,
    lag(s.snapshot) OVER before AS previous_snapshot,
    lag(s.t_seconds) OVER before AS previous_t,
    lag(s.ts) OVER before AS previous_ts,
    lag(s.uptime_seconds) OVER before AS previous_uptime
  FROM snapshot AS s
  WINDOW before AS (PARTITION BY s.capture_id, s.boot ORDER BY s.snapshot)
), counted AS (
  SELECT m.capture_id, m.boot, m.snapshot, m.ts, m.previous_t, now.value - past.value AS kills,
    least(i.mem_available_bytes, j.mem_available_bytes) < 0.1 * i.mem_total_bytes AS short_of_memory
  FROM moments AS m
  JOIN vmstat AS now ON now.capture_id = m.capture_id AND now.snapshot = m.snapshot AND now.name = 'oom_kill'
  JOIN vmstat AS past ON past.capture_id = m.capture_id AND past.snapshot = m.previous_snapshot AND past.name = 'oom_kill'
  JOIN meminfo AS i ON i.capture_id = m.capture_id AND i.snapshot = m.snapshot
  JOIN meminfo AS j ON j.capture_id = m.capture_id AND j.snapshot = m.previous_snapshot
  WHERE now.value > past.value
), logged AS (
  SELECT m.capture_id, m.boot, m.snapshot, m.ts, m.previous_t, count(*) AS kills,
    greatest(m.previous_ts, least(m.ts, min(k.ts))) AS first_kill_ts, greatest(m.previous_ts, least(m.ts, max(k.ts))) AS last_kill_ts
  FROM oom_kill AS k
  JOIN moments AS m ON m.capture_id = k.capture_id
    AND killed_between(k.boot, k.ts, k.uptime_seconds, m.boot, m.previous_ts, m.previous_uptime, m.ts, m.uptime_seconds)
  WHERE k.scope = 'host'
  GROUP BY m.capture_id, m.boot, m.snapshot, m.ts, m.previous_ts, m.previous_t
), has_log AS (
  -- the log counts as read when it shows any of the kills that vmstat counted
  SELECT DISTINCT k.capture_id
  FROM oom_kill AS k
  JOIN moments AS m ON m.capture_id = k.capture_id
    AND killed_between(k.boot, k.ts, k.uptime_seconds, m.boot, m.previous_ts, m.previous_uptime, m.ts, m.uptime_seconds)
)
SELECT capture_id, boot, snapshot, ts, previous_t AS t_seconds, kills, 'kernel log' AS source, first_kill_ts, last_kill_ts FROM logged
UNION ALL
SELECT capture_id, boot, snapshot, ts, previous_t, kills, 'vmstat', NULL, NULL
FROM counted
WHERE short_of_memory AND capture_id NOT IN (SELECT capture_id FROM has_log)
ORDER BY capture_id, boot, snapshot;
