-- Anonymous memory of the host grows, and nothing that was read lists processes, or lists those whose it is.
-- id: R43
-- kind: private_anonymous
-- chapter: meminfo
-- needs: meminfo
-- grows: host_anon
-- threshold short_share = 0.15 of MemTotal: available at the end; with more left growth over hours may be the day's load
-- threshold listed_share = 0.5 of the growth: gained by less than this in processes that were listed, it is of others: a collector in a container sees its own only
WITH last AS (
  SELECT capture_id, arg_max(mem_available_bytes, snapshot) AS available_bytes, max(mem_total_bytes) AS total_bytes
  FROM meminfo
  GROUP BY capture_id
), member AS (
  -- swapped pages are no AnonPages, either
  SELECT r.sid, r.growth_bytes, s.process_id, bool_or(s.snapshot = e.to_snapshot) AS living,
    coalesce(max(coalesce(s.rss_anon_bytes, s.rss_bytes)) FILTER (WHERE s.snapshot = e.to_snapshot), 0)
      - coalesce(max(coalesce(s.rss_anon_bytes, s.rss_bytes)) FILTER (WHERE s.snapshot = e.from_snapshot), 0) AS bytes
  FROM leak_row AS r,
    LATERAL (SELECT max(x.snapshot) FILTER (WHERE x.snapshot <= r.from_snapshot) AS from_snapshot, max(x.snapshot) AS to_snapshot
      FROM (SELECT DISTINCT capture_id, snapshot FROM process_sample) AS x WHERE x.capture_id = r.capture_id AND x.snapshot <= r.to_snapshot) AS e
  JOIN process_sample AS s ON s.capture_id = r.capture_id AND s.snapshot IN (e.from_snapshot, e.to_snapshot)
  -- what other tools print may be the head of a list
  JOIN capture AS c ON c.capture_id = r.capture_id AND c.origin IS DISTINCT FROM 'evidence'
  WHERE r.metric = 'host_anon' AND e.to_snapshot > e.from_snapshot
  GROUP BY r.sid, r.growth_bytes, s.process_id
), listed AS (
  -- what one lost is not taken off, since pages of a parent and its children count for each: this is rather too much
  SELECT sid, sum(greatest(0, bytes))::BIGINT AS gained_bytes, count(*) FILTER (WHERE living) AS processes
  FROM member
  GROUP BY sid, growth_bytes
  HAVING gained_bytes < threshold('R43', 'listed_share') * growth_bytes
)
SELECT r.* EXCLUDE (severity), CASE WHEN h.sid IS NOT NULL THEN 'unseen' END AS text, h.gained_bytes AS listed_bytes, h.processes AS listed_processes,
  CASE WHEN r.severity <> 'info' AND l.available_bytes < threshold('R43', 'short_share') * l.total_bytes THEN 'warning' ELSE 'info' END AS severity,
  'host' AS culprit_type, 'process unknown' AS culprit_name, l.available_bytes
FROM leak_row AS r
JOIN last AS l USING (capture_id)
LEFT JOIN listed AS h ON h.sid = r.sid
WHERE r.metric = 'host_anon'
  AND (h.sid IS NOT NULL OR NOT EXISTS (SELECT 1 FROM process_sample AS p WHERE p.capture_id = r.capture_id))
ORDER BY r.capture_id, r.sid
