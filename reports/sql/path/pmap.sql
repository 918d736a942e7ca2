-- Mappings of the processes that were looked into, as pmap -x prints them; mappings of one name and mode are summed, so there is no single address.
-- requires: mapping, process
-- order: abs(growth_bytes) + rss_kb * 256 DESC, process_id, mapping, mode
-- limit: 120
-- show: 10
-- members: pid/smaps
-- columns of path_pmap:
--   pid           INTEGER [PID]
--   process       VARCHAR [process]
--   mappings      BIGINT  [mappings] how many were summed
--   kbytes_kb     BIGINT  [Kbytes] address space
--   rss_kb        BIGINT  [RSS] kB resident
--   dirty_kb      BIGINT  [Dirty] kB
--   first_rss_kb  BIGINT  [RSS first] kB
--   growth_bytes  BIGINT  [grew] RSS plus swap, last minus first reading
--   readings      BIGINT  [readings] how often it was read
--   mode          VARCHAR [Mode]
--   mapping       VARCHAR [Mapping]
CREATE OR REPLACE VIEW path_pmap AS
WITH life AS (
  SELECT capture_id, process_id, name, perms,
         arg_max(mappings, snapshot) AS mappings,
         arg_max(size_bytes, snapshot) AS size_bytes,
         arg_max(rss_bytes, snapshot) AS rss_bytes,
         arg_max(shared_dirty_bytes + private_dirty_bytes, snapshot) AS dirty_bytes,
         arg_min(rss_bytes, snapshot) AS first_rss_bytes,
         arg_max(rss_bytes + coalesce(swap_bytes, 0), snapshot) - arg_min(rss_bytes + coalesce(swap_bytes, 0), snapshot) AS growth_bytes,
         count(*) AS readings
  FROM mapping
  GROUP BY capture_id, process_id, name, perms
)
SELECT l.capture_id, l.process_id, p.pid, coalesce(p.name, p.comm) AS process, l.mappings,
       l.size_bytes // 1024 AS kbytes_kb, l.rss_bytes // 1024 AS rss_kb, l.dirty_bytes // 1024 AS dirty_kb,
       l.first_rss_bytes // 1024 AS first_rss_kb, l.growth_bytes, l.readings, l.perms AS mode, l.name AS mapping
FROM life l
JOIN process p USING (capture_id, process_id)
ORDER BY l.capture_id, l.process_id, mapping, mode;
