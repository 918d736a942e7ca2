-- Processes pile up, many small ones or a few that hang, or grow together: of one name, in one control group, or of one user.
-- id: R32
-- kind: process_count
-- chapter: pidstat
-- needs: process_sample
-- threshold single_share = 0.4 of the growth of the group: more by one process is that process
-- threshold task_bytes = 65536 bytes: of stack, page tables and structures that the kernel keeps for a process at most
-- threshold zombie_share = 0.5 of the members: processes that ended and that nobody waited for
-- threshold least_growing = 8 processes that each grow: fewer are judged one by one
-- threshold seen_share = 0.5 of those that grow: as many leak by themselves, so it is all of them and no single one
-- threshold least_pool = 3 processes of one name that each leak by themselves: fewer are named one by one
-- threshold pool_accused = 0.75 of those of the pool that grow: the others may be a master that grows a little
-- threshold pool_single = 0.5 of the growth of the pool: more by one process is that process
-- threshold wide_share = 0.8 of what the host lost: by programs of different names, and nobody else
-- threshold first_user = 1000 as user id: those below belong to the services of a host (login.defs, UID_MIN)
-- threshold least_born = 5 processes of one name that are started and do not end: fewer may be as many as it needs
-- threshold born_share = 0.8 of the growth of the group: by those that were started meanwhile, with what they had at once
-- threshold idle_share = 0.01 of one CPU: less since it was first read does no work that anybody waits for
-- threshold borne_out = 0.5 of the growth of the group: that much more anonymous memory has the host; else they share what each counts
-- threshold most_told = 5 members of a group: those that gained most show what all of them do
-- threshold again_share = 0.1 of the growth of the group: by those that grow again after others did, as no warm-up does
-- threshold inner_share = 0.5 of what a larger group gained: then the smaller group inside it is the one to name
WITH subject AS (
  SELECT capture_id, process_id, 'group' AS subject_type, name AS subject_id FROM process
  UNION ALL
  SELECT capture_id, process_id, 'unit', cgroup FROM process
  UNION ALL
  SELECT capture_id, process_id, 'user', uid::VARCHAR FROM process
), several AS (
  -- not all of leak_row: each column that is carried along is planned again at every step
  SELECT sid, capture_id, subject_id, severity, growth_bytes, loss_bytes, from_snapshot, to_snapshot, onset_t, end_t,
    rate_bytes_per_second, rate_low, rate_high, share_of_loss,
    split_part(metric, '_', 1) AS level, CASE split_part(metric, '_', 1) WHEN 'group' THEN 1 WHEN 'unit' THEN 2 ELSE 3 END AS wideness,
    suffix(metric, '_count') AS counted
  FROM leak_row
  WHERE metric IN ('group_count', 'unit_count', 'user_count', 'group_anon', 'unit_anon', 'user_anon')
), crowd AS (
  SELECT * FROM several WHERE counted
), anon AS (
  SELECT * FROM several WHERE NOT counted
), member AS (
  -- what each process gained between the two ends of the group's growth; one that was not there yet gained all it has
  SELECT a.sid, a.capture_id, s.process_id,
    coalesce(max(coalesce(e.rss_anon_bytes, 0) + coalesce(e.swap_bytes, 0)) FILTER (WHERE e.snapshot = a.to_snapshot), 0)
      - coalesce(max(coalesce(e.rss_anon_bytes, 0) + coalesce(e.swap_bytes, 0)) FILTER (WHERE e.snapshot = a.from_snapshot), 0)
      AS gained,
    -- since it was first read itself: what it has had from its start on is no growth of its own
    arg_max(coalesce(e.rss_anon_bytes, 0) + coalesce(e.swap_bytes, 0), e.snapshot)
      - arg_min(coalesce(e.rss_anon_bytes, 0) + coalesce(e.swap_bytes, 0), e.snapshot) AS grown,
    bool_or(e.state = 'Z') FILTER (WHERE e.snapshot = a.to_snapshot) AS zombie
  FROM several AS a
  JOIN subject AS s ON s.capture_id = a.capture_id AND s.subject_type = a.level AND s.subject_id = a.subject_id
  JOIN process_sample AS e ON e.capture_id = s.capture_id AND e.process_id = s.process_id AND e.snapshot BETWEEN a.from_snapshot AND a.to_snapshot
  GROUP BY a.sid, a.capture_id, s.process_id
), summed AS (
  SELECT sid, max(gained) AS largest, count(*) FILTER (WHERE gained > 0 AND grown > 0.5 * gained) AS growing,
    count(*) FILTER (WHERE zombie) / nullif(count(*) FILTER (WHERE zombie IS NOT NULL), 0) AS zombie_share
  FROM member
  GROUP BY sid
), seen AS (
  -- those that are large enough to be judged by themselves, and what was said of them
  SELECT i.sid, count(*) FILTER (WHERE r.severity <> 'info') AS accused, count(*) FILTER (WHERE r.severity = 'info') AS excused,
    bool_or(r.severity = 'critical') AS critical
  FROM member AS i
  JOIN leak_row AS r ON r.capture_id = i.capture_id AND r.process_id = i.process_id AND r.metric = 'proc_anon'
  JOIN metric_floor AS f ON f.capture_id = r.capture_id AND f.metric = r.metric AND r.growth_bytes >= f.usual_floor
  GROUP BY i.sid
), part AS (
  -- whom R05 would name: each takes its part of what the group gained, and none by far the most
  SELECT a.sid, list(r.sid ORDER BY r.sid) AS explains,
    'SELECT process_id, name, growth_bytes, first_seen, severity FROM leak_row WHERE sid IN (' || string_agg(r.sid::VARCHAR, ', ' ORDER BY r.sid) || ') ORDER BY growth_bytes DESC, process_id' AS members_sql
  FROM anon AS a
  JOIN member AS i ON i.sid = a.sid
  JOIN leak_row AS r ON r.capture_id = i.capture_id AND r.process_id = i.process_id AND r.metric = 'proc_anon'
  JOIN process_cause AS c ON c.sid = r.sid AND c.cause = 'private_anonymous'
  WHERE r.growth_bytes < threshold('R32', 'single_share') * a.growth_bytes
  GROUP BY a.sid
), largest AS (
  SELECT sid, string_agg(process_label(name, pid) || ' ' || round(100 * gained / growth_bytes)::BIGINT || ' %', ', ' ORDER BY position) AS members,
    max(pid) FILTER (WHERE position = 1) AS largest_pid
  FROM (
    SELECT a.sid, a.growth_bytes, p.name, p.pid, i.gained, row_number() OVER (PARTITION BY a.sid ORDER BY i.gained DESC, i.process_id) AS position
    FROM anon AS a
    JOIN member AS i ON i.sid = a.sid AND i.gained > 0
    JOIN process AS p ON p.capture_id = i.capture_id AND p.process_id = i.process_id
  )
  WHERE position <= threshold('R32', 'most_told')
  GROUP BY sid
), born AS (
  -- those that were started meanwhile and are there to the end, and how many of them do nothing: hung, or forgotten by who started them
  SELECT a.sid, count(*) AS processes, sum(i.gained) AS bytes, max(i.gained) AS largest,
    count(*) FILTER (WHERE w.busy < threshold('R32', 'idle_share')) AS idle
  FROM anon AS a
  JOIN member AS i ON i.sid = a.sid AND i.gained > 0 AND i.grown <= 0.5 * i.gained
  JOIN process AS p ON p.capture_id = i.capture_id AND p.process_id = i.process_id AND p.first_snapshot > a.from_snapshot
  JOIN (
    SELECT e.capture_id, e.process_id, (max(e.user_seconds + e.system_seconds) - min(e.user_seconds + e.system_seconds))
        / nullif(max(t.t_seconds) - min(t.t_seconds), 0) AS busy
    FROM process_sample AS e
    JOIN snapshot AS t USING (capture_id, snapshot)
    GROUP BY e.capture_id, e.process_id
  ) AS w ON w.capture_id = i.capture_id AND w.process_id = i.process_id
  WHERE a.level = 'group'
  GROUP BY a.sid
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
  FROM several AS c
  JOIN subject AS s ON s.capture_id = c.capture_id AND s.subject_type = c.level AND s.subject_id = c.subject_id
  JOIN process AS p ON p.capture_id = s.capture_id AND p.process_id = s.process_id AND p.ppid > 1 AND p.last_snapshot >= c.to_snapshot
  JOIN process AS q ON q.capture_id = p.capture_id AND q.boot = p.boot AND q.pid = p.ppid AND q.last_snapshot >= c.to_snapshot
  GROUP BY c.sid, p.ppid
  QUALIFY row_number() OVER (PARTITION BY c.sid ORDER BY count(*) DESC, p.ppid) = 1
), measured AS (
  SELECT c.sid, a.sid AS anon_sid, c.capture_id, c.level, c.wideness, c.severity, c.loss_bytes, c.end_t - c.onset_t AS seconds, c.growth_bytes AS processes,
    coalesce(a.growth_bytes, 0) + coalesce(k.bytes, 0) AS bytes, coalesce(k.bytes, 0) AS kernel_bytes, m.zombie_share
  FROM crowd AS c
  LEFT JOIN anon AS a ON a.capture_id = c.capture_id AND a.level = c.level AND a.subject_id = c.subject_id
  LEFT JOIN kernel AS k ON k.sid = c.sid
  LEFT JOIN summed AS m ON m.sid = c.sid
  WHERE a.sid IS NULL OR coalesce(m.largest, 0) < threshold('R32', 'single_share') * a.growth_bytes
), either AS (
  SELECT c.sid, c.capture_id, c.wideness, c.processes, CASE WHEN o.sid IS NOT NULL THEN m.growing END AS growing_processes, c.kernel_bytes,
    c.bytes AS growth_bytes, c.bytes / nullif(c.seconds, 0) AS rate_bytes_per_second, NULL::DOUBLE AS rate_low, NULL::DOUBLE AS rate_high,
    share_of(c.bytes, c.loss_bytes) AS share_of_loss,
    -- a crowd that takes little memory is worth a word, no alarm
    CASE WHEN c.bytes < f.floor THEN 'info' WHEN o.sid IS NOT NULL AND n.critical THEN 'critical' ELSE c.severity END AS severity,
    CASE WHEN c.zombie_share >= threshold('R32', 'zombie_share') THEN 'zombies' WHEN c.level <> 'group' THEN 'many' END AS text,
    p.parent_name, p.parent_pid, c.processes || ' more processes' AS culprit_detail, NULL::VARCHAR AS kind,
    o.explains, o.members_sql, CASE WHEN o.sid IS NOT NULL THEN l.members END AS members, CASE WHEN o.sid IS NOT NULL THEN l.largest_pid END AS largest_pid
  FROM measured AS c
  LEFT JOIN parent AS p ON p.sid = c.sid AND p.children >= 0.5 * c.processes
  -- where those that are there grow, too, and that is most of what they do
  LEFT JOIN summed AS m ON m.sid = c.anon_sid
  LEFT JOIN seen AS n ON n.sid = c.anon_sid
  LEFT JOIN part AS o ON o.sid = c.anon_sid AND n.excused = 0 AND m.growing >= threshold('R32', 'least_growing')
    AND n.accused >= threshold('R32', 'seen_share') * m.growing
  LEFT JOIN largest AS l ON l.sid = c.anon_sid
  JOIN metric_floor AS f ON f.capture_id = c.capture_id AND f.metric = 'group_anon'
  UNION ALL
  SELECT a.sid, a.capture_id, a.wideness, NULL, m.growing, 0, a.growth_bytes, a.rate_bytes_per_second, a.rate_low, a.rate_high, a.share_of_loss,
    CASE WHEN t.severity <> 'info' AND n.critical AND n.accused > 0 THEN 'critical' ELSE t.severity END,
    CASE WHEN a.level = 'group' THEN 'together' ELSE 'programs' END || CASE WHEN n.accused > 0 THEN '_seen' ELSE '' END,
    NULL, NULL, m.growing || ' processes that grow', 'private_anonymous', o.explains, o.members_sql, l.members, l.largest_pid
  FROM anon AS a
  JOIN summed AS m ON m.sid = a.sid
  LEFT JOIN seen AS n ON n.sid = a.sid
  LEFT JOIN part AS o ON o.sid = a.sid
  LEFT JOIN largest AS l ON l.sid = a.sid,
    -- services of a host that starts grow together, too: a unit, or somebody who is no service, is accused of what nobody else explains
    LATERAL (SELECT CASE WHEN a.severity = 'info' THEN 'info' WHEN a.level = 'group' THEN 'warning'
      WHEN a.share_of_loss >= threshold('R32', 'wide_share') AND (a.level = 'unit' OR a.subject_id::BIGINT >= threshold('R32', 'first_user')) THEN 'warning'
      ELSE 'info' END AS severity) AS t
  WHERE (m.growing >= threshold('R32', 'least_growing') AND m.largest < threshold('R32', 'single_share') * a.growth_bytes
      -- a pool of a few, to which the load is not dealt evenly: all of them do the same
      OR a.level = 'group' AND n.excused = 0 AND n.accused >= threshold('R32', 'least_pool')
        AND n.accused >= threshold('R32', 'pool_accused') * m.growing AND m.largest < threshold('R32', 'pool_single') * a.growth_bytes)
    AND NOT EXISTS (SELECT 1 FROM crowd AS c WHERE c.capture_id = a.capture_id AND c.level = a.level AND c.subject_id = a.subject_id)
    -- each of them judged by itself is named by itself, but where it is most of them: then they are one cause
    AND (n.sid IS NULL OR n.excused = 0 AND t.severity <> 'info' AND n.accused >= threshold('R32', 'seen_share') * m.growing)
  UNION ALL
  -- too few to be a crowd, and large: none of them grows, each brings its part and stays
  SELECT a.sid, a.capture_id, a.wideness, b.processes, NULL, 0, a.growth_bytes, a.rate_bytes_per_second, a.rate_low, a.rate_high, a.share_of_loss,
    CASE WHEN a.severity = 'info' THEN 'info' ELSE 'warning' END, 'few', p.parent_name, p.parent_pid, b.processes || ' more processes', NULL,
    NULL, NULL, NULL, NULL
  FROM anon AS a
  JOIN born AS b ON b.sid = a.sid
  JOIN memory_ledger AS f ON f.capture_id = a.capture_id AND f.snapshot = a.from_snapshot
  JOIN memory_ledger AS t ON t.capture_id = a.capture_id AND t.snapshot = a.to_snapshot
  LEFT JOIN parent AS p ON p.sid = a.sid AND p.children >= 0.5 * b.processes
  WHERE b.processes >= threshold('R32', 'least_born') AND b.bytes >= threshold('R32', 'born_share') * a.growth_bytes
    AND b.idle >= threshold('R32', 'born_share') * b.processes AND b.largest < threshold('R32', 'single_share') * a.growth_bytes
    AND t.anon_bytes - f.anon_bytes >= threshold('R32', 'borne_out') * a.growth_bytes
    AND NOT EXISTS (SELECT 1 FROM crowd AS c WHERE c.capture_id = a.capture_id AND c.level = a.level AND c.subject_id = a.subject_id)
  UNION ALL
  -- a leak that follows the work: each by itself comes to rest, but for who has the turn at the end, and all of them never do
  SELECT a.sid, a.capture_id, a.wideness, NULL, m.growing, 0, a.growth_bytes, a.rate_bytes_per_second, a.rate_low, a.rate_high, a.share_of_loss,
    CASE WHEN a.severity = 'info' OR NOT h.again THEN 'info' WHEN n.critical THEN 'critical' ELSE 'warning' END,
    CASE WHEN h.again THEN 'turns' ELSE 'turns_once' END,
    NULL, NULL, m.growing || ' processes, one after the other', 'private_anonymous', o.explains, o.members_sql, l.members, l.largest_pid
  FROM anon AS a
  JOIN taking_turns AS u USING (sid)
  JOIN summed AS m USING (sid)
  LEFT JOIN seen AS n USING (sid)
  LEFT JOIN part AS o USING (sid)
  LEFT JOIN largest AS l USING (sid),
    LATERAL (SELECT u.again_bytes >= threshold('R32', 'again_share') * a.growth_bytes AS again) AS h
  WHERE u.in_turn AND m.growing < threshold('R32', 'least_growing') AND m.largest < threshold('R32', 'single_share') * a.growth_bytes
    -- whoever is accused by itself is not one of them, but for a leak of all of them
    AND (n.sid IS NULL OR h.again AND n.excused = 0)
    -- most of which leak by themselves is the pool above
    AND coalesce(n.accused, 0) < greatest(threshold('R32', 'least_pool'), threshold('R32', 'pool_accused') * m.growing)
)
SELECT r.* EXCLUDE (process_id, severity, growth_bytes, rate_bytes_per_second, rate_low, rate_high, share_of_loss, evidence_sql),
  CASE WHEN starts_with(r.metric, 'user_') THEN r.subject_id END AS uid, CASE WHEN starts_with(r.metric, 'unit_') THEN r.subject_id END AS unit,
  e.* EXCLUDE (sid, capture_id, wideness, members_sql), list_concat(r.evidence_sql, CASE WHEN e.members_sql IS NOT NULL THEN [e.members_sql] END) AS evidence_sql,
  'group' AS culprit_type, r.name AS culprit_name, u.processes AS turn_processes, u.again_processes,
  CASE WHEN u.again_bytes > 0 THEN u.again_bytes END AS again_bytes
FROM either AS e
JOIN leak_row AS r ON r.sid = e.sid
LEFT JOIN taking_turns AS u ON u.sid = e.sid AND starts_with(e.text, 'turns')
-- the smallest group that explains it: a program before its unit, a unit before its user
WHERE NOT EXISTS (
  SELECT 1 FROM either AS i
  WHERE i.capture_id = e.capture_id AND i.wideness < e.wideness AND (i.processes IS NULL) = (e.processes IS NULL)
    AND (coalesce(i.processes, i.growth_bytes) >= threshold('R32', 'inner_share') * coalesce(e.processes, e.growth_bytes)
      -- nor is a word about all of them due beside an accusation of some
      OR e.severity = 'info' AND i.severity <> 'info'))
ORDER BY r.capture_id, r.sid
