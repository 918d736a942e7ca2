-- Pressure stall information: how much of the time somebody (some) or everybody (full) waited.
-- requires: pressure, snapshot, path_moment
-- order: resource, scope
-- limit: 12
-- show: 12
-- members: proc/pressure
-- columns of path_sar_pressure:
--   resource           VARCHAR  [resource]
--   scope              VARCHAR  [scope] some: at least one task waited; full: all did
--   waited_seconds     DOUBLE   [waited] in the capture
--   waited_percent     DOUBLE   [% of the time]
--   peak_avg10_percent DOUBLE   [avg10 peak]
--   last_avg10_percent DOUBLE   [avg10 last]
--   last_avg300_percent DOUBLE  [avg300 last]
--   avg10_spark        DOUBLE[] [avg10 over time]
CREATE OR REPLACE VIEW path_sar_pressure AS
SELECT p.capture_id, p.resource, p.scope,
       arg_max(p.total_seconds, s.snapshot) - arg_min(p.total_seconds, s.snapshot) AS waited_seconds,
       CASE WHEN max(s.t_seconds) > min(s.t_seconds)
            THEN 100.0 * (arg_max(p.total_seconds, s.snapshot) - arg_min(p.total_seconds, s.snapshot)) / (max(s.t_seconds) - min(s.t_seconds)) END AS waited_percent,
       max(p.avg10_percent) AS peak_avg10_percent,
       arg_max(p.avg10_percent, s.snapshot) AS last_avg10_percent,
       arg_max(p.avg300_percent, s.snapshot) AS last_avg300_percent,
       list(p.avg10_percent ORDER BY s.snapshot) FILTER (WHERE m.moment IS NOT NULL) AS avg10_spark
FROM pressure p
JOIN snapshot s USING (capture_id, snapshot)
LEFT JOIN path_moment m ON m.capture_id = p.capture_id AND m.snapshot = p.snapshot
GROUP BY p.capture_id, p.resource, p.scope
HAVING max(s.boot) = min(s.boot)
ORDER BY p.capture_id, p.resource, p.scope;
