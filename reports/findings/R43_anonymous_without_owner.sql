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
), ends AS (
  SELECT r.sid, r.capture_id, r.growth_bytes, e.from_snapshot, e.to_snapshot
  FROM leak_row AS r,
    LATERAL (SELECT max(x.snapshot) FILTER (WHERE x.snapshot <= r.from_snapshot) AS from_snapshot, max(x.snapshot) AS to_snapshot
      FROM (SELECT DISTINCT capture_id, snapshot FROM process_sample) AS x WHERE x.capture_id = r.capture_id AND x.snapshot <= r.to_snapshot) AS e
  -- what other tools print may be the head of a list
  JOIN capture AS c ON c.capture_id = r.capture_id AND c.origin IS DISTINCT FROM 'evidence'
  WHERE r.metric = 'host_anon' AND e.to_snapshot > e.from_snapshot
), member AS (
  -- swapped pages are no AnonPages, either
  SELECT e.sid, e.growth_bytes, s.process_id, bool_or(s.snapshot = e.to_snapshot) AS living,
    coalesce(max(coalesce(s.rss_anon_bytes, s.rss_bytes)) FILTER (WHERE s.snapshot = e.to_snapshot), 0)
      - coalesce(max(coalesce(s.rss_anon_bytes, s.rss_bytes)) FILTER (WHERE s.snapshot = e.from_snapshot), 0) AS bytes
  FROM ends AS e
  JOIN process_sample AS s ON s.capture_id = e.capture_id AND s.snapshot IN (e.from_snapshot, e.to_snapshot)
  GROUP BY e.sid, e.growth_bytes, s.process_id
), forked AS (
  -- pages that a child has in common with its parent: as one of them writes there are two, and RssAnon of neither grows. Who was forked before
  -- the capture has written long since
  SELECT e.sid, sum(least(a.rss_anon_bytes, b.rss_anon_bytes, q.rss_anon_bytes))::BIGINT AS bytes
  FROM ends AS e
  JOIN listed_span AS l ON l.capture_id = e.capture_id
  JOIN process AS c ON c.capture_id = l.capture_id AND c.boot = l.boot AND c.first_snapshot > l.first_snapshot
  JOIN process AS p ON p.capture_id = c.capture_id AND p.boot = c.boot AND p.pid = c.ppid AND p.name = c.name
  JOIN process_sample AS a ON a.capture_id = e.capture_id AND a.snapshot = e.from_snapshot AND a.process_id = c.process_id
  JOIN process_sample AS b ON b.capture_id = e.capture_id AND b.snapshot = e.to_snapshot AND b.process_id = c.process_id
  JOIN process_sample AS q ON q.capture_id = e.capture_id AND q.snapshot = e.from_snapshot AND q.process_id = p.process_id
  GROUP BY e.sid
), listed AS (
  -- what one lost is not taken off, since pages of a parent and its children count for each: this is rather too much
  SELECT m.sid, sum(greatest(0, m.bytes))::BIGINT AS gained_bytes, count(*) FILTER (WHERE m.living) AS processes
  FROM member AS m
  LEFT JOIN forked AS f ON f.sid = m.sid
  GROUP BY m.sid, m.growth_bytes, f.bytes
  HAVING gained_bytes + coalesce(f.bytes, 0) < threshold('R43', 'listed_share') * m.growth_bytes
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
