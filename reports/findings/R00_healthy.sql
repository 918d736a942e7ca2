-- Nothing grows that does not come back.
-- id: R00
-- kind: page_cache
-- chapter: top
-- needs: meminfo, meminfo.sunreclaim_bytes, process_sample
WITH span AS (
  SELECT capture_id, max(t_seconds) - min(t_seconds) AS span_seconds, count(*) AS snapshots, min(ts) AS first_ts, max(ts) AS last_ts
  FROM snapshot
  GROUP BY capture_id
), living AS (
  SELECT capture_id, count(*) AS processes FROM process GROUP BY capture_id
), seldom AS (
  -- of other tools: days of sar beside one list of processes clear nobody
  SELECT c.capture_id
  FROM capture AS c
  WHERE c.origin = 'evidence'
    AND (fewest_readings() > (SELECT count(DISTINCT p.snapshot) FROM process_sample AS p WHERE p.capture_id = c.capture_id)
      OR fewest_readings() > (SELECT count(*) FROM meminfo AS m WHERE m.capture_id = c.capture_id AND m.sunreclaim_bytes IS NOT NULL))
), accused AS (
  SELECT capture_id
  FROM leak_row
  WHERE severity IN ('warning', 'critical')
    AND metric NOT IN ('proc_file', 'host_page_cache', 'host_slab_reclaimable', 'host_used', 'proc_fd', 'proc_sockets')
  UNION ALL
  SELECT capture_id FROM locked_grower
  UNION ALL
  -- no life of it lasts long enough to be a row there
  SELECT capture_id FROM restarted
  UNION ALL
  SELECT capture_id FROM host_oom_moment
  UNION ALL
  SELECT d.capture_id FROM daemon_kill AS d JOIN span AS s ON s.capture_id = d.capture_id AND d.ts BETWEEN s.first_ts AND s.last_ts
  UNION ALL
  SELECT capture_id FROM cgroup_kill
)
SELECT s.capture_id, 'ok' AS severity, 0.9 AS confidence, 'host' AS culprit_type, 'host' AS culprit_name, 'flat' AS trend, 0 AS rank_bytes,
  s.span_seconds, s.snapshots, coalesce(p.processes, 0) AS processes,
  ['SELECT metric, name, verdict, growth, floor FROM trend WHERE capture_id = ' || s.capture_id || ' ORDER BY metric, name'] AS evidence_sql
FROM span AS s
LEFT JOIN living AS p ON p.capture_id = s.capture_id
WHERE s.snapshots >= fewest_readings() AND s.capture_id NOT IN (SELECT capture_id FROM accused UNION SELECT capture_id FROM seldom)
ORDER BY s.capture_id
