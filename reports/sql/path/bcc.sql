-- Stacks with memory outstanding, from an attached memleak, kmemleak or page_owner.
-- requires: stack_allocation
-- order: growth_bytes DESC NULLS LAST, last_bytes DESC, stack
-- limit: 60
-- show: 8
-- members: attached
-- columns of path_bcc:
--   pid           INTEGER [pid]
--   last_bytes    BIGINT  [bytes] outstanding in the last block
--   allocations   BIGINT  [allocations]
--   growth_bytes  BIGINT  [grew] last block minus first
--   blocks        BIGINT  [blocks] in which the stack appeared
--   tool          VARCHAR [tool]
--   stack         VARCHAR [stack] outermost frame first
CREATE OR REPLACE VIEW path_bcc AS
SELECT capture_id, pid, arg_max(bytes, block) AS last_bytes, arg_max(allocations, block) AS allocations,
       arg_max(bytes, block) - arg_min(bytes, block) AS growth_bytes, count(DISTINCT block) AS blocks, tool, replace(stack, ';', ' › ') AS stack
FROM stack_allocation
GROUP BY capture_id, member, tool, pid, stack
ORDER BY capture_id, member, tool, pid, stack;
