-- Who held each bucket of the ledger at each snapshot: the owners whose bytes moved or weigh most. A process counts RssAnon
-- throughout, never Pss_Anon at some snapshots and RssAnon at others: a change of the source would look like growth.
-- requires: process, process_sample, watched_sample, mapping, shared_owner, owner_value, slow_reading, slab_owner, vmalloc_owner, socket_slab
-- columns of path_owner:
--   capture_id, snapshot INTEGER
--   bucket   VARCHAR  anon, shmem, slab (both kinds), vmalloc (with the kernel stacks)
--   source   VARCHAR  what it was read from: the bucket, or 'descriptors 12', 'mappings 12' of the process with that process_id
--   id       VARCHAR  tells owners of one name apart
--   process_id INTEGER  NULL where the owner is no process
--   owner    VARCHAR  as people call it
--   bytes    BIGINT
-- columns of path_owner_read: capture_id, source, snapshot: the moments at which it was read
-- The two below are tables: of a long capture path_owner has millions of rows, and they are asked several times.
-- columns of path_owner_watched: capture_id, id, snapshot, bytes: of the processes of path_owner_shown what they held between two
-- passes over all processes, at moments at which nothing was read of the others
-- columns of path_owner_shown: bucket, id, owner, place BIGINT: the at most 40 owners a capture that the page shows one by one
--   owner_label(owner, socket_cache): a cache in which sockets pile up says whose it is
CREATE OR REPLACE MACRO owner_label(owner, socket_cache) AS CASE WHEN socket_cache IS NULL THEN owner ELSE 'sockets · ' || owner END;

CREATE OR REPLACE VIEW path_owner AS
SELECT x.capture_id, x.snapshot, 'anon' AS bucket, 'anon' AS source, CAST(x.process_id AS VARCHAR) AS id, x.process_id,
       process_label(coalesce(p.name, p.comm), p.pid) AS owner, x.rss_anon_bytes AS bytes
FROM process_sample x
JOIN process p USING (capture_id, process_id)
WHERE x.rss_anon_bytes IS NOT NULL
UNION ALL
-- those at one place in several mount namespaces together: each of them may be small
SELECT capture_id, snapshot, 'shmem', 'shmem', 'mount ' || owner, NULL, owner, CAST(sum(bytes) AS BIGINT)
FROM shared_owner
WHERE owner_type = 'mount'
GROUP BY ALL
UNION ALL
-- by who maps, made or holds them: of a hundred segments or memfds of one process none moves much
SELECT s.capture_id, s.snapshot, 'shmem', 'mappings ' || s.process_id, 'mapping ' || s.process_id, s.process_id,
       'shared · ' || process_label(coalesce(p.name, p.comm), p.pid), CAST(sum(s.bytes) AS BIGINT)
FROM shared_owner s
JOIN process p USING (capture_id, process_id)
WHERE s.owner_type = 'mapping'
GROUP BY ALL
UNION ALL
SELECT v.capture_id, v.snapshot, 'shmem', CASE v.owner_type WHEN 'memfd' THEN v.source ELSE 'shmem' END,
       v.owner_type || ' ' || CASE v.owner_type WHEN 'segment' THEN v.name || ' ' ELSE '' END || coalesce(v.process_id::VARCHAR, ''),
       CASE v.owner_type WHEN 'memfd' THEN v.process_id END, CASE v.owner_type WHEN 'segment' THEN 'SysV · ' ELSE 'memfd · ' END || process_label(v.name, p.pid), CAST(sum(v.bytes) AS BIGINT)
FROM owner_value v
LEFT JOIN process p USING (capture_id, process_id)
WHERE v.bucket = 'host_shmem' AND v.owner_type IN ('segment', 'memfd')
GROUP BY ALL
UNION ALL
SELECT capture_id, snapshot, 'slab', 'slab', cache, NULL, cache, CAST(sum(bytes) AS BIGINT)
FROM slab_owner
GROUP BY ALL
UNION ALL
SELECT capture_id, snapshot, 'vmalloc', 'vmalloc', caller || coalesce(' ' || module, ''), NULL, caller || coalesce(' [' || module || ']', ''),
       CAST(sum(bytes) AS BIGINT)
FROM vmalloc_owner
GROUP BY ALL;

CREATE OR REPLACE TABLE path_owner_read AS
SELECT DISTINCT capture_id, source, snapshot
FROM path_owner
UNION
-- who holds no memfd, or maps nothing shared any more, was read all the same
SELECT capture_id, source, snapshot
FROM slow_reading
WHERE starts_with(source, 'descriptors ')
UNION
SELECT capture_id, 'mappings ' || process_id, snapshot
FROM mapping
ORDER BY capture_id, source, snapshot;

CREATE OR REPLACE TABLE path_owner_shown AS
WITH weighed AS (
  SELECT capture_id, bucket, id, max(owner) AS owner, max(bytes) - min(bytes) AS swing, max(bytes) AS peak
  FROM path_owner
  GROUP BY capture_id, bucket, id
), ranked AS (
  SELECT *, row_number() OVER (PARTITION BY capture_id, bucket ORDER BY swing + peak // 8 DESC, id) AS nth
  FROM weighed
  WHERE peak > 0
)
SELECT r.capture_id, r.bucket, r.id, owner_label(r.owner, k.cache) AS owner,
       row_number() OVER (PARTITION BY r.capture_id ORDER BY r.swing + r.peak // 8 DESC, r.bucket, r.id) AS place
FROM ranked r
LEFT JOIN socket_slab k ON r.bucket = 'slab' AND k.capture_id = r.capture_id AND k.cache = r.id
WHERE nth <= CASE bucket WHEN 'anon' THEN 20 WHEN 'shmem' THEN 8 WHEN 'slab' THEN 8 ELSE 4 END
ORDER BY r.capture_id, place;

CREATE OR REPLACE VIEW path_owner_watched AS
SELECT w.capture_id, o.id, w.snapshot, w.rss_anon_bytes AS bytes
FROM watched_sample AS w
JOIN path_owner_shown AS o ON o.capture_id = w.capture_id AND o.bucket = 'anon' AND o.id = CAST(w.process_id AS VARCHAR)
WHERE w.rss_anon_bytes IS NOT NULL;
