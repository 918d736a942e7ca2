-- Who holds what stands in the buckets of the ledger.
-- Files of one snapshot are read one after the other, so a single snapshot's rest may be a few MB off, either way.
-- requires: memory_ledger, snapshot, process_sample, process_memory, mapping, filesystem, shm_segment, open_file, slab, slab_cache, vmalloc_caller, cgroup_memory

-- A process as people call it: its name and, where it is one process, its number.
CREATE OR REPLACE MACRO process_label(name, pid) AS name || coalesce(' (' || pid || ')', '');

-- columns of anonymous_owner:
--   process_id INTEGER; bytes BIGINT  Pss_Anon where smaps_rollup was read at this snapshot (shared pages counted once),
--   else RssAnon; source VARCHAR  smaps_rollup | status
CREATE OR REPLACE VIEW anonymous_owner AS
SELECT
  s.capture_id, s.snapshot, s.process_id,
  coalesce(m.pss_anon_bytes, s.rss_anon_bytes) AS bytes,
  CASE WHEN m.pss_anon_bytes IS NOT NULL THEN 'smaps_rollup' ELSE 'status' END AS source
FROM process_sample AS s
LEFT JOIN process_memory AS m USING (capture_id, snapshot, process_id)
WHERE coalesce(m.pss_anon_bytes, s.rss_anon_bytes) IS NOT NULL
ORDER BY s.capture_id, s.snapshot, s.process_id;

-- A memory-backed file system once, however often and in however many namespaces it is mounted.
-- columns of memory_filesystem:
--   device VARCHAR major:minor; fstype; mount_point VARCHAR  the shortest one; total_bytes, used_bytes, available_bytes
CREATE OR REPLACE TABLE memory_filesystem AS
SELECT
  capture_id, snapshot, device, fstype,
  arg_min(mount_point, (length(mount_point), mount_point)) AS mount_point,
  max(total_bytes) AS total_bytes,
  max(used_bytes) AS used_bytes,
  min(available_bytes) AS available_bytes
FROM filesystem
GROUP BY capture_id, snapshot, device, fstype
ORDER BY capture_id, snapshot, device;

-- columns of shared_owner, who holds Shmem:
--   owner_type VARCHAR  mount | segment | memfd | mapping | deleted
--   owner      VARCHAR  mount point | SysV shmid | memfd name | mapping name
--   process_id INTEGER  NULL where the owner is no process
--   bytes      BIGINT
--   within     VARCHAR  mount whose bytes already hold these (a deleted file is part of its tmpfs); NULL when it counts itself
CREATE OR REPLACE VIEW shared_owner AS
SELECT capture_id, snapshot, 'mount' AS owner_type, mount_point AS owner, device AS id, NULL::INTEGER AS process_id,
  used_bytes AS bytes, NULL::VARCHAR AS within
FROM memory_filesystem
WHERE fstype IN ('tmpfs', 'devtmpfs')
UNION ALL
SELECT capture_id, snapshot, 'segment', shmid::VARCHAR, shmid::VARCHAR, NULL, rss_bytes, NULL
FROM shm_segment
UNION ALL
SELECT capture_id, snapshot, 'memfd', target, coalesce(inode::VARCHAR, target), min(process_id), max(size_bytes), NULL
FROM open_file
WHERE kind = 'memfd'
GROUP BY capture_id, snapshot, target, coalesce(inode::VARCHAR, target)
UNION ALL
SELECT capture_id, snapshot, 'mapping', name, name, process_id, sum(coalesce(pss_bytes, rss_bytes))::BIGINT, NULL
FROM mapping
WHERE substr(perms, 4, 1) = 's' AND name LIKE '/dev/zero%'
GROUP BY capture_id, snapshot, name, process_id
UNION ALL
SELECT o.capture_id, o.snapshot, 'deleted', o.target, o.device::VARCHAR || ':' || o.inode, min(o.process_id),
  max(o.size_bytes), any_value(f.mount_point ORDER BY length(f.mount_point) DESC, f.mount_point)
FROM open_file AS o
JOIN memory_filesystem AS f
  ON f.capture_id = o.capture_id AND f.snapshot = o.snapshot AND f.fstype IN ('tmpfs', 'ramfs')
  AND starts_with(o.target, CASE WHEN f.mount_point = '/' THEN '/' ELSE f.mount_point || '/' END)
WHERE o.kind = 'deleted'
GROUP BY o.capture_id, o.snapshot, o.target, o.device, o.inode;

-- columns of slab_owner:
--   cache VARCHAR  name in slabinfo, or '(large kmalloc)': Slab minus all caches, allocations too large for a cache; no row where
--   a list of another tool may have been cut, as head, tail and slabtop cut it: the rest is then of caches that are not listed
--   reclaimable BOOLEAN  are its pages in SReclaimable? NULL where neither sysfs nor the name tells
--   aliases VARCHAR  other caches merged into it;  bytes BIGINT
CREATE OR REPLACE VIEW slab_owner AS
WITH latest_cache AS (
  SELECT capture_id, cache, arg_max(aliases, snapshot) AS aliases, arg_max(reclaim_account, snapshot) AS reclaim_account,
    arg_max(constructor, snapshot) AS constructor
  FROM slab_cache
  GROUP BY capture_id, cache
), read_caches AS (
  SELECT k.capture_id, k.snapshot, sum(k.bytes)::BIGINT AS bytes
  FROM slab AS k
  JOIN capture AS c USING (capture_id)
  GROUP BY k.capture_id, k.snapshot
  -- slabinfo ends with the caches that the kernel made first; dentry was made later, and both are on every host
  QUALIFY any_value(c.origin) IS DISTINCT FROM 'evidence' OR bool_and(
    count(*) = count(k.pages_per_slab) AND bool_or(k.cache IN ('dentry', 'dentry_cache')) AND bool_or(k.cache IN ('kmem_cache', 'cache_cache'))
  ) OVER (PARTITION BY k.capture_id)
)
SELECT
  s.capture_id, s.snapshot, s.cache,
  coalesce(
    c.reclaim_account,
    -- inodes of files in memory go when the file goes, not before
    CASE WHEN regexp_matches(s.cache, '^(shmem|hugetlbfs|mqueue)_inode_cache') THEN false
      WHEN regexp_matches(s.cache, '(_inode_cache|^dentry|^inode_cache|^kmalloc-rcl-|_inode$|^buffer_head|^radix_tree_node|^xfs_ili)')
      THEN true END) AS reclaimable,
  c.aliases, c.constructor, s.bytes
FROM slab AS s
LEFT JOIN latest_cache AS c ON c.capture_id = s.capture_id AND c.cache = s.cache
UNION ALL
SELECT r.capture_id, r.snapshot, '(large kmalloc)', false, NULL, NULL,
  greatest(0, l.slab_reclaimable_bytes + l.slab_unreclaimable_bytes - r.bytes)
FROM read_caches AS r
JOIN memory_ledger AS l USING (capture_id, snapshot)
-- the greatest of nothing and NULL would be nothing
WHERE l.slab_reclaimable_bytes + l.slab_unreclaimable_bytes - r.bytes IS NOT NULL;

-- What the objects of a cache are for, as a key of the texts (label.slab_…); NULL where the name does not tell: a cache named
-- after sizes only (kmalloc-512) holds whatever was asked for.
CREATE OR REPLACE MACRO slab_purpose(cache) AS CASE
  WHEN regexp_matches(cache, '^dentry') THEN 'slab_names'
  WHEN regexp_matches(cache, '(^inode_cache|_inode_cache$|_inode$)') AND NOT regexp_matches(cache, 'sock') THEN 'slab_inodes'
  WHEN regexp_matches(cache, '^(sock_inode_cache|TCP|UDP|UNIX|RAW|PING|tw_sock|request_sock|skbuff|skb)') THEN 'slab_sockets'
  WHEN regexp_matches(cache, '^(task_struct|signal_cache|sighand_cache|files_cache|fs_cache|mm_struct|pid|pid_[0-9]|cred_jar|thread_stack|task_delay_info)') THEN 'slab_processes'
  WHEN regexp_matches(cache, '^(vm_area_struct|anon_vma|anon_vma_chain|vma_lock|maple_node)') THEN 'slab_mappings'
  WHEN regexp_matches(cache, '^(filp|eventpoll|fsnotify|inotify|pipe|file_lock)') THEN 'slab_files'
  WHEN regexp_matches(cache, '^(nf_conntrack|ip_dst_cache|ip6_dst_cache|neigh|fib|ip_fib)') THEN 'slab_routes'
  WHEN regexp_matches(cache, '^(bio|blkdev|request_queue|scsi|nvme|dm_)') THEN 'slab_disks'
  WHEN regexp_matches(cache, '^(buffer_head|radix_tree_node|xarray)') THEN 'slab_cache_index'
  WHEN regexp_matches(cache, '^kmalloc-cg-') THEN 'slab_charged'
  WHEN regexp_matches(cache, '^(kernfs|cgroup|mem_cgroup|memcg)') THEN 'slab_cgroups'
END;

-- columns of vmalloc_owner: caller VARCHAR, or '(not listed)' for what VmallocUsed has beyond all callers; module; bytes BIGINT
CREATE OR REPLACE VIEW vmalloc_owner AS
WITH listed AS (
  SELECT capture_id, snapshot, sum(bytes)::BIGINT AS bytes
  FROM vmalloc_caller
  GROUP BY capture_id, snapshot
)
SELECT capture_id, snapshot, caller, module, bytes
FROM vmalloc_caller
WHERE bytes > 0
UNION ALL
SELECT r.capture_id, r.snapshot, '(not listed)', NULL, greatest(0, l.vmalloc_bytes + l.kernel_stack_bytes - r.bytes)
FROM listed AS r
JOIN memory_ledger AS l USING (capture_id, snapshot)
WHERE l.vmalloc_bytes > 0;

-- columns of cgroup_residual: kernel memory charged to a cgroup that no line of its memory.stat names (pipe buffers, page tables
--   of drivers …); NULL where the kernel has no line kernel (before 5.18)
CREATE OR REPLACE VIEW cgroup_residual AS
SELECT
  capture_id, snapshot, path,
  kernel_bytes - coalesce(kernel_stack_bytes, 0) - coalesce(page_tables_bytes, 0) - coalesce(percpu_bytes, 0)
    - coalesce(vmalloc_bytes, 0) - coalesce(slab_reclaimable_bytes, 0) - coalesce(slab_unreclaimable_bytes, 0) AS bytes
FROM cgroup_memory
WHERE version = 2 AND kernel_bytes IS NOT NULL AND path <> '/';
