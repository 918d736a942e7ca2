-- Tasks wait for memory: on the whole host, or in a control group that is held back at its limit.
-- id: R02
-- kind: pressure
-- chapter: sar
-- needs: pressure
-- threshold some_percent = 5 percent: of the time some task waited
-- threshold full_percent = 2 percent: of the time all tasks waited
-- threshold taker_share = 0.1 of MemTotal: what a process took in this capture and keeps, to be named beside the waiting
-- threshold group_percent = 10 percent: of the time all tasks of a control group waited that is stopped at its limit, at half of its readings
WITH waited AS (
  SELECT p.capture_id, p.scope,
    100 * (max(p.total_seconds) - min(p.total_seconds)) / nullif(max(s.t_seconds) - min(s.t_seconds), 0) AS waited_percent,
    max(p.avg10_percent) AS worst_percent
  FROM pressure AS p
  JOIN snapshot AS s USING (capture_id, snapshot)
  WHERE p.resource = 'memory'
  GROUP BY p.capture_id, s.boot, p.scope
), scopes AS (
  SELECT capture_id, max(waited_percent) FILTER (WHERE scope = 'some') AS some_percent,
    max(waited_percent) FILTER (WHERE scope = 'full') AS full_percent, max(worst_percent) AS worst_percent
  FROM waited
  GROUP BY capture_id
), counted AS (
  SELECT capture_id, path, snapshot, current_bytes, pressure_some_avg10_percent AS some_percent, pressure_full_avg10_percent AS full_percent,
    events_high - lag(events_high) OVER w AS highs, events_max - lag(events_max) OVER w AS maxes
  FROM cgroup_memory
  WHERE path <> '/'
  WINDOW w AS (PARTITION BY capture_id, path ORDER BY snapshot)
), stopped AS (
  -- counts since the group was made: one that was made anew begins with less
  SELECT capture_id, path, coalesce(sum(greatest(0, highs)), 0)::BIGINT AS high_stops, coalesce(sum(greatest(0, maxes)), 0)::BIGINT AS max_stops,
    median(some_percent) AS group_some_percent, median(full_percent) AS group_percent, arg_max(current_bytes, snapshot) AS held_bytes
  FROM counted
  GROUP BY capture_id, path
  HAVING high_stops + max_stops > 0 AND group_percent > threshold('R02', 'group_percent')
), held_back AS (
  -- a parent counts the stops of its children as its own
  SELECT d.*
  FROM stopped AS d
  WHERE NOT EXISTS (SELECT 1 FROM stopped AS x WHERE x.capture_id = d.capture_id AND starts_with(x.path, d.path || '/'))
), keeper AS (
  -- who grows still has a finding of its own; who took much and came to rest is no leak, and yet what the others wait for
  SELECT t.capture_id, p.comm || ' (pid ' || p.pid || ')' AS taker, g.taken::BIGINT AS taken_bytes, g.taken / m.total_bytes AS taken_share,
    g.taken_from_ts, series_sql(t.sid) AS series_sql
  FROM trend AS t
  JOIN process AS p ON p.capture_id = t.capture_id AND p.process_id = TRY_CAST(t.subject_id AS INTEGER) AND NOT p.observer
  JOIN (SELECT capture_id, max(mem_total_bytes) AS total_bytes FROM meminfo GROUP BY capture_id) AS m ON m.capture_id = t.capture_id
  JOIN (SELECT capture_id, boot, min(ts) AS first_ts FROM snapshot GROUP BY capture_id, boot) AS b ON b.capture_id = t.capture_id AND b.boot = t.boot,
    -- the series of one that was started meanwhile leaves its start-up out; what it has then it took, too
    LATERAL (SELECT CASE WHEN p.started_at >= b.first_ts THEN t.last_value ELSE t.growth END AS taken,
      CASE WHEN p.started_at >= b.first_ts THEN p.started_at ELSE t.onset_ts END AS taken_from_ts) AS g
  WHERE t.metric = 'proc_anon' AND t.win = 'all' AND t.verdict IN ('step', 'saturating')
    AND t.growth >= threshold('R02', 'taker_share') * m.total_bytes
  QUALIFY row_number() OVER (PARTITION BY t.capture_id ORDER BY t.growth DESC, t.sid) = 1
)
SELECT capture_id, CASE WHEN full_percent > threshold('R02', 'full_percent') THEN 'warning' ELSE 'info' END AS severity, 0.9 AS confidence,
  'host' AS culprit_type, 'host' AS culprit_name, 0 AS rank_bytes, some_percent, full_percent, worst_percent,
  CASE WHEN k.taken_bytes IS NOT NULL THEN 'taker' END AS text, k.taker, k.taken_bytes, k.taken_share, k.taken_from_ts,
  list_filter(['SELECT snapshot, scope, avg10_percent, total_seconds FROM pressure WHERE resource = ''memory'' AND capture_id = ' || h.capture_id || ' ORDER BY snapshot, scope',
    k.series_sql], lambda x: x IS NOT NULL) AS evidence_sql
FROM scopes AS h
LEFT JOIN keeper AS k USING (capture_id)
WHERE (some_percent > threshold('R02', 'some_percent') OR full_percent > threshold('R02', 'full_percent'))
  -- the host waits because of that group
  AND NOT EXISTS (SELECT 1 FROM held_back AS g WHERE g.capture_id = h.capture_id AND g.group_some_percent >= 0.5 * h.some_percent)
UNION ALL BY NAME
SELECT g.capture_id, 'warning' AS severity, 0.9 AS confidence, 'cgroup' AS culprit_type, g.path AS culprit_name, 0 AS rank_bytes, 'group' AS text,
  g.group_percent, nullif(g.high_stops, 0) AS high_stops, nullif(g.max_stops, 0) AS max_stops, g.held_bytes, h.some_percent,
  ['SELECT snapshot, current_bytes, events_high, events_max, pressure_full_avg10_percent FROM cgroup_memory WHERE capture_id = ' || g.capture_id || ' AND path = ''' || replace(g.path, '''', '''''') || ''' ORDER BY snapshot'] AS evidence_sql
FROM held_back AS g
LEFT JOIN scopes AS h USING (capture_id)
ORDER BY capture_id, culprit_type, culprit_name
