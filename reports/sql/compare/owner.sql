-- Who holds the memory on both sides: processes by name, mounts, segments, slab caches, vmalloc callers.
-- A name that was not there holds 0 bytes where its side was read for that kind at all, else NULL: nobody looked.
-- requires: compare_reading, process, process_sample, path_owner
-- order: abs(growth_bytes) DESC NULLS LAST, bucket_label, owner
-- limit: 60
-- show: 15
-- members: pid/status, fs/statvfs, proc/slabinfo, proc/vmallocinfo
-- columns of compare_owner:
--   bucket_label                    VARCHAR [bucket]
--   owner                           VARCHAR [who]
--   before_bytes                    BIGINT  [before] median over the snapshots at which it was there; of a process name RssAnon, summed
--   after_bytes                     BIGINT  [after] median over the snapshots at which it was there; of a process name RssAnon, summed
--   growth_bytes                    BIGINT  [differs by] after minus before
--   before_processes                BIGINT  [processes before] most at one snapshot
--   after_processes                 BIGINT  [processes after] most at one snapshot
--   before_growth_bytes_per_second  DOUBLE  [moved before] from the first to the last snapshot at which it was there
--   after_growth_bytes_per_second   DOUBLE  [moved after] from the first to the last snapshot at which it was there
CREATE OR REPLACE VIEW compare_owner AS
WITH held AS (
  SELECT r.side, 'anon' AS bucket, coalesce(p.name, p.comm) AS owner, r.snapshot, r.t_seconds,
    sum(x.rss_anon_bytes) AS bytes, count(*) AS processes
  FROM compare_reading AS r
  JOIN process_sample AS x ON x.capture_id = r.capture_id AND x.snapshot = r.snapshot
  JOIN process AS p ON p.capture_id = x.capture_id AND p.process_id = x.process_id
  WHERE x.rss_anon_bytes IS NOT NULL
  GROUP BY ALL
  UNION ALL
  SELECT r.side, o.bucket, o.owner, r.snapshot, r.t_seconds, sum(o.bytes), NULL
  FROM compare_reading AS r
  JOIN path_owner AS o ON o.capture_id = r.capture_id AND o.snapshot = r.snapshot
  WHERE o.bucket <> 'anon'
  GROUP BY ALL
), looked AS (
  SELECT DISTINCT side, bucket
  FROM held
), level AS (
  SELECT
    side, bucket, owner,
    median(bytes) AS bytes,
    max(processes) AS processes,
    (arg_max(bytes, t_seconds) - arg_min(bytes, t_seconds)) / nullif(max(t_seconds) - min(t_seconds), 0) AS bytes_per_second
  FROM held
  GROUP BY ALL
), pair AS (
  SELECT
    bucket, owner,
    coalesce(b.bytes, CASE WHEN lb.side IS NOT NULL THEN 0 END) AS before_bytes,
    coalesce(a.bytes, CASE WHEN la.side IS NOT NULL THEN 0 END) AS after_bytes,
    b.processes AS before_processes,
    a.processes AS after_processes,
    b.bytes_per_second AS before_growth_bytes_per_second,
    a.bytes_per_second AS after_growth_bytes_per_second
  FROM (SELECT * FROM level WHERE side = 'before') AS b
  FULL JOIN (SELECT * FROM level WHERE side = 'after') AS a USING (bucket, owner)
  LEFT JOIN (SELECT * FROM looked WHERE side = 'before') AS lb USING (bucket)
  LEFT JOIN (SELECT * FROM looked WHERE side = 'after') AS la USING (bucket)
)
SELECT
  bucket AS bucket_label,
  owner,
  before_bytes::BIGINT AS before_bytes,
  after_bytes::BIGINT AS after_bytes,
  (after_bytes - before_bytes)::BIGINT AS growth_bytes,
  before_processes, after_processes,
  before_growth_bytes_per_second, after_growth_bytes_per_second
FROM pair
WHERE coalesce(before_bytes, 0) <> 0 OR coalesce(after_bytes, 0) <> 0
ORDER BY bucket, owner;
