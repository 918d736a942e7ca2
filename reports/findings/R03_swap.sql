-- Pages are swapped in and out all the time.
-- id: R03
-- kind: swap
-- chapter: sar
-- needs: vmstat
-- threshold info_pages = 5 pages a second: in three of ten intervals
-- threshold warning_pages = 1000 pages a second swapped in: the host works for its swap
-- threshold waited_percent = 10 percent: of the time some task waited for memory: on a slow disk a few pages are as bad
WITH counted AS (
  SELECT s.capture_id, s.boot, s.snapshot, s.t_seconds,
    max(v.value) FILTER (WHERE v.name = 'pswpin') AS swapped_in, max(v.value) FILTER (WHERE v.name = 'pswpout') AS swapped_out
  FROM snapshot AS s
  JOIN vmstat AS v USING (capture_id, snapshot)
  WHERE v.name IN ('pswpin', 'pswpout')
  GROUP BY ALL
), rated AS (
  SELECT capture_id, greatest(0, swapped_in - lag(swapped_in) OVER w) / nullif(t_seconds - lag(t_seconds) OVER w, 0) AS in_rate,
    greatest(0, swapped_out - lag(swapped_out) OVER w) / nullif(t_seconds - lag(t_seconds) OVER w, 0) AS out_rate
  FROM counted
  WINDOW w AS (PARTITION BY capture_id, boot ORDER BY snapshot)
), swapping AS (
  SELECT capture_id, quantile_cont(in_rate, 0.7) AS mostly_in, avg(in_rate) AS in_pages_per_second, avg(out_rate) AS out_pages_per_second
  FROM rated
  WHERE in_rate IS NOT NULL
  GROUP BY capture_id
  HAVING quantile_cont(in_rate + out_rate, 0.7) > threshold('R03', 'info_pages')
), waited AS (
  SELECT capture_id, max(percent) AS percent
  FROM (
    SELECT p.capture_id, 100 * (max(p.total_seconds) - min(p.total_seconds)) / nullif(max(s.t_seconds) - min(s.t_seconds), 0) AS percent
    FROM pressure AS p
    JOIN snapshot AS s USING (capture_id, snapshot)
    WHERE p.resource = 'memory' AND p.scope = 'some'
    GROUP BY p.capture_id, s.boot
  )
  GROUP BY capture_id
), used AS (
  -- a page of SwapCached is in memory as well
  SELECT capture_id, arg_max(swap_total_bytes - swap_free_bytes - least(coalesce(swap_cached_bytes, 0), swap_total_bytes - swap_free_bytes), snapshot)
    AS swapped_bytes
  FROM meminfo
  GROUP BY capture_id
), owner AS (
  -- whose pages lie there, at the last reading of each who was still read at the end
  SELECT s.capture_id, p.name AS most_name, s.swap_bytes AS most_bytes
  FROM process_reading AS s
  JOIN process AS p USING (capture_id, process_id)
  JOIN (SELECT capture_id, max(last_snapshot) AS last_snapshot FROM process GROUP BY capture_id) AS e USING (capture_id)
  WHERE s.snapshot = p.last_snapshot AND s.swap_bytes > 0 AND p.last_snapshot >= e.last_snapshot - 1
  QUALIFY row_number() OVER (PARTITION BY s.capture_id ORDER BY s.swap_bytes DESC, p.process_id) = 1
)
SELECT g.capture_id,
  CASE WHEN g.mostly_in > threshold('R03', 'warning_pages')
      OR (g.mostly_in > threshold('R03', 'info_pages') AND w.percent > threshold('R03', 'waited_percent')) THEN 'warning' ELSE 'info' END AS severity,
  0.9 AS confidence, 'host' AS culprit_type, 'host' AS culprit_name,
  -- what does not fit; that tasks wait for it is the consequence
  u.swapped_bytes AS rank_bytes,
  g.in_pages_per_second, g.out_pages_per_second, u.swapped_bytes, o.most_name, o.most_bytes,
  ['SELECT snapshot, name, value FROM vmstat WHERE name IN (''pswpin'', ''pswpout'') AND capture_id = ' || g.capture_id || ' ORDER BY snapshot, name'] AS evidence_sql
FROM swapping AS g
LEFT JOIN waited AS w USING (capture_id)
LEFT JOIN used AS u USING (capture_id)
LEFT JOIN owner AS o USING (capture_id)
ORDER BY g.capture_id
