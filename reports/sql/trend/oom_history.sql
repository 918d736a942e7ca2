-- The kills of the kernel log, joined with what the capture saw before: who grew, whether the victim did, why the kernel saw no other way.
-- requires: capture, snapshot, process, process_sample, memory_ledger, oom_kill, oom_zone, oom_ranking
-- columns of oom_before, one row a kill that this capture led up to (its last snapshot before is no more than a minute, or three intervals, old):
--   before_snapshot, from_snapshot INTEGER  the last one before the kill, and the first at most two hours earlier within the same boot
--   window_seconds DOUBLE between them
--   victim_process_id INTEGER  NULL when the victim was not seen;  victim_position BIGINT  where it stood in oom_ranking, NULL below five
-- columns of oom_grower, one row a kill and process of its scope (host, or the cgroup) that grew:
--   growth_bytes  BIGINT  of anonymous memory, swap and shared memory in the window; all of it for who started within the window
--   last_bytes    BIGINT  of the same at the end;  victim BOOLEAN;  position BIGINT  1 grew most
-- columns of oom_cause, one row a kill of oom_before:
--   cause  VARCHAR  victim | other | kernel | shared | unclear: who took most of what was taken in the window; unclear below 16 MiB or a third
--   grower_process_id, grower_pid INTEGER; grower_name VARCHAR; growth_bytes BIGINT; growth_share DOUBLE of all growth of the scope, taken_bytes
--   victim_growth_bytes BIGINT; kernel_growth_bytes, shared_growth_bytes BIGINT of the host (unreclaimable slab, vmalloc, page tables,
--   per-CPU, unaccounted; shared memory that no process of the scope maps), NULL inside a cgroup
CREATE OR REPLACE TABLE oom_before AS
WITH seen AS (
  SELECT k.capture_id, k.oom_id, k.victim_pid, k.scope, k.cgroup,
    max(s.snapshot) AS before_snapshot
  FROM oom_kill AS k
  JOIN capture AS c USING (capture_id)
  JOIN snapshot AS s ON s.capture_id = k.capture_id
    AND CASE
      WHEN k.ts IS NOT NULL THEN s.ts < k.ts AND s.ts >= k.ts - to_seconds(greatest(60, 3 * coalesce(c.interval_seconds, 20))::BIGINT)
      ELSE s.boot = k.boot AND s.uptime_seconds < k.uptime_seconds AND s.uptime_seconds >= k.uptime_seconds - greatest(60, 3 * coalesce(c.interval_seconds, 20))
    END
  WHERE coalesce(k.scope, 'host') IN ('host', 'cgroup', 'cpuset')
  GROUP BY ALL
), windowed AS (
  SELECT e.*, b.boot, b.t_seconds AS before_t,
    (SELECT min(a.snapshot) FROM snapshot AS a
     WHERE a.capture_id = e.capture_id AND a.boot = b.boot AND a.t_seconds >= b.t_seconds - 7200) AS from_snapshot
  FROM seen AS e
  JOIN snapshot AS b ON b.capture_id = e.capture_id AND b.snapshot = e.before_snapshot
)
SELECT w.capture_id, w.oom_id, coalesce(w.scope, 'host') AS scope, w.cgroup, w.boot, w.before_snapshot, w.from_snapshot,
  w.before_t - a.t_seconds AS window_seconds, p.process_id AS victim_process_id, r.position AS victim_position
FROM windowed AS w
JOIN snapshot AS a ON a.capture_id = w.capture_id AND a.snapshot = w.from_snapshot
LEFT JOIN process AS p ON p.capture_id = w.capture_id AND p.boot = w.boot AND p.pid = w.victim_pid
  AND w.before_snapshot BETWEEN p.first_snapshot AND p.last_snapshot
LEFT JOIN oom_ranking AS r ON r.capture_id = w.capture_id AND r.snapshot = w.before_snapshot AND r.process_id = p.process_id
  AND r.scope = CASE WHEN w.scope = 'cgroup' THEN w.cgroup ELSE 'host' END AND r.position <= 5
ORDER BY w.capture_id, w.oom_id;

CREATE OR REPLACE TABLE oom_grower AS
WITH held AS (
  SELECT b.capture_id, b.oom_id, s.process_id, s.snapshot,
    coalesce(s.rss_anon_bytes + coalesce(s.rss_shmem_bytes, 0), s.rss_bytes) + coalesce(s.swap_bytes, 0) AS bytes
  FROM oom_before AS b
  JOIN process_sample AS s ON s.capture_id = b.capture_id AND s.snapshot IN (b.from_snapshot, b.before_snapshot)
), grown AS (
  SELECT b.capture_id, b.oom_id, p.process_id, p.pid, p.name, z.bytes AS last_bytes,
    -- who was not there when the window began took all of it since
    z.bytes - CASE WHEN p.first_snapshot > b.from_snapshot THEN 0 ELSE a.bytes END AS growth_bytes,
    p.process_id IS NOT DISTINCT FROM b.victim_process_id AS victim
  FROM oom_before AS b
  JOIN held AS z ON z.capture_id = b.capture_id AND z.oom_id = b.oom_id AND z.snapshot = b.before_snapshot
  JOIN process AS p ON p.capture_id = b.capture_id AND p.process_id = z.process_id
  LEFT JOIN held AS a ON a.capture_id = b.capture_id AND a.oom_id = b.oom_id AND a.process_id = z.process_id AND a.snapshot = b.from_snapshot
  WHERE z.bytes IS NOT NULL
    AND (b.scope <> 'cgroup' OR p.cgroup = b.cgroup OR starts_with(p.cgroup, b.cgroup || '/'))
)
SELECT *, row_number() OVER (PARTITION BY capture_id, oom_id ORDER BY growth_bytes DESC, process_id) AS position
FROM grown
WHERE growth_bytes > 0
ORDER BY capture_id, oom_id, position;

CREATE OR REPLACE TABLE oom_cause AS
WITH host AS (
  SELECT b.capture_id, b.oom_id,
    (z.slab_unreclaimable_bytes - a.slab_unreclaimable_bytes) + coalesce(z.vmalloc_bytes - a.vmalloc_bytes, 0)
      + coalesce(z.page_tables_bytes - a.page_tables_bytes, 0) + coalesce(z.percpu_bytes - a.percpu_bytes, 0)
      + coalesce(z.unaccounted_bytes - a.unaccounted_bytes, 0) AS kernel_growth_bytes,
    z.shmem_bytes - a.shmem_bytes - coalesce((
      SELECT sum(q.rss_shmem_bytes) FROM process_sample AS q WHERE q.capture_id = b.capture_id AND q.snapshot = b.before_snapshot), 0)
      + coalesce((
      SELECT sum(q.rss_shmem_bytes) FROM process_sample AS q WHERE q.capture_id = b.capture_id AND q.snapshot = b.from_snapshot), 0)
      AS shared_growth_bytes
  FROM oom_before AS b
  JOIN memory_ledger AS z ON z.capture_id = b.capture_id AND z.snapshot = b.before_snapshot
  JOIN memory_ledger AS a ON a.capture_id = b.capture_id AND a.snapshot = b.from_snapshot
  WHERE b.scope <> 'cgroup'
), total AS (
  SELECT capture_id, oom_id, sum(growth_bytes)::BIGINT AS bytes
  FROM oom_grower
  GROUP BY capture_id, oom_id
), laid AS (
  SELECT b.*, g.process_id AS grower_process_id, g.pid AS grower_pid, g.name AS grower_name, g.growth_bytes,
    g.victim AS grower_is_victim, v.growth_bytes AS victim_growth_bytes, h.kernel_growth_bytes, h.shared_growth_bytes,
    coalesce(t.bytes, 0) + greatest(0, coalesce(h.kernel_growth_bytes, 0)) + greatest(0, coalesce(h.shared_growth_bytes, 0)) AS all_bytes
  FROM oom_before AS b
  LEFT JOIN oom_grower AS g ON g.capture_id = b.capture_id AND g.oom_id = b.oom_id AND g.position = 1
  LEFT JOIN oom_grower AS v ON v.capture_id = b.capture_id AND v.oom_id = b.oom_id AND v.victim
  LEFT JOIN total AS t ON t.capture_id = b.capture_id AND t.oom_id = b.oom_id
  LEFT JOIN host AS h ON h.capture_id = b.capture_id AND h.oom_id = b.oom_id
)
SELECT capture_id, oom_id, scope, cgroup, window_seconds,
  CASE
    WHEN greatest(coalesce(growth_bytes, 0), coalesce(kernel_growth_bytes, 0), coalesce(shared_growth_bytes, 0)) < greatest(16777216, all_bytes / 3)
      THEN 'unclear'
    WHEN coalesce(kernel_growth_bytes, 0) >= greatest(coalesce(growth_bytes, 0), coalesce(shared_growth_bytes, 0)) THEN 'kernel'
    WHEN coalesce(shared_growth_bytes, 0) >= coalesce(growth_bytes, 0) THEN 'shared'
    WHEN grower_is_victim THEN 'victim'
    ELSE 'other'
  END AS cause,
  grower_process_id, grower_pid, grower_name, growth_bytes, growth_bytes / nullif(all_bytes, 0) AS growth_share, all_bytes AS taken_bytes,
  victim_process_id, victim_position, victim_growth_bytes, kernel_growth_bytes, shared_growth_bytes
FROM laid
ORDER BY capture_id, oom_id;

-- Why the kernel saw no other way, from the zones of its report.
-- columns of oom_reason, one row a kill:
--   reason  VARCHAR  limit (of a cgroup) | sysrq | memory (no zone above its high watermark, at which the kernel looks a last time before it kills; what is kept back counted out) |
--                    fragmented (pages enough, but not in one piece of the order asked for) | elsewhere (a zone had enough: the request
--                    was bound to another, by NUMA policy, cpuset or DMA) | NULL when the report has no zones
--   zones, short_zones BIGINT; short_zones are at or below it;  free_bytes, min_bytes BIGINT summed over the zones
--   no_swap BOOLEAN  there is none, or it was full
CREATE OR REPLACE VIEW oom_reason AS
WITH zone AS (
  SELECT z.capture_id, z.oom_id,
    count(*) AS zones,
    count(*) FILTER (WHERE z.free_bytes - coalesce(z.reserve_bytes, 0) <= z.high_bytes) AS short_zones,
    count(*) FILTER (WHERE z.free_bytes - coalesce(z.reserve_bytes, 0) > z.high_bytes AND z.fitting_blocks = 0) AS broken_zones,
    sum(z.free_bytes)::BIGINT AS free_bytes, sum(z.min_bytes)::BIGINT AS min_bytes
  FROM oom_zone AS z
  -- a zone without pages of its own has nothing to be short of
  WHERE z.high_bytes IS NOT NULL AND coalesce(z.managed_bytes, 1) > 0
  GROUP BY z.capture_id, z.oom_id
)
SELECT k.capture_id, k.oom_id,
  CASE
    WHEN k.scope IN ('cgroup', 'sysrq') THEN CASE k.scope WHEN 'cgroup' THEN 'limit' ELSE 'sysrq' END
    WHEN z.zones IS NULL THEN NULL
    WHEN z.short_zones = z.zones THEN 'memory'
    WHEN z.short_zones + z.broken_zones = z.zones AND k.page_order > 0 THEN 'fragmented'
    ELSE 'elsewhere'
  END AS reason,
  z.zones, z.short_zones, z.free_bytes, z.min_bytes,
  coalesce(k.swap_total_bytes = 0 OR k.swap_free_bytes < 0.01 * k.swap_total_bytes, false) AS no_swap
FROM oom_kill AS k
LEFT JOIN zone AS z USING (capture_id, oom_id)
ORDER BY k.capture_id, k.oom_id;

-- The rule held against every report: by its own task dump, and by what the capture saw at its last snapshot before.
-- columns of oom_prediction, one row a kill:
--   outcome          VARCHAR  hit | miss, else why it cannot be told (schema/08_oom.sql)
--   chosen_pid INTEGER, predicted_pid INTEGER, predicted_name VARCHAR
--   before_position  BIGINT   where the victim stood in oom_ranking at the last snapshot before: 1 was foreseen; NULL when it was not
--                             seen, stood below five, or the capture does not lead up to the kill
CREATE OR REPLACE VIEW oom_prediction AS
SELECT k.capture_id, k.oom_id, k.ts, k.scope, k.kernel, k.prediction AS outcome, k.chosen_pid, k.victim_pid, k.victim_name,
  k.predicted_pid, k.predicted_name, k.predicted_points * k.page_bytes AS predicted_bytes, k.predicted_tied,
  b.victim_position AS before_position, b.oom_id IS NOT NULL AS led_up_to
FROM oom_kill AS k
LEFT JOIN oom_before AS b USING (capture_id, oom_id)
ORDER BY k.capture_id, k.oom_id;
