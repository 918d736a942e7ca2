-- The one thing meminfo shows here.
-- requires: ledger_bucket, memory_ledger
-- columns of lead_meminfo, one row a capture: text: taken (MemTotal fell by more than anything grew) | fell | rose | still (nothing grew);
-- the change of MemAvailable (without and with its sign), that of MemTotal, and the bucket that grew most
CREATE OR REPLACE VIEW lead_meminfo AS
WITH available AS (
  SELECT capture_id, arg_min(mem_available_bytes, snapshot) AS first_bytes, arg_max(mem_available_bytes, snapshot) AS last_bytes,
         arg_max(mem_total_bytes, snapshot) AS total_bytes,
         arg_max(mem_total_bytes, snapshot) - arg_min(mem_total_bytes, snapshot) AS total_growth_bytes
  FROM memory_ledger
  GROUP BY capture_id
), grown AS (
  SELECT capture_id, bucket, position, arg_max(bytes, snapshot) - arg_min(bytes, snapshot) AS growth_bytes
  FROM ledger_bucket
  WHERE bucket NOT IN ('free', 'percpu_free')
  GROUP BY capture_id, bucket, position
), most AS (
  SELECT *, row_number() OVER (PARTITION BY capture_id ORDER BY growth_bytes DESC, position) AS nth FROM grown
)
SELECT a.capture_id, CASE WHEN -a.total_growth_bytes > m.growth_bytes THEN 'taken' WHEN a.last_bytes < a.first_bytes THEN 'fell' WHEN m.growth_bytes <= 0 THEN 'still' ELSE 'rose' END AS text,
       abs(a.last_bytes - a.first_bytes) AS change_bytes, a.last_bytes - a.first_bytes AS change_growth_bytes, a.last_bytes AS available_bytes, a.total_bytes,
       a.last_bytes / a.total_bytes AS available_share, m.bucket AS bucket_label, m.growth_bytes, a.total_growth_bytes
FROM available a
JOIN most m ON m.capture_id = a.capture_id AND m.nth = 1
WHERE a.first_bytes IS NOT NULL
ORDER BY a.capture_id;
