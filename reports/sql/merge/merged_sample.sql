-- What several texts tell of one process at one moment, as one row; and where they contradict each other.
-- beside: the rows of process_sample that other texts list at moments which the table has, of one capture
-- RSS and its parts from one text: where they are read a second apart a sum of both is nobody's
CREATE OR REPLACE TEMP TABLE merged_sample AS
SELECT capture_id, snapshot, process_id, min(state) AS state,
  arg_max(COLUMNS(* EXCLUDE (capture_id, snapshot, process_id, state)), (rss_anon_bytes IS NOT NULL, COLUMNS(* EXCLUDE (capture_id, snapshot, process_id, state))))
FROM (
  FROM process_sample AS s
  WHERE EXISTS (FROM beside AS b WHERE s.capture_id = b.capture_id AND s.snapshot = b.snapshot AND s.process_id = b.process_id)
  UNION ALL BY NAME
  FROM beside
)
GROUP BY capture_id, snapshot, process_id;

-- a process that moves as much between two moments does so between two texts of one, too
INSERT INTO evidence_conflict (capture_id, snapshot, what, value, other_value)
WITH extreme AS (
  SELECT capture_id, snapshot, process_id, min(rss_bytes) AS least, max(rss_bytes) AS most
  FROM (
    SELECT capture_id, snapshot, process_id, rss_bytes FROM process_sample WHERE capture_id IN (SELECT capture_id FROM beside)
    UNION ALL
    SELECT capture_id, snapshot, process_id, rss_bytes FROM beside
  )
  GROUP BY ALL
), move AS (
  SELECT capture_id, process_id, max(greatest(most - least_before, most_before - least)) AS largest
  FROM (
    SELECT *, lag(least) OVER before AS least_before, lag(most) OVER before AS most_before
    FROM extreme
    WINDOW before AS (PARTITION BY capture_id, process_id ORDER BY snapshot)
  )
  GROUP BY ALL
)
SELECT capture_id, snapshot, 'rss_bytes of process ' || process_id, m.rss_bytes, CASE WHEN m.rss_bytes = e.least THEN e.most ELSE e.least END
FROM merged_sample AS m
JOIN extreme AS e USING (capture_id, snapshot, process_id)
LEFT JOIN move AS v USING (capture_id, process_id)
WHERE e.most - e.least > greatest(16777216, e.most // 10, 2 * coalesce(v.largest, 0))
ORDER BY snapshot, process_id
LIMIT 200;

DELETE FROM process_sample AS s
USING merged_sample AS m
WHERE s.capture_id = m.capture_id AND s.snapshot = m.snapshot AND s.process_id = m.process_id;

INSERT INTO process_sample BY NAME
FROM merged_sample
ORDER BY snapshot, process_id;

DROP TABLE merged_sample;
