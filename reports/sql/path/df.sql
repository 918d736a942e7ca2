-- Memory-backed file systems, as df -Th prints them.
-- requires: filesystem, path_moment
-- order: abs(growth_bytes) + used_bytes // 4 DESC, mounted_on, device
-- limit: 80
-- show: 10
-- members: fs/statvfs
-- culprit: mount mounted_on
-- columns of path_df:
--   device        VARCHAR [Filesystem] major:minor; one device mounted twice is one file system
--   fstype        VARCHAR [Type]
--   size_bytes    BIGINT  [Size]
--   used_bytes    BIGINT  [Used]
--   avail_bytes   BIGINT  [Avail]
--   use_percent   DOUBLE  [Use%]
--   first_bytes   BIGINT  [Used first]
--   growth_bytes  BIGINT  [grew]
--   used_spark    DOUBLE[] [Used over time]
--   mounted_on    VARCHAR [Mounted on]
CREATE OR REPLACE VIEW path_df AS
SELECT capture_id, device, fstype,
       arg_max(total_bytes, (snapshot, -coalesce(mount_namespace, 0))) AS size_bytes,
       arg_max(used_bytes, (snapshot, -coalesce(mount_namespace, 0))) AS used_bytes,
       arg_max(available_bytes, (snapshot, -coalesce(mount_namespace, 0))) AS avail_bytes,
       CASE WHEN arg_max(total_bytes, (snapshot, -coalesce(mount_namespace, 0))) > 0
            THEN 100.0 * arg_max(used_bytes, (snapshot, -coalesce(mount_namespace, 0))) / arg_max(total_bytes, (snapshot, -coalesce(mount_namespace, 0))) END AS use_percent,
       arg_min(used_bytes, (snapshot, coalesce(mount_namespace, 0))) AS first_bytes,
       arg_max(used_bytes, (snapshot, -coalesce(mount_namespace, 0))) - arg_min(used_bytes, (snapshot, coalesce(mount_namespace, 0))) AS growth_bytes,
       list(CAST(used_bytes AS DOUBLE) ORDER BY snapshot, mount_namespace) AS used_spark,
       arg_min(mount_point, (length(mount_point), mount_point)) AS mounted_on
FROM filesystem
GROUP BY capture_id, device, fstype
ORDER BY capture_id, device;
