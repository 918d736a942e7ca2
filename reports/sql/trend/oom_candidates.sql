-- Whom the kernel would kill, as it would reckon, at every snapshot: on the host, and inside each cgroup with a limit, where only
-- its own processes compete. Process 1 and kernel threads are never chosen.
-- requires: capture, snapshot, meminfo, process, process_sample, cgroup_memory, oom_rule
-- columns of oom_ranking, the first five of each scope at every snapshot, all at the last one:
--   snapshot INTEGER; scope VARCHAR  host, or the path of a cgroup with a limit;  position BIGINT  1 dies first
--   process_id, pid INTEGER; name VARCHAR
--   points_bytes   BIGINT   what the kernel compares; below zero for a process with a negative oom_score_adj
--   used_bytes     BIGINT   resident, swap and page tables: the points without oom_score_adj
--   oom_score_adj, oom_score INTEGER as the kernel said;  predicted_score BIGINT as the rule says; NULL in a cgroup, whose
--                           limit the kernel's oom_score does not know
-- columns of oom_candidate: those, at the last snapshot of the capture
-- columns of oom_protected: who is never killed (oom_score_adj -1000), at the last snapshot: capture_id, process_id, pid, name, used_bytes
CREATE OR REPLACE TABLE oom_scope AS
WITH swap AS (
  SELECT capture_id, arg_max(coalesce(swap_total_bytes, 0), snapshot) AS swap_total_bytes
  FROM meminfo
  GROUP BY capture_id
), limited AS (
  -- what a cgroup may swap counts as far as there is swap
  SELECT m.capture_id, m.path,
    arg_max(m.max_bytes + least(coalesce(m.swap_max_bytes, s.swap_total_bytes), s.swap_total_bytes), m.snapshot) AS total_bytes
  FROM cgroup_memory AS m
  JOIN swap AS s USING (capture_id)
  WHERE m.max_bytes IS NOT NULL AND m.path <> '/'
  GROUP BY m.capture_id, m.path
)
SELECT p.capture_id, p.process_id, 'host' AS scope, NULL::BIGINT AS total_bytes
FROM process AS p
WHERE NOT coalesce(p.kernel_thread, false) AND p.pid <> 1
UNION ALL
SELECT p.capture_id, p.process_id, l.path, l.total_bytes
FROM process AS p
JOIN limited AS l ON l.capture_id = p.capture_id AND (p.cgroup = l.path OR starts_with(p.cgroup, l.path || '/'))
WHERE NOT coalesce(p.kernel_thread, false) AND p.pid <> 1;

CREATE OR REPLACE TABLE oom_ranking AS
WITH task AS (
  SELECT s.capture_id, s.snapshot, s.process_id, p.pid, p.name, s.oom_score, r.form,
    coalesce(c.page_bytes, 4096) AS page_bytes,
    coalesce(p.uid = 0, false) AS root,
    coalesce(s.oom_score_adj, p.oom_score_adj, 0) AS adj,
    s.rss_bytes + coalesce(s.swap_bytes, 0) + coalesce(s.pte_bytes, 0) + coalesce(s.pmd_bytes, 0) AS used_bytes,
    m.mem_total_bytes + coalesce(m.swap_total_bytes, 0) AS host_bytes,
    s.snapshot = max(s.snapshot) OVER (PARTITION BY s.capture_id) AS last
  FROM process_sample AS s
  JOIN meminfo AS m USING (capture_id, snapshot)
  JOIN process AS p USING (capture_id, process_id)
  JOIN capture AS c USING (capture_id)
  JOIN oom_rule AS r USING (capture_id)
  WHERE s.rss_bytes IS NOT NULL AND m.mem_total_bytes > 0 AND r.form IS NOT NULL
), scored AS (
  SELECT t.*, x.scope, x.total_bytes,
    oom_points(t.form, t.used_bytes // t.page_bytes, t.adj, t.root, coalesce(x.total_bytes, t.host_bytes) // t.page_bytes) AS points
  FROM task AS t
  JOIN oom_scope AS x USING (capture_id, process_id)
  WHERE t.adj > -1000
)
SELECT capture_id, snapshot, scope, row_number() OVER w AS position, process_id, pid, name,
  points * page_bytes AS points_bytes, used_bytes, adj AS oom_score_adj, oom_score,
  CASE WHEN scope = 'host' THEN oom_score_of(form, points, adj, host_bytes // page_bytes) END AS predicted_score
FROM scored
WINDOW w AS (PARTITION BY capture_id, snapshot, scope ORDER BY points DESC, pid)
QUALIFY row_number() OVER w <= 5 OR last
ORDER BY capture_id, snapshot, scope, position;

CREATE OR REPLACE VIEW oom_candidate AS
SELECT capture_id, scope, position, process_id, pid, name, points_bytes, used_bytes, oom_score_adj, oom_score, predicted_score, snapshot
FROM oom_ranking AS r
WHERE snapshot = (SELECT max(l.snapshot) FROM oom_ranking AS l WHERE l.capture_id = r.capture_id)
ORDER BY capture_id, scope, position;

CREATE OR REPLACE VIEW oom_protected AS
SELECT s.capture_id, s.process_id, p.pid, p.name,
  s.rss_bytes + coalesce(s.swap_bytes, 0) + coalesce(s.pte_bytes, 0) + coalesce(s.pmd_bytes, 0) AS used_bytes
FROM process_sample AS s
JOIN process AS p USING (capture_id, process_id)
WHERE s.snapshot = (SELECT max(l.snapshot) FROM process_sample AS l WHERE l.capture_id = s.capture_id)
  AND coalesce(s.oom_score_adj, p.oom_score_adj) = -1000 AND s.rss_bytes IS NOT NULL AND NOT coalesce(p.kernel_thread, false)
ORDER BY s.capture_id, used_bytes DESC, s.process_id;

-- Who stood first, and how long: one row a scope and a stretch of snapshots with the same process at the head.
-- columns of oom_first: capture_id, scope, process_id, pid, name; from_ts, to_ts TIMESTAMP UTC; snapshots BIGINT; points_bytes BIGINT at the end
CREATE OR REPLACE VIEW oom_first AS
WITH head AS (
  SELECT r.capture_id, r.scope, r.snapshot, s.ts, r.process_id, r.pid, r.name, r.points_bytes,
    row_number() OVER (PARTITION BY r.capture_id, r.scope ORDER BY r.snapshot)
      - row_number() OVER (PARTITION BY r.capture_id, r.scope, r.process_id ORDER BY r.snapshot) AS stretch
  FROM oom_ranking AS r
  JOIN snapshot AS s USING (capture_id, snapshot)
  WHERE r.position = 1
)
SELECT capture_id, scope, process_id, pid, name, min(ts) AS from_ts, max(ts) AS to_ts, count(*) AS snapshots,
  arg_max(points_bytes, snapshot) AS points_bytes
FROM head
GROUP BY capture_id, scope, process_id, pid, name, stretch
ORDER BY capture_id, scope, from_ts;
