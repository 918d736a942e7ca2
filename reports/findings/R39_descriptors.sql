-- A process holds more and more descriptors; each holds memory of the kernel, and at its limit it can open nothing any more.
-- id: R39
-- kind: configuration
-- chapter: pidstat
-- needs: fd_count
-- threshold info_share = 0.6 of the limit on open files: more than half, worth a word
-- threshold kind_share = 0.3 of its descriptors are of one kind: a handful says nothing
-- threshold warning_share = 0.85 of the limit on open files: the next burst may hit it
WITH latest AS (
  SELECT capture_id, process_id, max(snapshot) AS snapshot, arg_max(total, snapshot) AS descriptors,
    arg_max(sockets, snapshot) AS sockets, arg_max(pipes, snapshot) AS pipes, arg_max(files, snapshot) AS files
  FROM fd_count
  WHERE total IS NOT NULL
  GROUP BY capture_id, process_id
), granted AS (
  SELECT capture_id, process_id, arg_max(soft, snapshot) AS most_descriptors
  FROM process_limit
  WHERE name = 'Max open files'
  GROUP BY capture_id, process_id
), kind AS (
  SELECT k.capture_id, k.process_id, arg_max(k.target, k.descriptors) AS target, max(k.descriptors) AS target_descriptors
  FROM fd_kind AS k
  JOIN latest AS l USING (capture_id, process_id, snapshot)
  GROUP BY k.capture_id, k.process_id
), judged AS (
  SELECT l.*, k.target, k.target_descriptors, g.most_descriptors, l.descriptors / nullif(g.most_descriptors, 0) AS used_share,
    t.growth_bytes AS more_descriptors, t.first_seen, t.last_seen, t.rate_bytes_per_second AS per_second
  FROM latest AS l
  LEFT JOIN granted AS g USING (capture_id, process_id)
  LEFT JOIN kind AS k ON k.capture_id = l.capture_id AND k.process_id = l.process_id AND k.target_descriptors >= threshold('R39', 'kind_share') * l.descriptors
  LEFT JOIN leak_row AS t ON t.capture_id = l.capture_id AND t.process_id = l.process_id AND t.metric = 'proc_fd'
)
SELECT capture_id, CASE WHEN used_share > threshold('R39', 'warning_share') THEN 'warning' ELSE 'info' END AS severity, 0.8 AS confidence,
  'process' AS culprit_type, process_id, 0 AS rank_bytes, CASE WHEN more_descriptors IS NULL THEN 'flat' ELSE 'leak' END AS trend,
  CASE WHEN more_descriptors IS NOT NULL THEN 'grows' END AS text,
  first_seen, last_seen, descriptors, sockets, pipes, files, target, target_descriptors, more_descriptors, most_descriptors, used_share,
  CASE WHEN per_second > 0 AND most_descriptors > descriptors THEN (most_descriptors - descriptors) / per_second END AS left_seconds,
  ['SELECT snapshot, total, sockets, pipes, files FROM fd_count WHERE capture_id = ' || capture_id || ' AND process_id = ' || process_id || ' ORDER BY snapshot'] AS evidence_sql,
  [member(snapshot, 'pid/fd')] AS evidence_members
FROM judged
WHERE used_share > threshold('R39', 'info_share') OR more_descriptors IS NOT NULL
ORDER BY capture_id, descriptors DESC, process_id
