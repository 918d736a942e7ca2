-- Vmalloc areas summed by the function that asked for them (/proc/vmallocinfo).
-- requires: vmalloc_caller
-- order: abs(growth_bytes) + taken_bytes // 4 DESC, caller, module
-- limit: 60
-- show: 8
-- members: proc/vmallocinfo
-- culprit: vmalloc_caller caller
-- columns of path_vmalloc:
--   areas         BIGINT  [areas]
--   area_bytes    BIGINT  [address space]
--   taken_bytes   BIGINT  [memory] pages= times the page size; ioremap takes none
--   first_bytes   BIGINT  [first]
--   growth_bytes  BIGINT  [grew]
--   taken_spark   DOUBLE[] [over time]
--   caller        VARCHAR [caller]
--   module        VARCHAR [module]
CREATE OR REPLACE VIEW path_vmalloc AS
SELECT capture_id, arg_max(areas, snapshot) AS areas, arg_max(area_bytes, snapshot) AS area_bytes,
       arg_max(bytes, snapshot) AS taken_bytes, arg_min(bytes, snapshot) AS first_bytes,
       arg_max(bytes, snapshot) - arg_min(bytes, snapshot) AS growth_bytes,
       list(CAST(bytes AS DOUBLE) ORDER BY snapshot) AS taken_spark, caller, module
FROM vmalloc_caller
GROUP BY capture_id, caller, module
HAVING max(bytes) > 0
ORDER BY capture_id, caller, module;
