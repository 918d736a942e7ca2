-- What this capture cannot tell: gaps, unreadable files, damage, a short span.
-- id: R33
-- kind: data_quality
-- chapter: quality
-- threshold short_seconds = 100 seconds: below it a start-up or one rise of a cache can look like a leak
-- threshold few_snapshots = 12 snapshots: fewer make thin statistics
WITH extent AS (
  SELECT capture_id, count(*) AS snapshots, max(t_seconds) - min(t_seconds) AS span_seconds FROM snapshot GROUP BY capture_id
), unreadable AS (
  SELECT capture_id, string_agg(path || ' (' || outcome || ')', ', ' ORDER BY reads DESC, path) FILTER (WHERE place <= 8) AS files, count(*) AS kinds
  FROM (
    SELECT capture_id, path, outcome, sum(count)::BIGINT AS reads,
      row_number() OVER (PARTITION BY capture_id ORDER BY sum(count) DESC, path, outcome) AS place
    FROM read_gap
    WHERE outcome IN ('EACCES', 'EPERM', 'TIMEOUT', 'QUARANTINED', 'EIO')
      -- a file that can only be written to hides nothing
      AND NOT ends_with(path, '/demote')
    GROUP BY capture_id, path, outcome)
  GROUP BY capture_id
), damaged AS (
  SELECT capture_id, count(*) FILTER (WHERE state IN ('damaged', 'lost')) AS damaged, count(*) FILTER (WHERE state = 'open') AS open,
    string_agg('segment ' || segment || coalesce(', snapshots ' || first_snapshot || ' to ' || last_snapshot, ''), '; ' ORDER BY segment)
      FILTER (WHERE state IN ('damaged', 'lost')) AS segments
  FROM segment
  GROUP BY capture_id
), issues AS (
  SELECT capture_id, count(*) AS issues, arg_min(reason, (regexp_matches(reason, '^\d+ more '), coalesce(member, ''), coalesce(line, 0))) AS first_issue
  FROM ingest_issue
  WHERE severity IN ('warning', 'error')
  GROUP BY capture_id
), gaps AS (
  SELECT capture_id, count(*) AS gaps, max(gap_seconds) AS longest_seconds FROM capture_gap GROUP BY capture_id
), said AS (
  SELECT e.capture_id, 'short' AS text, 'info' AS severity, e.snapshots, e.span_seconds, NULL::VARCHAR AS files, NULL::BIGINT AS number, NULL::DOUBLE AS longest_seconds, NULL::TIMESTAMP AS last_read_ts
  FROM extent AS e
  WHERE e.span_seconds < threshold('R33', 'short_seconds') OR e.snapshots < threshold('R33', 'few_snapshots')
  -- who was root already is not told to become it
  UNION ALL SELECT u.capture_id, CASE WHEN c.privileged THEN 'refused' ELSE 'unreadable' END, 'info', NULL, NULL, u.files, u.kinds, NULL, NULL
    FROM unreadable AS u JOIN capture AS c USING (capture_id)
  UNION ALL SELECT capture_id, 'damaged', 'warning', NULL, NULL, coalesce(segments, '?'), damaged, NULL, NULL FROM damaged WHERE damaged > 0
  UNION ALL SELECT d.capture_id, 'open', 'info', count(s.snapshot), NULL, NULL, d.open, NULL, max(s.ts)
    FROM damaged AS d LEFT JOIN snapshot AS s USING (capture_id) WHERE d.open > 0 GROUP BY d.capture_id, d.open
  UNION ALL SELECT capture_id, 'issues', 'info', NULL, NULL, first_issue, issues, NULL, NULL FROM issues
  UNION ALL SELECT capture_id, 'gaps', 'info', NULL, NULL, NULL, gaps, longest_seconds, NULL FROM gaps
  UNION ALL SELECT c.capture_id, 'empty', 'warning', 0, NULL, NULL, NULL, NULL, NULL FROM capture AS c
    -- of what other tools wrote R34 says what it tells
    WHERE c.origin IS DISTINCT FROM 'evidence' AND NOT EXISTS (SELECT 1 FROM snapshot AS s WHERE s.capture_id = c.capture_id)
)
SELECT *, 1.0 AS confidence, 0 AS rank_bytes,
  [CASE text WHEN 'issues' THEN 'SELECT * FROM ingest_issue' WHEN 'gaps' THEN 'SELECT * FROM capture_gap' WHEN 'short' THEN 'SELECT snapshot, ts, t_seconds FROM snapshot'
      WHEN 'unreadable' THEN 'SELECT path, outcome, sum(count) AS reads FROM read_gap' WHEN 'refused' THEN 'SELECT path, outcome, sum(count) AS reads FROM read_gap'
      ELSE 'SELECT * FROM segment' END
    || ' WHERE capture_id = ' || capture_id
    || CASE text WHEN 'issues' THEN ' ORDER BY member, line' WHEN 'gaps' THEN ' ORDER BY from_ts' WHEN 'short' THEN ' ORDER BY snapshot'
      WHEN 'unreadable' THEN ' GROUP BY ALL ORDER BY reads DESC, path' WHEN 'refused' THEN ' GROUP BY ALL ORDER BY reads DESC, path'
      ELSE ' ORDER BY segment' END] AS evidence_sql
FROM said
ORDER BY capture_id, text
