-- System V shared memory segments grow or are made and never removed; a segment outlives whoever made it.
-- id: R08
-- kind: sysv_shm
-- chapter: tmpfs
-- needs: meminfo
-- threshold orphan_share = 0.02 of MemTotal in segments that nobody has attached: memory in no process's RES
WITH now AS (
  SELECT m.capture_id, m.snapshot, count(*) FILTER (WHERE m.attached = 0) AS unattached,
    coalesce(sum(m.rss_bytes) FILTER (WHERE m.attached = 0), 0)::BIGINT AS unattached_bytes, count(*) AS segments,
    coalesce(sum(m.rss_bytes), 0)::BIGINT AS segment_bytes
  FROM shm_segment AS m
  GROUP BY m.capture_id, m.snapshot
  QUALIFY row_number() OVER (PARTITION BY m.capture_id ORDER BY m.snapshot DESC) = 1
), grown AS (
  SELECT r.* EXCLUDE (process_id), o.name AS culprit_name, o.process_id AS process_id, o.detail AS culprit_detail,
    CASE WHEN o.process_id IS NULL THEN 'orphan' END AS text,
    o.growth AS owner_bytes, o.share AS of_shmem_share, o.detail AS segments,
    n.segment_bytes - n.unattached_bytes AS attached_bytes, n.unattached_bytes AS unattached_bytes
  FROM leak_row AS r
  JOIN bucket_owner AS o ON o.sid = r.sid
  LEFT JOIN now AS n ON n.capture_id = r.capture_id
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
