-- Many small processes of one name pile up; no single one is large.
-- id: R32
-- kind: process_count
-- chapter: pidstat
-- needs: process_sample
-- threshold single_share = 0.4 of the growth of the group: more by one process is that process
WITH group_bytes AS (
  SELECT a.capture_id, a.sid, g.growth_bytes, g.rate_bytes_per_second, g.confidence
  FROM leak_row AS a
  JOIN leak_row AS g ON g.capture_id = a.capture_id AND g.subject_id = a.subject_id AND g.metric = 'group_anon'
  WHERE a.metric = 'group_count'
), single AS (
  SELECT r.capture_id, r.name, max(r.growth_bytes) AS bytes
  FROM leak_row AS r
  WHERE r.metric = 'proc_anon'
  GROUP BY r.capture_id, r.name
)
SELECT r.* EXCLUDE (process_id, severity, growth_bytes, rate_bytes_per_second, rate_low, rate_high, share_of_loss, exhausted_from, exhausted_to),
  -- a crowd that takes little memory is worth a word, no alarm
  CASE WHEN b.growth_bytes IS NULL THEN 'info' ELSE r.severity END AS severity,
  r.growth_bytes AS processes, b.growth_bytes AS growth_bytes, b.rate_bytes_per_second AS rate_bytes_per_second,
  share_of(b.growth_bytes, r.loss_bytes) AS share_of_loss,
  'group' AS culprit_type, r.name AS culprit_name, r.growth_bytes || ' more processes' AS culprit_detail
FROM leak_row AS r
LEFT JOIN group_bytes AS b ON b.sid = r.sid
LEFT JOIN single AS s ON s.capture_id = r.capture_id AND s.name = r.name
WHERE r.metric = 'group_count' AND coalesce(s.bytes, 0) < threshold('R32', 'single_share') * coalesce(b.growth_bytes, 1)
  OR (r.metric = 'group_count' AND s.bytes IS NULL)
ORDER BY r.capture_id, r.sid
