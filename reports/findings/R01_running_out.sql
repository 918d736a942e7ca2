-- The host is short of memory, or will be soon at the rate of this capture.
-- id: R01
-- kind: host_oom
-- chapter: meminfo
-- needs: meminfo, meminfo.mem_available_bytes
-- threshold warning_share = 0.05 of MemTotal: what is available, free swap counted
-- threshold info_share = 0.15 of MemTotal: what is available, free swap counted
-- threshold warning_seconds = 7200 seconds: left at this rate
-- threshold soon_seconds = 86400 seconds: left at this rate; more is too long to reckon from minutes
-- threshold taken_share = 0.25 of what is used more: a leak that takes less is not what the memory goes to
-- threshold stack_bytes = 16384 bytes: what a thread takes in the kernel at least, a stack on 64-bit machines
WITH latest AS (
  SELECT capture_id, max(boot) AS boot,
    arg_max(mem_available_bytes, snapshot) AS available_bytes, arg_max(coalesce(swap_free_bytes, 0), snapshot) AS swap_free_bytes,
    arg_max(mem_total_bytes - coalesce(huge_pages_total * huge_page_size_bytes, 0), snapshot) AS base_bytes
  FROM meminfo
  JOIN snapshot USING (capture_id, snapshot)
  WHERE mem_available_bytes IS NOT NULL
  GROUP BY capture_id
), judged AS (
  SELECT l.*, r.confidence, r.exhausted_from, r.exhausted_to, r.rate_bytes_per_second, r.rate_low, r.rate_high, r.first_seen, r.last_seen,
    (l.available_bytes + l.swap_free_bytes) / r.rate_bytes_per_second AS lasting_seconds, e.boot IS NOT NULL AS ended,
    -- a boot that is over has no end before it
    CASE WHEN NOT ended THEN lasting_seconds END AS left_seconds,
    EXISTS (SELECT 1 FROM leak_row AS t WHERE t.capture_id = l.capture_id
      -- a heap that may grow on takes it, too, whoever is to blame
      AND (t.severity IN ('warning', 'critical') OR t.excuse IN ('heap', 'granted') AND t.confidence >= 0.5)
      AND t.growth_bytes >= threshold('R01', 'taken_share') * r.growth_bytes
      -- what may be chance by itself is no reason to warn of what it leads to
      AND t.growth_bytes >= (SELECT f.usual_floor FROM metric_floor AS f WHERE f.capture_id = t.capture_id AND f.metric = t.metric)
      AND t.metric IN ('proc_anon', 'proc_rss', 'group_anon', 'host_shmem', 'host_slab_unreclaimable', 'host_vmalloc', 'host_unaccounted',
        'host_page_tables', 'host_percpu', 'host_withdrawn', 'host_compressed'))
      -- threads are counted, not weighed: what R14 says they take
      OR EXISTS (SELECT 1 FROM leak_row AS t LEFT JOIN process_growth AS x USING (sid)
        WHERE t.capture_id = l.capture_id AND t.metric = 'proc_threads' AND t.severity IN ('warning', 'critical')
          AND t.growth_bytes * threshold('R01', 'stack_bytes') + greatest(0, coalesce(x.anon, 0)) + greatest(0, coalesce(x.pte, 0))
            >= threshold('R01', 'taken_share') * r.growth_bytes) AS taken
  FROM latest AS l
  LEFT JOIN leak_row AS r ON r.capture_id = l.capture_id AND r.metric = 'host_used' AND r.rate_bytes_per_second > 0 AND r.trend = 'leak'
    -- what grew before a restart takes nothing any more, and the rate up to a kill says nothing of what the kill gave back
    AND r.boot = l.boot AND r.win = 'all'
  LEFT JOIN ended_boot AS e ON e.capture_id = l.capture_id AND e.boot = l.boot
)
SELECT capture_id,
  CASE
    WHEN available_bytes + swap_free_bytes < threshold('R01', 'warning_share') * base_bytes THEN 'warning'
    -- a rate with nobody behind it is a start-up or a cache as likely as a leak: a warning only beside what takes the memory
    WHEN left_seconds < threshold('R01', 'warning_seconds') AND confidence >= 0.6 AND taken THEN 'warning'
    ELSE 'info'
  END AS severity,
  coalesce(confidence, 0.9) AS confidence, 'host' AS culprit_type, 'host' AS culprit_name, 0 AS rank_bytes,
  CASE WHEN left_seconds IS NOT NULL THEN CASE WHEN base_bytes IS NULL THEN 'untold' END WHEN available_bytes + swap_free_bytes < threshold('R01', 'info_share') * base_bytes THEN 'level' ELSE 'ended' END AS text,
  available_bytes, available_bytes / base_bytes AS available_share, nullif(swap_free_bytes, 0) AS swap_room_bytes, left_seconds, rate_bytes_per_second, rate_low, rate_high,
  exhausted_from, exhausted_to, first_seen, last_seen, a.story AS takers, a.unexplained_share, a.lost_bytes, a.from_ts AS lost_from_ts, a.to_ts AS lost_to_ts,
  ['SELECT snapshot, mem_available_bytes, swap_free_bytes FROM meminfo WHERE capture_id = ' || capture_id || ' ORDER BY snapshot']
    || CASE WHEN a.story IS NULL THEN [] ELSE ['SELECT * FROM attribution WHERE capture_id = ' || capture_id || ' ORDER BY growth_bytes DESC, owner'] END AS evidence_sql
FROM judged
LEFT JOIN attribution_story AS a USING (capture_id)
WHERE available_bytes + swap_free_bytes < threshold('R01', 'info_share') * base_bytes OR lasting_seconds < threshold('R01', 'soon_seconds')
  -- days of sar: what has gone on for so long may go on for as long
  OR capture_id IN (SELECT c.capture_id FROM capture AS c WHERE c.origin = 'evidence') AND lasting_seconds < date_diff('second', first_seen, last_seen)
ORDER BY capture_id
