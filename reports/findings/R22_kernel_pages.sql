-- Memory that no line of meminfo accounts for grows: pages taken straight from the page allocator, or taken away from the host.
-- id: R22
-- kind: kernel_pages
-- chapter: kernel
-- needs: meminfo, meminfo.sunreclaim_bytes
-- grows: host_unaccounted, host_unaccounted_rough, host_withdrawn, host_compressed
-- threshold least_pipes = 64 pipes: a process holds a few for its own purposes
-- threshold least_rings = 16 rings of io_uring or perf: one a thread or a processor is usual, and each may be of megabytes
-- threshold balloon_share = 0.5 of the growth: what the balloon of a guest, or the ring of ftrace, counts itself
-- threshold swapped_share = 0.5 of what zram gained: more came in as swap, and whose pages those are is told elsewhere
-- threshold arc_share = 0.5 of MemTotal: the cache of ZFS (ARC) takes so much by itself, in no line of meminfo, and gives it back on demand
-- threshold arc_growth_share = 0.5 of the growth: what the ARC gained by its own count, where that was read
-- threshold arc_rest_share = 0.2 of the growth: beyond what the ARC gained, so much is worth a word
-- threshold least_pace = 0.5 of the pace of the growth: a place in the kernel that takes pages as fast, by the clock of what shows it,
-- threshold most_pace = 2 times that pace at most: is who takes them
-- threshold module_seconds = 60 seconds: between the load of a module and the onset: a candidate, no proof
WITH grown AS (
  SELECT r.sid, r.capture_id, r.onset_t, r.growth_bytes, r.trend, r.metric, o.name AS cgroup, o.growth AS charged_bytes
  FROM leak_row AS r
  JOIN memory_ledger AS a ON a.capture_id = r.capture_id AND a.snapshot = r.from_snapshot
  JOIN memory_ledger AS b ON b.capture_id = r.capture_id AND b.snapshot = r.to_snapshot
  LEFT JOIN bucket_owner AS o ON o.sid = r.sid AND o.owner_type = 'cgroup'
  WHERE r.metric IN ('host_unaccounted', 'host_unaccounted_rough', 'host_withdrawn')
    -- a disk in memory is told, swap in memory is not: it is its processes' memory
    OR r.metric = 'host_compressed' AND coalesce(b.swap_used_bytes - a.swap_used_bytes, 0) < threshold('R22', 'swapped_share') * r.growth_bytes
), slots AS (
  -- descriptors are read of few processes; FDSize stands in every status and doubles only when that many are open at once
  SELECT capture_id, process_id, max(fd_size) - min(fd_size) AS slots
  FROM process_sample
  GROUP BY capture_id, process_id
), ring AS (
  -- descriptors for which the kernel takes pages of its own, at each reading of a process
  SELECT capture_id, process_id, snapshot, sum(descriptors) AS rings, arg_max(target, descriptors) AS target
  FROM fd_kind
  WHERE target IN ('[io_uring]', '[perf_event]')
  GROUP BY capture_id, process_id, snapshot
), rings AS (
  SELECT r.capture_id, r.process_id, max(r.rings) AS rings, arg_max(r.target, r.rings) AS target,
    -- at a reading before it may have had none
    max(r.rings) - CASE WHEN min(f.snapshot) < min(r.snapshot) THEN 0 ELSE arg_min(r.rings, r.snapshot) END AS gained
  FROM ring AS r
  JOIN fd_count AS f USING (capture_id, process_id)
  GROUP BY r.capture_id, r.process_id
), piled AS (
  SELECT f.capture_id, f.process_id, max(f.pipes) AS pipes
  FROM fd_count AS f
  GROUP BY f.capture_id, f.process_id
), holder AS (
  -- pipe buffers and rings of io_uring are charged to the cgroup of who asked, those of perf to nobody: descriptors name the process
  SELECT g.sid, p.process_id, f.pipes, r.rings, r.target, s.slots,
    CASE WHEN r.rings >= threshold('R22', 'least_rings') AND (g.cgroup IS NOT NULL OR r.gained >= threshold('R22', 'least_rings')) THEN 'rings'
      WHEN g.cgroup IS NULL THEN NULL
      WHEN f.pipes >= threshold('R22', 'least_pipes') THEN 'pipes'
      WHEN f.pipes IS NULL AND s.slots >= threshold('R22', 'least_pipes') THEN 'descriptors' END AS text
  FROM grown AS g
  JOIN process AS p ON p.capture_id = g.capture_id AND (g.cgroup IS NULL OR p.cgroup = g.cgroup)
  LEFT JOIN piled AS f ON f.capture_id = p.capture_id AND f.process_id = p.process_id
  LEFT JOIN rings AS r ON r.capture_id = p.capture_id AND r.process_id = p.process_id
  LEFT JOIN slots AS s ON s.capture_id = p.capture_id AND s.process_id = p.process_id
  WHERE text IS NOT NULL AND g.metric NOT IN ('host_withdrawn', 'host_compressed')
  QUALIFY row_number() OVER (PARTITION BY g.sid
    ORDER BY CASE text WHEN 'rings' THEN r.rings WHEN 'pipes' THEN f.pipes ELSE s.slots END DESC, p.process_id) = 1
), loaded AS (
  -- those in the first list that was read were there before it
  SELECT k.capture_id, k.name, min(s.t_seconds) AS t
  FROM kernel_module AS k
  JOIN snapshot AS s USING (capture_id, snapshot)
  GROUP BY k.capture_id, k.name
  QUALIFY min(k.snapshot) > min(min(k.snapshot)) OVER (PARTITION BY k.capture_id)
), candidate AS (
  SELECT g.sid, string_agg(l.name, ', ' ORDER BY l.name) AS modules
  FROM grown AS g
  JOIN loaded AS l ON l.capture_id = g.capture_id AND abs(l.t - g.onset_t) <= threshold('R22', 'module_seconds')
  GROUP BY g.sid
), outsider AS (
  -- what everybody runs has been looked at by many; where a single module comes from elsewhere, it is the first to look at
  SELECT capture_id, string_agg(DISTINCT name, ', ' ORDER BY name) AS outsiders, CASE WHEN count(DISTINCT name) = 1 THEN any_value(name) END AS sole
  FROM kernel_module
  WHERE taints LIKE '%O%'
  GROUP BY capture_id
), counted AS (
  -- the takers of raw pages that say how much
  SELECT capture_id, max(bytes) FILTER (WHERE module = 'balloon') AS balloon_bytes, max(bytes) FILTER (WHERE module = 'ftrace') AS trace_bytes
  FROM unaccounted_suspect
  WHERE bytes > 0
  GROUP BY capture_id
), cached AS (
  -- read at slow ticks: the last reading before the onset, else the first one after it
  SELECT g.sid, arg_max(a.size_bytes, a.snapshot) AS bytes, any_value(a.most_bytes ORDER BY a.snapshot DESC) AS most_bytes,
    arg_max(a.size_bytes, a.snapshot)
      - coalesce(arg_max(a.size_bytes, a.snapshot) FILTER (WHERE a.snapshot <= r.from_snapshot), arg_min(a.size_bytes, a.snapshot)) AS gained_bytes
  FROM grown AS g
  JOIN leak_row AS r USING (sid)
  JOIN zfs_arc AS a ON a.capture_id = g.capture_id AND a.snapshot <= r.to_snapshot
  JOIN snapshot AS s ON s.capture_id = a.capture_id AND s.snapshot = a.snapshot AND s.boot = r.boot
  WHERE g.metric IN ('host_unaccounted', 'host_unaccounted_rough') AND a.size_bytes IS NOT NULL
  GROUP BY g.sid
  HAVING max(a.snapshot) > min(a.snapshot) AND max(a.snapshot) > any_value(r.from_snapshot)
), arc AS (
  SELECT g.sid
  FROM grown AS g
  JOIN leak_row AS r USING (sid)
  JOIN memory_ledger AS l ON l.capture_id = r.capture_id AND l.snapshot = r.to_snapshot
  LEFT JOIN cached AS c USING (sid)
  WHERE g.metric IN ('host_unaccounted', 'host_unaccounted_rough')
    AND CASE WHEN c.sid IS NOT NULL THEN c.gained_bytes >= threshold('R22', 'arc_growth_share') * g.growth_bytes
      ELSE l.unaccounted_bytes <= threshold('R22', 'arc_share') * l.mem_total_bytes
        AND EXISTS (SELECT 1 FROM kernel_module AS k WHERE k.capture_id = g.capture_id AND k.name = 'zfs') END
), asked AS (
  -- who asked for the pages, where page_owner, memleak or allocinfo show the same place in the kernel take more and more: its module, else its function
  SELECT g.sid, coalesce(nullif(regexp_extract(r.stack_frame, '\[(\S+)\]$', 1), ''), regexp_extract(r.stack_frame, '^[^ +]+')) AS name
  FROM grown AS g
  JOIN leak_row AS r USING (sid)
  JOIN stack_evidence AS e ON e.capture_id = g.capture_id AND e.metric = replace(g.metric, '_rough', '') AND e.frame = r.stack_frame
  WHERE e.rate_bytes_per_second BETWEEN threshold('R22', 'least_pace') * r.rate_bytes_per_second AND threshold('R22', 'most_pace') * r.rate_bytes_per_second
), suspect AS (
  SELECT capture_id, string_agg(module, ', ' ORDER BY module) AS suspects
  FROM unaccounted_suspect
  WHERE module NOT IN ('balloon', 'ftrace')
  GROUP BY capture_id
)
SELECT r.* EXCLUDE (process_id, severity, exhausted_from, exhausted_to, evidence_sql), g.charged_bytes,
  CASE WHEN told.arc THEN 'info' ELSE r.severity END AS severity, CASE WHEN NOT told.arc THEN r.exhausted_from END AS exhausted_from, CASE WHEN NOT told.arc THEN r.exhausted_to END AS exhausted_to,
  CASE WHEN p.process_id IS NOT NULL THEN 'process' WHEN g.cgroup IS NOT NULL THEN 'cgroup' ELSE 'kernel' END AS culprit_type,
  CASE
    WHEN p.process_id IS NOT NULL THEN NULL
    WHEN g.cgroup IS NOT NULL THEN g.cgroup
    WHEN b.balloon_bytes IS NOT NULL THEN 'balloon'
    WHEN g.metric = 'host_withdrawn' THEN 'MemTotal'
    WHEN g.metric = 'host_compressed' THEN 'zram'
    WHEN f.trace_bytes IS NOT NULL THEN 'ftrace'
    WHEN told.arc THEN 'zfs'
    ELSE coalesce(n.name, c.modules, d.sole, 'kernel')
  END AS culprit_name,
  p.process_id AS process_id,
  CASE
    WHEN p.text = 'pipes' THEN p.pipes || ' pipes'
    WHEN p.text = 'rings' THEN p.rings || ' ' || p.target
    WHEN p.process_id IS NOT NULL OR g.metric IN ('host_withdrawn', 'host_compressed') THEN NULL
    WHEN told.named THEN r.stack_frame
    WHEN c.modules IS NOT NULL THEN 'module loaded near the onset: ' || c.modules
    WHEN g.cgroup IS NULL AND b.balloon_bytes IS NULL AND f.trace_bytes IS NULL AND d.sole IS NOT NULL THEN 'the only module from outside of the kernel''s tree'
  END AS culprit_detail,
  CASE
    WHEN g.metric = 'host_withdrawn' THEN 'withdrawn'
    WHEN g.metric = 'host_compressed' THEN 'compressed'
    WHEN p.process_id IS NOT NULL THEN p.text
    WHEN g.cgroup IS NOT NULL THEN 'cgroup'
    WHEN b.balloon_bytes IS NOT NULL THEN 'balloon'
    WHEN f.trace_bytes IS NOT NULL THEN 'ftrace'
    WHEN told.arc THEN CASE WHEN y.sid IS NULL THEN 'arc' ELSE 'cached' END
    WHEN told.named THEN 'named'
    WHEN g.trend <> 'leak' THEN 'stopped'
  END AS text,
  CASE WHEN p.text = 'pipes' THEN p.pipes END AS pipes, CASE WHEN p.text = 'rings' THEN p.rings END AS rings, p.target AS ring,
  CASE WHEN p.text = 'descriptors' THEN p.slots END AS slots, c.modules, g.cgroup AS charged_to, b.balloon_bytes, CASE WHEN g.metric = 'host_withdrawn' THEN r.growth_bytes END AS withdrawn_bytes, f.trace_bytes, CASE WHEN p.process_id IS NULL AND g.cgroup IS NULL THEN u.suspects END AS suspects,
  CASE WHEN c.modules IS NULL THEN d.outsiders END AS outsiders,
  CASE WHEN told.arc THEN y.gained_bytes END AS arc_growth_bytes, CASE WHEN told.arc THEN y.bytes END AS arc_bytes, CASE WHEN told.arc THEN y.most_bytes END AS arc_most_bytes,
  CASE WHEN told.arc AND r.growth_bytes - y.gained_bytes >= threshold('R22', 'arc_rest_share') * r.growth_bytes THEN r.growth_bytes - y.gained_bytes END AS arc_rest_bytes,
  CASE WHEN NOT told.arc THEN y.gained_bytes END AS arc_gained_bytes,
  CASE WHEN y.sid IS NULL THEN r.evidence_sql
    ELSE r.evidence_sql || ['SELECT snapshot, size_bytes, target_bytes, most_bytes FROM zfs_arc WHERE capture_id = ' || r.capture_id || ' ORDER BY snapshot'] END AS evidence_sql
FROM grown AS g
JOIN leak_row AS r ON r.sid = g.sid
LEFT JOIN holder AS p ON p.sid = g.sid
LEFT JOIN candidate AS c ON c.sid = g.sid
LEFT JOIN outsider AS d ON d.capture_id = g.capture_id
LEFT JOIN counted AS b ON b.capture_id = g.capture_id AND b.balloon_bytes >= threshold('R22', 'balloon_share') * g.growth_bytes AND g.metric <> 'host_compressed'
LEFT JOIN counted AS f ON f.capture_id = g.capture_id AND f.trace_bytes >= threshold('R22', 'balloon_share') * g.growth_bytes
  AND g.metric IN ('host_unaccounted', 'host_unaccounted_rough')
LEFT JOIN suspect AS u ON u.capture_id = g.capture_id
LEFT JOIN cached AS y ON y.sid = g.sid
LEFT JOIN arc AS z ON z.sid = g.sid
LEFT JOIN asked AS n ON n.sid = g.sid,
  LATERAL (SELECT p.process_id IS NULL AND g.cgroup IS NULL AND b.balloon_bytes IS NULL AND f.trace_bytes IS NULL AS nobody_else,
    z.sid IS NOT NULL AND nobody_else AND c.modules IS NULL AS arc, n.sid IS NOT NULL AND nobody_else AND NOT arc AS named) AS told
WHERE p.process_id IS NOT NULL OR g.metric IN ('host_withdrawn', 'host_compressed') OR NOT EXISTS (
  -- R23 tells of these pages
  SELECT 1 FROM socket_gain AS s
  WHERE s.capture_id = g.capture_id AND g.growth_bytes <= s.page_bytes)
UNION ALL BY NAME
-- memory that was taken away and no more since is worth knowing, and no danger that grows
SELECT t.capture_id, 'info' AS severity, 0.9 AS confidence, 'kernel' AS culprit_type,
  CASE WHEN b.capture_id IS NULL THEN 'MemTotal' ELSE 'balloon' END AS culprit_name, t.verdict AS trend, t.growth::BIGINT AS growth_bytes,
  t.onset_ts AS first_seen, t.end_ts AS last_seen, 'withdrawn_once' AS text, b.balloon_bytes, [series_sql(t.sid)] AS evidence_sql
FROM trend AS t
LEFT JOIN counted AS b ON b.capture_id = t.capture_id AND b.balloon_bytes >= threshold('R22', 'balloon_share') * t.growth
WHERE t.metric = 'host_withdrawn' AND t.win = 'all' AND t.growth >= t.floor AND t.verdict IN ('saturating', 'step', 'thin')
  AND NOT EXISTS (SELECT 1 FROM leak_row AS r WHERE r.capture_id = t.capture_id AND r.metric = 'host_withdrawn')
ORDER BY capture_id, first_seen, growth_bytes
