-- The balance sheet: every bucket of MemTotal, first and last reading. The rows sum to MemTotal.
-- requires: ledger_bucket, memory_ledger, path_moment
-- order: position
-- limit: 20
-- show: 20
-- members: proc/meminfo, proc/zoneinfo
-- culprit: bucket bucket_label
-- columns of path_ledger:
--   bucket_label  VARCHAR  [bucket]
--   first_bytes   BIGINT   [first]
--   last_bytes    BIGINT   [last]
--   growth_bytes  BIGINT   [grew]
--   of_total_percent DOUBLE [of MemTotal] last reading
--   bucket_spark  DOUBLE[] [over time]
CREATE OR REPLACE VIEW path_ledger AS
SELECT b.capture_id, b.position, b.bucket AS bucket_label, arg_min(b.bytes, b.snapshot) AS first_bytes, arg_max(b.bytes, b.snapshot) AS last_bytes,
       arg_max(b.bytes, b.snapshot) - arg_min(b.bytes, b.snapshot) AS growth_bytes,
       100.0 * arg_max(b.bytes, b.snapshot) / arg_max(l.mem_total_bytes, b.snapshot) AS of_total_percent,
       list(CAST(b.bytes AS DOUBLE) ORDER BY b.snapshot) FILTER (WHERE m.moment IS NOT NULL AND b.bytes IS NOT NULL) AS bucket_spark
FROM ledger_bucket b
JOIN memory_ledger l USING (capture_id, snapshot)
LEFT JOIN path_moment m ON m.capture_id = b.capture_id AND m.snapshot = b.snapshot
GROUP BY b.capture_id, b.position, b.bucket
HAVING max(abs(b.bytes)) > 0
ORDER BY b.capture_id, b.position;
