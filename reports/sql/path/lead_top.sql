-- The one thing top shows here.
-- requires: path_top, ended_process
-- columns of lead_top, one row a capture: text: grew | until (it runs no more) | flat; facts of the process that grew most since it was first
-- read (since_ts), else of the biggest; until_ts, last_ts: of the last reading of one that runs no more
CREATE OR REPLACE VIEW lead_top AS
WITH ranked AS (
  SELECT t.*, p.name, row_number() OVER (PARTITION BY t.capture_id ORDER BY greatest(t.growth_bytes, 0) DESC, t.res_bytes DESC, t.process_id) AS nth
  FROM path_top t
  JOIN process p USING (capture_id, process_id)
  WHERE NOT p.observer
)
SELECT capture_id, CASE WHEN r.growth_bytes <= 0 THEN 'flat' WHEN e.process_id IS NULL THEN 'grew' ELSE 'until' END AS text, r.name, r.pid, r.growth_bytes, r.since_ts,
       e.last_ts AS until_ts, e.last_ts, r.res_bytes, r.shr_bytes, r.virt_bytes, r.mem_percent
FROM ranked r
LEFT JOIN ended_process e USING (capture_id, process_id)
WHERE r.nth = 1
ORDER BY capture_id;
