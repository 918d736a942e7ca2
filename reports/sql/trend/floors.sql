-- How much a series must move before any statistic is asked about it. Floors keep the number of questions small and the
-- noise of a healthy host out; two to four times that noise, measured on a guest of 1 GB and 2 CPUs.
-- requires: capture, meminfo, snapshot
-- columns of metric_floor:
--   capture_id INTEGER; metric VARCHAR; floor DOUBLE  bytes, or a count for proc_threads, proc_fd, proc_sockets, group_count, unit_count, user_count, host_sockets
--   User memory: a share of MemTotal, but capped, so that a fast leak of a few hundred MB shows on a big host within a minute.
--   Where other tools do not tell MemTotal the host may be a big one: then the greatest floor counts.
--   One process is given less on a big host that was watched for six hours or longer: noise does not grow with time, a slow leak does.
--   It is given less in a short capture, too, a third up to 200 s and all from ten minutes on: 64 kB/s take three minutes for 12 MB.
--   usual_floor DOUBLE  what it would be otherwise: a leak below it is accused only where it is beyond doubt
--   span_seconds DOUBLE  of the capture
--   Kernel memory: absolute, plus half a MB a CPU, since vmstat counters are batched per CPU (125 pages each).
-- fewest_readings(): with fewer no trend can be told, so nothing can be called healthy either
CREATE OR REPLACE MACRO fewest_readings() AS 5;

CREATE OR REPLACE VIEW metric_floor AS
WITH host AS (
  SELECT c.capture_id, max(m.mem_total_bytes)::DOUBLE AS total, bool_or(c.origin = 'evidence') AS evidence,
    (SELECT max(s.t_seconds) - min(s.t_seconds) FROM snapshot AS s WHERE s.capture_id = c.capture_id) AS span_seconds, greatest(0, coalesce(max(c.cpu_count), 2) - 2) AS more_cpus
  FROM capture AS c
  LEFT JOIN meminfo AS m USING (capture_id)
  GROUP BY c.capture_id
), limits(metric, least_floor, total_share, greatest_floor, each_cpu) AS (
  VALUES
    ('proc_anon', 12582912, 0.012, 67108864, 0),
    ('proc_rss', 16777216, 0.016, 134217728, 0),
    ('proc_shmem', 8388608, 0.008, 67108864, 0),
    ('proc_file', 16777216, 0.016, 134217728, 0),
    ('proc_vm', 67108864, 0.0625, 1073741824, 0),
    ('proc_pte', 2097152, 0.002, 16777216, 0),
    ('proc_threads', 64, 0, 64, 0),
    ('proc_fd', 128, 0, 128, 0),
    ('proc_sockets', 128, 0, 128, 0),
    ('group_anon', 12582912, 0.012, 67108864, 0),
    ('group_count', 12, 0, 12, 0),
    ('unit_anon', 12582912, 0.012, 67108864, 0),
    ('unit_count', 12, 0, 12, 0),
    ('user_anon', 12582912, 0.012, 67108864, 0),
    ('user_count', 12, 0, 12, 0),
    ('host_used', 33554432, 0.03, 536870912, 1048576),
    ('host_anon', 25165824, 0.024, 134217728, 524288),
    ('host_shmem', 8388608, 0.008, 67108864, 524288),
    ('host_undroppable', 8388608, 0.008, 67108864, 524288),
    ('host_page_cache', 16777216, 0.016, 134217728, 524288),
    ('host_slab_unreclaimable', 4194304, 0.004, 33554432, 524288),
    ('host_slab_reclaimable', 8388608, 0.008, 67108864, 524288),
    ('host_page_tables', 2097152, 0.002, 33554432, 524288),
    ('host_kernel_stack', 1048576, 0.001, 16777216, 131072),
    ('host_vmalloc', 2097152, 0.002, 33554432, 262144),
    ('host_percpu', 2097152, 0.002, 33554432, 524288),
    ('host_hugetlb', 16777216, 0.01, 134217728, 0),
    ('host_unaccounted', 6291456, 0.006, 67108864, 1048576),
    ('host_unaccounted_rough', 67108864, 0.06, 536870912, 4194304),
    ('host_withdrawn', 8388608, 0.008, 67108864, 0),
    ('host_compressed', 8388608, 0.008, 67108864, 0),
    ('host_sockets', 128, 0, 128, 0),
    ('host_buffers', 8388608, 0.008, 67108864, 524288),
    ('host_swap', 16777216, 0.01, 134217728, 0),
    ('cgroup_anon', 12582912, 0.012, 67108864, 0),
    ('cgroup_kernel_rest', 6291456, 0.006, 67108864, 0),
    ('mount_used', 8388608, 0.008, 67108864, 0),
    ('cgroup_dying', 200, 0, 200, 0)
), usual AS (
  SELECT host.capture_id, limits.metric, limits.least_floor, host.span_seconds, host.total,
    CASE WHEN host.total IS NULL AND host.evidence THEN greatest_floor
      ELSE least(greatest(least_floor, total_share * coalesce(host.total, 0)), greatest_floor) END + each_cpu * host.more_cpus AS usual_floor
  FROM host, limits
)
SELECT capture_id, metric,
  CASE WHEN metric <> 'proc_anon' OR total IS NULL THEN usual_floor
    WHEN span_seconds >= 21600 THEN least_floor
    ELSE usual_floor * least(1, greatest(1 / 3, span_seconds / 600)) END AS floor, usual_floor, span_seconds
FROM usual
ORDER BY capture_id, metric;
