-- Stacks with memory outstanding, from an attached memleak, kmemleak, page_owner, alloc_traces, allocinfo or strace -k.
-- requires: traced_stack
-- order: growing_label NULLS LAST, growth_bytes DESC NULLS LAST, last_bytes DESC NULLS LAST, stack
-- limit: 60
-- show: 8
-- members: attached
-- columns of path_bcc:
--   pid            INTEGER [pid]
--   last_bytes     BIGINT  [bytes] outstanding in the last print-out
--   allocations    BIGINT  [allocations]
--   growth_bytes   BIGINT  [grew] last print-out minus first
--   growing_label  VARCHAR [leaks] grew from print-out to print-out, three times or more
--   blocks         BIGINT  [seen in] print-outs; a top ten leaves out what is small
--   tool           VARCHAR [tool]
--   stack          VARCHAR [stack] outermost frame first
CREATE OR REPLACE VIEW path_bcc AS
SELECT capture_id, pid, last_bytes, last_allocations AS allocations, growth_bytes, CASE WHEN growing THEN 'grows' END AS growing_label,
       seen AS blocks, tool, replace(stack, ';', ' › ') AS stack
FROM traced_stack
ORDER BY capture_id, run, pid, position;
