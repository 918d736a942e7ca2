-- File systems, as df -Th and df -i print them.
-- requires: filesystem, filesystem_inode
-- order: abs(growth_bytes) + used_bytes // 4 DESC NULLS LAST, used_inodes DESC, mounted_on, device
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
--   used_inodes   BIGINT  [IUsed] files, whatever their size
--   free_inodes   BIGINT  [IFree]
--   inode_growth  BIGINT  [IUsed grew]
--   mounted_on    VARCHAR [Mounted on]
CREATE OR REPLACE VIEW path_df AS
WITH bytes AS (
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
), files AS (
SELECT capture_id, mount_point AS mounted_on, any_value(fstype) AS fstype, arg_max(used_inodes, snapshot) AS used_inodes,
       arg_max(free_inodes, snapshot) AS free_inodes, arg_max(used_inodes, snapshot) - arg_min(used_inodes, snapshot) AS inode_growth
FROM filesystem_inode
GROUP BY capture_id, mount_point
)
SELECT capture_id, coalesce(b.device, mounted_on) AS device, coalesce(b.fstype, f.fstype, 'unknown') AS fstype, b.size_bytes, b.used_bytes,
       b.avail_bytes, b.use_percent, b.first_bytes, b.growth_bytes, b.used_spark, f.used_inodes, f.free_inodes, f.inode_growth, mounted_on
FROM bytes AS b
FULL JOIN files AS f USING (capture_id, mounted_on)
ORDER BY capture_id, device;
