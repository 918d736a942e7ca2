-- Who runs no more: no command can be given the number of such a process, and it takes nothing any more.
-- requires: snapshot, capture, process, process_sample
-- Boots that are over, as this capture or a later one of the same host shows.
-- columns of ended_boot: capture_id, boot INTEGER
CREATE OR REPLACE TABLE ended_boot AS
WITH life AS (
  SELECT s.capture_id, s.boot, any_value(c.host) AS host, any_value(c.case_id) AS case_id, any_value(s.boot_id) AS boot_id, min(s.ts) AS first_ts, max(s.ts) AS last_ts
  FROM snapshot AS s
  JOIN capture AS c USING (capture_id)
  GROUP BY s.capture_id, s.boot
)
SELECT a.capture_id, a.boot
FROM life AS a
WHERE EXISTS (SELECT 1 FROM life AS b
  WHERE b.capture_id = a.capture_id AND b.boot > a.boot
    OR b.capture_id <> a.capture_id AND b.case_id IS NOT DISTINCT FROM a.case_id AND b.host = a.host AND b.boot_id <> a.boot_id AND b.first_ts > a.last_ts)
ORDER BY a.capture_id, a.boot;

-- Processes whose boot is over, or that were no longer there at the last pass over all of them. What other tools print may leave a
-- process out that lives.
-- columns of ended_process: capture_id, process_id INTEGER; last_ts TIMESTAMP UTC of the last reading;
--   successor_pid INTEGER  the youngest of its name and control group that was there at the last pass, NULL where there was none
CREATE OR REPLACE TABLE ended_process AS
WITH last AS (
  SELECT capture_id, max(snapshot) AS snapshot FROM process_sample GROUP BY capture_id
), living AS (
  SELECT p.capture_id, p.name, p.cgroup, arg_max(p.pid, (p.started_at, p.process_id)) AS pid
  FROM process AS p
  JOIN last AS l ON l.capture_id = p.capture_id AND l.snapshot = p.last_snapshot
  WHERE NOT p.kernel_thread AND NOT EXISTS (SELECT 1 FROM ended_boot AS e WHERE e.capture_id = p.capture_id AND e.boot = p.boot)
  GROUP BY p.capture_id, p.name, p.cgroup
)
SELECT p.capture_id, p.process_id, s.ts AS last_ts, y.pid AS successor_pid
FROM process AS p
JOIN capture AS c USING (capture_id)
JOIN last AS l USING (capture_id)
JOIN snapshot AS s ON s.capture_id = p.capture_id AND s.snapshot = p.last_snapshot
LEFT JOIN ended_boot AS e ON e.capture_id = p.capture_id AND e.boot = p.boot
LEFT JOIN living AS y ON y.capture_id = p.capture_id AND y.name = p.name AND y.cgroup IS NOT DISTINCT FROM p.cgroup
WHERE e.boot IS NOT NULL OR c.origin IS DISTINCT FROM 'evidence' AND p.last_snapshot < l.snapshot
ORDER BY p.capture_id, p.process_id;
