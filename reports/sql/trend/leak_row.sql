-- The columns that every finding about growth shares, so that a rule only adds who and why.
-- requires: of_boot, ended_boot, ended_process, process_sample, evidence_source, capture, grower, nearest_limit, thread_grower, process_growth, mapping_growth, cgroup_memory, oom_kill, snapshot, process, process_memory, watched_sample, stack_evidence, excuse
-- columns of leak_row: those of the contract in reports/README.md (severity, confidence, trend, growth_bytes, rates, share_of_loss,
--   first_seen, last_seen, exhausted_from, exhausted_to, evidence_sql, evidence_members), and sid, metric, subject_id, name,
--   process_id, loss_bytes, growth_seconds, slowing_share (late slope over mean slope, only where it slows below 0.8)
--   limit_cgroup VARCHAR, limit_address_space_bytes, limit_mount_bytes BIGINT: which limit exhausted_* is about, see nearest_limit;
--   all NULL: the host's memory and swap, and then exhausted_* is no later than at the rate of the host as a whole. NULL, too, of a culprit
--   or boot that has ended
--   stack_tool, stack_frame, stack_caller, stack_growth_bytes, stack_prints: the attached stack that keeps growing behind it, else NULL;
--   it takes half of the doubt away. One that grew at less than a tenth of the pace, by its own clock, is another's
--   excuse VARCHAR, granted_bytes BIGINT: why it is no accusation (its severity is info then), see excuse; else NULL
CREATE OR REPLACE MACRO series_sql(sid) AS 'SELECT ts, value FROM series WHERE sid = ' || sid || ' ORDER BY ts';
CREATE OR REPLACE MACRO member(snapshot, file) AS printf('%06d/', snapshot) || file;

-- A forecast that is not told stays so, whatever the other says.
CREATE OR REPLACE MACRO earlier(ts, other_ts) AS CASE WHEN ts IS NOT NULL THEN least(ts, other_ts) END;

CREATE OR REPLACE MACRO series_file(metric, watched) AS CASE
  WHEN metric IN ('host_sockets', 'host_buffers') THEN 'proc/net/sockstat'
  WHEN NOT regexp_matches(metric, '^(proc|group|unit|user)_') THEN 'proc/meminfo'
  WHEN watched IS NULL THEN 'pid/status' ELSE 'pid/watched/status' END;

-- Growers that take nothing any more: see ended_process.
-- columns of ended_grower: sid INTEGER
CREATE OR REPLACE TABLE ended_grower AS
SELECT g.sid
FROM grower AS g
JOIN ended_boot AS e USING (capture_id, boot)
UNION
SELECT g.sid
FROM grower AS g
JOIN ended_process AS p ON p.capture_id = g.capture_id AND p.process_id = g.process_id
ORDER BY sid;

CREATE OR REPLACE TABLE leak_row AS
WITH host AS (
  -- when the host's memory is used up at the rate at which all together take it: no culprit alone makes that any later
  SELECT g.capture_id, g.boot, exhausted_at(g.end_ts, n.left_bytes, g.rate_high) AS exhausted_from, exhausted_at(g.end_ts, n.left_bytes, g.rate_low) AS exhausted_to
  FROM grower AS g
  JOIN nearest_limit AS n USING (sid)
  WHERE g.metric = 'host_used' AND g.verdict = 'leak'
), measured AS (
  -- a count of threads or sockets is no share of bytes
  SELECT *, CASE WHEN metric NOT IN ('proc_threads', 'proc_fd', 'proc_sockets', 'group_count', 'unit_count', 'user_count',
    'host_sockets', 'cgroup_dying')
    THEN share_of(growth, loss_bytes) END AS share
  FROM grower
), weighed AS (
  SELECT g.*,
    -- what explains much of the host's loss is more likely its cause; a lost share that cannot be told costs a little
    g.confidence * (0.85 + 0.15 * coalesce(g.share, 0.5)) AS unconfirmed,
    e.tool AS stack_tool, e.frame AS stack_frame, e.caller AS stack_caller, e.growth_bytes AS stack_growth_bytes, e.moments AS stack_prints
  FROM measured AS g
  LEFT JOIN stack_evidence AS e ON e.capture_id = g.capture_id
    AND (e.process_id = g.process_id AND g.metric IN ('proc_anon', 'proc_vm') OR e.process_id IS NULL AND e.metric = replace(g.metric, '_rough', ''))
    AND (e.rate_bytes_per_second IS NULL OR coalesce(g.rate, 0) <= 0 OR e.rate_bytes_per_second >= 0.1 * g.rate)
), confirmed AS (
  SELECT *, round(CASE WHEN stack_tool IS NULL THEN unconfirmed ELSE unconfirmed + (1 - unconfirmed) / 2 END, 3) AS sure
  FROM weighed
)
SELECT c.sid, c.capture_id, c.boot, win, metric, subject_id, name, c.process_id,
  CASE WHEN x.sid IS NOT NULL THEN 'info' ELSE leak_severity(sure, growth_seconds, CASE WHEN NOT o.ended THEN left_bytes END, rate) END AS severity,
  x.reason AS excuse, x.granted_bytes,
  sure AS confidence,
  verdict AS trend,
  growth::BIGINT AS growth_bytes,
  rate AS rate_bytes_per_second, rate_low, rate_high,
  share AS share_of_loss,
  onset_ts AS first_seen, end_ts AS last_seen,
  CASE WHEN o.goes_on THEN earlier(exhausted_at(end_ts, left_bytes, rate_high), CASE WHEN o.of_host THEN h.exhausted_from END) END AS exhausted_from,
  CASE WHEN o.goes_on THEN earlier(exhausted_at(end_ts, left_bytes, rate_low), CASE WHEN o.of_host THEN h.exhausted_to END) END AS exhausted_to,
  CASE WHEN o.goes_on THEN limit_cgroup END AS limit_cgroup,
  CASE WHEN o.goes_on THEN limit_address_space_bytes END AS limit_address_space_bytes,
  CASE WHEN o.goes_on THEN limit_mount_bytes END AS limit_mount_bytes,
  loss_bytes, growth_seconds, onset_t, end_t, from_snapshot, to_snapshot,
  CASE WHEN slowing < 0.8 THEN slowing END AS slowing_share,
  stack_tool, stack_frame, stack_caller, stack_growth_bytes, stack_prints,
  CASE WHEN stack_tool IS NULL THEN [series_sql(sid)]
    ELSE [series_sql(sid), 'SELECT tool, frame, caller, growth_bytes, moments, stack FROM stack_growth WHERE growing ORDER BY run, position'] END AS evidence_sql,
  CASE WHEN (SELECT o.origin FROM capture AS o WHERE o.capture_id = c.capture_id) = 'evidence' THEN (
    SELECT list(e.member ORDER BY e.member) FROM evidence_source AS e
    WHERE e.capture_id = c.capture_id
      AND contains(e.tables, CASE WHEN regexp_matches(metric, '^(proc|group|unit|user)_') THEN 'process_sample' ELSE 'meminfo' END))
  ELSE list_filter([
    member(from_snapshot, series_file(metric, wf.snapshot)),
    member(to_snapshot, series_file(metric, wt.snapshot))
  ], lambda m: m IS NOT NULL) END AS evidence_members
FROM confirmed AS c
LEFT JOIN nearest_limit AS n USING (sid)
LEFT JOIN ended_grower AS e USING (sid)
LEFT JOIN (SELECT sid, reason, granted_bytes FROM excuse) AS x USING (sid)
LEFT JOIN host AS h ON h.capture_id = c.capture_id AND h.boot = c.boot
LEFT JOIN watched_sample AS wf ON wf.capture_id = c.capture_id AND wf.process_id = c.process_id AND wf.snapshot = c.from_snapshot
LEFT JOIN watched_sample AS wt ON wt.capture_id = c.capture_id AND wt.process_id = c.process_id AND wt.snapshot = c.to_snapshot,
  LATERAL (SELECT e.sid IS NOT NULL AS ended, c.verdict = 'leak' AND e.sid IS NULL AS goes_on,
    n.limit_cgroup IS NULL AND n.limit_address_space_bytes IS NULL AND n.limit_mount_bytes IS NULL AS of_host) AS o;

-- Kills inside a limited cgroup while the capture ran; the deepest limited cgroup is to blame, its parents count it too. A kill
-- by the host's own OOM also counts in the cgroup of the victim: only where the cgroup hit its limit it is the cgroup's.
-- columns of cgroup_kill: capture_id; path VARCHAR; kills BIGINT; limit_bytes BIGINT; current_bytes BIGINT; first_seen, last_seen TIMESTAMP
--   source VARCHAR  memory.events | kernel log
CREATE OR REPLACE TABLE cgroup_kill AS
WITH counted AS (
  SELECT m.capture_id, m.path, m.snapshot, s.ts, m.max_bytes, m.current_bytes,
    -- version 1 tells kills now and then only
    m.events_oom_kill - lag(m.events_oom_kill IGNORE NULLS) OVER w AS kills,
    m.events_oom - lag(m.events_oom IGNORE NULLS) OVER w AS ooms,
    m.events_max - lag(m.events_max IGNORE NULLS) OVER w AS hits
  FROM cgroup_memory AS m
  JOIN snapshot AS s USING (capture_id, snapshot)
  WINDOW w AS (PARTITION BY m.capture_id, s.boot, m.path ORDER BY m.snapshot)
), hit AS (
  -- a group that is made anew under its old path counts from nought: that takes no kill back
  SELECT capture_id, path, sum(kills) FILTER (WHERE kills > 0)::BIGINT AS kills, max(max_bytes) AS limit_bytes, max(current_bytes) AS current_bytes,
    min(ts) FILTER (WHERE kills > 0) AS first_seen, max(ts) FILTER (WHERE kills > 0) AS last_seen
  FROM counted
  GROUP BY capture_id, path
  HAVING sum(kills) FILTER (WHERE kills > 0) > 0 AND max(max_bytes) IS NOT NULL
    AND coalesce(sum(ooms) FILTER (WHERE ooms >= 0), sum(hits) FILTER (WHERE hits >= 0), 1) > 0
), deepest AS (
  SELECT h.*
  FROM hit AS h
  WHERE NOT EXISTS (SELECT 1 FROM hit AS d WHERE d.capture_id = h.capture_id AND starts_with(d.path, h.path || '/'))
), logged AS (
  SELECT k.capture_id, k.cgroup AS path, count(*) AS kills, max(k.cgroup_limit_bytes) AS limit_bytes, NULL::BIGINT AS current_bytes,
    min(k.ts) AS first_seen, max(k.ts) AS last_seen
  FROM oom_kill AS k
  WHERE k.scope = 'cgroup' AND EXISTS (
    SELECT 1 FROM snapshot AS s WHERE s.capture_id = k.capture_id
    GROUP BY s.boot
    HAVING coalesce(k.uptime_seconds BETWEEN min(s.uptime_seconds) AND max(s.uptime_seconds)
        AND of_boot(k.boot, k.ts, k.uptime_seconds, s.boot, min(s.ts), min(s.uptime_seconds)), k.ts BETWEEN min(s.ts) AND max(s.ts)))
  GROUP BY k.capture_id, k.cgroup
)
SELECT capture_id, path, kills, limit_bytes, current_bytes, first_seen, last_seen, 'memory.events' AS source FROM deepest
UNION ALL
SELECT capture_id, path, kills, limit_bytes, current_bytes, first_seen, last_seen, 'kernel log'
FROM logged AS l
WHERE NOT EXISTS (SELECT 1 FROM deepest AS d WHERE d.capture_id = l.capture_id AND (d.path = l.path OR l.path IS NULL));

-- One cause a growing process: which of its growths makes the others.
-- columns of process_cause: sid of its proc_anon or proc_vm grower, capture_id, process_id; cause VARCHAR a kind of findings.json
CREATE OR REPLACE TABLE process_cause AS
WITH huge AS (
  SELECT capture_id, process_id, max(anon_huge_pages_bytes) / nullif(max(anonymous_bytes), 0) AS huge_share
  FROM process_memory
  GROUP BY capture_id, process_id
)
SELECT g.sid, g.capture_id, g.process_id, g.metric,
  CASE
    WHEN k.path IS NOT NULL THEN 'cgroup_oom'
    -- a thread takes a stack in the kernel and touches pages of its own; with huge pages up to 2 MB of them
    WHEN t.threads IS NOT NULL AND g.growth < 2.5 * 1048576 * t.threads * CASE WHEN g.metric = 'proc_vm' THEN 8 ELSE 1 END THEN 'kernel_stacks'
    WHEN g.metric = 'proc_vm' AND coalesce(x.anon, 0) + coalesce(x.shmem, 0) + coalesce(x.file, 0) + coalesce(x.hugetlb, 0) < 0.25 * g.growth
      AND (x.anon IS NOT NULL OR coalesce(x.rss, 0) < 0.25 * g.growth) THEN 'address_space'
    WHEN g.metric = 'proc_vm' THEN 'other'
    -- memory asked for and never used costs real pages where huge pages are handed out
    WHEN x.vm > 4 * g.growth AND coalesce(h.huge_share, 0) > 0.6
      AND EXISTS (SELECT 1 FROM grower AS v WHERE v.capture_id = g.capture_id AND v.process_id = g.process_id AND v.metric = 'proc_vm')
      THEN 'address_space'
    -- smaps is read seldom: what grew between two readings may be a small part, and yet all of it lay in the file
    WHEN m.file_growth > 0.6 * m.anonymous_growth AND m.file_growth > 0.3 * g.growth
      OR m.readings > 1 AND m.file_growth > 0.9 * m.anonymous_growth AND m.file_growth >= g.floor THEN 'private_file_mapping'
    ELSE 'private_anonymous'
  END AS cause
FROM grower AS g
JOIN process AS p USING (capture_id, process_id)
LEFT JOIN process_growth AS x ON x.sid = g.sid
LEFT JOIN mapping_growth AS m ON m.capture_id = g.capture_id AND m.process_id = g.process_id
LEFT JOIN huge AS h ON h.capture_id = g.capture_id AND h.process_id = g.process_id
LEFT JOIN thread_grower AS t ON t.capture_id = g.capture_id AND t.process_id = g.process_id
LEFT JOIN cgroup_kill AS k ON k.capture_id = g.capture_id AND (p.cgroup = k.path OR starts_with(p.cgroup, k.path || '/'))
WHERE g.metric IN ('proc_anon', 'proc_vm');
