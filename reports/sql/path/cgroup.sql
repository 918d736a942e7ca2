-- Control groups: what each holds, and how near its limit it is (systemd-cgtop -m, memory.stat).
-- requires: cgroup_memory
-- order: abs(growth_bytes) + current_bytes // 4 DESC, path
-- limit: 80
-- show: 10
-- members: cgroup
-- culprit: cgroup path
-- columns of path_cgroup:
--   current_bytes  BIGINT  [current] memory.current: pages of its processes, its page cache and its kernel memory
--   max_bytes      BIGINT  [max] NULL: no limit
--   high_bytes     BIGINT  [high] its tasks are slowed down above it; NULL: no limit
--   use_percent    DOUBLE  [of limit] of the lower of max and high
--   growth_bytes   BIGINT  [grew]
--   anon_bytes     BIGINT  [anon]
--   file_bytes     BIGINT  [file]
--   shmem_bytes    BIGINT  [shmem]
--   kernel_bytes   BIGINT  [kernel]
--   swap_bytes     BIGINT  [swap]
--   oom_kills      BIGINT  [oom_kill] in the capture
--   dying          BIGINT  [dying] removed groups that still hold memory
--   current_spark  DOUBLE[] [current over time]
--   path           VARCHAR [Control Group]
CREATE OR REPLACE VIEW path_cgroup AS
SELECT c.capture_id, c.version,
       arg_max(current_bytes, c.snapshot) AS current_bytes, arg_max(max_bytes, c.snapshot) AS max_bytes,
       arg_max(high_bytes, c.snapshot) AS high_bytes,
       100.0 * arg_max(current_bytes, c.snapshot) / least(arg_max(max_bytes, c.snapshot), arg_max(high_bytes, c.snapshot)) AS use_percent,
       arg_max(current_bytes, c.snapshot) - arg_min(current_bytes, c.snapshot) AS growth_bytes,
       arg_max(anon_bytes, c.snapshot) AS anon_bytes, arg_max(file_bytes, c.snapshot) AS file_bytes,
       arg_max(shmem_bytes, c.snapshot) AS shmem_bytes, arg_max(kernel_bytes, c.snapshot) AS kernel_bytes,
       arg_max(swap_current_bytes, c.snapshot) AS swap_bytes,
       arg_max(events_oom_kill, c.snapshot) - arg_min(events_oom_kill, c.snapshot) AS oom_kills,
       arg_max(dying_descendants, c.snapshot) AS dying,
       list(CAST(current_bytes AS DOUBLE) ORDER BY c.snapshot) FILTER (WHERE current_bytes IS NOT NULL) AS current_spark,
       c.path
FROM cgroup_memory c
GROUP BY c.capture_id, c.version, c.path
ORDER BY c.capture_id, c.path, c.version;
