-- Nothing grows that does not come back.
-- id: R00
-- kind: page_cache
-- chapter: top
-- needs: meminfo, meminfo.sunreclaim_bytes, process_sample
SELECT c.capture_id, 'ok' AS severity, 0.9 AS confidence, 'host' AS culprit_type, 'host' AS culprit_name, 'flat' AS trend, 0 AS rank_bytes,
  (SELECT max(t_seconds) - min(t_seconds) FROM snapshot AS s WHERE s.capture_id = c.capture_id) AS span_seconds,
  (SELECT count(*) FROM snapshot AS s WHERE s.capture_id = c.capture_id) AS snapshots,
  (SELECT count(*) FROM process AS p WHERE p.capture_id = c.capture_id) AS processes,
  ['SELECT metric, name, verdict, growth, floor FROM trend ORDER BY metric, name'] AS evidence_sql
FROM capture AS c
WHERE (SELECT count(*) FROM snapshot AS s WHERE s.capture_id = c.capture_id) >= 5
  AND NOT EXISTS (SELECT 1 FROM leak_row AS r WHERE r.capture_id = c.capture_id AND r.severity IN ('warning', 'critical')
    AND r.metric NOT IN ('proc_file', 'host_page_cache', 'host_slab_reclaimable', 'host_used', 'proc_fd', 'proc_sockets'))
  AND NOT EXISTS (SELECT 1 FROM locked_grower AS k WHERE k.capture_id = c.capture_id)
  AND NOT EXISTS (SELECT 1 FROM host_oom_moment AS m WHERE m.capture_id = c.capture_id)
  AND NOT EXISTS (SELECT 1 FROM daemon_kill AS d WHERE d.capture_id = c.capture_id
    AND d.ts BETWEEN (SELECT min(ts) FROM snapshot AS s WHERE s.capture_id = c.capture_id)
      AND (SELECT max(ts) FROM snapshot AS s WHERE s.capture_id = c.capture_id))
  AND NOT EXISTS (SELECT 1 FROM cgroup_kill AS k WHERE k.capture_id = c.capture_id)
ORDER BY c.capture_id
