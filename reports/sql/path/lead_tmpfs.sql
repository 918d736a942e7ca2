-- The one thing tmpfs and shared memory show here.
-- requires: memory_ledger, path_df
-- columns of lead_tmpfs, one row a capture: text: mounts | none; the change of Shmem, the mount that grew most
CREATE OR REPLACE VIEW lead_tmpfs AS
WITH shmem AS (
  SELECT capture_id, arg_max(shmem_bytes, snapshot) AS shmem_bytes, arg_max(shmem_bytes, snapshot) - arg_min(shmem_bytes, snapshot) AS growth_bytes
  FROM memory_ledger
  GROUP BY capture_id
), mounts AS (
  SELECT *, row_number() OVER (PARTITION BY capture_id ORDER BY growth_bytes DESC, used_bytes DESC, device) AS nth FROM path_df WHERE size_bytes IS NOT NULL
)
SELECT s.capture_id, CASE WHEN m.device IS NULL THEN 'none' WHEN m.growth_bytes > 0 THEN 'grew' ELSE 'flat' END AS text,
       s.shmem_bytes, s.growth_bytes, m.mounted_on, m.growth_bytes AS mount_growth_bytes, m.used_bytes, m.use_percent
FROM shmem s
LEFT JOIN mounts m ON m.capture_id = s.capture_id AND m.nth = 1
ORDER BY s.capture_id;
