-- Sockets that pile up, and what the kernel says of their buffers: so much memory they can explain, and no more.
-- requires: grower, sockstat, capture
-- columns of socket_gain, one row a capture in which sockets grow:
--   capture_id INTEGER; sockets BIGINT        gained
--   buffered_bytes BIGINT   what TCP and UDP count as mem, its greatest less its least value; 0 where that is not told
--   uncounted BIGINT        sockets gained that are of neither, AF_UNIX mostly: nothing counts their buffers
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
SELECT g.capture_id, max(g.growth)::BIGINT AS sockets, coalesce(any_value(b.bytes), 0) AS buffered_bytes,
  -- without mem none of them is counted
  greatest(0, max(g.growth)::BIGINT - CASE WHEN any_value(b.bytes) IS NULL THEN 0 ELSE coalesce(any_value(b.sockets), 0) END) AS uncounted
FROM grower AS g
LEFT JOIN buffers AS b USING (capture_id)
WHERE g.metric = 'host_sockets'
GROUP BY g.capture_id
ORDER BY g.capture_id;
