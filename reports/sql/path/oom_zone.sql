-- The zones of memory as the kernel printed them at its kills of the host: what was free, and what it must keep.
-- requires: oom_zone, oom_kill
-- order: oom_id DESC, node NULLS FIRST, zone
-- limit: 60
-- show: 8
-- members: host/kmsg
-- columns of path_oom_zone:
--   at_ts           TIMESTAMP [kill]
--   node            INTEGER   [node]
--   zone            VARCHAR   [zone]
--   free_bytes      BIGINT    [free]
--   min_bytes       BIGINT    [min] below it only the kernel may take pages
--   low_bytes       BIGINT    [low]
--   high_bytes      BIGINT    [high] the last look before a kill asks for it
--   reserve_bytes   BIGINT    [kept back] from requests that another zone could serve
--   managed_bytes   BIGINT    [managed]
--   page_order      INTEGER   [order] of the request
--   fitting_blocks  BIGINT    [fitting] free blocks that are large enough for it
CREATE OR REPLACE VIEW path_oom_zone AS
SELECT z.capture_id, z.oom_id, k.ts AS at_ts, z.node, z.zone, z.free_bytes, z.min_bytes, z.low_bytes, z.high_bytes, z.reserve_bytes, z.managed_bytes,
       k.page_order, z.fitting_blocks
FROM oom_zone AS z
JOIN oom_kill AS k USING (capture_id, oom_id)
ORDER BY z.capture_id, z.oom_id, z.node, z.zone;
