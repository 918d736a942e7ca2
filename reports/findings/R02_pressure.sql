-- Tasks wait for memory.
-- id: R02
-- kind: pressure
-- chapter: sar
-- needs: pressure
-- threshold some_percent = 5 percent: of the time some task waited
-- threshold full_percent = 2 percent: of the time all tasks waited
WITH waited AS (
  SELECT p.capture_id, p.scope,
    100 * (max(p.total_seconds) - min(p.total_seconds)) / nullif(max(s.t_seconds) - min(s.t_seconds), 0) AS waited_percent,
    max(p.avg10_percent) AS worst_percent
  FROM pressure AS p
  JOIN snapshot AS s USING (capture_id, snapshot)
  WHERE p.resource = 'memory'
  GROUP BY p.capture_id, s.boot, p.scope
), scopes AS (
  SELECT capture_id, max(waited_percent) FILTER (WHERE scope = 'some') AS some_percent,
    max(waited_percent) FILTER (WHERE scope = 'full') AS full_percent, max(worst_percent) AS worst_percent
  FROM waited
  GROUP BY capture_id
)
SELECT capture_id, CASE WHEN full_percent > threshold('R02', 'full_percent') THEN 'warning' ELSE 'info' END AS severity, 0.9 AS confidence,
  'host' AS culprit_type, 'host' AS culprit_name, 0 AS rank_bytes, some_percent, full_percent, worst_percent,
  ['SELECT snapshot, scope, avg10_percent, total_seconds FROM pressure WHERE resource = ''memory'' ORDER BY snapshot, scope'] AS evidence_sql
FROM scopes
WHERE some_percent > threshold('R02', 'some_percent') OR full_percent > threshold('R02', 'full_percent')
ORDER BY capture_id
