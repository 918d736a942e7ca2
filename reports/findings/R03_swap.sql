-- Pages are swapped in and out all the time.
-- id: R03
-- kind: swap
-- chapter: sar
-- needs: vmstat
-- threshold info_pages = 5 pages a second: in three of ten intervals
-- threshold warning_pages = 1000 pages a second swapped in: the host works for its swap
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
)
SELECT capture_id, CASE WHEN quantile_cont(in_rate, 0.7) > threshold('R03', 'warning_pages') THEN 'warning' ELSE 'info' END AS severity,
  0.9 AS confidence, 'host' AS culprit_type, 'host' AS culprit_name, 0 AS rank_bytes,
  avg(in_rate) AS in_pages_per_second, avg(out_rate) AS out_pages_per_second,
  ['SELECT snapshot, name, value FROM vmstat WHERE name IN (''pswpin'', ''pswpout'') ORDER BY snapshot, name'] AS evidence_sql
FROM rated
WHERE in_rate IS NOT NULL
GROUP BY capture_id
HAVING quantile_cont(in_rate + out_rate, 0.7) > threshold('R03', 'info_pages')
ORDER BY capture_id
