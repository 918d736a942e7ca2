-- Who really grows: one row a subject and metric, with what the host lost meanwhile and how long it will last.
-- requires: capture, trend, series, memory_ledger, meminfo, snapshot, process, process_reading, vmalloc_caller
-- columns of grower: those of trend, and
--   loss_bytes BIGINT       MemAvailable at the onset minus MemAvailable at the end, at least 0; NULL where MemAvailable was not read over at least half of that
--   headroom_bytes BIGINT   MemAvailable + free swap at the last snapshot
--   from_snapshot, to_snapshot INTEGER  at the onset and at the end
--   process_id INTEGER      NULL where the subject is no process
-- Only verdict leak counts, with two exceptions. Kernel memory that grew and then stopped stays lost (a driver was unloaded):
-- saturating growth of four floors counts there, unless it came to rest ever more slowly, as a cache or a pool does that is filled. And in the window that ends at a kill of the host growth slows because
-- there is no memory left: there, when nothing has the verdict leak, growth that went on for most of the window counts.
-- A starved or young process is read too seldom for a verdict of its own (insufficient, or thin by fewer than nine readings), and so are all
-- of one name together (thin as well): a bucket of the host, or the anonymous memory of their control group, that has the verdict leak bears it out when they alone
-- made half of what that gained between their own first and last reading. The verdict is then thin, and its confidence never above that of a warning.
-- columns of borne_out: sid INTEGER of a series that is too short by itself; confidence DOUBLE
CREATE OR REPLACE TABLE borne_out AS
WITH home AS (
  -- the one control group in which a process, or all of one name, live
  SELECT capture_id, boot, 'process' AS subject_type, process_id::VARCHAR AS subject_id, cgroup FROM process
  UNION ALL
  SELECT capture_id, boot, 'group', name, min(cgroup)
  FROM process
  GROUP BY capture_id, boot, name
  HAVING min(cgroup) = max(cgroup) AND count(cgroup) = count(*)
), own AS (
  SELECT t.sid, t.capture_id, t.boot, t.win, t.growth, t.onset_t, t.end_t, t.growth_seconds, b.metric AS bucket, b.unit_bytes,
    CASE WHEN b.metric = 'cgroup_anon' THEN h.cgroup END AS bucket_id
  FROM trend AS t
  JOIN (VALUES ('proc_anon', 'host_anon', 1), ('proc_anon', 'cgroup_anon', 1), ('group_anon', 'host_anon', 1), ('group_anon', 'cgroup_anon', 1),
    ('proc_shmem', 'host_shmem', 1), ('proc_pte', 'host_page_tables', 1),
    ('proc_threads', 'host_kernel_stack', 16384)) AS b(own_metric, metric, unit_bytes) ON b.own_metric = t.metric
  LEFT JOIN home AS h ON h.capture_id = t.capture_id AND h.boot = t.boot AND h.subject_type = t.subject_type AND h.subject_id = t.subject_id
  WHERE (t.verdict = 'insufficient' OR t.verdict = 'thin' AND (t.metric = 'group_anon' OR t.samples < 9)) AND t.samples >= 4 AND t.growth >= 3 * t.floor
    AND (b.metric <> 'cgroup_anon' OR h.cgroup IS NOT NULL)
    -- as long as a start-up that is left alone, see trend
    AND t.growth_seconds > 65 AND t.last_value = t.highest
    -- who ended while the bucket went on gave back what it had: the child of a database that writes a snapshot, a job. Other tools may leave
    -- out who lives
    AND (t.win = 'until_oom' OR t.subject_type <> 'process' OR t.capture_id IN (SELECT c.capture_id FROM capture AS c WHERE c.origin = 'evidence')
      OR EXISTS (SELECT 1 FROM process AS p WHERE p.capture_id = t.capture_id AND p.process_id::VARCHAR = t.subject_id
        AND p.last_snapshot >= (SELECT max(x.last_snapshot) FROM process AS x WHERE x.capture_id = t.capture_id AND x.boot = t.boot)))
), stepped AS (
  SELECT o.sid, min(s.step) AS least_step, max(s.step) AS largest_step,
    -- beyond what the mean slope rises between two readings that lie far apart
    max(s.step - s.pause * o.growth / (o.end_t - o.onset_t)) AS largest_jump
  FROM (SELECT DISTINCT sid, growth, onset_t, end_t FROM own) AS o
  JOIN (
    SELECT sid, value - lag(value) OVER w AS step, t_seconds - lag(t_seconds) OVER w AS pause FROM series WINDOW w AS (PARTITION BY sid ORDER BY t_seconds)
  ) AS s ON s.sid = o.sid
  GROUP BY o.sid
), moved AS (
  SELECT o.sid, o.growth * o.unit_bytes AS own_bytes, b.confidence,
    arg_max(s.value, s.t_seconds) - arg_min(s.value, s.t_seconds) AS bucket_bytes
  FROM own AS o
  JOIN trend AS b ON b.capture_id = o.capture_id AND b.boot = o.boot AND b.win = o.win AND b.metric = o.bucket AND b.verdict = 'leak'
    AND (o.bucket_id IS NULL OR b.subject_id = o.bucket_id)
  JOIN series AS s ON s.sid = b.sid AND s.t_seconds BETWEEN o.onset_t AND o.end_t
  GROUP BY o.sid, o.growth, o.unit_bytes, b.sid, b.confidence
)
SELECT m.sid, round(0.65 * max(m.confidence), 3) AS confidence
FROM moved AS m
JOIN (SELECT DISTINCT sid, growth FROM own) AS o USING (sid)
JOIN stepped AS s USING (sid)
-- rises from reading to reading but for a breath, and in no single jump
WHERE s.least_step >= -0.1 * o.growth AND (s.largest_step <= 0.6 * o.growth OR s.largest_jump <= 0.35 * o.growth) AND m.own_bytes >= 0.5 * m.bucket_bytes
GROUP BY m.sid;

CREATE OR REPLACE TABLE grower AS
WITH candidate AS (
  SELECT t.* REPLACE (CASE WHEN b.sid IS NULL THEN t.verdict ELSE 'thin' END AS verdict, coalesce(b.confidence, t.confidence) AS confidence),
    b.sid IS NOT NULL AS borne_out,
    metric IN ('host_slab_unreclaimable', 'host_vmalloc', 'host_unaccounted', 'host_percpu', 'host_page_tables') AS kernel_memory,
    bool_or(verdict = 'leak' AND metric IN ('proc_anon', 'proc_rss', 'host_shmem', 'host_slab_unreclaimable', 'host_vmalloc',
      'host_unaccounted', 'group_anon')) OVER (PARTITION BY capture_id, boot, win) AS window_has_leak
  FROM trend AS t
  LEFT JOIN borne_out AS b USING (sid)
), kept AS (
  SELECT *
  FROM candidate
  WHERE verdict = 'leak' OR borne_out
    OR (kernel_memory AND verdict = 'saturating' AND growth >= 4 * floor AND tau >= 0.6 AND growth_seconds >= 20 AND NOT coalesce(easing < 0.35, false))
    OR (win = 'until_oom' AND NOT window_has_leak AND verdict IN ('saturating', 'thin') AND growth >= 3 * floor
      AND growth_seconds >= 0.5 * (end_t - onset_t))
  QUALIFY row_number() OVER (
    PARTITION BY capture_id, metric, subject_type, subject_id
    ORDER BY (win = 'until_oom') DESC, (verdict = 'leak') DESC, growth DESC, boot) = 1
), headroom AS (
  SELECT l.capture_id, l.boot,
    arg_max(l.mem_available_bytes + coalesce(m.swap_free_bytes, 0), l.snapshot) AS headroom_bytes
  FROM memory_ledger AS l
  JOIN meminfo AS m USING (capture_id, snapshot)
  GROUP BY l.capture_id, l.boot
), available AS (
  SELECT capture_id, boot, t_seconds, mem_available_bytes FROM memory_ledger WHERE mem_available_bytes IS NOT NULL
)
SELECT k.* EXCLUDE (kernel_memory, window_has_leak, borne_out),
  -- greatest() passes over NULL: what nobody told is not nought
  -- and a reading from before all growth, or two within a part of it, tell nothing of what the host lost meanwhile
  CASE WHEN a.mem_available_bytes IS NOT NULL AND b.mem_available_bytes IS NOT NULL AND b.t_seconds - a.t_seconds >= 0.5 * (k.end_t - k.onset_t)
      AND k.end_t - b.t_seconds <= 0.5 * (k.end_t - k.onset_t)
    THEN greatest(0, a.mem_available_bytes - b.mem_available_bytes) END AS loss_bytes,
  h.headroom_bytes,
  sa.snapshot AS from_snapshot, sb.snapshot AS to_snapshot,
  CASE WHEN k.subject_type = 'process' THEN k.subject_id::INTEGER END AS process_id
FROM kept AS k
LEFT JOIN snapshot AS sa ON sa.capture_id = k.capture_id AND sa.boot = k.boot AND sa.t_seconds = k.onset_t
LEFT JOIN snapshot AS sb ON sb.capture_id = k.capture_id AND sb.boot = k.boot AND sb.t_seconds = k.end_t
-- other tools do not read all at the same moment: what was available last is what was available
ASOF LEFT JOIN available AS a ON a.capture_id = k.capture_id AND a.boot = k.boot AND a.t_seconds <= k.onset_t
ASOF LEFT JOIN available AS b ON b.capture_id = k.capture_id AND b.boot = k.boot AND b.t_seconds <= k.end_t
LEFT JOIN headroom AS h ON h.capture_id = k.capture_id AND h.boot = k.boot;

-- Shares are of the larger of loss and growth, so that none is above 1 when others gave memory back meanwhile. Where the host
-- lost much less than the subject gained there is no loss to have a share of.
CREATE OR REPLACE MACRO share_of(growth, loss) AS
  CASE WHEN loss IS NULL OR growth <= 0 OR loss < 0.5 * growth THEN NULL ELSE growth / greatest(loss, growth) END;

-- When headroom bytes are gone at a rate; NULL when it does not shrink or would last for more than a year.
CREATE OR REPLACE MACRO exhausted_at(ts, headroom, rate) AS
  CASE WHEN rate > 0 AND headroom / rate < 31536000 THEN ts + to_milliseconds((1000 * headroom / rate)::BIGINT) END;

-- How loud a leak may be: the evidence caps it. Under two minutes of growth it is no more than a warning, unless the host
-- runs out within two hours; what goes on for a month before memory ends is no more than a warning, either; a weak case is a hint.
CREATE OR REPLACE MACRO leak_severity(confidence, growth_seconds, headroom, rate) AS
  CASE
    WHEN confidence >= 0.7 AND NOT coalesce(rate > 0 AND headroom / rate > 2592000, false) AND (growth_seconds >= 120 OR (rate > 0 AND headroom / rate < 7200)) THEN 'critical'
    WHEN confidence >= 0.5 THEN 'warning'
    ELSE 'info'
  END;

-- columns of process_growth: what one process gained in every respect between the onset and the end of one of its growers
--   sid INTEGER of the grower; anon, shmem, file, rss, vm, pte BIGINT bytes; threads BIGINT; data BIGINT bytes, VmData: private and writable;
--   hugetlb BIGINT bytes, pages of the pool that are mapped: no RSS counts them
CREATE OR REPLACE TABLE process_growth AS
SELECT g.sid, g.capture_id, g.process_id,
  b.rss_anon_bytes + coalesce(b.swap_bytes, 0) - a.rss_anon_bytes - coalesce(a.swap_bytes, 0) AS anon,
  b.rss_shmem_bytes - a.rss_shmem_bytes AS shmem,
  b.rss_file_bytes - a.rss_file_bytes AS file,
  b.rss_bytes - a.rss_bytes AS rss,
  b.vm_size_bytes - a.vm_size_bytes AS vm,
  b.pte_bytes - a.pte_bytes AS pte,
  b.threads - a.threads AS threads,
  b.vm_data_bytes - a.vm_data_bytes AS data,
  b.hugetlb_bytes - a.hugetlb_bytes AS hugetlb
FROM grower AS g
JOIN snapshot AS sa ON sa.capture_id = g.capture_id AND sa.boot = g.boot AND sa.t_seconds = g.onset_t
JOIN snapshot AS sb ON sb.capture_id = g.capture_id AND sb.boot = g.boot AND sb.t_seconds = g.end_t
JOIN process_reading AS a ON a.capture_id = g.capture_id AND a.snapshot = sa.snapshot AND a.process_id = g.process_id
JOIN process_reading AS b ON b.capture_id = g.capture_id AND b.snapshot = sb.snapshot AND b.process_id = g.process_id
WHERE g.subject_type = 'process';

-- Processes whose pages of files are locked in memory (mlock, mlockall) as fast as they map them: no cache any more.
-- columns of locked_grower: sid INTEGER of the proc_file grower; capture_id, process_id INTEGER; locked_bytes BIGINT  gained by VmLck
CREATE OR REPLACE TABLE locked_grower AS
SELECT g.sid, g.capture_id, g.process_id, (b.vm_locked_bytes - a.vm_locked_bytes)::BIGINT AS locked_bytes
FROM grower AS g
JOIN process_reading AS a ON a.capture_id = g.capture_id AND a.process_id = g.process_id AND a.snapshot = g.from_snapshot
JOIN process_reading AS b ON b.capture_id = g.capture_id AND b.process_id = g.process_id AND b.snapshot = g.to_snapshot
JOIN meminfo AS ma ON ma.capture_id = g.capture_id AND ma.snapshot = g.from_snapshot
JOIN meminfo AS mb ON mb.capture_id = g.capture_id AND mb.snapshot = g.to_snapshot
-- VmLck counts what was asked for, Mlocked what is there: both have to have grown by it
WHERE g.metric = 'proc_file' AND b.vm_locked_bytes - a.vm_locked_bytes >= 0.5 * g.growth AND mb.mlocked_bytes - ma.mlocked_bytes >= 0.5 * g.growth;

-- Pages of files that cannot be dropped although nobody locked them: a ramfs. Shared memory that is locked as a whole (SHM_LOCK) cannot,
-- either, but counts as Shmem and not as page cache.
-- columns of ramfs_grower: sid INTEGER of the host_undroppable grower; capture_id INTEGER; cache_bytes BIGINT  gained by the page cache meanwhile
CREATE OR REPLACE TABLE ramfs_grower AS
SELECT g.sid, g.capture_id, (b.page_cache_bytes - a.page_cache_bytes)::BIGINT AS cache_bytes
FROM grower AS g
JOIN memory_ledger AS a ON a.capture_id = g.capture_id AND a.snapshot = g.from_snapshot
JOIN memory_ledger AS b ON b.capture_id = g.capture_id AND b.snapshot = g.to_snapshot
WHERE g.metric = 'host_undroppable' AND b.page_cache_bytes - a.page_cache_bytes >= 0.5 * g.growth;

-- Processes whose threads pile up: their stacks, page tables and kernel structures are one cause, not five.
-- columns of thread_grower: capture_id, process_id, threads BIGINT gained, onset_t, end_t
CREATE OR REPLACE TABLE thread_grower AS
SELECT capture_id, boot, process_id, growth::BIGINT AS threads, onset_t, end_t
FROM grower
WHERE metric = 'proc_threads';

-- Removed cgroups pile up that something still holds; what the kernel keeps for them is one cause, not four.
-- columns of dying_grower: capture_id; path VARCHAR the deepest one that explains the count; cgroups BIGINT gained; onset_t, end_t DOUBLE;
--   percpu_bytes, slab_bytes, bookkeeping_bytes BIGINT  what these buckets gained meanwhile; NULL where they were not read
CREATE OR REPLACE TABLE dying_grower AS
WITH deepest AS (
  -- control groups are read seldom, and a count that only rises is told by two readings
  SELECT capture_id, boot, subject_id AS path, growth::BIGINT AS cgroups, onset_t, end_t
  FROM trend
  WHERE metric = 'cgroup_dying' AND win = 'all' AND growth >= floor
    AND (verdict = 'leak' OR verdict IN ('insufficient', 'thin') AND drawdown = 0 AND samples >= 2)
  -- parents count their children's: the longest path that has nearly all of the largest count
  QUALIFY growth >= 0.8 * max(growth) OVER (PARTITION BY capture_id)
), one AS (
  SELECT * FROM deepest QUALIFY row_number() OVER (PARTITION BY capture_id ORDER BY length(path) DESC, cgroups DESC, path) = 1
), ends AS (
  SELECT o.capture_id, max(s.snapshot) FILTER (WHERE s.t_seconds <= o.onset_t) AS from_snapshot, max(s.snapshot) FILTER (WHERE s.t_seconds <= o.end_t) AS to_snapshot
  FROM one AS o
  JOIN snapshot AS s ON s.capture_id = o.capture_id AND s.boot = o.boot
  GROUP BY o.capture_id
), bookkeeping AS (
  SELECT e.capture_id, (sum(v.bytes) FILTER (WHERE v.snapshot = e.last_read) - coalesce(sum(v.bytes) FILTER (WHERE v.snapshot = e.first_read), 0))::BIGINT AS bytes
  FROM (
    SELECT e.capture_id, coalesce(max(v.snapshot) FILTER (WHERE v.snapshot <= e.from_snapshot), min(v.snapshot)) AS first_read,
      max(v.snapshot) FILTER (WHERE v.snapshot <= e.to_snapshot) AS last_read
    FROM ends AS e
    JOIN vmalloc_caller AS v ON v.capture_id = e.capture_id
    GROUP BY e.capture_id
  ) AS e
  JOIN vmalloc_caller AS v ON v.capture_id = e.capture_id AND v.snapshot IN (e.first_read, e.last_read) AND starts_with(v.caller, 'pcpu_')
  GROUP BY e.capture_id
)
SELECT o.capture_id, o.path, o.cgroups, o.onset_t, o.end_t,
  b.percpu_bytes - a.percpu_bytes AS percpu_bytes,
  b.slab_unreclaimable_bytes - a.slab_unreclaimable_bytes AS slab_bytes,
  k.bytes AS bookkeeping_bytes
FROM one AS o
JOIN ends AS e USING (capture_id)
JOIN memory_ledger AS a ON a.capture_id = e.capture_id AND a.snapshot = e.from_snapshot
JOIN memory_ledger AS b ON b.capture_id = e.capture_id AND b.snapshot = e.to_snapshot
LEFT JOIN bookkeeping AS k USING (capture_id);
