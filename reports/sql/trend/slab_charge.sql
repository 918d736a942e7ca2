-- On whose behalf the kernel allocated what unreclaimable slab grew by.
-- requires: grower, cgroup_memory
-- columns of slab_charge, one row a grower of unreclaimable slab half of which or more is charged to one control group of version 2:
--   sid INTEGER; path VARCHAR  the deepest group that has nearly all of it, a parent counts its children's
--   bytes BIGINT  what slab_unreclaimable of its memory.stat gained, last reading minus first within the growth
CREATE OR REPLACE VIEW slab_charge AS
WITH gain AS (
  SELECT g.sid, g.growth, c.path,
    (arg_max(c.slab_unreclaimable_bytes, c.snapshot) - arg_min(c.slab_unreclaimable_bytes, c.snapshot))::BIGINT AS bytes
  FROM grower AS g
  JOIN cgroup_memory AS c ON c.capture_id = g.capture_id AND c.snapshot BETWEEN g.from_snapshot AND g.to_snapshot
  -- the root counts everybody's
  WHERE g.metric = 'host_slab_unreclaimable' AND c.path <> '/'
  GROUP BY g.sid, g.growth, c.path
)
SELECT sid, path, bytes
FROM (SELECT *, bytes >= 0.8 * max(bytes) OVER (PARTITION BY sid) AS nearly_all FROM gain WHERE bytes >= 0.5 * growth)
WHERE nearly_all
QUALIFY row_number() OVER (PARTITION BY sid ORDER BY length(path) DESC, bytes DESC, path) = 1
ORDER BY sid;
