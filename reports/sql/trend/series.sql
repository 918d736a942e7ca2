-- Every series that moved by more than its floor, as one table: what the trend is asked about.
-- requires: capture, snapshot, process, process_sample, watched_sample, fd_count, meminfo, memory_ledger, ledger_bucket, sockstat, memory_filesystem, cgroup_memory, cgroup_residual, metric_floor, host_oom_moment
-- columns of series (a table, made once after loading):
--   sid INTEGER  number of the series
--   capture_id, boot INTEGER
--   win          VARCHAR  all, or until_oom: the same series up to the first kill of the host that had samples before it
--   metric       VARCHAR  see metric_floor
--   subject_type VARCHAR  host, process, group (all of one name), unit (all in one cgroup), user (all of one uid), mount, cgroup
--   subject_id   VARCHAR  process_id for a process, else the name
--   name         VARCHAR  for people
--   snapshot INTEGER; t_seconds DOUBLE; ts TIMESTAMP UTC
--   value DOUBLE, floor DOUBLE  bytes or counts
-- The first tenth of the life of a process that began within the capture is left out: that is its start-up. Where fewer than four readings
-- would be left nothing is: of a process that was read seldom they are all there is.
-- columns of listed_span, one row a boot whose processes were read: capture_id, boot, first_snapshot, last_snapshot INTEGER  in which any was
-- columns of process_reading: those of process_sample, of every reading of a process by itself
CREATE OR REPLACE VIEW process_reading AS
FROM process_sample UNION ALL FROM watched_sample;

-- columns of socket_buffers: capture_id, snapshot INTEGER; bytes BIGINT  that TCP and UDP count as mem, in pages (sockstat)
CREATE OR REPLACE VIEW socket_buffers AS
SELECT k.capture_id, k.snapshot, sum(k.value * coalesce(c.page_bytes, 4096))::BIGINT AS bytes
FROM sockstat AS k
JOIN capture AS c USING (capture_id)
WHERE k.protocol IN ('TCP', 'UDP') AND k.name = 'mem'
GROUP BY k.capture_id, k.snapshot;

CREATE OR REPLACE VIEW process_series AS
WITH sampled AS (
  SELECT p.capture_id, p.snapshot, p.process_id,
    p.rss_anon_bytes + coalesce(p.swap_bytes, 0) AS anon,
    -- pidstat and ps tell resident memory and not of which kind
    CASE WHEN p.rss_anon_bytes IS NULL THEN p.rss_bytes END AS rss, p.rss_shmem_bytes AS shmem, p.rss_file_bytes AS file,
    p.vm_size_bytes AS vm, p.pte_bytes AS pte, p.threads AS threads, f.total AS fd, f.sockets AS sockets
  FROM process_reading AS p
  LEFT JOIN fd_count AS f USING (capture_id, snapshot, process_id)
), moved AS (
  SELECT capture_id, process_id,
    max(anon) - min(anon) AS anon, CASE WHEN count(anon) = 0 THEN max(rss) - min(rss) END AS rss, max(shmem) - min(shmem) AS shmem, max(file) - min(file) AS file, max(vm) - min(vm) AS vm,
    max(pte) - min(pte) AS pte, max(threads) - min(threads) AS threads, max(fd) - min(fd) AS fd,
    max(sockets) - min(sockets) AS sockets
  FROM sampled
  GROUP BY capture_id, process_id
), kept AS (
  SELECT m.capture_id, m.process_id, x.metric
  FROM moved AS m,
    LATERAL (VALUES ('proc_anon', m.anon), ('proc_rss', m.rss), ('proc_shmem', m.shmem), ('proc_file', m.file), ('proc_vm', m.vm),
      ('proc_pte', m.pte), ('proc_threads', m.threads), ('proc_fd', m.fd), ('proc_sockets', m.sockets)) AS x(metric, moved)
  JOIN metric_floor AS f ON f.capture_id = m.capture_id AND f.metric = x.metric
  WHERE x.moved >= f.floor
)
SELECT s.capture_id, k.metric, s.process_id, s.snapshot,
  CASE k.metric
    WHEN 'proc_anon' THEN anon WHEN 'proc_rss' THEN rss WHEN 'proc_shmem' THEN shmem WHEN 'proc_file' THEN file WHEN 'proc_vm' THEN vm
    WHEN 'proc_pte' THEN pte WHEN 'proc_threads' THEN threads WHEN 'proc_fd' THEN fd WHEN 'proc_sockets' THEN sockets
  END AS value
FROM kept AS k
JOIN sampled AS s ON s.capture_id = k.capture_id AND s.process_id = k.process_id;

CREATE OR REPLACE VIEW listed_span AS
SELECT capture_id, boot, min(first_snapshot) AS first_snapshot, max(last_snapshot) AS last_snapshot FROM process GROUP BY capture_id, boot;

CREATE OR REPLACE VIEW series_source AS
WITH lived AS (
  SELECT p.capture_id, p.process_id, p.name, p.boot, a.t_seconds AS birth_t,
    a.t_seconds + CASE WHEN p.first_snapshot > f.first_snapshot THEN 0.1 * (b.t_seconds - a.t_seconds) ELSE 0 END AS settled_t
  FROM process AS p
  JOIN snapshot AS a ON a.capture_id = p.capture_id AND a.snapshot = p.first_snapshot
  JOIN snapshot AS b ON b.capture_id = p.capture_id AND b.snapshot = p.last_snapshot
  JOIN listed_span AS f ON f.capture_id = p.capture_id AND f.boot = p.boot
), started AS (
  SELECT l.capture_id, l.process_id, l.name, l.boot, CASE WHEN coalesce(r.left_over, 0) < 4 THEN l.birth_t ELSE l.settled_t END AS from_t
  FROM lived AS l
  LEFT JOIN (
    SELECT l.capture_id, l.process_id, count(*) AS left_over
    FROM lived AS l
    JOIN process_reading AS s USING (capture_id, process_id)
    JOIN snapshot AS t ON t.capture_id = s.capture_id AND t.snapshot = s.snapshot AND t.t_seconds >= l.settled_t
    GROUP BY l.capture_id, l.process_id
  ) AS r USING (capture_id, process_id)
), member AS (
  SELECT s.capture_id, s.snapshot, p.name, p.cgroup, p.uid,
    -- what many map together is one segment, and no sum over them: the host's shared memory is a series of its own
    coalesce(s.rss_anon_bytes, 0) + coalesce(s.swap_bytes, 0) AS bytes
  FROM process_sample AS s
  JOIN process AS p USING (capture_id, process_id)
  WHERE NOT coalesce(p.kernel_thread, false)
), grouped AS (
  SELECT capture_id, snapshot, 'group' AS subject_type, name AS subject_id, name, count(*) AS members, 1 AS names, sum(bytes)::BIGINT AS bytes
  FROM member
  GROUP BY capture_id, snapshot, name
  UNION ALL
  SELECT capture_id, snapshot, 'unit', cgroup, cgroup, count(*), count(DISTINCT name), sum(bytes)::BIGINT
  FROM member
  WHERE cgroup IS NOT NULL AND cgroup <> '/'
  GROUP BY capture_id, snapshot, cgroup
  UNION ALL
  SELECT capture_id, snapshot, 'user', uid::VARCHAR, 'uid ' || uid, count(*), count(DISTINCT name), sum(bytes)::BIGINT
  FROM member
  WHERE uid IS NOT NULL
  GROUP BY capture_id, snapshot, uid
), crowd AS (
  -- only what ever had several members is a group; a unit or a user with one program only is told by that program's name
  SELECT capture_id, subject_type, subject_id
  FROM grouped
  GROUP BY capture_id, subject_type, subject_id
  HAVING max(members) > 1 AND (subject_type = 'group' OR max(names) > 1)
)
SELECT s.capture_id, s.metric, 'process' AS subject_type, s.process_id::VARCHAR AS subject_id, p.name, s.snapshot,
  s.value::DOUBLE AS value, p.from_t
FROM process_series AS s
JOIN started AS p USING (capture_id, process_id)
UNION ALL
SELECT g.capture_id, g.subject_type || x.metric, g.subject_type, g.subject_id, g.name, g.snapshot, x.value::DOUBLE, NULL
FROM grouped AS g
JOIN crowd AS m ON m.capture_id = g.capture_id AND m.subject_type = g.subject_type AND m.subject_id IS NOT DISTINCT FROM g.subject_id,
  LATERAL (VALUES ('_count', g.members), ('_anon', g.bytes)) AS x(metric, value)
UNION ALL
SELECT l.capture_id, 'host_' || bucket, 'host', bucket, bucket, l.snapshot, bytes::DOUBLE, NULL
FROM ledger_bucket AS l
WHERE bucket NOT IN ('free', 'percpu_free', 'other', 'other_reclaimable', 'unaccounted')
UNION ALL
-- per-cpu lists swing by more than a leak of a minute: without them the rest is judged by a rougher floor
SELECT capture_id, CASE WHEN percpu_free_known THEN 'host_unaccounted' ELSE 'host_unaccounted_rough' END, 'host', 'unaccounted',
  'unaccounted', snapshot, unaccounted_bytes::DOUBLE, NULL
FROM memory_ledger
UNION ALL
-- of all that was there at first: memory that is taken away is not available either. sar does not tell MemTotal: what another file told of it
-- counts, else the most that was ever available, since only how it moves is asked
SELECT l.capture_id, 'host_used', 'host', 'used', 'used', l.snapshot,
  (coalesce(l.mem_total_bytes, t.mem_total_bytes, t.most_available_bytes) + coalesce(l.withdrawn_bytes, 0) - l.mem_available_bytes)::DOUBLE, NULL
FROM memory_ledger AS l
JOIN (SELECT capture_id, max(mem_total_bytes) AS mem_total_bytes, max(mem_available_bytes) AS most_available_bytes FROM memory_ledger GROUP BY capture_id) AS t USING (capture_id)
UNION ALL
SELECT capture_id, 'host_withdrawn', 'host', 'withdrawn', 'withdrawn', snapshot, withdrawn_bytes::DOUBLE, NULL
FROM memory_ledger
UNION ALL
SELECT capture_id, 'host_compressed', 'host', 'compressed', 'compressed', snapshot, compressed_bytes::DOUBLE, NULL
FROM memory_ledger
UNION ALL
-- what is on no list of pages that can be dropped, and nobody locked: files in a ramfs, and little else
SELECT capture_id, 'host_undroppable', 'host', 'undroppable', 'undroppable', snapshot, (unevictable_bytes - mlocked_bytes)::DOUBLE, NULL
FROM meminfo
UNION ALL
SELECT capture_id, 'host_swap', 'host', 'swap', 'swap', snapshot, swap_used_bytes::DOUBLE, NULL
FROM memory_ledger
UNION ALL
SELECT capture_id, 'host_sockets', 'host', 'sockets', 'sockets', snapshot, max(value)::DOUBLE, NULL
FROM sockstat
WHERE lower(protocol) = 'sockets' AND name = 'used'
GROUP BY capture_id, snapshot
UNION ALL
-- what the kernel counts as buffers of its sockets, payload and what lies around it
SELECT capture_id, 'host_buffers', 'host', 'buffers', 'buffers', snapshot, bytes::DOUBLE, NULL
FROM socket_buffers
UNION ALL
SELECT capture_id, 'mount_used', 'mount', device, mount_point, snapshot, used_bytes::DOUBLE, NULL
FROM memory_filesystem
WHERE fstype IN ('tmpfs', 'devtmpfs', 'ramfs')
UNION ALL
SELECT capture_id, 'cgroup_anon', 'cgroup', path, path, snapshot, anon_bytes::DOUBLE, NULL
FROM cgroup_memory
WHERE path <> '/'
UNION ALL
SELECT capture_id, 'cgroup_kernel_rest', 'cgroup', path, path, snapshot, bytes::DOUBLE, NULL
FROM cgroup_residual
UNION ALL
SELECT capture_id, 'cgroup_dying', 'cgroup', path, path, snapshot, dying_descendants::DOUBLE, NULL
FROM cgroup_memory;

CREATE OR REPLACE TABLE series AS
WITH placed AS (
  SELECT x.capture_id, s.boot, x.metric, x.subject_type, x.subject_id, x.name, x.snapshot, s.t_seconds, s.ts, x.value, f.floor
  FROM series_source AS x
  JOIN snapshot AS s ON s.capture_id = x.capture_id AND s.snapshot = x.snapshot
  JOIN metric_floor AS f ON f.capture_id = x.capture_id AND f.metric = x.metric
  WHERE x.value IS NOT NULL AND (x.from_t IS NULL OR s.t_seconds >= x.from_t)
), kill AS (
  SELECT m.capture_id, m.boot, min(m.t_seconds) AS until_t
  FROM host_oom_moment AS m
  WHERE (SELECT count(*) FROM snapshot AS s WHERE s.capture_id = m.capture_id AND s.boot = m.boot AND s.t_seconds <= m.t_seconds) >= 5
  GROUP BY m.capture_id, m.boot
), windowed AS (
  SELECT *, 'all' AS win FROM placed
  UNION ALL
  SELECT p.*, 'until_oom'
  FROM placed AS p
  JOIN kill AS k ON k.capture_id = p.capture_id AND k.boot = p.boot AND p.t_seconds <= k.until_t
), kept AS (
  SELECT capture_id, boot, win, metric, subject_type, subject_id,
    row_number() OVER (ORDER BY capture_id, boot, win DESC, metric, subject_type, subject_id)::INTEGER AS sid
  FROM windowed
  GROUP BY capture_id, boot, win, metric, subject_type, subject_id
  HAVING max(value) - min(value) >= any_value(floor)
)
SELECT k.sid, w.capture_id, w.boot, w.win, w.metric, w.subject_type, w.subject_id, w.name, w.snapshot, w.t_seconds, w.ts, w.value, w.floor
FROM windowed AS w
JOIN kept AS k USING (capture_id, boot, win, metric, subject_type, subject_id)
ORDER BY k.sid, w.t_seconds;
