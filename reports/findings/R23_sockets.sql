-- Sockets pile up, and the kernel memory behind them with them.
-- id: R23
-- kind: sockets
-- chapter: kernel
-- needs: sockstat, meminfo
WITH memory AS (
  SELECT capture_id, sum(growth)::BIGINT AS bytes, max(confidence) AS confidence, max(rate) AS rate
  FROM grower
  WHERE metric IN ('host_slab_unreclaimable', 'host_unaccounted')
  GROUP BY capture_id
), holder AS (
  SELECT g.sid, p.process_id, p.growth
  FROM grower AS g
  JOIN grower AS p ON p.capture_id = g.capture_id AND p.metric IN ('proc_sockets', 'proc_fd') AND p.growth >= 0.5 * g.growth
  WHERE g.metric = 'host_sockets'
  QUALIFY row_number() OVER (PARTITION BY g.sid ORDER BY (p.metric = 'proc_sockets') DESC, p.growth DESC, p.process_id) = 1
)
SELECT r.* EXCLUDE (process_id, severity, growth_bytes, rate_bytes_per_second, rate_low, rate_high, share_of_loss, exhausted_from, exhausted_to),
  CASE WHEN m.bytes IS NULL THEN 'info' ELSE r.severity END AS severity,
  r.growth_bytes AS sockets, m.bytes AS growth_bytes, m.rate AS rate_bytes_per_second,
  share_of(m.bytes, r.loss_bytes) AS share_of_loss,
  CASE WHEN h.process_id IS NULL THEN 'host' ELSE 'process' END AS culprit_type,
  CASE WHEN h.process_id IS NULL THEN 'owner unknown' END AS culprit_name,
  CASE WHEN h.process_id IS NULL THEN 'unknown' END AS text,
  h.process_id AS process_id, h.growth::BIGINT || ' sockets' AS culprit_detail
FROM leak_row AS r
LEFT JOIN memory AS m USING (capture_id)
LEFT JOIN holder AS h USING (sid)
WHERE r.metric = 'host_sockets'
ORDER BY r.capture_id, r.sid
