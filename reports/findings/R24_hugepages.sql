-- The pool of huge pages grew within the capture, or holds much memory that nobody uses.
-- id: R24
-- kind: hugepages
-- chapter: meminfo
-- needs: meminfo, meminfo.hugetlb_bytes
-- readings: one
-- threshold waste_share = 0.1 of MemTotal: free and unreserved all the time
-- threshold holder_share = 0.5 of the huge pages in use: held by one process, it is who fills the pool
-- threshold claimed_share = 0.8 of the growth: used or reserved, the pool is what a database set aside for itself when it started,
-- threshold claimed_seconds = 600 s: unless more was claimed within this time before the end,
-- threshold claimed_rest = 0.5 of the time since it grew: or within this; who fills it page by page is told until then
-- threshold left_share = 0.5 of the growth: in use and mapped by no process that runs
-- threshold begun_share = 0.05 of the growth: with less in use nobody fills it yet
WITH grown AS (
  -- a pool never shrinks by itself: one step is as lasting as a slow rise, and nothing else moves this line
  SELECT capture_id, sid, verdict, growth, onset_ts, end_ts, onset_t, end_t
  FROM trend
  WHERE metric = 'host_hugetlb' AND win = 'all' AND verdict IN ('leak', 'step', 'saturating', 'thin') AND growth >= floor
  QUALIFY row_number() OVER (PARTITION BY capture_id ORDER BY growth DESC, sid) = 1
), held AS (
  SELECT capture_id, process_id, arg_max(hugetlb_bytes, snapshot) AS held_bytes, max(hugetlb_bytes) - min(hugetlb_bytes) AS moved_bytes
  FROM process_sample
  WHERE hugetlb_bytes > 0
  GROUP BY capture_id, process_id
), used AS (
  SELECT capture_id, arg_max((huge_pages_total - huge_pages_free) * huge_page_size_bytes, snapshot) AS used_bytes
  FROM meminfo
  WHERE huge_pages_free IS NOT NULL
  GROUP BY capture_id
), holder AS (
  SELECT g.sid, h.process_id, h.held_bytes
  FROM grown AS g
  LEFT JOIN used AS u USING (capture_id)
  JOIN held AS h ON h.capture_id = g.capture_id AND h.held_bytes >= threshold('R24', 'begun_share') * g.growth
    AND h.held_bytes >= threshold('R24', 'holder_share') * coalesce(u.used_bytes, 0.5 * g.growth)
  QUALIFY row_number() OVER (PARTITION BY g.sid ORDER BY h.held_bytes DESC, h.process_id) = 1
), claimed AS (
  -- what is reserved was mapped and is not touched yet: nobody else gets it
  SELECT g.sid
  FROM grown AS g
  JOIN meminfo AS m USING (capture_id)
  JOIN snapshot AS s USING (capture_id, snapshot),
    LATERAL (SELECT (m.huge_pages_total - m.huge_pages_free + coalesce(m.huge_pages_rsvd, 0)) * m.huge_page_size_bytes AS bytes) AS c
  WHERE g.verdict = 'step' AND s.t_seconds BETWEEN g.onset_t AND g.end_t
  GROUP BY g.sid, g.growth, g.onset_t, g.end_t
  HAVING arg_max(c.bytes, s.t_seconds) >= threshold('R24', 'claimed_share') * g.growth
    AND g.end_t - g.onset_t >= threshold('R24', 'claimed_seconds')
    AND max(c.bytes) = min(c.bytes) FILTER (WHERE s.t_seconds >= least(g.end_t - threshold('R24', 'claimed_seconds'), g.end_t - threshold('R24', 'claimed_rest') * (g.end_t - g.onset_t)))
), alive AS (
  -- what those have mapped that ran to the end
  SELECT p.capture_id, sum(h.bytes)::BIGINT AS mapped_bytes
  FROM (SELECT capture_id, process_id, arg_max(hugetlb_bytes, snapshot) AS bytes FROM process_sample WHERE hugetlb_bytes IS NOT NULL GROUP BY ALL) AS h
  JOIN process AS p USING (capture_id, process_id)
  JOIN (SELECT capture_id, max(snapshot) AS snapshot FROM snapshot GROUP BY capture_id) AS l ON l.capture_id = p.capture_id AND l.snapshot = p.last_snapshot
  GROUP BY p.capture_id
), placed AS (
  SELECT capture_id, any_value(mount_point) AS mount_point
  FROM (SELECT DISTINCT capture_id, mount_point FROM filesystem WHERE fstype = 'hugetlbfs')
  GROUP BY capture_id
  HAVING count(*) = 1
), left_over AS (
  -- files outlive who made them; a segment does, too, and has a list of its own
  SELECT g.sid, u.used_bytes::BIGINT AS used_bytes, a.mapped_bytes, (u.used_bytes - a.mapped_bytes)::BIGINT AS left_bytes, p.mount_point
  FROM grown AS g
  JOIN used AS u USING (capture_id)
  JOIN alive AS a USING (capture_id)
  JOIN placed AS p USING (capture_id)
  WHERE u.used_bytes - a.mapped_bytes >= threshold('R24', 'left_share') * g.growth
    AND NOT EXISTS (SELECT 1 FROM shm_segment AS s WHERE s.capture_id = g.capture_id AND s.rss_bytes >= threshold('R24', 'left_share') * g.growth)
), waste AS (
  SELECT capture_id, min((huge_pages_free - coalesce(huge_pages_rsvd, 0)) * huge_page_size_bytes)::BIGINT AS free_bytes,
    min(mem_available_bytes / mem_total_bytes) AS available_share, max(mem_total_bytes) AS mem_total_bytes
  FROM meminfo
  GROUP BY capture_id
)
SELECT g.capture_id, CASE WHEN c.sid IS NULL THEN 'warning' ELSE 'info' END AS severity, 0.8 AS confidence, g.verdict AS trend, g.growth::BIGINT AS growth_bytes,
  g.onset_ts AS first_seen, g.end_ts AS last_seen, CASE WHEN o.sid IS NOT NULL THEN 'files' WHEN c.sid IS NULL THEN 'taken' ELSE 'set_aside' END AS text, NULL::BIGINT AS free_bytes, 'hugepages' AS kind,
  CASE WHEN o.sid IS NOT NULL THEN 'mount' WHEN h.process_id IS NULL THEN 'kernel' ELSE 'process' END AS culprit_type,
  CASE WHEN h.process_id IS NULL THEN coalesce(o.mount_point, 'hugepages') END AS culprit_name, o.used_bytes, o.mapped_bytes, o.left_bytes,
  h.process_id AS process_id, h.held_bytes AS held_bytes, NULL::BIGINT AS rank_bytes, [series_sql(g.sid)] AS evidence_sql
FROM grown AS g
LEFT JOIN holder AS h USING (sid)
LEFT JOIN claimed AS c USING (sid)
LEFT JOIN left_over AS o ON o.sid = g.sid AND c.sid IS NULL AND h.sid IS NULL
UNION ALL BY NAME
SELECT capture_id, CASE WHEN available_share < 0.1 THEN 'warning' ELSE 'info' END AS severity, 0.9 AS confidence, 'flat' AS trend, 'waste' AS text,
  free_bytes, 'configuration' AS kind, 'host' AS culprit_type, 'huge page pool' AS culprit_name, 0 AS rank_bytes,
  ['SELECT snapshot, huge_pages_total, huge_pages_free FROM meminfo ORDER BY snapshot'] AS evidence_sql
FROM waste
WHERE free_bytes > threshold('R24', 'waste_share') * mem_total_bytes
ORDER BY capture_id, kind
