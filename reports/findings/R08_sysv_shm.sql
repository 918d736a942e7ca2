-- System V shared memory segments grow or are made and never removed; a segment outlives whoever made it.
-- id: R08
-- kind: sysv_shm
-- chapter: tmpfs
-- needs: meminfo
-- clears: shm_segment, meminfo.shmem_bytes
-- threshold made_share = 0.25 of the time of growth: segments that were all made by then are no leak by themselves
-- threshold orphan_share = 0.02 of MemTotal in segments that nobody has attached: memory in no process's RES
WITH now AS (
  SELECT m.capture_id, m.snapshot, count(*) FILTER (WHERE m.attached = 0) AS unattached,
    coalesce(sum(m.rss_bytes) FILTER (WHERE m.attached = 0), 0)::BIGINT AS unattached_bytes, count(*) AS segments,
    coalesce(sum(m.rss_bytes), 0)::BIGINT AS segment_bytes, sum(m.size_bytes)::BIGINT AS size_bytes
  FROM shm_segment AS m
  GROUP BY m.capture_id, m.snapshot
  QUALIFY row_number() OVER (PARTITION BY m.capture_id ORDER BY m.snapshot DESC) = 1
), made AS (
  SELECT m.capture_id, s.t_seconds, sum(m.size_bytes)::BIGINT AS size_bytes
  FROM shm_segment AS m
  JOIN snapshot AS s USING (capture_id, snapshot)
  GROUP BY ALL
), filling AS (
  -- a cache whose segments are as large as they were made early in the growth, and only fill: they are full at that size, and the host has room for it
  SELECT r.sid, any_value(n.size_bytes) AS size_bytes
  FROM leak_row AS r
  JOIN now AS n USING (capture_id)
  JOIN meminfo AS h ON h.capture_id = r.capture_id AND h.snapshot = r.to_snapshot
  JOIN made AS a ON a.capture_id = r.capture_id AND a.t_seconds BETWEEN r.onset_t + threshold('R08', 'made_share') * (r.end_t - r.onset_t) AND r.end_t
  WHERE r.metric = 'host_shmem' AND n.size_bytes - n.segment_bytes BETWEEN 0 AND h.mem_available_bytes AND n.unattached_bytes = 0
  GROUP BY r.sid
  HAVING min(a.size_bytes) = max(a.size_bytes) AND max(a.size_bytes) = any_value(n.size_bytes)
), grown AS (
  SELECT r.* EXCLUDE (process_id, severity, exhausted_from, exhausted_to), o.name AS culprit_name, o.process_id AS process_id, o.detail AS culprit_detail,
    CASE WHEN f.sid IS NOT NULL THEN 'filling' WHEN o.process_id IS NULL THEN 'orphan' END AS text, CASE WHEN f.sid IS NULL THEN r.severity ELSE 'info' END AS severity,
    CASE WHEN f.sid IS NULL THEN r.exhausted_from END AS exhausted_from, CASE WHEN f.sid IS NULL THEN r.exhausted_to END AS exhausted_to, f.size_bytes AS made_bytes,
    o.growth AS owner_bytes, o.share AS of_shmem_share, o.detail AS segments,
    n.segment_bytes - n.unattached_bytes AS attached_bytes, n.unattached_bytes AS unattached_bytes
  FROM leak_row AS r
  JOIN bucket_owner AS o ON o.sid = r.sid
  LEFT JOIN now AS n ON n.capture_id = r.capture_id
  LEFT JOIN filling AS f ON f.sid = r.sid
  WHERE r.metric = 'host_shmem' AND o.owner_type = 'segment'
)
SELECT g.*, 'segment' AS culprit_type
FROM grown AS g
UNION ALL BY NAME
-- there before the capture began: no growth, but memory that stays until somebody removes it
SELECT n.capture_id, 'info' AS severity, 0.9 AS confidence, 'segment' AS culprit_type, 'unattached segments' AS culprit_name, 'flat' AS trend,
  0 AS rank_bytes, 'level' AS text, n.unattached, n.unattached_bytes, n.unattached_bytes / h.total_bytes AS held_share,
  ['SELECT snapshot, shmid, creator_pid, last_pid, attached, rss_bytes FROM shm_segment WHERE capture_id = ' || n.capture_id || ' AND attached = 0 ORDER BY snapshot, rss_bytes DESC, shmid'] AS evidence_sql,
  [member(n.snapshot, 'proc/sysvipc/shm')] AS evidence_members
FROM now AS n
JOIN (SELECT capture_id, max(mem_total_bytes) AS total_bytes FROM meminfo GROUP BY capture_id) AS h USING (capture_id)
WHERE n.unattached_bytes >= threshold('R08', 'orphan_share') * h.total_bytes
  AND NOT EXISTS (SELECT 1 FROM grown AS g WHERE g.capture_id = n.capture_id)
ORDER BY capture_id, sid, culprit_name
