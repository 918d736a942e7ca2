-- The stacks of one run, for the flame graph: of several the run whose stacks gained most.
-- requires: traced_stack
-- columns of path_flame, one row a stack: capture_id INTEGER; run, stack VARCHAR; growing BOOLEAN (see stack_growth)
--   grown        BOOLEAN  is the weight what the stack gained from the first print-out to the last? else what it held in the last
--   weight_bytes BIGINT
CREATE OR REPLACE VIEW path_flame AS
WITH chosen AS (
  SELECT capture_id, run, pid, coalesce(sum(greatest(0, growth_bytes)), 0) AS gained
  FROM traced_stack
  WHERE last_bytes IS NOT NULL
  GROUP BY capture_id, run, pid
  QUALIFY row_number() OVER (PARTITION BY capture_id ORDER BY gained DESC, sum(last_bytes) DESC, run, pid) = 1
)
SELECT g.capture_id, g.run, g.stack, g.growing, c.gained > 0 AS grown,
  CASE WHEN c.gained > 0 THEN greatest(0, g.growth_bytes) ELSE g.last_bytes END AS weight_bytes
FROM traced_stack AS g
JOIN chosen AS c ON c.capture_id = g.capture_id AND c.run = g.run AND c.pid IS NOT DISTINCT FROM g.pid
WHERE g.last_bytes IS NOT NULL
ORDER BY g.capture_id, weight_bytes DESC, g.stack;
