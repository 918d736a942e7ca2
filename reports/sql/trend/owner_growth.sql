-- Which owner took what a bucket of the ledger gained. Owners are read less often than meminfo, so this compares two
-- moments, not trends: the last reading before the onset and the last before the end of the bucket's growth. Descriptors that were
-- read once only, after the onset, prove what is beyond the whole bucket of the onset: so much cannot have been there.
-- requires: capture, grower, memory_ledger, snapshot, process, process_sample, memory_filesystem, shm_segment, open_file, fd_count, slab_owner, slab, vmalloc_caller, filesystem, cgroup_memory, cgroup_residual

-- columns of slow_reading: the snapshots at which owners were read at all, by source
CREATE OR REPLACE VIEW slow_reading AS
SELECT DISTINCT capture_id, snapshot, 'slab' AS source FROM slab
UNION SELECT DISTINCT capture_id, snapshot, 'vmalloc' FROM vmalloc_caller
UNION SELECT DISTINCT capture_id, snapshot, 'shmem' FROM filesystem
-- the collector reads segments whenever it reads mounts, and mostly there are none; ipcs and df were run when somebody ran them
UNION SELECT DISTINCT f.capture_id, f.snapshot, 'segments' FROM filesystem AS f JOIN capture AS c USING (capture_id) WHERE c.origin IS DISTINCT FROM 'evidence'
UNION SELECT DISTINCT capture_id, snapshot, 'segments' FROM shm_segment
UNION SELECT DISTINCT capture_id, snapshot, 'cgroup' FROM cgroup_memory
UNION SELECT DISTINCT capture_id, snapshot, 'process' FROM process_sample
-- descriptors are read of few processes at a time, so each process has readings of its own
UNION SELECT DISTINCT capture_id, snapshot, 'descriptors ' || process_id FROM fd_count;

-- A vmalloc area whose module is gone has a bare address for a caller. It is joined to the named caller that vanished
-- between the same two readings with the same bytes.
-- columns of vmalloc_identity: capture_id; caller VARCHAR as listed; known_caller, known_module VARCHAR
CREATE OR REPLACE VIEW vmalloc_identity AS
WITH life AS (
  SELECT capture_id, caller, any_value(module ORDER BY snapshot) AS module, min(snapshot) AS first_snapshot,
    max(snapshot) AS last_snapshot, arg_min(bytes, snapshot) AS first_bytes, arg_max(bytes, snapshot) AS last_bytes
  FROM vmalloc_caller
  WHERE bytes > 0
  GROUP BY capture_id, caller
)
SELECT bare.capture_id, bare.caller, named.caller AS known_caller, named.module AS known_module
FROM life AS bare
JOIN life AS named ON named.capture_id = bare.capture_id AND named.last_snapshot < bare.first_snapshot
  AND named.last_bytes BETWEEN 0.9 * bare.first_bytes AND 1.02 * bare.first_bytes
WHERE regexp_matches(bare.caller, '^(0x)?[0-9a-f]{8,}$')
QUALIFY row_number() OVER (PARTITION BY bare.capture_id, bare.caller ORDER BY named.last_snapshot DESC, named.caller) = 1;

-- columns of owner_value:
--   source VARCHAR as in slow_reading; bucket VARCHAR metric of the ledger it belongs to
--   owner_type VARCHAR  slab_cache, vmalloc_caller, mount, mounts (all at one place, in several mount namespaces; how many as detail), segment, memfd,
--                       process, deleted, cgroup
--   owner_id, name, detail VARCHAR; process_id INTEGER; bytes BIGINT
CREATE OR REPLACE VIEW owner_value AS
SELECT capture_id, snapshot, 'slab' AS source, 'host_slab_unreclaimable' AS bucket, 'slab_cache' AS owner_type,
  cache AS owner_id, cache AS name, aliases AS detail, NULL::INTEGER AS process_id, bytes
FROM slab_owner
WHERE NOT coalesce(reclaimable, false)
UNION ALL
SELECT v.capture_id, v.snapshot, 'vmalloc', 'host_vmalloc', 'vmalloc_caller', coalesce(i.known_caller, v.caller),
  coalesce(i.known_caller, v.caller), coalesce(any_value(i.known_module), any_value(v.module)), NULL, sum(v.bytes)::BIGINT
FROM vmalloc_caller AS v
LEFT JOIN vmalloc_identity AS i USING (capture_id, caller)
WHERE v.caller NOT IN ('kernel_clone', 'copy_process', 'dup_task_struct', 'alloc_thread_stack_node', '_do_fork')
GROUP BY v.capture_id, v.snapshot, coalesce(i.known_caller, v.caller)
UNION ALL
SELECT capture_id, snapshot, 'shmem', 'host_shmem', 'mount', device, mount_point, fstype, NULL, used_bytes
FROM memory_filesystem
WHERE fstype IN ('tmpfs', 'devtmpfs')
UNION ALL
-- each container, or job with a mount namespace of its own, has its own file system at the same place: none of them grows much
SELECT capture_id, snapshot, 'shmem', 'host_shmem', 'mounts', mount_point, mount_point, count(*)::VARCHAR, NULL, sum(used_bytes)::BIGINT
FROM memory_filesystem
SEMI JOIN (
  SELECT capture_id, mount_point FROM memory_filesystem WHERE fstype = 'tmpfs' GROUP BY capture_id, mount_point HAVING count(DISTINCT device) > 1
) AS several USING (capture_id, mount_point)
WHERE fstype = 'tmpfs'
GROUP BY capture_id, snapshot, mount_point
UNION ALL
-- segments by who made them: a program that makes one a second has no segment that grows. A maker that is gone counts
-- with the others of its user
SELECT m.capture_id, m.snapshot, 'segments', 'host_shmem', 'segment',
  coalesce('process ' || p.process_id, 'uid ' || coalesce(m.uid::VARCHAR, '?')),
  coalesce(p.name, 'uid ' || coalesce(m.uid::VARCHAR, '?')),
  count(*) || ' segments, ' || count(*) FILTER (WHERE m.attached = 0) || ' of them attached by nobody', p.process_id,
  sum(m.rss_bytes)::BIGINT
FROM shm_segment AS m
LEFT JOIN process AS p ON p.capture_id = m.capture_id AND p.pid = m.creator_pid
  AND m.snapshot BETWEEN p.first_snapshot AND p.last_snapshot
GROUP BY m.capture_id, m.snapshot, p.process_id, p.name, coalesce('process ' || p.process_id, 'uid ' || coalesce(m.uid::VARCHAR, '?')),
  coalesce(p.name, 'uid ' || coalesce(m.uid::VARCHAR, '?'))
UNION ALL
SELECT o.capture_id, o.snapshot, 'descriptors ' || o.process_id, 'host_shmem', 'memfd', 'process ' || o.process_id, any_value(p.name), min(o.target),
  o.process_id, sum(o.bytes)::BIGINT
FROM (
  SELECT capture_id, snapshot, min(process_id) AS process_id, min(target) AS target, max(size_bytes) AS bytes
  FROM open_file
  WHERE kind = 'memfd'
  GROUP BY capture_id, snapshot, device, inode, CASE WHEN inode IS NULL THEN target END
) AS o
JOIN process AS p USING (capture_id, process_id)
GROUP BY o.capture_id, o.snapshot, o.process_id
UNION ALL
SELECT s.capture_id, s.snapshot, 'process', 'host_shmem', 'process', s.process_id::VARCHAR, p.name, NULL, s.process_id, s.rss_shmem_bytes
FROM process_sample AS s
JOIN process AS p USING (capture_id, process_id)
WHERE s.rss_shmem_bytes > 0
UNION ALL
SELECT capture_id, snapshot, 'cgroup', 'host_unaccounted', 'cgroup', path, path, NULL, NULL, bytes
FROM cgroup_residual
UNION ALL
-- who was charged is known where nobody is seen to hold it
SELECT capture_id, snapshot, 'cgroup', 'host_shmem', 'cgroup', path, path, NULL, NULL, shmem_bytes
FROM cgroup_memory
WHERE path <> '/' AND shmem_bytes > 0;

-- columns of owner_growth:
--   sid INTEGER  of the bucket's grower; bucket, owner_type, owner_id, name, detail, process_id as above
--   before_bytes, after_bytes, growth BIGINT; bucket_growth BIGINT  of the bucket between the same two snapshots
--   share DOUBLE  growth / bucket_growth, at most 1; from_snapshot, to_snapshot INTEGER
CREATE OR REPLACE TABLE owner_growth AS
WITH bucket AS (
  SELECT * FROM grower WHERE metric IN ('host_slab_unreclaimable', 'host_vmalloc', 'host_shmem', 'host_unaccounted')
), reading AS (
  SELECT b.sid, b.capture_id, b.metric, r.source,
    coalesce(max(r.snapshot) FILTER (WHERE s.t_seconds <= b.onset_t),
      CASE WHEN any_value(starts_with(r.source, 'descriptors')) AND count(*) FILTER (WHERE s.t_seconds <= b.end_t) = 1 THEN any_value(b.from_snapshot) ELSE min(r.snapshot) END) AS from_snapshot,
    max(r.snapshot) FILTER (WHERE s.t_seconds <= b.end_t) AS to_snapshot,
    any_value(starts_with(r.source, 'descriptors')) AND min(r.snapshot) = max(r.snapshot) FILTER (WHERE s.t_seconds <= b.end_t) AS read_once
  FROM bucket AS b
  JOIN slow_reading AS r ON r.capture_id = b.capture_id
  JOIN snapshot AS s ON s.capture_id = r.capture_id AND s.snapshot = r.snapshot AND s.boot = b.boot
  GROUP BY ALL
  HAVING to_snapshot > from_snapshot
), ends AS (
  SELECT r.sid, r.capture_id, r.source, r.from_snapshot, r.to_snapshot, r.read_once, v.bucket, v.owner_type, v.owner_id,
    any_value(v.name ORDER BY v.snapshot DESC, v.name) AS name, any_value(v.detail ORDER BY v.snapshot DESC, v.detail) AS detail,
    max(v.process_id) AS process_id,
    coalesce(sum(v.bytes) FILTER (WHERE v.snapshot = r.from_snapshot), 0)::BIGINT AS before_bytes,
    coalesce(sum(v.bytes) FILTER (WHERE v.snapshot = r.to_snapshot), 0)::BIGINT AS after_bytes
  FROM reading AS r
  JOIN owner_value AS v ON v.capture_id = r.capture_id AND v.bucket = r.metric AND v.source = r.source
    AND v.snapshot IN (r.from_snapshot, r.to_snapshot)
  GROUP BY ALL
), ledger AS (
  SELECT capture_id, snapshot, slab_unreclaimable_bytes, vmalloc_bytes, shmem_bytes, unaccounted_bytes FROM memory_ledger
)
SELECT e.sid, e.capture_id, e.bucket, e.owner_type, e.owner_id, e.name, e.detail, e.process_id, x.before_bytes, e.after_bytes,
  e.after_bytes - x.before_bytes AS growth,
  x.bucket_growth,
  CASE WHEN x.bucket_growth > 0 THEN least(1, (e.after_bytes - x.before_bytes) / x.bucket_growth) END AS share,
  e.from_snapshot, e.to_snapshot
FROM ends AS e
JOIN ledger AS a ON a.capture_id = e.capture_id AND a.snapshot = e.from_snapshot
JOIN ledger AS b ON b.capture_id = e.capture_id AND b.snapshot = e.to_snapshot,
  LATERAL (SELECT CASE WHEN e.read_once THEN greatest(e.before_bytes, a.shmem_bytes) ELSE e.before_bytes END AS before_bytes, CASE e.bucket
    WHEN 'host_slab_unreclaimable' THEN b.slab_unreclaimable_bytes - a.slab_unreclaimable_bytes
    WHEN 'host_vmalloc' THEN b.vmalloc_bytes - a.vmalloc_bytes
    WHEN 'host_shmem' THEN b.shmem_bytes - a.shmem_bytes
    WHEN 'host_unaccounted' THEN b.unaccounted_bytes - a.unaccounted_bytes END AS bucket_growth) AS x
WHERE e.after_bytes > x.before_bytes
ORDER BY e.sid, e.owner_type, e.owner_id;

-- The owner that explains a bucket's growth: the first kind, in the order of how exact it is, that explains half of it. A control
-- group counts its children's memory as its own, and both are read a moment apart: the deepest one that has nearly all of it.
-- columns of bucket_owner: those of owner_growth, one row a bucket; no row where nobody explains half; and
--   purpose VARCHAR  what a slab cache is for, see slab_purpose; NULL when that is not known
CREATE OR REPLACE TABLE bucket_owner AS
WITH explaining AS (
  SELECT *, growth >= 0.8 * max(growth) OVER (PARTITION BY sid, owner_type) AS nearly_all
  FROM owner_growth
  WHERE share >= 0.5
)
SELECT * EXCLUDE (nearly_all), CASE WHEN owner_type = 'slab_cache' THEN slab_purpose(name) END AS purpose
FROM explaining
QUALIFY row_number() OVER (
  PARTITION BY sid
  ORDER BY CASE owner_type WHEN 'segment' THEN 1 WHEN 'mount' THEN 2 WHEN 'memfd' THEN 3 WHEN 'mounts' THEN 4 WHEN 'cgroup' THEN 6 ELSE 5 END,
    CASE WHEN owner_type = 'cgroup' AND nearly_all THEN -length(owner_id) ELSE 0 END, growth DESC, owner_id) = 1;
