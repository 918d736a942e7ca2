-- Files that could not be read, and how often. Absence is data: nothing of this counts as zero.
-- requires: read_gap, path_span
-- order: count DESC, path, outcome
-- limit: 100
-- show: 10
-- members: snapshot.json
-- columns of path_read_gap:
--   path       VARCHAR [file]
--   outcome    VARCHAR [outcome]
--   count      BIGINT  [reads] that ended so
--   snapshots  BIGINT  [snapshots] in which it happened
--   of_snapshots BIGINT [of]
--   detail     VARCHAR [detail]
CREATE OR REPLACE VIEW path_read_gap AS
SELECT g.capture_id, g.path, g.outcome, CAST(sum(g.count) AS BIGINT) AS count, count(DISTINCT g.snapshot) AS snapshots,
       any_value(s.snapshots) AS of_snapshots, min(nullif(g.detail, '')) AS detail
FROM read_gap g
LEFT JOIN path_span s USING (capture_id)
GROUP BY g.capture_id, g.path, g.outcome
ORDER BY g.capture_id, g.path, g.outcome;
