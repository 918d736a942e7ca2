-- The series a finding rests on: one measure of one culprit over time, for the small charts of the verdict.
-- requires: capture, process_sample, process_reading, process, open_file, fd_count, mapping, buddy, vmstat, pressure, memory_filesystem, shm_segment, slab_owner, vmalloc_owner, cgroup_memory, ledger_bucket, memory_ledger, meminfo, sockstat, socket_buffers, snapshot
-- columns of path_measure:
--   capture_id, snapshot INTEGER
--   culprit_type  VARCHAR  process, group, mapping, mount, segment, slab_cache, vmalloc_caller, cgroup, zone, bucket, host
--   id            VARCHAR  process_id, name of the processes, mount point, shmid, cache, caller, path, bucket; of a mapping: process_id and name
--   measure       VARCHAR  rss_anon, private_anon (rss_anon and swap, as the findings count it), rss_file, rss_shmem, vm_size, pte, rss, bytes;
--                          open_files (size of the deleted files and memfds that it holds, each once);
--                          threads, pipes, descriptors, processes, sockets, dying_descendants, oom_kills, high_stops;
--                          pieces, blocks (free bytes of a zone in blocks of up to 8 pages, and in larger ones);
--                          events (a counter of vmstat), waited (seconds that some task waited for memory)
--   value         BIGINT   bytes; a count, or seconds, where the measure is one
CREATE OR REPLACE VIEW path_measure AS
WITH process_long AS (
  UNPIVOT (SELECT capture_id, snapshot, process_id, rss_bytes AS rss, rss_anon_bytes AS rss_anon, rss_anon_bytes + coalesce(swap_bytes, 0) AS private_anon, rss_file_bytes AS rss_file,
                  rss_shmem_bytes AS rss_shmem, vm_size_bytes AS vm_size, pte_bytes AS pte, swap_bytes AS swap, threads FROM process_reading)
  ON rss, rss_anon, private_anon, rss_file, rss_shmem, vm_size, pte, swap, threads INTO NAME measure VALUE value
)
SELECT capture_id, snapshot, 'process' AS culprit_type, CAST(process_id AS VARCHAR) AS id, measure, value FROM process_long
UNION ALL
SELECT s.capture_id, s.snapshot, 'group', p.name, 'processes', count(*)
FROM process_sample AS s
JOIN process AS p USING (capture_id, process_id)
GROUP BY s.capture_id, s.snapshot, p.name
UNION ALL
SELECT s.capture_id, s.snapshot, 'group', p.name, 'private_anon', CAST(sum(s.rss_anon_bytes + coalesce(s.swap_bytes, 0)) AS BIGINT)
FROM process_reading AS s
JOIN process AS p USING (capture_id, process_id)
WHERE s.rss_anon_bytes IS NOT NULL
GROUP BY s.capture_id, s.snapshot, p.name
UNION ALL
SELECT capture_id, snapshot, 'process', CAST(process_id AS VARCHAR), 'open_files', CAST(sum(size_bytes) AS BIGINT)
FROM (SELECT DISTINCT capture_id, snapshot, process_id, device, inode, size_bytes FROM open_file)
GROUP BY capture_id, snapshot, process_id
UNION ALL
SELECT capture_id, snapshot, 'process', CAST(process_id AS VARCHAR), 'pipes', pipes FROM fd_count
UNION ALL
SELECT capture_id, snapshot, 'process', CAST(process_id AS VARCHAR), 'descriptors', total FROM fd_count
UNION ALL
SELECT capture_id, snapshot, 'mapping', process_id || ' ' || name, 'rss', CAST(sum(rss_bytes) AS BIGINT)
FROM mapping
GROUP BY capture_id, snapshot, process_id, name
UNION ALL
SELECT capture_id, snapshot, 'mount', mount_point, 'bytes', max(used_bytes) FROM memory_filesystem GROUP BY ALL
UNION ALL
SELECT capture_id, snapshot, 'mount', mount_point, 'together', CAST(sum(used_bytes) AS BIGINT) FROM memory_filesystem GROUP BY ALL
UNION ALL
SELECT capture_id, snapshot, 'segment', CAST(shmid AS VARCHAR), 'bytes', rss_bytes FROM shm_segment
UNION ALL
SELECT capture_id, snapshot, 'slab_cache', cache, 'bytes', CAST(sum(bytes) AS BIGINT) FROM slab_owner GROUP BY ALL
UNION ALL
SELECT capture_id, snapshot, 'vmalloc_caller', caller, 'bytes', CAST(sum(bytes) AS BIGINT) FROM vmalloc_owner GROUP BY ALL
UNION ALL
SELECT capture_id, snapshot, 'cgroup', path, 'bytes', current_bytes FROM cgroup_memory WHERE current_bytes IS NOT NULL
UNION ALL
SELECT capture_id, snapshot, 'cgroup', path, 'oom_kills', events_oom_kill FROM cgroup_memory WHERE events_oom_kill IS NOT NULL
UNION ALL
SELECT capture_id, snapshot, 'cgroup', path, 'high_stops', events_high FROM cgroup_memory WHERE events_high IS NOT NULL
UNION ALL
SELECT b.capture_id, b.snapshot, 'zone', 'node ' || b.node || ', zone ' || b.zone, CASE WHEN b.page_order <= 3 THEN 'pieces' ELSE 'blocks' END,
  CAST(sum(b.free_blocks * 2 ** b.page_order) * coalesce(any_value(c.page_bytes), 4096) AS BIGINT)
FROM buddy AS b
JOIN capture AS c USING (capture_id)
GROUP BY ALL
UNION ALL
SELECT capture_id, snapshot, 'host', name, 'events', value FROM vmstat WHERE name IN ('compact_fail', 'pswpin')
UNION ALL
SELECT capture_id, snapshot, 'host', 'pressure', 'waited', CAST(total_seconds AS BIGINT) FROM pressure WHERE resource = 'memory' AND scope = 'some'
UNION ALL
SELECT capture_id, snapshot, 'host', 'cgroups', 'dying_descendants', max(dying_descendants) FROM cgroup_memory WHERE dying_descendants IS NOT NULL
GROUP BY capture_id, snapshot
UNION ALL
SELECT capture_id, snapshot, 'bucket', bucket, 'bytes', bytes FROM ledger_bucket WHERE bytes IS NOT NULL
UNION ALL
-- what is in use and has a counter: flat while the pages grow that have none
SELECT capture_id, snapshot, 'bucket', 'accounted', 'bytes', CAST(sum(bytes) AS BIGINT)
FROM ledger_bucket
WHERE bucket NOT IN ('free', 'percpu_free', 'unaccounted') AND bytes IS NOT NULL
GROUP BY capture_id, snapshot
UNION ALL
SELECT capture_id, snapshot, 'host', 'sockets', 'sockets', value FROM sockstat WHERE protocol = 'sockets' AND name = 'used'
UNION ALL
SELECT capture_id, snapshot, 'host', 'buffers', 'bytes', bytes FROM socket_buffers
UNION ALL
SELECT capture_id, snapshot, 'bucket', 'slab', 'bytes', slab_bytes FROM meminfo WHERE slab_bytes IS NOT NULL
UNION ALL
SELECT m.capture_id, m.snapshot, 'host', x.id, 'bytes', x.bytes
FROM meminfo AS m,
  LATERAL (VALUES ('available', m.mem_available_bytes), ('committed', m.committed_as_bytes), ('commit_limit', m.commit_limit_bytes),
    ('locked', m.mlocked_bytes), ('unevictable', m.unevictable_bytes),
    ('swap', CASE WHEN m.swap_total_bytes > 0 THEN m.swap_total_bytes - m.swap_free_bytes END)) AS x(id, bytes)
WHERE x.bytes IS NOT NULL
UNION ALL
SELECT capture_id, snapshot, 'host', 'compressed', 'bytes', compressed_bytes FROM memory_ledger WHERE compressed_bytes > 0
UNION ALL
-- a total that never moves proves nothing
SELECT capture_id, snapshot, 'host', 'total', 'bytes', mem_total_bytes
FROM memory_ledger
WHERE capture_id IN (SELECT w.capture_id FROM memory_ledger AS w WHERE w.withdrawn_bytes > 0);
