-- A process makes more and more mappings; at vm.max_map_count the next mmap or malloc fails, however much memory is free.
-- id: R12
-- kind: address_space
-- chapter: pidstat
-- needs: mapping
-- readings: one
-- threshold info_share = 0.5 of vm.max_map_count: half of what the kernel grants
-- threshold warning_share = 0.8 of vm.max_map_count: the next burst may hit it
-- threshold least_growth = 1000 mappings: within the capture; loading libraries and starting threads make hundreds
-- threshold growth_share = 0.2 of the first count: below it a large process only breathes
-- threshold straight = 0.9 correlation with time: a count that jumps about is no leak
WITH filling AS (
  SELECT r.* EXCLUDE (process_id), a.process_id, a.areas, a.vm_growth
  FROM leak_row AS r
  JOIN area_grower AS a USING (sid)
  JOIN bucket_owner AS o USING (sid)
  WHERE o.purpose = 'slab_mappings' AND a.areas >= threshold('R12', 'least_growth')
), counted AS (
  SELECT m.capture_id, m.process_id, m.snapshot, s.ts, s.t_seconds, sum(m.mappings)::BIGINT AS areas
  FROM mapping AS m
  JOIN snapshot AS s USING (capture_id, snapshot)
  GROUP BY ALL
), ends AS (
  SELECT capture_id, process_id, count(*) AS readings, arg_min(areas, snapshot) AS first_mappings, arg_max(areas, snapshot) AS mappings,
    min(ts) AS first_seen, max(ts) AS last_seen, corr(areas, t_seconds) AS straight, regr_slope(areas, t_seconds) AS mappings_per_second,
    arg_max(snapshot, snapshot) AS snapshot
  FROM counted
  GROUP BY capture_id, process_id
), granted AS (
  SELECT c.capture_id, coalesce(max(try_cast(f.value AS BIGINT)), 65530) AS most_mappings
  FROM capture AS c
  LEFT JOIN host_fact AS f ON f.capture_id = c.capture_id AND f.name = 'proc/sys/vm/max_map_count'
  GROUP BY c.capture_id
), judged AS (
  SELECT e.*, g.most_mappings, e.mappings / g.most_mappings AS used_share,
    e.readings >= 3 AND e.mappings - e.first_mappings >= threshold('R12', 'least_growth')
      AND e.mappings - e.first_mappings >= threshold('R12', 'growth_share') * e.first_mappings
      AND e.straight >= threshold('R12', 'straight') AS grows
  FROM ends AS e
  JOIN granted AS g USING (capture_id)
)
SELECT capture_id, CASE WHEN used_share > threshold('R12', 'warning_share') THEN 'warning' ELSE 'info' END AS severity,
  0.8 AS confidence, 'process' AS culprit_type, process_id, 0 AS rank_bytes,
  CASE WHEN grows THEN 'leak' ELSE 'flat' END AS trend, CASE WHEN grows THEN 'grows' END AS text,
  first_seen, last_seen, mappings, mappings - first_mappings AS more_mappings, most_mappings, used_share,
  CASE WHEN grows THEN (most_mappings - mappings) / mappings_per_second END AS left_seconds,
  ['SELECT snapshot, sum(mappings) AS mappings FROM mapping WHERE capture_id = ' || capture_id || ' AND process_id = ' || process_id || ' GROUP BY snapshot ORDER BY snapshot'] AS evidence_sql,
  [member(snapshot, 'pid/smaps')] AS evidence_members
FROM judged
WHERE (used_share > threshold('R12', 'info_share') OR grows)
  AND NOT EXISTS (SELECT 1 FROM filling AS f WHERE f.capture_id = judged.capture_id AND f.process_id = judged.process_id)
UNION ALL BY NAME
-- so many that the kernel's own memory for them shows
SELECT f.* EXCLUDE (severity, areas, vm_growth, exhausted_from, exhausted_to),
  CASE WHEN f.severity = 'critical' THEN 'warning' ELSE f.severity END AS severity, 'process' AS culprit_type, 'slab' AS text, f.areas AS more_mappings, f.vm_growth AS vm_growth_bytes,
  g.most_mappings
FROM filling AS f
JOIN granted AS g USING (capture_id)
ORDER BY capture_id, mappings DESC, process_id
