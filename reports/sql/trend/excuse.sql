-- Growth that nobody is accused of, although its shape is that of a leak: what a process was given by its command line, what it is
-- replaced for before it has grown by more, and the breath of a large one.
-- requires: grower, heap_most, granted_most, heap_inside, listed_span, process, process_sample, trend, meminfo, host_oom_moment, cgroup_memory, nearest_limit, memory_ledger, bucket_owner, mapping, anonymous_run, snapshot, restarted_life, oom_kill, daemon_kill, capture
-- columns of shared_heap, one row a grower of the host's shared memory that lies in the heap of one Java virtual machine: ZGC before JDK 21,
-- and later without generations, has its heap in a memfd of that name and maps it up to three times
--   sid, process_id INTEGER; heap_file VARCHAR  as smaps names it
CREATE OR REPLACE TABLE shared_heap AS
SELECT g.sid, o.process_id, max(m.name) AS heap_file
FROM grower AS g
JOIN bucket_owner AS o ON o.sid = g.sid AND o.owner_type IN ('process', 'memfd')
JOIN mapping AS m ON m.capture_id = g.capture_id AND m.process_id = o.process_id AND starts_with(m.name, '/memfd:java_heap')
WHERE g.metric = 'host_shmem'
GROUP BY g.sid, o.process_id
ORDER BY g.sid;

-- columns of program_limit, one row a grower of the anonymous memory of a process, or of its shared heap: what its program may take by itself
--   sid INTEGER; heap_bytes, granted_bytes BIGINT  see heap_most and granted_most, NULL where nothing tells
--   room_bytes BIGINT  what host and control group have left for the rest of it
CREATE OR REPLACE TABLE program_limit AS
WITH grown AS (
  SELECT sid, capture_id, process_id, to_snapshot, end_ts FROM grower WHERE metric = 'proc_anon'
  UNION ALL
  SELECT g.sid, g.capture_id, h.process_id, g.to_snapshot, g.end_ts FROM grower AS g JOIN shared_heap AS h USING (sid)
), control AS (
  SELECT capture_id, path, arg_max(coalesce(max_bytes, 9223372036854775807), snapshot) AS limit_bytes FROM cgroup_memory GROUP BY capture_id, path
), contained AS (
  -- a virtual machine takes its container for the whole memory; the limit of a pod above it counts, too
  SELECT g.sid, least(min(k.limit_bytes), any_value(a.mem_total_bytes)) AS bytes
  FROM grown AS g
  JOIN process AS p ON p.capture_id = g.capture_id AND p.process_id = g.process_id
  JOIN control AS k ON k.capture_id = p.capture_id AND (k.path = p.cgroup OR starts_with(p.cgroup, rtrim(k.path, '/') || '/'))
  LEFT JOIN meminfo AS a ON a.capture_id = g.capture_id AND a.snapshot = g.to_snapshot
  GROUP BY g.sid
  HAVING bool_or(k.path = p.cgroup)
)
SELECT g.sid, heap_most(p.comm, p.exe, p.command, epoch(g.end_ts - p.started_at) < 600, a.mem_total_bytes, c.bytes) AS heap_bytes,
  granted_most(p.comm, p.command) AS granted_bytes,
  CASE WHEN n.limit_cgroup IS NULL THEN a.mem_available_bytes ELSE least(a.mem_available_bytes, n.left_bytes) END AS room_bytes
FROM grown AS g
JOIN process AS p ON p.capture_id = g.capture_id AND p.process_id = g.process_id
LEFT JOIN contained AS c USING (sid)
LEFT JOIN nearest_limit AS n USING (sid)
LEFT JOIN meminfo AS a ON a.capture_id = g.capture_id AND a.snapshot = g.to_snapshot
ORDER BY g.sid;

-- columns of beside_heap, one row a grower of a Java virtual machine whose heap was found among its mappings, by its size: what it gained
-- outside of that, as direct buffers, stacks, classes and native libraries do
--   sid INTEGER; readings BIGINT of smaps; growth BIGINT from the first of them to the last; lost BIGINT that it gave back between two
CREATE OR REPLACE TABLE beside_heap AS
WITH held AS (
  SELECT l.sid, s.snapshot, m.bytes - h.anonymous_bytes - coalesce(h.swap_bytes, 0) AS bytes
  FROM program_limit AS l
  JOIN grower AS g USING (sid)
  -- the JVM rounds its heap, and may map classes into a part of it
  JOIN anonymous_run AS h ON h.capture_id = g.capture_id AND h.process_id = g.process_id AND h.size_bytes BETWEEN 0.95 * l.heap_bytes AND 1.01 * l.heap_bytes
  JOIN snapshot AS s ON s.capture_id = h.capture_id AND s.snapshot = h.snapshot AND s.boot = g.boot AND s.t_seconds BETWEEN g.onset_t AND g.end_t
  JOIN (
    SELECT capture_id, snapshot, process_id, sum(anonymous_bytes + coalesce(swap_bytes, 0)) AS bytes
    FROM mapping
    WHERE substr(perms, 4, 1) = 'p'
    GROUP BY capture_id, snapshot, process_id
  ) AS m ON m.capture_id = h.capture_id AND m.snapshot = h.snapshot AND m.process_id = h.process_id
  -- of two of that size nobody knows which it is
  QUALIFY count(*) OVER (PARTITION BY l.sid, s.snapshot) = 1
), stepped AS (
  SELECT sid, snapshot, bytes, bytes - lag(bytes) OVER (PARTITION BY sid ORDER BY snapshot) AS gained
  FROM held
  WHERE bytes IS NOT NULL
)
SELECT sid, count(*) AS readings, (arg_max(bytes, snapshot) - arg_min(bytes, snapshot))::BIGINT AS growth,
  (-coalesce(sum(gained) FILTER (WHERE gained < 0), 0))::BIGINT AS lost
FROM stepped
GROUP BY sid
ORDER BY sid;

-- outside_heap(...): is it growth of its own, half of what the process gained or more, seen often enough, and does it keep what it gains?
CREATE OR REPLACE MACRO outside_heap(readings, outside_growth, lost, growth) AS
  coalesce(readings >= 4 AND outside_growth >= 0.5 * growth AND lost <= 0.1 * outside_growth, false);

-- kin_cgroup(cgroup): the control group without the parts that are numbered: jobs of a batch system, pods of one deployment and sessions
-- each have a group of their own, and are of one kind all the same
CREATE OR REPLACE MACRO kin_cgroup(cgroup) AS regexp_replace(cgroup, '/[^/]*[0-9][^/]*', '', 'g');

-- columns of worker_pool, programs of which several live at a time and each is replaced after a while (prefork, max_requests), while they do
-- not become more: a limit that works, and no leak that reaches anybody
--   capture_id, boot INTEGER; name VARCHAR; kin VARCHAR see kin_cgroup; ended, living BIGINT  processes that ended within the capture, that were there at its end;
--   most_bytes BIGINT  the most that one of those had which ended: anonymous memory and swap; longest_life BIGINT  snapshots of the longest of those
CREATE OR REPLACE TABLE worker_pool AS
WITH pool AS (
  SELECT p.capture_id, p.boot, p.name, kin_cgroup(p.cgroup) AS kin, count(*) FILTER (WHERE p.last_snapshot < l.last_snapshot) AS ended,
    count(*) FILTER (WHERE p.last_snapshot = l.last_snapshot) AS living
  FROM process AS p
  JOIN listed_span AS l USING (capture_id, boot)
  WHERE NOT p.kernel_thread
  GROUP BY p.capture_id, p.boot, p.name, kin_cgroup(p.cgroup)
  -- fewer are restarts (R37), or chance
  HAVING ended >= 8
    -- several at a time: at the end, or on the average, as of jobs that come when somebody has some
    AND (living >= 4 OR sum(p.last_snapshot - p.first_snapshot + 1) >= 3 * any_value(l.last_snapshot - l.first_snapshot + 1))
    -- a deploy ends all of them at once, and says nothing about what the next ones will take
    AND max(p.last_snapshot) FILTER (WHERE p.last_snapshot < l.last_snapshot) - min(p.last_snapshot) > any_value(l.last_snapshot - l.first_snapshot) / 3
)
SELECT p.capture_id, p.boot, p.name, p.kin, p.ended, p.living, max(m.last_snapshot - m.first_snapshot) AS longest_life, max(s.rss_anon_bytes + coalesce(s.swap_bytes, 0)) AS most_bytes
FROM pool AS p
JOIN process AS m ON m.capture_id = p.capture_id AND m.boot = p.boot AND m.name = p.name AND kin_cgroup(m.cgroup) IS NOT DISTINCT FROM p.kin
JOIN listed_span AS l ON l.capture_id = m.capture_id AND l.boot = m.boot AND m.last_snapshot < l.last_snapshot
JOIN process_sample AS s ON s.capture_id = m.capture_id AND s.process_id = m.process_id
WHERE NOT EXISTS (SELECT 1 FROM grower AS g WHERE g.capture_id = p.capture_id AND g.boot = p.boot AND g.metric = 'group_count' AND g.subject_id = p.name)
  -- whom the kernel killed was not replaced in time
  AND p.capture_id NOT IN (SELECT o.capture_id FROM host_oom_moment AS o)
GROUP BY ALL
ORDER BY p.capture_id, p.boot, p.name, p.kin;

-- A database writes itself out through a child, and does so again: what the child takes for that it gives back when it ends, and each takes
-- about as much. In RssAnon it has all of its parent's from its first moment on; pages that become two do not add to it.
-- columns of forked_job, one row a grower that is a child of a process of its own name which lives on, the only one at its time, while others
-- before or after it ended that had lived as long and had as much
--   sid INTEGER; ended BIGINT  of the others; most_bytes BIGINT  the most that one of them had; parent_pid INTEGER
CREATE OR REPLACE TABLE forked_job AS
WITH child AS (
  SELECT c.capture_id, c.boot, c.process_id, c.pid, q.process_id AS parent_id, q.pid AS parent_pid, c.last_snapshot < l.last_snapshot AS ended,
    c.last_snapshot - c.first_snapshot AS life,
    coalesce(c.first_snapshot <= max(c.last_snapshot) OVER (PARTITION BY c.capture_id, q.process_id ORDER BY c.first_snapshot, c.process_id
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), false) AS beside_another
  FROM process AS c
  JOIN process AS q ON q.capture_id = c.capture_id AND q.boot = c.boot AND q.pid = c.ppid AND q.name = c.name AND q.process_id <> c.process_id
    AND q.first_snapshot <= c.first_snapshot
  JOIN listed_span AS l ON l.capture_id = q.capture_id AND l.boot = q.boot AND l.last_snapshot = q.last_snapshot
  WHERE NOT c.kernel_thread
), alone AS (
  -- several at a time are workers: what one of them had when it ended says nothing of the others
  SELECT capture_id, parent_id FROM child GROUP BY capture_id, parent_id HAVING count(*) >= 3 AND NOT bool_or(beside_another)
), course AS (
  SELECT c.capture_id, c.process_id, c.parent_id, c.parent_pid, c.ended, c.life, max(s.rss_anon_bytes + coalesce(s.swap_bytes, 0)) AS highest
  FROM child AS c
  JOIN alone AS a USING (capture_id, parent_id)
  JOIN process_sample AS s ON s.capture_id = c.capture_id AND s.process_id = c.process_id
  -- whom the kernel killed did not end by itself, and whom somebody starts at once again (R37) ended too early
  WHERE NOT EXISTS (SELECT 1 FROM oom_kill AS o WHERE o.capture_id = c.capture_id AND o.victim_pid = c.pid)
    AND NOT EXISTS (SELECT 1 FROM restarted_life AS l WHERE l.capture_id = c.capture_id AND l.process_id = c.process_id)
  GROUP BY ALL
)
SELECT g.sid, count(*) AS ended, max(o.highest)::BIGINT AS most_bytes, c.parent_pid
FROM grower AS g
JOIN course AS c ON c.capture_id = g.capture_id AND c.process_id = g.process_id
JOIN course AS o ON o.capture_id = c.capture_id AND o.parent_id = c.parent_id AND o.process_id <> c.process_id AND o.ended
WHERE g.metric = 'proc_anon'
GROUP BY g.sid, c.highest, c.life, c.parent_pid, c.ended
-- two that ended, be it one of them
HAVING count(*) + c.ended::INTEGER >= 2 AND c.highest <= 1.25 * max(o.highest) AND c.life <= 1.5 * max(o.life)
ORDER BY g.sid;

-- Shared memory that was mapped before it grew, and only fills: the buffers of a database, the memory of a guest that is a memfd. A leak of
-- mappings takes address space as fast as memory; here it stands still, so that what is mapped is the most that it can become. Growth of less
-- than an hour shows that of a guest only, which was told how much it may have: a program may map much and leak into it.
-- columns of shared_filling, one row a grower of the host's shared memory that is explained so, and for which there is room
--   sid INTEGER; name VARCHAR  of the program that fills most; processes BIGINT; mapped_bytes BIGINT  the most that it can become
CREATE OR REPLACE TABLE shared_filling AS
WITH ends AS (
  SELECT g.sid, g.capture_id, g.growth, g.growth_seconds, g.to_snapshot,
    max(s.snapshot) FILTER (WHERE s.snapshot <= g.from_snapshot) AS first_read, max(s.snapshot) AS last_read
  FROM grower AS g
  JOIN (SELECT DISTINCT capture_id, snapshot FROM process_sample WHERE rss_shmem_bytes IS NOT NULL) AS s ON s.capture_id = g.capture_id AND s.snapshot <= g.to_snapshot
  WHERE g.metric = 'host_shmem'
  GROUP BY ALL
), filler AS (
  SELECT e.sid, p.name, granted_most(p.comm, p.command) IS NOT NULL AS guest, b.rss_shmem_bytes - a.rss_shmem_bytes AS bytes,
    greatest(0, b.vm_size_bytes - b.rss_bytes) AS rest_bytes
  FROM ends AS e
  JOIN process_sample AS a ON a.capture_id = e.capture_id AND a.snapshot = e.first_read
  JOIN process_sample AS b ON b.capture_id = e.capture_id AND b.snapshot = e.last_read AND b.process_id = a.process_id
  JOIN process AS p ON p.capture_id = e.capture_id AND p.process_id = a.process_id
  WHERE bytes > 0 AND b.vm_size_bytes - a.vm_size_bytes <= 0.1 * bytes
), named AS (
  -- each guest maps memory of its own, the processes of a database all map the same
  SELECT sid, name, count(*) AS processes, bool_and(guest) AS guest,
    CASE WHEN bool_and(guest) THEN sum(bytes) ELSE max(bytes) END AS bytes, CASE WHEN bool_and(guest) THEN sum(rest_bytes) ELSE max(rest_bytes) END AS rest_bytes
  FROM filler
  GROUP BY sid, name
)
SELECT n.sid, arg_max(n.name, (n.bytes, n.name)) AS name, arg_max(n.processes, (n.bytes, n.name)) AS processes,
  (any_value(l.shmem_bytes) + sum(n.rest_bytes))::BIGINT AS mapped_bytes
FROM named AS n
JOIN ends AS e USING (sid)
JOIN memory_ledger AS l ON l.capture_id = e.capture_id AND l.snapshot = e.to_snapshot
LEFT JOIN bucket_owner AS o USING (sid)
-- files and segments are told by who has them: R08, R09, R36
WHERE coalesce(o.owner_type, 'process') IN ('process', 'cgroup')
GROUP BY n.sid
HAVING sum(n.bytes) >= 0.5 * any_value(e.growth) AND sum(n.rest_bytes) <= any_value(l.mem_available_bytes) AND (any_value(e.growth_seconds) >= 3600 OR bool_and(n.guest))
ORDER BY n.sid;

-- An import, a report, a build: it grew as long as it ran, ended by itself and gave all of it back. Whether it would have gone on nobody
-- can tell; that the host did without it for as long again, and nobody started it anew, tells that it is no service that leaks.
-- columns of ended_job, one row a grower whose process ended while there was memory for it, as far as anybody can tell by itself
--   sid, capture_id INTEGER; afterwards_seconds DOUBLE  from its last reading to the last of its boot
CREATE OR REPLACE TABLE ended_job AS
SELECT g.sid, g.capture_id, z.t_seconds - e.t_seconds AS afterwards_seconds
FROM grower AS g
-- what other tools print may leave a process out that lives
JOIN capture AS c ON c.capture_id = g.capture_id AND c.origin IS DISTINCT FROM 'evidence'
JOIN process AS p ON p.capture_id = g.capture_id AND p.process_id = g.process_id
JOIN listed_span AS l ON l.capture_id = p.capture_id AND l.boot = p.boot AND p.last_snapshot < l.last_snapshot
JOIN snapshot AS e ON e.capture_id = p.capture_id AND e.snapshot = p.last_snapshot
JOIN snapshot AS z ON z.capture_id = l.capture_id AND z.snapshot = l.last_snapshot
JOIN meminfo AS a ON a.capture_id = g.capture_id AND a.snapshot = g.to_snapshot
WHERE g.metric = 'proc_anon' AND z.t_seconds - e.t_seconds >= greatest(60, g.end_t - g.onset_t)
  -- a shortage ends processes in more ways than those that leave a line
  AND a.mem_available_bytes >= 0.25 * a.mem_total_bytes
  AND g.capture_id NOT IN (SELECT o.capture_id FROM host_oom_moment AS o)
  AND NOT EXISTS (SELECT 1 FROM oom_kill AS o WHERE o.capture_id = p.capture_id AND o.victim_pid = p.pid)
  AND NOT EXISTS (SELECT 1 FROM daemon_kill AS d WHERE d.capture_id = p.capture_id)
  AND NOT EXISTS (SELECT 1 FROM restarted_life AS r WHERE r.capture_id = p.capture_id AND r.process_id = p.process_id)
  AND NOT EXISTS (SELECT 1 FROM process AS y
    WHERE y.capture_id = p.capture_id AND y.boot = p.boot AND y.name = p.name AND y.last_snapshot > p.last_snapshot)
  -- its control group may have had no room for more
  AND NOT EXISTS (SELECT 1 FROM nearest_limit AS n WHERE n.sid = g.sid AND n.limit_cgroup IS NOT NULL AND n.left_bytes < 0.25 * g.growth)
ORDER BY g.sid;

-- columns of excuse, one row a grower that is no more than worth a word:
--   sid, capture_id INTEGER; reason VARCHAR
--     pool      holds no more than a quarter above what others of its pool had when they were replaced
--     heap      inside the heap of a Java virtual machine, as far as anybody can tell (see beside_heap), and host and control group have
--               room for the rest of it
--     granted   inside what its command line grants to a guest or a cache, and they have room for the rest of it
--     kin       takes no more than others did that its parent forked, which ended, see forked_job
--     peers     of many of its name as many lost half of what it gained as gained it: they wander, and some end higher than they began
--     breath    less than 2 % of what it had, in less than six hours, and less than a tenth of what the host has left: whether that goes
--               on only time tells, and there is time
--     mapped    shared memory that fills what was mapped before, see shared_filling
--     ended     of a process that ended by itself and was not started again, see ended_job
--   granted_bytes BIGINT  what the process may take (heap, granted), else NULL
CREATE OR REPLACE TABLE excuse AS
WITH own AS (
  SELECT g.sid, g.capture_id, t.last_value, l.heap_bytes, l.granted_bytes, l.room_bytes, w.most_bytes AS pool_bytes,
    outside_heap(b.readings, b.growth, b.lost, g.growth) AS beside
  FROM grower AS g
  JOIN trend AS t USING (sid)
  JOIN program_limit AS l USING (sid)
  LEFT JOIN beside_heap AS b USING (sid)
  JOIN process AS p ON p.capture_id = g.capture_id AND p.process_id = g.process_id
  LEFT JOIN worker_pool AS w ON w.capture_id = p.capture_id AND w.boot = p.boot AND w.name = p.name AND w.kin IS NOT DISTINCT FROM kin_cgroup(p.cgroup)
    -- who lives longer than those that were replaced, or starts them, is none of them: a worker has what its master had when it forked
    AND p.last_snapshot - p.first_snapshot <= 1.5 * w.longest_life
    AND NOT EXISTS (SELECT 1 FROM process AS c WHERE c.capture_id = p.capture_id AND c.boot = p.boot AND c.ppid = p.pid AND c.name = p.name)
  WHERE g.metric = 'proc_anon'
), changed AS (
  SELECT p.capture_id, p.boot, p.name, p.process_id,
    arg_max(s.rss_anon_bytes + coalesce(s.swap_bytes, 0), s.snapshot) - arg_min(s.rss_anon_bytes + coalesce(s.swap_bytes, 0), s.snapshot) AS bytes
  FROM process AS p
  JOIN process_sample AS s ON s.capture_id = p.capture_id AND s.process_id = p.process_id AND s.snapshot IN (p.first_snapshot, p.last_snapshot)
  GROUP BY p.capture_id, p.boot, p.name, p.process_id
), wandering AS (
  SELECT g.sid
  FROM grower AS g
  JOIN changed AS c ON c.capture_id = g.capture_id AND c.boot = g.boot AND c.name = g.name
  WHERE g.metric = 'proc_anon'
  GROUP BY g.sid, g.growth
  -- those that a load moves all go one way
  HAVING count(*) >= 30 AND count(*) FILTER (WHERE c.bytes <= -0.5 * g.growth) >= greatest(3, 0.5 * count(*) FILTER (WHERE c.bytes >= 0.5 * g.growth))
    AND count(*) FILTER (WHERE c.bytes >= 0.5 * g.growth) >= 3
), said AS (
  SELECT sid, capture_id, 1 AS choice, 'pool' AS reason, NULL::BIGINT AS granted_bytes FROM own WHERE last_value <= 1.25 * pool_bytes
  UNION ALL
  SELECT sid, capture_id, 2, 'heap', heap_bytes FROM own WHERE heap_inside(heap_bytes, last_value, room_bytes) AND NOT beside
  UNION ALL
  -- all shared memory of the host is more than the heap, and one mapped three times, too
  SELECT l.sid, h.capture_id, 2, 'heap', l.heap_bytes
  FROM program_limit AS l
  JOIN shared_heap AS j USING (sid)
  JOIN grower AS g USING (sid)
  JOIN memory_ledger AS h ON h.capture_id = g.capture_id AND h.snapshot = g.to_snapshot
  LEFT JOIN process_sample AS s ON s.capture_id = g.capture_id AND s.snapshot = g.to_snapshot AND s.process_id = j.process_id
  WHERE heap_inside(l.heap_bytes, least(h.shmem_bytes, s.rss_shmem_bytes), l.room_bytes)
  UNION ALL
  -- the program itself takes some, too
  SELECT sid, capture_id, 3, 'granted', granted_bytes FROM own WHERE heap_inside(granted_bytes * 5 // 4, last_value, room_bytes)
  UNION ALL
  SELECT w.sid, g.capture_id, 4, 'peers', NULL FROM wandering AS w JOIN grower AS g USING (sid)
  UNION ALL
  SELECT g.sid, g.capture_id, 5, 'breath', NULL
  FROM grower AS g
  JOIN trend AS t USING (sid)
  LEFT JOIN meminfo AS a ON a.capture_id = g.capture_id AND a.snapshot = g.to_snapshot
  WHERE g.metric IN ('proc_anon', 'group_anon', 'unit_anon', 'user_anon') AND g.growth < 0.02 * t.base AND g.end_t - g.onset_t < 21600
    AND g.growth < 0.1 * coalesce(a.mem_available_bytes, 10 * g.growth + 1)
  UNION ALL
  SELECT j.sid, g.capture_id, 0, 'kin', NULL FROM forked_job AS j JOIN grower AS g USING (sid)
  UNION ALL
  SELECT f.sid, g.capture_id, 6, 'mapped', NULL FROM shared_filling AS f JOIN grower AS g USING (sid)
  UNION ALL
  SELECT sid, capture_id, 7, 'ended', NULL FROM ended_job
)
SELECT sid, capture_id, reason, granted_bytes
FROM said
QUALIFY row_number() OVER (PARTITION BY sid ORDER BY choice) = 1
ORDER BY sid;
