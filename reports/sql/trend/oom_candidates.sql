-- Whom the kernel would kill, as it would reckon: resident pages, swap and page tables, plus oom_score_adj thousandths of
-- all memory. Within a limited cgroup only its own processes compete.
-- requires: snapshot, meminfo, process, process_sample, cgroup_memory
-- columns of oom_candidate, at the last snapshot of the capture:
--   scope VARCHAR  host, or the path of a cgroup with a limit;  position BIGINT  1 dies first
--   process_id, pid INTEGER; name VARCHAR; points_bytes BIGINT; oom_score_adj INTEGER; oom_score INTEGER as the kernel said
CREATE OR REPLACE TABLE oom_candidate AS
WITH last_seen AS (
  SELECT capture_id, max(snapshot) AS snapshot FROM process_sample GROUP BY capture_id
), task AS (
  SELECT s.capture_id, s.snapshot, s.process_id, p.pid, p.name, p.cgroup, s.oom_score,
    coalesce(s.oom_score_adj, p.oom_score_adj, 0) AS adj,
    coalesce(s.rss_bytes, 0) + coalesce(s.swap_bytes, 0) + coalesce(s.pte_bytes, 0) + coalesce(s.pmd_bytes, 0) AS used_bytes
  FROM process_sample AS s
  JOIN last_seen USING (capture_id, snapshot)
  JOIN process AS p USING (capture_id, process_id)
  WHERE NOT coalesce(p.kernel_thread, false) AND p.pid <> 1 AND s.rss_bytes IS NOT NULL
), scope AS (
  SELECT m.capture_id, 'host' AS scope, '' AS prefix, m.mem_total_bytes + coalesce(m.swap_total_bytes, 0) AS total_bytes
  FROM meminfo AS m
  JOIN last_seen USING (capture_id, snapshot)
  UNION ALL
  SELECT capture_id, path, path, arg_max(max_bytes, snapshot)
  FROM cgroup_memory
  WHERE max_bytes IS NOT NULL AND path <> '/'
  GROUP BY capture_id, path
), scored AS (
  SELECT t.capture_id, s.scope, t.process_id, t.pid, t.name, t.adj AS oom_score_adj, t.oom_score,
    (t.used_bytes + t.adj * (s.total_bytes // 1000))::BIGINT AS points_bytes
  FROM task AS t
  JOIN scope AS s ON s.capture_id = t.capture_id
    AND (s.prefix = '' OR t.cgroup = s.prefix OR starts_with(t.cgroup, s.prefix || '/'))
  WHERE t.adj > -1000
)
SELECT capture_id, scope, row_number() OVER (PARTITION BY capture_id, scope ORDER BY points_bytes DESC, pid) AS position,
  process_id, pid, name, points_bytes, oom_score_adj, oom_score
FROM scored
ORDER BY capture_id, scope, position;
