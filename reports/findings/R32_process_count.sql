-- Many small processes pile up, or grow together: of one name, in one control group, or of one user. No single one is large.
-- id: R32
-- kind: process_count
-- chapter: pidstat
-- needs: process_sample
-- threshold single_share = 0.4 of the growth of the group: more by one process is that process
-- threshold task_bytes = 65536 bytes: of stack, page tables and structures that the kernel keeps for a process at most
-- threshold zombie_share = 0.5 of the members: processes that ended and that nobody waited for
-- threshold least_growing = 8 processes that each grow: fewer are judged one by one
-- threshold inner_share = 0.5 of what a larger group gained: then the smaller group inside it is the one to name
WITH subject AS (
  SELECT p.capture_id, p.boot, p.process_id, x.subject_type, x.subject_id
  FROM process AS p,
    LATERAL (VALUES ('group', p.name), ('unit', p.cgroup), ('user', p.uid::VARCHAR)) AS x(subject_type, subject_id)
  WHERE x.subject_id IS NOT NULL
), crowd AS (
  SELECT r.*, split_part(r.metric, '_', 1) AS level, CASE split_part(r.metric, '_', 1) WHEN 'group' THEN 1 WHEN 'unit' THEN 2 ELSE 3 END AS wideness
  FROM leak_row AS r
  WHERE r.metric IN ('group_count', 'unit_count', 'user_count')
), anon AS (
  SELECT r.*, split_part(r.metric, '_', 1) AS level, CASE split_part(r.metric, '_', 1) WHEN 'group' THEN 1 WHEN 'unit' THEN 2 ELSE 3 END AS wideness
  FROM leak_row AS r
  WHERE r.metric IN ('group_anon', 'unit_anon', 'user_anon')
), member AS (
  -- what each process gained between the two ends of the group's growth; one that was not there yet gained all it has
  SELECT a.sid, s.process_id,
    coalesce(max(coalesce(e.rss_anon_bytes, 0) + coalesce(e.rss_shmem_bytes, 0) + coalesce(e.swap_bytes, 0)) FILTER (WHERE e.snapshot = a.to_snapshot), 0)
      - coalesce(max(coalesce(e.rss_anon_bytes, 0) + coalesce(e.rss_shmem_bytes, 0) + coalesce(e.swap_bytes, 0)) FILTER (WHERE e.snapshot = a.from_snapshot), 0)
      AS gained,
    -- since it was first read itself: what it has had from its start on is no growth of its own
    arg_max(coalesce(e.rss_anon_bytes, 0) + coalesce(e.rss_shmem_bytes, 0) + coalesce(e.swap_bytes, 0), e.snapshot)
      - arg_min(coalesce(e.rss_anon_bytes, 0) + coalesce(e.rss_shmem_bytes, 0) + coalesce(e.swap_bytes, 0), e.snapshot) AS grown,
    bool_or(e.state = 'Z') FILTER (WHERE e.snapshot = a.to_snapshot) AS zombie
  FROM (SELECT * FROM crowd UNION ALL SELECT * FROM anon) AS a
  JOIN subject AS s ON s.capture_id = a.capture_id AND s.subject_type = a.level AND s.subject_id = a.subject_id
  JOIN process_sample AS e ON e.capture_id = s.capture_id AND e.process_id = s.process_id AND e.snapshot BETWEEN a.from_snapshot AND a.to_snapshot
  GROUP BY a.sid, s.process_id
), summed AS (
  SELECT sid, max(gained) AS largest, count(*) FILTER (WHERE gained > 0 AND grown > 0.5 * gained) AS growing,
    count(*) FILTER (WHERE zombie) / nullif(count(*) FILTER (WHERE zombie IS NOT NULL), 0) AS zombie_share
  FROM member
  GROUP BY sid
), kernel AS (
  -- what tasks cost in the kernel, where no other owner of that slab is known
  SELECT c.sid, least(threshold('R32', 'task_bytes') * c.growth_bytes,
    greatest(0, b.kernel_stack_bytes - a.kernel_stack_bytes) + greatest(0, b.page_tables_bytes - a.page_tables_bytes)
      + CASE WHEN o.sid IS NULL OR o.purpose IN ('slab_processes', 'slab_mappings')
        THEN greatest(0, b.slab_unreclaimable_bytes - a.slab_unreclaimable_bytes) ELSE 0 END)::BIGINT AS bytes
  FROM crowd AS c
  JOIN memory_ledger AS a ON a.capture_id = c.capture_id AND a.snapshot = c.from_snapshot
  JOIN memory_ledger AS b ON b.capture_id = c.capture_id AND b.snapshot = c.to_snapshot
  LEFT JOIN grower AS g ON g.capture_id = c.capture_id AND g.metric = 'host_slab_unreclaimable'
  LEFT JOIN bucket_owner AS o ON o.sid = g.sid
), parent AS (
  SELECT c.sid, any_value(q.name) AS parent_name, p.ppid AS parent_pid, count(*) AS children
  FROM crowd AS c
  JOIN subject AS s ON s.capture_id = c.capture_id AND s.subject_type = c.level AND s.subject_id = c.subject_id
  JOIN process AS p ON p.capture_id = s.capture_id AND p.process_id = s.process_id AND p.ppid > 1 AND p.last_snapshot >= c.to_snapshot
  JOIN process AS q ON q.capture_id = p.capture_id AND q.boot = p.boot AND q.pid = p.ppid AND q.last_snapshot >= c.to_snapshot
  GROUP BY c.sid, p.ppid
  QUALIFY row_number() OVER (PARTITION BY c.sid ORDER BY count(*) DESC, p.ppid) = 1
), counted AS (
  SELECT c.* EXCLUDE (process_id, severity, growth_bytes, rate_bytes_per_second, rate_low, rate_high, share_of_loss),
    x.bytes AS growth_bytes, x.bytes / nullif(c.end_t - c.onset_t, 0) AS rate_bytes_per_second, share_of(x.bytes, c.loss_bytes) AS share_of_loss,
    -- a crowd that takes little memory is worth a word, no alarm
    CASE WHEN x.bytes < f.floor THEN 'info' ELSE c.severity END AS severity,
    c.growth_bytes AS processes, NULL::BIGINT AS growing_processes, coalesce(k.bytes, 0) AS kernel_bytes,
    CASE WHEN m.zombie_share >= threshold('R32', 'zombie_share') THEN 'zombies' WHEN c.level <> 'group' THEN 'many' END AS text,
    p.parent_name, p.parent_pid, c.growth_bytes || ' more processes' AS culprit_detail, NULL::VARCHAR AS kind
  FROM crowd AS c
  LEFT JOIN anon AS a ON a.capture_id = c.capture_id AND a.level = c.level AND a.subject_id = c.subject_id
  LEFT JOIN kernel AS k ON k.sid = c.sid
  LEFT JOIN summed AS m ON m.sid = c.sid
  LEFT JOIN parent AS p ON p.sid = c.sid AND p.children >= 0.5 * c.growth_bytes
  JOIN metric_floor AS f ON f.capture_id = c.capture_id AND f.metric = 'group_anon',
    LATERAL (SELECT coalesce(a.growth_bytes, 0) + coalesce(k.bytes, 0) AS bytes) AS x
  WHERE a.sid IS NULL OR coalesce(m.largest, 0) < threshold('R32', 'single_share') * a.growth_bytes
), together AS (
  SELECT a.* EXCLUDE (process_id, severity),
    -- services of a host that starts grow together, too: only one program's processes are accused
    CASE WHEN a.level <> 'group' OR a.severity = 'info' THEN 'info' ELSE 'warning' END AS severity,
    NULL::BIGINT AS processes, m.growing AS growing_processes, 0 AS kernel_bytes, 'together' AS text,
    NULL::VARCHAR AS parent_name, NULL::INTEGER AS parent_pid, m.growing || ' processes that grow' AS culprit_detail, 'private_anonymous' AS kind
  FROM anon AS a
  JOIN summed AS m ON m.sid = a.sid
  WHERE m.growing >= threshold('R32', 'least_growing') AND m.largest < threshold('R32', 'single_share') * a.growth_bytes
    AND NOT EXISTS (SELECT 1 FROM crowd AS c WHERE c.capture_id = a.capture_id AND c.level = a.level AND c.subject_id = a.subject_id)
    -- each of them judged by itself is named by itself
    AND NOT EXISTS (
      SELECT 1 FROM member AS i JOIN leak_row AS r ON r.capture_id = a.capture_id AND r.process_id = i.process_id AND r.metric = 'proc_anon'
      WHERE i.sid = a.sid)
), either AS (
  SELECT * FROM counted UNION ALL BY NAME SELECT * FROM together
)
SELECT e.* EXCLUDE (level, wideness), 'group' AS culprit_type, e.name AS culprit_name
FROM either AS e
-- the smallest group that explains it: a program before its unit, a unit before its user
WHERE NOT EXISTS (
  SELECT 1 FROM either AS i
  WHERE i.capture_id = e.capture_id AND i.wideness < e.wideness AND (i.processes IS NULL) = (e.processes IS NULL)
    AND coalesce(i.processes, i.growth_bytes) >= threshold('R32', 'inner_share') * coalesce(e.processes, e.growth_bytes))
ORDER BY e.capture_id, e.sid
