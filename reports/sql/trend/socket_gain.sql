-- Sockets that pile up, or their buffers that grow, and what the kernel says of these: so much memory they can explain, and no more.
-- requires: grower, sockstat, capture, process_sample, slab_owner, listening_socket, queued_socket, open_file
-- columns of socket_gain, one row a capture in which sockets or their buffers grow:
--   capture_id INTEGER; sockets BIGINT        gained; 0 where only what they hold grows
--   buffered_bytes BIGINT   what TCP and UDP count as mem, its greatest less its least value; 0 where that is not told
--   uncounted BIGINT        sockets gained that are of neither, AF_UNIX mostly: nothing counts their buffers
--   slab_bytes BIGINT       of slab that so many can hold: 4 MiB each, and their buffers
--   page_bytes BIGINT       of pages that no line of meminfo counts: the buffers that sockstat counts, a piece of 32 KiB for each that it fills
--                           from, and for each whose buffers nothing counts twice net.core.wmem_default (212992 bytes)
--   socket_cache(cache) is whether sockets lie in a slab cache; caches are merged, so it may be one of a size
CREATE OR REPLACE MACRO socket_cache(cache) AS regexp_matches(cache, '^(kmalloc|skbuff|sock_|TCP|UDP|UNIX|PING|\(large)');

CREATE OR REPLACE TABLE socket_gain AS
WITH counted AS (
  SELECT k.capture_id, k.protocol, k.name, (max(k.value) - min(k.value))::BIGINT AS gain, max(coalesce(c.page_bytes, 4096)) AS page_bytes
  FROM sockstat AS k
  JOIN capture AS c USING (capture_id)
  WHERE k.name IN ('mem', 'inuse') AND regexp_matches(k.protocol, '^(TCP|UDP|UDPLITE)6?$')
  GROUP BY k.capture_id, k.protocol, k.name
), buffers AS (
  SELECT capture_id, (sum(gain * page_bytes) FILTER (WHERE name = 'mem'))::BIGINT AS bytes, (sum(gain) FILTER (WHERE name = 'inuse'))::BIGINT AS sockets
  FROM counted
  GROUP BY capture_id
)
SELECT *, 4194304 * sockets + buffered_bytes AS slab_bytes, buffered_bytes + 32768 * sockets + 425984 * uncounted AS page_bytes
FROM (
  SELECT g.capture_id, coalesce(max(g.growth) FILTER (WHERE g.metric = 'host_sockets'), 0)::BIGINT AS sockets, coalesce(any_value(b.bytes), 0) AS buffered_bytes,
    -- without mem none of them is counted
    greatest(0, coalesce(max(g.growth) FILTER (WHERE g.metric = 'host_sockets'), 0)::BIGINT - CASE WHEN any_value(b.bytes) IS NULL THEN 0 ELSE coalesce(any_value(b.sockets), 0) END) AS uncounted
  FROM grower AS g
  LEFT JOIN buffers AS b USING (capture_id)
  WHERE g.metric IN ('host_sockets', 'host_buffers')
  GROUP BY g.capture_id
)
ORDER BY capture_id;

-- The caches whose growth the sockets explain, as R23 and attribution have it.
-- columns of socket_slab: capture_id INTEGER; cache VARCHAR  as in slab_owner
CREATE OR REPLACE TABLE socket_slab AS
SELECT s.capture_id, o.cache
FROM socket_gain AS s
JOIN grower AS g ON g.capture_id = s.capture_id AND g.metric = 'host_slab_unreclaimable' AND g.growth <= s.slab_bytes
JOIN slab_owner AS o ON o.capture_id = g.capture_id AND o.snapshot BETWEEN g.from_snapshot AND g.to_snapshot
WHERE socket_cache(o.cache) AND NOT coalesce(o.reclaimable, false)
GROUP BY s.capture_id, o.cache
HAVING arg_max(o.bytes, o.snapshot) - arg_min(o.bytes, o.snapshot) >= 1048576
ORDER BY s.capture_id, o.cache;

-- columns of socket_owner: capture_id, process_id INTEGER; inode BIGINT  a socket that a child has inherited is its parent's
CREATE OR REPLACE VIEW socket_owner AS
SELECT capture_id, inode, min(process_id) AS process_id
FROM open_file
WHERE kind = 'socket'
GROUP BY capture_id, inode;

-- What waits at a socket that listens, and whose it is: connections that nobody accepts have no descriptor.
-- columns of accept_queue, one row a process and port:
--   capture_id, process_id, port INTEGER
--   gained BIGINT    connections more that waited at the last reading than at the first; waiting BIGINT at the last
--   snapshot INTEGER of the last reading
CREATE OR REPLACE VIEW accept_queue AS
WITH queue AS (
  SELECT capture_id, inode, any_value(port) AS port, arg_max(waiting, snapshot) - arg_min(waiting, snapshot) AS gained,
    arg_max(waiting, snapshot) AS waiting, max(snapshot) AS snapshot
  FROM listening_socket
  GROUP BY capture_id, inode
)
SELECT q.capture_id, o.process_id, q.port, sum(q.gained)::BIGINT AS gained, sum(q.waiting)::BIGINT AS waiting, max(q.snapshot) AS snapshot
FROM queue AS q
JOIN socket_owner AS o USING (capture_id, inode)
GROUP BY q.capture_id, o.process_id, q.port
ORDER BY q.capture_id, o.process_id, q.port;

-- What waits in the queues of connections, and whose they are, at the last reading of them.
-- columns of connection_queue, one row a process:
--   capture_id, process_id INTEGER; connections BIGINT  with much in their queues
--   send_bytes BIGINT    written and not acknowledged by the other end; receive_bytes BIGINT  received and not read
--   all_bytes BIGINT     of all connections that were told, whosever they are
--   snapshot INTEGER     of that reading
CREATE OR REPLACE VIEW connection_queue AS
WITH last AS (
  SELECT *, sum(send_bytes + receive_bytes) OVER (PARTITION BY capture_id, snapshot) AS all_bytes
  FROM queued_socket
  QUALIFY snapshot = max(snapshot) OVER (PARTITION BY capture_id)
)
SELECT l.capture_id, o.process_id, count(*) AS connections, sum(l.send_bytes)::BIGINT AS send_bytes, sum(l.receive_bytes)::BIGINT AS receive_bytes,
  any_value(l.all_bytes)::BIGINT AS all_bytes, any_value(l.snapshot) AS snapshot
FROM last AS l
JOIN socket_owner AS o USING (capture_id, inode)
GROUP BY l.capture_id, o.process_id
ORDER BY l.capture_id, o.process_id;

-- The process that holds most of the sockets gained; with less than half of them a process is not the one that holds them.
-- Of buffers that grow it is the process in whose connections most of what waits lies, where that is a good part of what the kernel counts.
-- columns of socket_holder: sid INTEGER of the grower host_sockets or host_buffers; capture_id, process_id INTEGER
--   port INTEGER, waiting BIGINT, queue_snapshot INTEGER  where they wait for it to accept them, as in accept_queue; NULL where it has descriptors of them
--   connections, send_bytes, receive_bytes BIGINT  of the holder of buffers, as in connection_queue
CREATE OR REPLACE TABLE socket_holder AS
WITH slots AS (
  -- descriptors are read of few processes; FDSize stands in every status and doubles only when that many are open at once
  SELECT s.capture_id, s.process_id, max(s.fd_size) - min(s.fd_size) AS gained
  FROM process_sample AS s
  GROUP BY s.capture_id, s.process_id
)
SELECT g.sid, g.capture_id, x.process_id, x.port, x.waiting, x.queue_snapshot,
  NULL::BIGINT AS connections, NULL::BIGINT AS send_bytes, NULL::BIGINT AS receive_bytes
FROM grower AS g
JOIN (
  SELECT capture_id, process_id, growth, CASE metric WHEN 'proc_sockets' THEN 1 ELSE 2 END AS choice, NULL AS port, NULL AS waiting,
    NULL AS queue_snapshot
  FROM grower WHERE metric IN ('proc_sockets', 'proc_fd')
  UNION ALL
  SELECT capture_id, process_id, gained, 3, port, waiting, snapshot FROM accept_queue
  UNION ALL
  SELECT capture_id, process_id, gained, 4, NULL, NULL, NULL FROM slots
) AS x ON x.capture_id = g.capture_id AND x.growth >= 0.5 * g.growth
WHERE g.metric = 'host_sockets'
QUALIFY row_number() OVER (PARTITION BY g.sid ORDER BY x.choice, x.growth DESC, x.process_id) = 1
UNION ALL
SELECT g.sid, g.capture_id, q.process_id, NULL, NULL, q.snapshot, q.connections, q.send_bytes, q.receive_bytes
FROM grower AS g
JOIN connection_queue AS q ON q.capture_id = g.capture_id AND q.send_bytes + q.receive_bytes >= greatest(0.5 * q.all_bytes, 0.25 * g.growth)
WHERE g.metric = 'host_buffers'
QUALIFY row_number() OVER (PARTITION BY g.sid ORDER BY q.send_bytes + q.receive_bytes DESC, q.process_id) = 1
ORDER BY sid;
