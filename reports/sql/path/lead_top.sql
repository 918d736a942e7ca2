-- The one thing top shows here.
-- requires: path_top
-- columns of lead_top, one row a capture: text: grew | flat; facts of the process that grew most since it was first
-- read (since_ts), else of the biggest
CREATE OR REPLACE VIEW lead_top AS
WITH ranked AS (
  SELECT t.*, p.name, row_number() OVER (PARTITION BY t.capture_id ORDER BY greatest(t.growth_bytes, 0) DESC, t.res_bytes DESC, t.process_id) AS nth
  FROM path_top t
  JOIN process p USING (capture_id, process_id)
  WHERE NOT p.observer
)
SELECT capture_id, CASE WHEN growth_bytes > 0 THEN 'grew' ELSE 'flat' END AS text, name, pid, growth_bytes, since_ts, res_bytes, shr_bytes, virt_bytes, mem_percent
FROM ranked
WHERE nth = 1
ORDER BY capture_id;
