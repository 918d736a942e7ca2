-- Slab caches, as slabtop prints them.
-- requires: slab, slab_cache
-- order: abs(growth_bytes) + cache_bytes // 4 DESC, name
-- limit: 80
-- show: 10
-- members: proc/slabinfo
-- culprit: slab_cache name
-- columns of path_slabtop:
--   objs           BIGINT  [OBJS]
--   active         BIGINT  [ACTIVE]
--   use_percent    DOUBLE  [USE]
--   object_bytes   BIGINT  [OBJ SIZE]
--   slabs          BIGINT  [SLABS]
--   cache_bytes    BIGINT  [CACHE SIZE]
--   first_bytes    BIGINT  [first] cache size at the first reading
--   growth_bytes   BIGINT  [grew]
--   cache_spark    DOUBLE[] [over time]
--   name           VARCHAR [NAME]
--   aliases        VARCHAR [also holds] caches the kernel merged into this one
CREATE OR REPLACE VIEW path_slabtop AS
WITH merged AS (
  SELECT capture_id, cache, arg_max(aliases, snapshot) AS aliases FROM slab_cache GROUP BY capture_id, cache
)
SELECT s.capture_id,
       arg_max(s.objects, s.snapshot) AS objs, arg_max(s.active_objects, s.snapshot) AS active,
       CASE WHEN arg_max(s.objects, s.snapshot) > 0
            THEN 100.0 * arg_max(s.active_objects, s.snapshot) / arg_max(s.objects, s.snapshot) END AS use_percent,
       arg_max(s.object_bytes, s.snapshot) AS object_bytes, arg_max(s.slabs, s.snapshot) AS slabs,
       arg_max(s.bytes, s.snapshot) AS cache_bytes, arg_min(s.bytes, s.snapshot) AS first_bytes,
       arg_max(s.bytes, s.snapshot) - arg_min(s.bytes, s.snapshot) AS growth_bytes,
       list(CAST(s.bytes AS DOUBLE) ORDER BY s.snapshot) AS cache_spark,
       s.cache AS name, max(m.aliases) AS aliases
FROM slab s
LEFT JOIN merged m ON m.capture_id = s.capture_id AND m.cache = s.cache
GROUP BY s.capture_id, s.cache
HAVING max(s.bytes) > 0
ORDER BY s.capture_id, s.cache;
