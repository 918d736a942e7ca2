-- Inodes and names that something holds: their slab counts as reclaimable, and none of it comes back while they are held.
-- requires: grower, slab_gain, slab_owner, process_reading
-- A watch (inotify, fanotify) holds the inode it is about, an open file its own. Where as many marks of watches, or open files, as inodes came in,
-- the inodes are held by them. Open files are those of a process: the one whose table of descriptors (FDSize, it doubles when it is full and
-- never shrinks) grew by half of them or more. Where that is so and no inodes came in, its descriptors are of no file (events, timers, epoll);
-- sockets are counted elsewhere.
-- columns of pinned_growth, one row a grower of unreclaimable slab:
--   sid INTEGER; capture_id INTEGER; cache VARCHAR  name of the cache of the holders, among its aliases the telling one
--   listed_as VARCHAR  that cache in slabinfo; holders, inodes BIGINT  objects gained; held_bytes BIGINT  gained by inodes and names;
--   both NULL where descriptors hold no inodes
--   process_id INTEGER  who holds open files, NULL of watches
CREATE OR REPLACE TABLE pinned_growth AS
WITH holder AS (
  SELECT g.sid, g.capture_id, g.cache AS listed_as, g.objects,
    CASE WHEN contains(g.names, 'inotify_inode_mark') THEN 'inotify_inode_mark'
      WHEN contains(g.names, 'fanotify_mark') THEN 'fanotify_mark'
      WHEN regexp_matches(g.names, '(^| )filp( |$)') THEN 'filp' END AS cache
  FROM slab_gain AS g
  WHERE g.objects > 0
), opener AS (
  SELECT g.sid, s.process_id, max(s.fd_size) - min(s.fd_size) AS slots
  FROM grower AS g
  JOIN process_reading AS s ON s.capture_id = g.capture_id AND s.snapshot BETWEEN g.from_snapshot AND g.to_snapshot
  WHERE g.metric = 'host_slab_unreclaimable'
  GROUP BY g.sid, s.process_id
  HAVING slots > 0
  QUALIFY row_number() OVER (PARTITION BY g.sid ORDER BY slots DESC, s.process_id) = 1
), held AS (
  SELECT g.sid, max(g.objects) FILTER (WHERE slab_purpose(g.cache) = 'slab_inodes') AS inodes, sum(greatest(0, g.bytes))::BIGINT AS bytes
  FROM slab_gain AS g
  JOIN (SELECT DISTINCT capture_id, cache FROM slab_owner WHERE reclaimable) AS o USING (capture_id, cache)
  WHERE slab_purpose(g.cache) IN ('slab_inodes', 'slab_names')
  GROUP BY g.sid
)
SELECT h.sid, h.capture_id, h.cache, h.listed_as, h.objects AS holders,
  CASE WHEN x.holding THEN d.inodes END AS inodes, CASE WHEN x.holding THEN d.bytes END AS held_bytes, o.process_id
FROM holder AS h
JOIN (SELECT sid, growth FROM grower) AS g USING (sid)
LEFT JOIN held AS d USING (sid)
LEFT JOIN opener AS o ON o.sid = h.sid AND h.cache = 'filp',
  LATERAL (SELECT coalesce(d.inodes > 0 AND h.objects BETWEEN 0.7 * d.inodes AND 1.5 * d.inodes, false) AS holding) AS x
WHERE h.cache IS NOT NULL
  -- a mark or an open file costs less than two pages of unreclaimable slab; what grows by more was put into it, as messages are into a queue
  AND g.growth < 8192 * h.objects
  AND (h.cache <> 'filp' AND x.holding OR h.cache = 'filp' AND o.slots >= 0.5 * h.objects AND (x.holding OR h.objects >= 1000)
    AND NOT EXISTS (SELECT 1 FROM grower AS s WHERE s.capture_id = h.capture_id AND s.metric = 'host_sockets' AND s.growth >= 0.5 * h.objects))
QUALIFY row_number() OVER (PARTITION BY h.sid ORDER BY h.objects DESC, h.listed_as) = 1;
