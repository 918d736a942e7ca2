-- Who took what the host lost: each owner's growth over the window in which memory was used up, and what no owner explains.
-- requires: trend, snapshot, memory_ledger, process, process_sample, shared_owner, slab_owner, vmalloc_owner, owner_value, slow_reading, socket_gain, socket_holder
-- columns of attribution, one row an owner that moved by more than 1 MiB in the window of the host's largest loss:
--   from_ts, to_ts TIMESTAMP UTC;  lost_bytes BIGINT  MemAvailable before minus after
--   bucket VARCHAR  of the ledger, or estimate;  owner_type VARCHAR  process, group (all of one name that moved by less each), mount, segment (all of
--                   one maker), memfd, mapping, slab_cache, sockets (caches and pages that the sockets explain which piled up), vmalloc_caller,
--                   bucket (a bucket that has no owners in /proc), rest (of a bucket, beyond its owners), estimate
--   owner VARCHAR;  process_id INTEGER  NULL where the owner is no process
--   growth_bytes BIGINT  below zero for what gave back;  share DOUBLE  of the loss, or of all growth where that is more, so that
--                   shares never sum to more than 1;  NULL below zero
-- Within a bucket owners and rest sum to what the bucket gained, to the byte; the buckets and the estimate sum to lost_bytes.
-- estimate: MemAvailable counts most of the page cache and of reclaimable slab as available, less a reserve, so it moves by
-- a little more or less than the other buckets. Processes by RssAnon: a page shared after a fork counts for each of its
-- sharers, and then the rest of anon is below zero. Slab, vmalloc and shared memory are read less often: the last
-- readings before the two moments are compared, and the rest has what happened in between.
CREATE OR REPLACE TABLE attribution AS
WITH chosen AS (
  SELECT capture_id, boot, onset_t, end_t
  FROM trend
  WHERE metric = 'host_used' AND win = 'all' AND growth >= floor AND verdict IN ('leak', 'saturating', 'step', 'thin')
  QUALIFY row_number() OVER (PARTITION BY capture_id ORDER BY growth DESC, sid) = 1
), frame AS (
  SELECT c.capture_id, c.boot, a.snapshot AS from_snapshot, b.snapshot AS to_snapshot, a.ts AS from_ts, b.ts AS to_ts,
    la.mem_available_bytes - lb.mem_available_bytes AS lost_bytes
  FROM chosen AS c
  JOIN snapshot AS a ON a.capture_id = c.capture_id AND a.boot = c.boot AND a.t_seconds = c.onset_t
  JOIN snapshot AS b ON b.capture_id = c.capture_id AND b.boot = c.boot AND b.t_seconds = c.end_t
  JOIN memory_ledger AS la ON la.capture_id = c.capture_id AND la.snapshot = a.snapshot
  JOIN memory_ledger AS lb ON lb.capture_id = c.capture_id AND lb.snapshot = b.snapshot
), bucket AS (
  SELECT f.capture_id, x.bucket, 
    -- unknown at one end is unknown, and not the whole of the other
    CASE WHEN count(x.bytes) = 2 THEN sum(x.bytes * CASE WHEN l.snapshot = f.to_snapshot THEN 1 ELSE -1 END)::BIGINT END AS growth
  FROM frame AS f
  JOIN memory_ledger AS l ON l.capture_id = f.capture_id AND l.snapshot IN (f.from_snapshot, f.to_snapshot),
    LATERAL (VALUES ('anon', l.anon_bytes), ('shmem', l.shmem_bytes), ('slab_unreclaimable', l.slab_unreclaimable_bytes),
      ('vmalloc', l.vmalloc_bytes + l.kernel_stack_bytes), ('page_tables', l.page_tables_bytes), ('percpu', l.percpu_bytes),
      ('hugetlb', l.hugetlb_bytes), ('other', l.other_bytes), ('unaccounted', l.unaccounted_bytes),
      ('withdrawn', coalesce(l.withdrawn_bytes, 0))) AS x(bucket, bytes)
  GROUP BY f.capture_id, x.bucket
), held AS (
  SELECT s.capture_id, s.snapshot, 'anon' AS bucket, 'process' AS owner_type, s.process_id::VARCHAR AS id,
    process_label(p.name, p.pid) AS owner, s.process_id, s.rss_anon_bytes AS bytes
  FROM process_sample AS s
  JOIN process AS p USING (capture_id, process_id)
  WHERE s.rss_anon_bytes IS NOT NULL
  UNION ALL
  -- all memfds that a process holds are one owner, by whom R36 names them, too
  SELECT o.capture_id, o.snapshot, 'shmem', o.owner_type, CASE WHEN p.process_id IS NULL THEN o.id ELSE p.process_id::VARCHAR END,
    CASE WHEN p.process_id IS NULL THEN o.owner ELSE process_label(p.name, p.pid) END, o.process_id, o.bytes
  FROM shared_owner AS o
  LEFT JOIN process AS p ON o.owner_type = 'memfd' AND p.capture_id = o.capture_id AND p.process_id = o.process_id
  WHERE o.within IS NULL AND o.owner_type <> 'segment'
  UNION ALL
  -- a program that makes a segment a second has none that grows: all that one has made are one owner, by whom R08 names them, too
  SELECT v.capture_id, v.snapshot, 'shmem', 'segment', v.owner_id, 'SysV · ' || process_label(v.name, p.pid), v.process_id, v.bytes
  FROM owner_value AS v
  LEFT JOIN process AS p USING (capture_id, process_id)
  WHERE v.source = 'segments'
  UNION ALL
  SELECT capture_id, snapshot, 'slab_unreclaimable', 'slab_cache', cache, cache, NULL, bytes
  FROM slab_owner
  WHERE NOT coalesce(reclaimable, false)
  UNION ALL
  SELECT capture_id, snapshot, 'vmalloc', 'vmalloc_caller', caller || coalesce(' ' || module, ''),
    caller || coalesce(' [' || module || ']', ''), NULL, bytes
  FROM vmalloc_owner
), reading AS (
  SELECT f.capture_id, h.bucket, h.owner_type,
    coalesce(max(h.snapshot) FILTER (WHERE h.snapshot <= f.from_snapshot), min(h.snapshot)) AS from_snapshot,
    max(h.snapshot) FILTER (WHERE h.snapshot <= f.to_snapshot) AS to_snapshot
  FROM frame AS f
  JOIN (
    SELECT DISTINCT capture_id, bucket, owner_type, snapshot FROM held
    -- a reading that found no segment is one, too
    UNION SELECT capture_id, 'shmem', 'segment', snapshot FROM slow_reading WHERE source = 'segments'
  ) AS h ON h.capture_id = f.capture_id
  JOIN snapshot AS s ON s.capture_id = h.capture_id AND s.snapshot = h.snapshot AND s.boot = f.boot
  GROUP BY f.capture_id, h.bucket, h.owner_type
), owned AS (
  SELECT r.capture_id, r.bucket, r.owner_type, h.id, any_value(h.owner ORDER BY h.snapshot DESC, h.owner) AS owner,
    any_value(h.process_id ORDER BY h.snapshot DESC, h.process_id) AS process_id,
    sum(h.bytes * CASE WHEN h.snapshot = r.to_snapshot THEN 1 ELSE -1 END)::BIGINT AS growth
  FROM reading AS r
  JOIN held AS h ON h.capture_id = r.capture_id AND h.bucket = r.bucket AND h.owner_type = r.owner_type
    AND h.snapshot IN (r.from_snapshot, r.to_snapshot)
  WHERE r.to_snapshot > r.from_snapshot
  GROUP BY r.capture_id, r.bucket, r.owner_type, h.id
  UNION ALL
  -- descriptors that were read once: what of them is more than all shared memory was cannot have been there, as owner_growth has it
  SELECT r.capture_id, r.bucket, r.owner_type, h.id, any_value(h.owner ORDER BY h.owner), any_value(h.process_id ORDER BY h.process_id),
    (sum(h.bytes) - any_value(l.shmem_bytes))::BIGINT
  FROM reading AS r
  JOIN frame AS f USING (capture_id)
  JOIN memory_ledger AS l ON l.capture_id = f.capture_id AND l.snapshot = f.from_snapshot
  JOIN held AS h ON h.capture_id = r.capture_id AND h.bucket = r.bucket AND h.owner_type = r.owner_type AND h.snapshot = r.to_snapshot
  WHERE r.owner_type = 'memfd' AND r.to_snapshot = r.from_snapshot AND r.to_snapshot > f.from_snapshot
  GROUP BY r.capture_id, r.bucket, r.owner_type, h.id
  HAVING sum(h.bytes) > any_value(l.shmem_bytes)
), piling AS (
  -- sockets that piled up, and which buckets they explain as R23 has it
  SELECT s.capture_id, 'sockets' || coalesce(' · ' || process_label(p.name, p.pid), '') AS owner, p.process_id, b.bucket, b.growth
  FROM socket_gain AS s
  JOIN bucket AS b ON b.capture_id = s.capture_id AND b.growth >= 1048576
    AND b.growth <= CASE b.bucket WHEN 'slab_unreclaimable' THEN s.slab_bytes WHEN 'unaccounted' THEN s.page_bytes END
  LEFT JOIN (SELECT * FROM socket_holder QUALIFY row_number() OVER (PARTITION BY capture_id ORDER BY sid) = 1) AS h ON h.capture_id = s.capture_id
  LEFT JOIN process AS p ON p.capture_id = h.capture_id AND p.process_id = h.process_id
), told AS (
  SELECT o.capture_id, o.bucket, o.owner_type, o.owner, o.process_id, o.growth
  FROM owned AS o
  WHERE abs(o.growth) >= 1048576
    AND NOT (o.owner_type = 'slab_cache' AND socket_cache(o.owner) AND o.growth > 0
      AND EXISTS (SELECT 1 FROM piling AS s WHERE s.capture_id = o.capture_id AND s.bucket = o.bucket))
  UNION ALL
  SELECT s.capture_id, s.bucket, 'sockets', s.owner, s.process_id, sum(o.growth)::BIGINT
  FROM piling AS s
  JOIN owned AS o ON o.capture_id = s.capture_id AND o.bucket = s.bucket AND o.owner_type = 'slab_cache' AND socket_cache(o.owner) AND o.growth >= 1048576
  GROUP BY s.capture_id, s.bucket, s.owner, s.process_id
  UNION ALL
  SELECT capture_id, bucket, 'sockets', owner, process_id, growth FROM piling WHERE bucket = 'unaccounted'
  UNION ALL
  -- many of one name, each of them too small to be listed
  SELECT o.capture_id, o.bucket, 'group', p.name || ' (× ' || count(*) || ')', NULL, sum(o.growth)::BIGINT
  FROM owned AS o
  JOIN process AS p USING (capture_id, process_id)
  WHERE o.owner_type = 'process' AND abs(o.growth) < 1048576
  GROUP BY o.capture_id, o.bucket, p.name
  HAVING count(*) > 1 AND abs(sum(o.growth)) >= 1048576
), listed AS (
  SELECT capture_id, bucket, owner_type, owner, process_id, growth FROM told
  UNION ALL
  SELECT b.capture_id, b.bucket, CASE WHEN b.bucket IN ('anon', 'shmem', 'slab_unreclaimable', 'vmalloc') THEN 'rest' ELSE 'bucket' END,
    b.bucket, NULL, b.growth - coalesce((SELECT sum(t.growth) FROM told AS t WHERE t.capture_id = b.capture_id AND t.bucket = b.bucket), 0)::BIGINT
  FROM bucket AS b
  UNION ALL
  SELECT f.capture_id, 'estimate', 'estimate', 'MemAvailable', NULL,
    f.lost_bytes - (SELECT sum(b.growth) FROM bucket AS b WHERE b.capture_id = f.capture_id)::BIGINT
  FROM frame AS f
)
SELECT l.capture_id, f.from_ts, f.to_ts, f.lost_bytes, l.bucket, l.owner_type, l.owner, l.process_id, l.growth AS growth_bytes,
  CASE WHEN l.growth >= 0 THEN l.growth / greatest(f.lost_bytes,
    sum(greatest(0, l.growth)) OVER (PARTITION BY l.capture_id), 1) END AS share
FROM listed AS l
JOIN frame AS f USING (capture_id)
ORDER BY l.capture_id, l.growth DESC, l.bucket, l.owner;

-- columns of attribution_story: story VARCHAR  the three largest owners with their shares, then what nothing explains; three or more processes
--   of one name, of which none gained the half, are one owner: each alone would be left out beside a smaller one of another name;
--   from_ts, to_ts TIMESTAMP, lost_bytes BIGINT: as above, what the shares are of
--   A bucket without owners is told by its line of meminfo, whatever the language.
CREATE OR REPLACE VIEW attribution_story AS
WITH owned_bucket AS (
  SELECT DISTINCT capture_id, bucket FROM attribution WHERE owner_type NOT IN ('rest', 'bucket', 'estimate')
), crowd AS (
  SELECT a.capture_id, p.name, p.name || ' (× ' || count(*) || ')' AS owner
  FROM attribution AS a
  JOIN process AS p USING (capture_id, process_id)
  WHERE a.owner_type = 'process' AND a.growth_bytes > 0
  GROUP BY a.capture_id, p.name
  HAVING count(DISTINCT a.process_id) = count(*) AND count(*) >= 3 AND max(a.growth_bytes) <= 0.5 * sum(a.growth_bytes)
), named AS (
  SELECT a.* EXCLUDE (owner), CASE WHEN c.owner IS NOT NULL THEN c.owner WHEN a.owner_type NOT IN ('rest', 'bucket') THEN a.owner ELSE CASE a.bucket
    WHEN 'anon' THEN 'AnonPages' WHEN 'shmem' THEN 'Shmem' WHEN 'slab_unreclaimable' THEN 'SUnreclaim' WHEN 'vmalloc' THEN 'VmallocUsed'
    WHEN 'page_tables' THEN 'PageTables' WHEN 'percpu' THEN 'Percpu' WHEN 'hugetlb' THEN 'Hugetlb' ELSE a.owner END END AS owner
  FROM attribution AS a
  LEFT JOIN process AS p ON p.capture_id = a.capture_id AND p.process_id = a.process_id AND a.owner_type = 'process' AND a.growth_bytes > 0
  LEFT JOIN crowd AS c ON c.capture_id = p.capture_id AND c.name = p.name
  WHERE a.owner_type <> 'estimate'
    -- what owners leave of a bucket is nobody's; a bucket of which no owner was read is known all the same
    AND (a.owner_type <> 'rest' OR NOT EXISTS (SELECT 1 FROM owned_bucket AS o WHERE o.capture_id = a.capture_id AND o.bucket = a.bucket))
), placed AS (
  SELECT capture_id, owner, sum(share) AS share, any_value(from_ts) AS from_ts, any_value(to_ts) AS to_ts, any_value(lost_bytes) AS lost_bytes,
    row_number() OVER (PARTITION BY capture_id ORDER BY sum(growth_bytes) DESC, owner) AS place
  FROM named
  GROUP BY capture_id, owner
  HAVING sum(share) >= 0.02
)
SELECT capture_id, string_agg(owner || ' ' || round(100 * share)::INTEGER || ' %', ', ' ORDER BY place) AS story,
  greatest(0, 1 - sum(share)) AS unexplained_share, any_value(from_ts) AS from_ts, any_value(to_ts) AS to_ts, any_value(lost_bytes) AS lost_bytes
FROM placed
WHERE place <= 3
GROUP BY capture_id;
