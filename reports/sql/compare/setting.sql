-- Settings and facts in which the hosts differ, last reading of each capture.
-- requires: compare_side, capture, host_fact, kernel_module, compare_span
-- order: name
-- limit: 200
-- show: 20
-- members: capture.json, proc/sys/vm, proc/modules
-- columns of compare_setting:
--   name    VARCHAR [what]
--   before  VARCHAR [before] a dash where it was not read
--   after   VARCHAR [after] a dash where it was not read
CREATE OR REPLACE VIEW compare_setting AS
WITH fact AS (
  SELECT c.side, f.name, left(arg_max(f.value, f.snapshot), 120) AS value
  FROM compare_side AS c
  JOIN host_fact AS f USING (capture_id)
  GROUP BY ALL
  UNION ALL
  SELECT c.side, 'module ' || m.name, 'loaded'
  FROM compare_side AS c
  JOIN kernel_module AS m USING (capture_id)
  GROUP BY ALL
  UNION ALL
  SELECT c.side, x.name, x.value
  FROM compare_side AS c
  JOIN capture AS k USING (capture_id),
    LATERAL (VALUES ('kernel', k.kernel), ('machine', k.machine), ('CPUs', k.cpu_count::VARCHAR),
      ('collector', k.collector_version)) AS x(name, value)
  WHERE x.value IS NOT NULL
  UNION ALL
  SELECT side, 'MemTotal', (mem_total_bytes // 1024) || ' kB'
  FROM compare_span
  WHERE mem_total_bytes IS NOT NULL
)
SELECT
  name,
  max(value) FILTER (WHERE side = 'before') AS before,
  max(value) FILTER (WHERE side = 'after') AS after
FROM fact
WHERE name NOT LIKE 'proc/sys/kernel/random/%'
GROUP BY name
HAVING before IS DISTINCT FROM after
ORDER BY name;
