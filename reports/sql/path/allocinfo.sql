-- Kernel memory by the line of code that asked for it (/proc/allocinfo, kernels built with memory allocation profiling).
-- requires: kernel_allocation
-- order: abs(growth_bytes) + last_bytes // 4 DESC, site, module, function
-- limit: 60
-- show: 8
-- members: proc/allocinfo
-- columns of path_allocinfo:
--   last_bytes    BIGINT  [bytes]
--   calls         BIGINT  [calls]
--   growth_bytes  BIGINT  [grew]
--   site          VARCHAR [file:line]
--   module        VARCHAR [module]
--   function      VARCHAR [function]
CREATE OR REPLACE VIEW path_allocinfo AS
SELECT capture_id, arg_max(bytes, snapshot) AS last_bytes, arg_max(calls, snapshot) AS calls,
       arg_max(bytes, snapshot) - arg_min(bytes, snapshot) AS growth_bytes, site, module, function
FROM kernel_allocation
GROUP BY capture_id, site, module, function
ORDER BY capture_id, site, module, function;
