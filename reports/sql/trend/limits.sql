-- What a growing subject runs into first: the host's memory, its control group's limit, its own RLIMIT_AS, or the size of its mount.
-- requires: grower, process_growth, process, process_sample, process_limit, cgroup_memory, memory_filesystem, meminfo, snapshot
-- columns of nearest_limit, one row a grower with a headroom:
--   sid INTEGER; left_bytes BIGINT  what is left below that limit at the last reading
--   limit_cgroup VARCHAR  path of the control group whose limit is the nearest one, else NULL
--   limit_address_space_bytes BIGINT  RLIMIT_AS where that is the nearest one, else NULL
--   limit_mount_bytes BIGINT  size of the mount where that is the nearest one, else NULL
--   All three NULL: MemAvailable and free swap of the host. Only the whole capture's window has a row, the end of which is now.
CREATE OR REPLACE TABLE nearest_limit AS
WITH now AS (
  SELECT * FROM grower WHERE win = 'all'
), last_meminfo AS (
  SELECT capture_id, arg_max(coalesce(swap_free_bytes, 0), snapshot) AS swap_free_bytes FROM meminfo GROUP BY capture_id
), group_level AS (
  -- pages of files and reclaimable slab are dropped before anything is killed; swap is room, too, as far as the group may use it
  SELECT c.capture_id, c.path, max_bytes,
    max_bytes - current_bytes + greatest(0, coalesce(file_bytes, 0) - coalesce(shmem_bytes, 0)) + coalesce(slab_reclaimable_bytes, 0)
      + greatest(0, least(coalesce(swap_max_bytes - coalesce(swap_current_bytes, 0), h.swap_free_bytes), h.swap_free_bytes)) AS left_bytes
  FROM cgroup_memory AS c
  JOIN last_meminfo AS h USING (capture_id)
  WHERE max_bytes IS NOT NULL AND current_bytes IS NOT NULL
  QUALIFY row_number() OVER (PARTITION BY c.capture_id, c.path ORDER BY c.snapshot DESC) = 1
), address_space AS (
  SELECT capture_id, process_id, arg_max(soft, snapshot) AS limit_bytes
  FROM process_limit
  WHERE name = 'Max address space'
  GROUP BY capture_id, process_id
  HAVING arg_max(soft IS NOT NULL, snapshot)
), size_now AS (
  SELECT capture_id, process_id, arg_max(vm_size_bytes, snapshot) AS vm_bytes
  FROM process_sample
  WHERE vm_size_bytes IS NOT NULL
  GROUP BY capture_id, process_id
), mount_now AS (
  SELECT capture_id, device, arg_max(total_bytes, snapshot) AS total_bytes, arg_max(total_bytes - used_bytes, snapshot) AS left_bytes
  FROM memory_filesystem
  WHERE total_bytes > 0
  GROUP BY capture_id, device
), candidate AS (
  SELECT sid, headroom_bytes AS left_bytes, NULL::VARCHAR AS limit_cgroup, NULL::BIGINT AS limit_address_space_bytes,
    NULL::BIGINT AS limit_mount_bytes, 1 AS choice
  FROM now
  -- address space is not memory, and a count is neither
  WHERE metric NOT IN ('proc_vm', 'proc_threads', 'proc_fd', 'proc_sockets', 'group_count', 'unit_count', 'user_count', 'host_sockets', 'cgroup_dying')
  UNION ALL
  SELECT g.sid, l.left_bytes, l.path, NULL, NULL, 2
  FROM now AS g
  JOIN process AS p USING (capture_id, process_id)
  JOIN group_level AS l ON l.capture_id = g.capture_id AND (p.cgroup = l.path OR starts_with(p.cgroup, l.path || '/'))
  WHERE g.metric IN ('proc_anon', 'proc_shmem', 'proc_pte')
  UNION ALL
  SELECT g.sid, l.left_bytes, l.path, NULL, NULL, 2
  FROM now AS g
  JOIN group_level AS l ON l.capture_id = g.capture_id AND (g.subject_id = l.path OR starts_with(g.subject_id, l.path || '/'))
  WHERE g.metric IN ('cgroup_anon', 'cgroup_kernel_rest', 'unit_anon')
  UNION ALL
  -- the address space grows at least as fast as what is resident in it: x.vm of it for each byte
  SELECT g.sid, ((a.limit_bytes - s.vm_bytes) / CASE WHEN g.metric = 'proc_vm' THEN 1 ELSE greatest(1, x.vm / nullif(g.growth, 0)) END)::BIGINT,
    NULL, a.limit_bytes, NULL, 3
  FROM now AS g
  JOIN address_space AS a ON a.capture_id = g.capture_id AND a.process_id = g.process_id
  JOIN size_now AS s ON s.capture_id = g.capture_id AND s.process_id = g.process_id
  LEFT JOIN process_growth AS x ON x.sid = g.sid
  WHERE g.metric IN ('proc_anon', 'proc_shmem', 'proc_vm')
  UNION ALL
  SELECT g.sid, m.left_bytes, NULL, NULL, m.total_bytes, 4
  FROM now AS g
  JOIN mount_now AS m ON m.capture_id = g.capture_id AND m.device = g.subject_id
  WHERE g.metric = 'mount_used'
)
SELECT sid, greatest(0, left_bytes) AS left_bytes, limit_cgroup, limit_address_space_bytes, limit_mount_bytes
FROM candidate
WHERE left_bytes IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY sid ORDER BY left_bytes, choice, limit_cgroup) = 1;
