-- Each bucket of the ledger on both sides: what it usually was, and how it moved.
-- requires: compare_reading, ledger_bucket, compare_span
-- order: abs(growth_bytes) DESC NULLS LAST, bucket_label
-- limit: 20
-- show: 20
-- members: proc/meminfo, proc/zoneinfo
-- columns of compare_memory:
--   bucket_label                    VARCHAR [bucket]
--   before_bytes                    BIGINT  [before] median over the snapshots of that side
--   after_bytes                     BIGINT  [after] median over the snapshots of that side
--   growth_bytes                    BIGINT  [differs by] after minus before
--   before_share                    DOUBLE  [before, of MemTotal]
--   after_share                     DOUBLE  [after, of MemTotal]
--   before_growth_bytes_per_second  DOUBLE  [moved before] from the first to the last snapshot of that side
--   after_growth_bytes_per_second   DOUBLE  [moved after] from the first to the last snapshot of that side
CREATE OR REPLACE VIEW compare_memory AS
WITH level AS (
  SELECT
    r.side, b.bucket,
    median(b.bytes) AS bytes,
    (arg_max(b.bytes, r.t_seconds) - arg_min(b.bytes, r.t_seconds)) / nullif(max(r.t_seconds) - min(r.t_seconds), 0)
      AS bytes_per_second
  FROM compare_reading AS r
  JOIN ledger_bucket AS b ON b.capture_id = r.capture_id AND b.snapshot = r.snapshot
  WHERE b.bytes IS NOT NULL
  GROUP BY r.side, b.bucket
), shared AS (
  SELECT l.*, l.bytes / s.mem_total_bytes AS share
  FROM level AS l
  JOIN compare_span AS s USING (side)
)
SELECT
  bucket AS bucket_label,
  b.bytes::BIGINT AS before_bytes,
  a.bytes::BIGINT AS after_bytes,
  (a.bytes - b.bytes)::BIGINT AS growth_bytes,
  b.share AS before_share,
  a.share AS after_share,
  b.bytes_per_second AS before_growth_bytes_per_second,
  a.bytes_per_second AS after_growth_bytes_per_second
FROM (SELECT * FROM shared WHERE side = 'before') AS b
FULL JOIN (SELECT * FROM shared WHERE side = 'after') AS a USING (bucket)
WHERE coalesce(b.bytes, 0) <> 0 OR coalesce(a.bytes, 0) <> 0
ORDER BY bucket;
