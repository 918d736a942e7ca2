-- The one thing tmpfs and shared memory show here.
-- requires: memory_ledger, path_df, filesystem
-- columns of lead_tmpfs, one row a capture: text: grew | once (one reading tells no growth) | shared (no mount did, shared memory did) | flat | none; the change of Shmem, the mount that grew most
CREATE OR REPLACE VIEW lead_tmpfs AS
WITH shmem AS (
  SELECT capture_id, arg_max(shmem_bytes, snapshot) AS shmem_bytes, arg_max(shmem_bytes, snapshot) - arg_min(shmem_bytes, snapshot) AS growth_bytes
  FROM memory_ledger
  GROUP BY capture_id
), mounts AS (
  SELECT *, row_number() OVER (PARTITION BY capture_id ORDER BY growth_bytes DESC, used_bytes DESC, device) AS nth FROM path_df
  -- df and sar -F list disks as well
  WHERE size_bytes IS NOT NULL AND fstype IN ('tmpfs', 'devtmpfs', 'ramfs')
), reading AS (
  SELECT capture_id, count(DISTINCT snapshot) AS readings FROM filesystem WHERE fstype IN ('tmpfs', 'devtmpfs', 'ramfs') GROUP BY capture_id
)
SELECT s.capture_id, CASE WHEN m.device IS NULL THEN 'none' WHEN r.readings < 2 THEN 'once' WHEN m.growth_bytes > 0 AND m.growth_bytes >= 0.1 * s.growth_bytes THEN 'grew'
         WHEN s.growth_bytes >= 1048576 THEN 'shared' ELSE 'flat' END AS text,
       s.shmem_bytes, s.growth_bytes, m.mounted_on, m.growth_bytes AS mount_growth_bytes, m.used_bytes, m.use_percent
FROM shmem s
LEFT JOIN mounts m ON m.capture_id = s.capture_id AND m.nth = 1
LEFT JOIN reading r ON r.capture_id = s.capture_id
ORDER BY s.capture_id;
