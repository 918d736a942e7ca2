-- Private anonymous memory of one process (heap, stacks, anonymous mappings) grows and does not come back.
-- id: R05
-- kind: private_anonymous
-- chapter: pidstat
-- needs: process_sample, process_sample.rss_anon_bytes, meminfo
-- grows: proc_anon
-- threshold observer_floors = 4 floors: the collector's own heap is the last to be accused
-- threshold slow_confidence = 0.7: a growth below the usual floor is told when it is this steady
-- threshold sure_confidence = 0.8: and in a short capture accused when it is this steady,
-- threshold sure_seconds = 120 s: has gone on for this long, does not slow down,
-- threshold sure_share = 0.4 of what the host lost: and explains as much as one of many cannot
-- threshold slow_share = 0.25 of what the process had before: less is the breath of a large one
-- threshold most_told = 5 processes of one name that are worth a word and no more: of a hundred workers five show it
SELECT r.* EXCLUDE (growth_seconds, severity, trend, exhausted_from, exhausted_to, excuse, granted_bytes),
  CASE WHEN r.excuse = 'ended' THEN 'burst' ELSE r.trend END AS trend,
  -- a heap stops at its limit
  CASE WHEN r.granted_bytes IS NULL THEN r.exhausted_from END AS exhausted_from, CASE WHEN r.granted_bytes IS NULL THEN r.exhausted_to END AS exhausted_to,
  -- in hours it is far from a shortage on a host of this size, in minutes it may be chance
  told.severity, 'process' AS culprit_type, m.largest AS culprit_detail,
  CASE WHEN p.observer THEN 'observer' WHEN r.excuse IN ('heap', 'granted') THEN r.excuse WHEN told.slow AND f.span_seconds < 600 THEN 'brief' WHEN r.excuse IS NOT NULL THEN r.excuse WHEN told.slow THEN 'slow' END AS text,
  -- smaps is read seldom: its readings have a window of their own, and a single one is no growth
  CASE WHEN m.largest_growth > 0 AND m.readings > 1 THEN m.largest END AS largest_mapping,
  CASE WHEN m.largest_growth > 0 AND m.readings > 1 THEN m.largest_growth END AS largest_mapping_bytes,
  m.anonymous_growth AS mappings_growth_bytes, m.seconds AS mapping_seconds,
  CASE WHEN m.largest_growth > 0 AND m.readings = 1 THEN m.largest END AS fullest_mapping,
  CASE WHEN m.largest_growth > 0 AND m.readings = 1 THEN m.largest_growth END AS fullest_mapping_bytes,
  s.rss_bytes AS rss_bytes, s.rss_shmem_bytes + s.rss_file_bytes AS shared_bytes,
  -- what lies in a heap and what lies outside of it are counted by different commands
  CASE WHEN is_java(p.comm, p.exe) AND beside.outside IS NOT TRUE THEN p.pid END AS java_pid,
  CASE WHEN beside.outside THEN p.pid END AS offheap_java_pid,
  CASE WHEN r.excuse = 'heap' THEN r.granted_bytes END AS heap_limit_bytes, CASE WHEN r.excuse = 'granted' THEN r.granted_bytes END AS granted_bytes,
  CASE WHEN r.excuse = 'breath' THEN t.base::BIGINT END AS base_bytes,
  i.afterwards_seconds,
  j.ended AS kin_ended, j.most_bytes AS kin_most_bytes, j.parent_pid AS kin_parent_pid,
  beside.outgrown_heap_bytes, beside.beside_heap_bytes
FROM leak_row AS r
JOIN process_cause AS c USING (sid)
JOIN process AS p ON p.capture_id = r.capture_id AND p.process_id = r.process_id
LEFT JOIN mapping_growth AS m ON m.capture_id = r.capture_id AND m.process_id = r.process_id
LEFT JOIN process_reading AS s ON s.capture_id = r.capture_id AND s.process_id = r.process_id AND s.snapshot = r.to_snapshot
JOIN trend AS t ON t.sid = r.sid
JOIN metric_floor AS f ON f.capture_id = r.capture_id AND f.metric = 'proc_anon'
LEFT JOIN program_limit AS own ON own.sid = r.sid
LEFT JOIN beside_heap AS b ON b.sid = r.sid
LEFT JOIN forked_job AS j ON j.sid = r.sid
LEFT JOIN ended_job AS i ON i.sid = r.sid,
  LATERAL (SELECT r.growth_bytes < f.usual_floor AND NOT (f.span_seconds < 600 AND r.confidence >= threshold('R05', 'sure_confidence')
    AND r.growth_seconds >= threshold('R05', 'sure_seconds') AND r.slowing_share IS NULL
    AND coalesce(r.share_of_loss, 0) >= threshold('R05', 'sure_share')) AS slow, CASE WHEN slow THEN 'info' ELSE r.severity END AS severity) AS told,
  LATERAL (SELECT CASE WHEN t.last_value - own.heap_bytes >= 0.5 * r.growth_bytes THEN own.heap_bytes END AS outgrown_heap_bytes,
    CASE WHEN outside_heap(b.readings, b.growth, b.lost, r.growth_bytes) THEN b.growth END AS beside_heap_bytes,
    outgrown_heap_bytes IS NOT NULL OR beside_heap_bytes IS NOT NULL AS outside) AS beside
WHERE r.metric = 'proc_anon' AND c.cause = 'private_anonymous'
  -- R37 tells of a pool, and of lives that are over and followed by another
  AND r.excuse IS DISTINCT FROM 'pool'
  AND NOT EXISTS (SELECT 1 FROM restarted_life AS l JOIN ended_grower AS e ON e.sid = r.sid WHERE l.capture_id = r.capture_id AND l.process_id = r.process_id)
  AND (r.growth_bytes >= f.usual_floor OR t.floor = f.usual_floor
    OR (r.trend = 'leak' AND r.confidence >= threshold('R05', 'slow_confidence') AND r.growth_bytes >= threshold('R05', 'slow_share') * t.base))
  AND (NOT p.observer OR (t.growth > threshold('R05', 'observer_floors') * f.usual_floor AND r.growth_seconds >= 120))
QUALIFY told.severity <> 'info' OR row_number() OVER (PARTITION BY r.capture_id, r.name, told.severity ORDER BY r.growth_bytes DESC, r.sid) <= threshold('R05', 'most_told')
ORDER BY r.capture_id, r.growth_bytes DESC, r.sid
