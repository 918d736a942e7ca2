-- The one thing pidstat shows here.
-- requires: path_pidstat
-- columns of lead_pidstat, one row a capture: text: faults | major; the process with the most faults
CREATE OR REPLACE VIEW lead_pidstat AS
WITH ranked AS (
  SELECT s.*, row_number() OVER (PARTITION BY s.capture_id ORDER BY s.minflt_per_second + 50 * s.majflt_per_second DESC, s.process_id) AS nth
  FROM path_pidstat s
  JOIN process p USING (capture_id, process_id)
  WHERE NOT p.observer
)
SELECT capture_id, CASE WHEN majflt_per_second >= 1 THEN 'major' ELSE 'faults' END AS text, command, pid, minflt_per_second, majflt_per_second,
       rate_growth_bytes_per_second AS growth_bytes_per_second
FROM ranked
WHERE nth = 1
ORDER BY capture_id;
