-- What kind of private memory a growing process gained: heap or pages of a file it wrote to. Only smaps tells, and smaps is
-- read of suspects only; where it was read once the levels stand in for the growth.
-- requires: grower, listed_span, process, process_sample, slab, capture, mapping, snapshot, open_file, fd_count, memory_filesystem
-- columns of mapping_growth, one row a process that grows and whose mappings were read:
--   capture_id, process_id INTEGER; readings BIGINT;  seconds DOUBLE  from the first of them to the last
--   anonymous_growth BIGINT     in all private mappings;  file_growth BIGINT  in those of a file
--   largest VARCHAR  mapping that gained most; largest_growth BIGINT;  largest_file VARCHAR, largest_file_growth BIGINT
--   reserved_growth BIGINT  address space gained without access rights (---p): a reservation, not a leak;  size_growth BIGINT  of all
CREATE OR REPLACE TABLE mapping_growth AS
WITH wanted AS (
  SELECT capture_id, boot, process_id, min(onset_t) AS onset_t, max(end_t) AS end_t
  FROM grower
  WHERE subject_type = 'process'
  GROUP BY ALL
), reading AS (
  SELECT w.capture_id, w.process_id, min(m.snapshot) AS from_snapshot, max(m.snapshot) AS to_snapshot,
    count(DISTINCT m.snapshot) AS readings, max(s.t_seconds) - min(s.t_seconds) AS seconds
  FROM wanted AS w
  JOIN mapping AS m ON m.capture_id = w.capture_id AND m.process_id = w.process_id
  JOIN snapshot AS s ON s.capture_id = m.capture_id AND s.snapshot = m.snapshot AND s.boot = w.boot AND s.t_seconds <= w.end_t
  GROUP BY ALL
), changed AS (
  SELECT r.capture_id, r.process_id, r.readings, r.seconds, m.name, m.perms,
    coalesce(sum(m.anonymous_bytes + coalesce(m.swap_bytes, 0)) FILTER (WHERE m.snapshot = r.to_snapshot), 0)
      - coalesce(sum(m.anonymous_bytes + coalesce(m.swap_bytes, 0)) FILTER (WHERE m.snapshot = r.from_snapshot AND r.readings > 1), 0) AS gained,
    coalesce(sum(m.size_bytes) FILTER (WHERE m.snapshot = r.to_snapshot), 0)
      - coalesce(sum(m.size_bytes) FILTER (WHERE m.snapshot = r.from_snapshot AND r.readings > 1), 0) AS size_gained
  FROM reading AS r
  JOIN mapping AS m ON m.capture_id = r.capture_id AND m.process_id = r.process_id
    AND m.snapshot IN (r.from_snapshot, r.to_snapshot)
  GROUP BY ALL
), classed AS (
  SELECT *, substr(perms, 4, 1) = 'p' AS private,
    starts_with(name, '/') AND NOT regexp_matches(name, '^/(dev/zero|SYSV|memfd:|anon_hugepage|dev/shm/)') AS of_file
  FROM changed
)
SELECT capture_id, process_id, any_value(readings) AS readings, any_value(seconds) AS seconds,
  coalesce(sum(gained) FILTER (WHERE private), 0)::BIGINT AS anonymous_growth,
  coalesce(sum(gained) FILTER (WHERE private AND of_file), 0)::BIGINT AS file_growth,
  arg_max(name, (gained, name)) FILTER (WHERE private) AS largest,
  max(gained) FILTER (WHERE private)::BIGINT AS largest_growth,
  arg_max(name, (gained, name)) FILTER (WHERE private AND of_file) AS largest_file,
  max(gained) FILTER (WHERE private AND of_file)::BIGINT AS largest_file_growth,
  coalesce(sum(size_gained) FILTER (WHERE starts_with(perms, '---')), 0)::BIGINT AS reserved_growth,
  coalesce(sum(size_gained), 0)::BIGINT AS size_growth
FROM classed
GROUP BY capture_id, process_id
ORDER BY capture_id, process_id;

-- Deleted files in memory-backed file systems that processes still hold, and what they gained.
-- columns of deleted_growth: capture_id; device VARCHAR; process_id INTEGER; growth BIGINT; files BIGINT  that gained
--   target VARCHAR, largest_growth BIGINT  of the one that gained most
--   mapped BOOLEAN  held by mappings (resident bytes and swap, a lower bound); else by descriptors (apparent sizes: an upper bound
--     for a sparse file). Of a process that holds more in one of both ways that one is told: what it holds in both is the same file.
--   What the process holds at its last listing and did not at its first; of one that was started within the capture all it holds, and
--   of one whose descriptors were listed once. Mappings are read of suspects only, so those read once tell of no growth.
CREATE OR REPLACE TABLE deleted_growth AS
WITH listing AS (
  SELECT capture_id, process_id, false AS mapped, min(snapshot) AS first_snapshot, max(snapshot) AS last_snapshot
  FROM (
    -- a process that holds no such file has a number of descriptors all the same
    SELECT capture_id, process_id, snapshot FROM fd_count
    UNION ALL
    SELECT capture_id, process_id, snapshot FROM open_file
  )
  GROUP BY ALL
  UNION ALL
  SELECT capture_id, process_id, true AS mapped, min(snapshot) AS first_snapshot, max(snapshot) AS last_snapshot
  FROM mapping
  GROUP BY ALL
), wanted AS (
  SELECT l.*, NOT l.mapped AND l.first_snapshot = l.last_snapshot OR p.first_snapshot > b.first_snapshot AS gained_all
  FROM listing AS l
  JOIN process AS p USING (capture_id, process_id)
  JOIN listed_span AS b ON b.capture_id = p.capture_id AND b.boot = p.boot
), seen AS (
  SELECT capture_id, snapshot, process_id, false AS mapped, target, inode, size_bytes AS bytes
  FROM open_file
  WHERE kind = 'deleted'
  UNION ALL
  -- one file may be mapped with several permissions; smaps tells no inode here, so two deleted files of one name are one
  SELECT capture_id, snapshot, process_id, true AS mapped, regexp_replace(name, ' \(deleted\)$', '') AS target, NULL AS inode,
    max(rss_bytes + coalesce(swap_bytes, 0)) AS bytes
  FROM mapping
  WHERE name LIKE '/% (deleted)'
  GROUP BY ALL
), held AS (
  SELECT o.capture_id, o.snapshot, o.process_id, o.mapped, o.target, o.inode, max(o.bytes) AS bytes,
    arg_max(f.device, (length(f.mount_point), f.device)) AS device
  FROM seen AS o
  JOIN memory_filesystem AS f ON f.capture_id = o.capture_id AND f.fstype IN ('tmpfs', 'ramfs') AND f.mount_point <> '/'
    AND starts_with(o.target, f.mount_point || '/')
  GROUP BY o.capture_id, o.snapshot, o.process_id, o.mapped, o.target, o.inode
), ends AS (
  SELECT h.capture_id, h.device, h.process_id, h.mapped, min(h.target) AS target,
    coalesce(max(h.bytes) FILTER (WHERE h.snapshot = w.last_snapshot), 0)
      - coalesce(max(h.bytes) FILTER (WHERE h.snapshot = w.first_snapshot AND NOT w.gained_all), 0) AS growth
  FROM held AS h
  JOIN wanted AS w USING (capture_id, process_id, mapped)
  GROUP BY h.capture_id, h.device, h.process_id, h.mapped, coalesce(h.inode::VARCHAR, h.target)
)
SELECT capture_id, device, process_id, mapped, any_value(target ORDER BY growth DESC, target) AS target, sum(growth)::BIGINT AS growth,
  count(*) FILTER (WHERE growth > 0) AS files, max(growth)::BIGINT AS largest_growth
FROM ends
GROUP BY capture_id, device, process_id, mapped
QUALIFY row_number() OVER (PARTITION BY capture_id, device, process_id ORDER BY sum(ends.growth) DESC, mapped) = 1;

-- Whose mappings fill the kernel's cache of them (vm_area_struct). An area has a page at least, so the one whose address space grew most,
-- and by half of these pages at least, made most of them; no smaps is needed for that.
-- columns of area_grower: sid INTEGER of the grower of slab; capture_id, process_id INTEGER; areas, vm_growth BIGINT
CREATE OR REPLACE TABLE area_grower AS
WITH filled AS (
  SELECT g.sid, g.capture_id, g.from_snapshot, g.to_snapshot,
    (arg_max(s.objects, s.snapshot) - arg_min(s.objects, s.snapshot))::BIGINT AS areas
  FROM grower AS g
  JOIN slab AS s ON s.capture_id = g.capture_id AND s.cache = 'vm_area_struct' AND s.snapshot BETWEEN g.from_snapshot AND g.to_snapshot
  WHERE g.metric = 'host_slab_unreclaimable'
  GROUP BY ALL
), gained AS (
  SELECT f.sid, f.capture_id, p.process_id, f.areas, arg_max(p.vm_size_bytes, p.snapshot) - arg_min(p.vm_size_bytes, p.snapshot) AS vm_growth
  FROM filled AS f
  JOIN process_sample AS p ON p.capture_id = f.capture_id AND p.snapshot BETWEEN f.from_snapshot AND f.to_snapshot
  WHERE f.areas > 0
  GROUP BY ALL
)
SELECT g.sid, g.capture_id, g.process_id, g.areas, g.vm_growth
FROM gained AS g
JOIN capture AS c USING (capture_id)
WHERE g.vm_growth >= 0.5 * g.areas * coalesce(c.page_bytes, 4096)
QUALIFY row_number() OVER (PARTITION BY g.sid ORDER BY g.vm_growth DESC, g.process_id) = 1
  -- and nobody else's could have held as many
  AND g.vm_growth >= 2 * coalesce(lead(g.vm_growth) OVER (PARTITION BY g.sid ORDER BY g.vm_growth DESC, g.process_id), 0);
