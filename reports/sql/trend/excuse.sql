-- Growth that nobody is accused of, although its shape is that of a leak: what a process was given by its command line, what it is
-- replaced for before it has grown by more, and the breath of a large one.
-- requires: grower, heap_most, granted_most, heap_inside, process, process_sample, trend, meminfo, host_oom_moment
-- columns of worker_pool, programs of which several live at a time and each is replaced after a while (prefork, max_requests), while they do
-- not become more: a limit that works, and no leak that reaches anybody
--   capture_id, boot INTEGER; name, cgroup VARCHAR; ended, living BIGINT  processes that ended within the capture, that were there at its end;
--   most_bytes BIGINT  the most that one of those had which ended: anonymous memory and swap; longest_life BIGINT  snapshots of the longest of those
CREATE OR REPLACE TABLE worker_pool AS
WITH last AS (
  SELECT capture_id, boot, min(first_snapshot) AS first_snapshot, max(last_snapshot) AS last_snapshot FROM process GROUP BY capture_id, boot
), pool AS (
  SELECT p.capture_id, p.boot, p.name, p.cgroup, count(*) FILTER (WHERE p.last_snapshot < l.last_snapshot) AS ended,
    count(*) FILTER (WHERE p.last_snapshot = l.last_snapshot) AS living
  FROM process AS p
  JOIN last AS l USING (capture_id, boot)
  WHERE NOT p.kernel_thread
  GROUP BY p.capture_id, p.boot, p.name, p.cgroup
  -- fewer are restarts (R37), or chance
  HAVING ended >= 8 AND living >= 4
    -- a deploy ends all of them at once, and says nothing about what the next ones will take
    AND max(p.last_snapshot) FILTER (WHERE p.last_snapshot < l.last_snapshot) - min(p.last_snapshot) > any_value(l.last_snapshot - l.first_snapshot) / 3
)
SELECT p.capture_id, p.boot, p.name, p.cgroup, p.ended, p.living, max(m.last_snapshot - m.first_snapshot) AS longest_life, max(s.rss_anon_bytes + coalesce(s.swap_bytes, 0)) AS most_bytes
FROM pool AS p
JOIN process AS m ON m.capture_id = p.capture_id AND m.boot = p.boot AND m.name = p.name AND m.cgroup IS NOT DISTINCT FROM p.cgroup
JOIN last AS l ON l.capture_id = m.capture_id AND l.boot = m.boot AND m.last_snapshot < l.last_snapshot
JOIN process_sample AS s ON s.capture_id = m.capture_id AND s.process_id = m.process_id
WHERE NOT EXISTS (SELECT 1 FROM grower AS g WHERE g.capture_id = p.capture_id AND g.boot = p.boot AND g.metric = 'group_count' AND g.subject_id = p.name)
  -- whom the kernel killed was not replaced in time
  AND p.capture_id NOT IN (SELECT o.capture_id FROM host_oom_moment AS o)
GROUP BY ALL
ORDER BY p.capture_id, p.boot, p.name, p.cgroup;

-- columns of excuse, one row a grower that is no more than worth a word:
--   sid, capture_id INTEGER; reason VARCHAR
--     pool      holds no more than a quarter above what others of its pool had when they were replaced
--     heap      inside the heap of a Java virtual machine, and the host has room for the rest of it
--     granted   inside what its command line grants to a guest or a cache, and the host has room for the rest of it
--     peers     of many of its name as many lost half of what it gained as gained it: they wander, and some end higher than they began
--     breath    less than 2 % of what it had, in less than six hours, and less than a tenth of what the host has left: whether that goes
--               on only time tells, and there is time
--   granted_bytes BIGINT  what the process may take (heap, granted), else NULL
CREATE OR REPLACE TABLE excuse AS
WITH own AS (
  SELECT g.sid, g.capture_id, t.last_value,
    heap_most(p.comm, p.exe, p.command, epoch(g.end_ts - p.started_at) < 600, a.mem_total_bytes) AS heap_bytes, granted_most(p.comm, p.command) AS granted_bytes,
    a.mem_available_bytes AS available_bytes, w.most_bytes AS pool_bytes
  FROM grower AS g
  JOIN trend AS t USING (sid)
  JOIN process AS p ON p.capture_id = g.capture_id AND p.process_id = g.process_id
  LEFT JOIN meminfo AS a ON a.capture_id = g.capture_id AND a.snapshot = g.to_snapshot
  LEFT JOIN worker_pool AS w ON w.capture_id = p.capture_id AND w.boot = p.boot AND w.name = p.name AND w.cgroup IS NOT DISTINCT FROM p.cgroup
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
  SELECT sid, capture_id, 2, 'heap', heap_bytes FROM own WHERE heap_inside(heap_bytes, last_value, available_bytes)
  UNION ALL
  -- the program itself takes some, too
  SELECT sid, capture_id, 3, 'granted', granted_bytes FROM own WHERE heap_inside(granted_bytes * 5 // 4, last_value, available_bytes)
  UNION ALL
  SELECT w.sid, g.capture_id, 4, 'peers', NULL FROM wandering AS w JOIN grower AS g USING (sid)
  UNION ALL
  SELECT g.sid, g.capture_id, 5, 'breath', NULL
  FROM grower AS g
  JOIN trend AS t USING (sid)
  LEFT JOIN meminfo AS a ON a.capture_id = g.capture_id AND a.snapshot = g.to_snapshot
  WHERE g.metric IN ('proc_anon', 'group_anon', 'unit_anon', 'user_anon') AND g.growth < 0.02 * t.base AND g.end_t - g.onset_t < 21600
    AND g.growth < 0.1 * coalesce(a.mem_available_bytes, 10 * g.growth + 1)
)
SELECT sid, capture_id, reason, granted_bytes
FROM said
QUALIFY row_number() OVER (PARTITION BY sid ORDER BY choice) = 1
ORDER BY sid;
