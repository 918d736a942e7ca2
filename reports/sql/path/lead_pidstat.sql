-- The one thing pidstat shows here: of a process that grew and keeps most of what it touches, that it does; else who has the most faults.
-- requires: path_pidstat, lead_top
-- columns of lead_pidstat, one row a capture: text: keeps | faults | major; the process it is about
CREATE OR REPLACE VIEW lead_pidstat AS
WITH ranked AS (
  SELECT s.*, t.pid IS NOT NULL AND s.keeps IS NOT FALSE AS grew,
         row_number() OVER (PARTITION BY s.capture_id
           ORDER BY (t.pid IS NOT NULL AND s.keeps IS NOT FALSE) DESC, s.minflt_per_second + 50 * s.majflt_per_second DESC, s.process_id) AS nth
  FROM path_pidstat s
  JOIN process p USING (capture_id, process_id)
  LEFT JOIN lead_top t ON t.capture_id = s.capture_id AND t.pid = s.pid AND t.text <> 'flat'
    AND t.growth_bytes * t.mem_percent >= t.res_bytes  -- at least 1 % of memory
  WHERE NOT p.observer
)
SELECT capture_id, CASE WHEN grew THEN 'keeps' WHEN majflt_per_second >= 1 THEN 'major' ELSE 'faults' END AS text,
       command, pid, minflt_per_second, majflt_per_second, rate_growth_bytes_per_second AS growth_bytes_per_second
FROM ranked
WHERE nth = 1
ORDER BY capture_id;
