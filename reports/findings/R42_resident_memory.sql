-- Resident memory of one process grows, told by a tool that does not say which kind of memory it is.
-- id: R42
-- kind: private_anonymous
-- chapter: pidstat
-- needs: process_sample
-- grows: proc_rss, proc_anon
-- threshold explained_share = 0.5 of the growth: so much of it the host's own anonymous or shared memory must have gained, or its available memory lost, to tell the kind
-- threshold cache_share = 0.25 of the growth: if the host lost less than that, what grew can be dropped
-- threshold critical_share = 0.1 of MemTotal: hours of growth are no reason for alarm by themselves
WITH gauge AS (
  SELECT capture_id, boot, t_seconds, anon_bytes, shmem_bytes FROM memory_ledger WHERE anon_bytes IS NOT NULL
), total AS (
  SELECT capture_id, max(mem_total_bytes) AS mem_total_bytes FROM meminfo GROUP BY capture_id
), grown AS (
  SELECT r.*, b.anon_bytes - a.anon_bytes AS host_anon, b.shmem_bytes - a.shmem_bytes AS host_shmem
  FROM leak_row AS r
  ASOF LEFT JOIN gauge AS a ON a.capture_id = r.capture_id AND a.boot = r.boot AND a.t_seconds <= r.onset_t
  ASOF LEFT JOIN gauge AS b ON b.capture_id = r.capture_id AND b.boot = r.boot AND b.t_seconds <= r.end_t
  -- its heap alone, where nothing tells of the host: R05 holds it against that
  WHERE r.metric = 'proc_rss' OR r.metric = 'proc_anon' AND NOT EXISTS (SELECT 1 FROM meminfo AS m WHERE m.capture_id = r.capture_id)
), gave_back AS (
  -- who ended, or shrank: as much as that the host may have lost to who grew, and MemAvailable does not show it
  SELECT g.sid, sum(greatest(0, a.rss_bytes - coalesce(b.rss_bytes, 0)))::BIGINT AS others_bytes
  FROM grown AS g
  JOIN process_sample AS a ON a.capture_id = g.capture_id AND a.snapshot = g.from_snapshot AND a.process_id <> g.process_id
  LEFT JOIN process_sample AS b ON b.capture_id = g.capture_id AND b.snapshot = g.to_snapshot AND b.process_id = a.process_id
  GROUP BY g.sid
), judged AS (
  SELECT *, (SELECT b.others_bytes FROM gave_back AS b WHERE b.sid = grown.sid) AS others_bytes,
    CASE
      WHEN metric = 'proc_anon' THEN 'private'
      WHEN host_anon >= threshold('R42', 'explained_share') * growth_bytes THEN 'anon'
      WHEN host_shmem >= threshold('R42', 'explained_share') * growth_bytes THEN 'shmem'
      WHEN loss_bytes < threshold('R42', 'cache_share') * growth_bytes
        AND loss_bytes + (SELECT b.others_bytes FROM gave_back AS b WHERE b.sid = grown.sid) >= threshold('R42', 'explained_share') * growth_bytes THEN 'masked'
      WHEN loss_bytes < threshold('R42', 'cache_share') * growth_bytes THEN 'cache'
      WHEN loss_bytes >= threshold('R42', 'explained_share') * growth_bytes THEN 'lost'
      ELSE 'alone'
    END AS text
  FROM grown
)
SELECT j.* EXCLUDE (severity, confidence, growth_seconds, host_anon, host_shmem, others_bytes), CASE WHEN j.text = 'masked' THEN j.others_bytes END AS masked_bytes,
  CASE
    WHEN j.text IN ('cache', 'masked') THEN 'info'
    WHEN j.severity = 'critical' AND (j.text IN ('alone', 'private') OR coalesce(j.growth_bytes < threshold('R42', 'critical_share') * t.mem_total_bytes, true))
      THEN 'warning'
    ELSE j.severity
  END AS severity,
  round(j.confidence * CASE j.text WHEN 'anon' THEN 1 WHEN 'private' THEN 1 WHEN 'lost' THEN 0.9 ELSE 0.7 END, 3) AS confidence,
  CASE j.text WHEN 'cache' THEN 'shared_file_mapping' WHEN 'shmem' THEN 'shared_anonymous' ELSE 'private_anonymous' END AS kind,
  'process' AS culprit_type, s.rss_bytes AS rss_bytes, j.host_anon AS host_anon_bytes, j.host_shmem AS host_shmem_bytes
FROM judged AS j
LEFT JOIN total AS t ON t.capture_id = j.capture_id
LEFT JOIN process_sample AS s ON s.capture_id = j.capture_id AND s.process_id = j.process_id AND s.snapshot = j.to_snapshot
ORDER BY j.capture_id, j.growth_bytes DESC, j.sid
