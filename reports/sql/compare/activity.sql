-- What the kernel had to do for want of memory, per second, on both sides.
-- requires: compare_reading, vmstat, pressure
-- order: position
-- limit: 20
-- show: 20
-- members: proc/vmstat, proc/pressure/memory
-- columns of compare_activity:
--   position           INTEGER  order on the page
--   name               VARCHAR  [counter] as /proc/vmstat names it; memory pressure (PSI) in percent of the time
--   before_per_second  DOUBLE   [before] a second
--   after_per_second   DOUBLE   [after] a second
CREATE OR REPLACE VIEW compare_activity AS
WITH wanted(position, name) AS (
  VALUES (1, 'pgfault'), (2, 'pgmajfault'), (3, 'pswpin'), (4, 'pswpout'), (5, 'pgscan_direct'), (6, 'pgscan_kswapd'),
    (7, 'allocstall_normal'), (8, 'allocstall_movable'), (9, 'workingset_refault_anon'), (10, 'workingset_refault_file'),
    (11, 'compact_fail'), (12, 'oom_kill')
), counted AS (
  SELECT r.side, v.name, r.boot, max(v.value) - min(v.value) AS events, max(r.t_seconds) - min(r.t_seconds) AS seconds
  FROM compare_reading AS r
  JOIN vmstat AS v ON v.capture_id = r.capture_id AND v.snapshot = r.snapshot
  WHERE v.name IN (SELECT name FROM wanted)
  GROUP BY ALL
), rate AS (
  SELECT side, name, sum(events) / nullif(sum(seconds), 0) AS per_second
  FROM counted
  GROUP BY ALL
  UNION ALL
  SELECT r.side, 'PSI memory ' || p.scope || ' %', 100 * (max(p.total_seconds) - min(p.total_seconds))
    / nullif(max(r.t_seconds) - min(r.t_seconds), 0)
  FROM compare_reading AS r
  JOIN pressure AS p ON p.capture_id = r.capture_id AND p.snapshot = r.snapshot
  WHERE p.resource = 'memory'
  GROUP BY r.side, p.scope
)
SELECT
  coalesce(w.position, 13)::INTEGER AS position, name,
  max(per_second) FILTER (WHERE side = 'before') AS before_per_second,
  max(per_second) FILTER (WHERE side = 'after') AS after_per_second
FROM rate
LEFT JOIN wanted AS w USING (name)
GROUP BY w.position, name
HAVING max(per_second) > 0
ORDER BY position, name;
