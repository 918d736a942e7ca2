-- /proc/meminfo: every line the kernel printed, first and last reading; below them the areas of smem -w, where it was read.
-- requires: meminfo, memory_area, path_moment
-- order: position
-- limit: 100
-- show: 60
-- members: proc/meminfo
-- columns of path_meminfo:
--   line           VARCHAR  [Line] as in /proc/meminfo; "smem" before what smem -w calls it
--   first_bytes    BIGINT   [first]
--   last_bytes     BIGINT   [last]
--   growth_bytes   BIGINT   [grew] last minus first
--   low_bytes      BIGINT   [lowest] of all readings
--   high_bytes     BIGINT   [highest] of all readings
--   value_spark    DOUBLE[] [over time]
CREATE OR REPLACE VIEW path_meminfo AS
WITH names AS (
  SELECT column_name, column_index AS position
  FROM duckdb_columns()
  WHERE table_name = 'meminfo' AND column_name LIKE '%\_bytes' ESCAPE '\'
), long AS (
  UNPIVOT meminfo ON COLUMNS('.*_bytes$') INTO NAME column_name VALUE bytes
), grouped AS (
  SELECT l.capture_id, l.column_name,
         arg_min(l.bytes, l.snapshot) AS first_bytes,
         arg_max(l.bytes, l.snapshot) AS last_bytes,
         min(l.bytes) AS low_bytes,
         max(l.bytes) AS high_bytes,
         list(CAST(l.bytes AS DOUBLE) ORDER BY l.snapshot) FILTER (WHERE m.moment IS NOT NULL) AS value_spark
  FROM long l
  LEFT JOIN path_moment m ON m.capture_id = l.capture_id AND m.snapshot = l.snapshot
  GROUP BY l.capture_id, l.column_name
), named(column_name, line) AS (
  VALUES ('swap_cached_bytes', 'SwapCached'), ('active_anon_bytes', 'Active(anon)'), ('inactive_anon_bytes', 'Inactive(anon)'),
         ('active_file_bytes', 'Active(file)'), ('inactive_file_bytes', 'Inactive(file)'),
         ('kreclaimable_bytes', 'KReclaimable'), ('sreclaimable_bytes', 'SReclaimable'), ('sunreclaim_bytes', 'SUnreclaim'),
         ('nfs_unstable_bytes', 'NFS_Unstable'), ('committed_as_bytes', 'Committed_AS'),
         ('huge_page_size_bytes', 'Hugepagesize'), ('direct_map_4k_bytes', 'DirectMap4k'),
         ('direct_map_2m_bytes', 'DirectMap2M'), ('direct_map_1g_bytes', 'DirectMap1G')
)
SELECT g.capture_id, n.position,
       coalesce(d.line, list_aggregate(list_transform(string_split(replace(g.column_name, '_bytes', ''), '_'),
                        lambda w: upper(w[1]) || w[2:]), 'string_agg', '')) AS line,
       g.first_bytes, g.last_bytes, g.last_bytes - g.first_bytes AS growth_bytes, g.low_bytes, g.high_bytes, g.value_spark
FROM grouped g
JOIN names n USING (column_name)
LEFT JOIN named d USING (column_name)
WHERE g.high_bytes > 0
UNION ALL
SELECT capture_id, 1000 + 2 * dense_rank() OVER (PARTITION BY capture_id ORDER BY area) + part, 'smem ' || area || what,
       arg_min(bytes, snapshot), arg_max(bytes, snapshot), arg_max(bytes, snapshot) - arg_min(bytes, snapshot), min(bytes), max(bytes),
       list(CAST(bytes AS DOUBLE) ORDER BY snapshot)
FROM (
  SELECT a.capture_id, a.snapshot, a.area, x.part, x.what, x.bytes
  FROM memory_area AS a, LATERAL (VALUES (0, ', cache', a.cache_bytes), (1, ', other', a.noncache_bytes)) AS x(part, what, bytes)
)
GROUP BY capture_id, area, part, what
HAVING max(bytes) > 0
ORDER BY 1, 2;
