-- Anonymous memory of the host grows, and nothing that was read lists processes.
-- id: R43
-- kind: private_anonymous
-- chapter: meminfo
-- needs: meminfo
-- grows: host_anon
-- threshold short_share = 0.15 of MemTotal: available at the end; with more left growth over hours may be the day's load
WITH last AS (
  SELECT capture_id, arg_max(mem_available_bytes, snapshot) AS available_bytes, max(mem_total_bytes) AS total_bytes
  FROM meminfo
  GROUP BY capture_id
)
SELECT r.* EXCLUDE (severity),
  CASE WHEN r.severity <> 'info' AND l.available_bytes < threshold('R43', 'short_share') * l.total_bytes THEN 'warning' ELSE 'info' END AS severity,
  'host' AS culprit_type, 'process unknown' AS culprit_name, l.available_bytes
FROM leak_row AS r
JOIN last AS l USING (capture_id)
WHERE r.metric = 'host_anon'
  AND NOT EXISTS (SELECT 1 FROM process_sample AS p WHERE p.capture_id = r.capture_id)
ORDER BY r.capture_id, r.sid
