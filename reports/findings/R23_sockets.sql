-- Sockets pile up, or what waits in them, and the kernel memory behind them with them.
-- id: R23
-- kind: sockets
-- chapter: kernel
-- needs: sockstat, meminfo
-- threshold info_share = 0.5 of tcp_mem[2]: from tcp_mem[1] on the kernel presses on all buffers
-- threshold borne_out = 0.3 of what buffers grew by: so much more the kernel holds, else they count what sockets were granted and do not use
-- threshold warning_share = 0.9 of tcp_mem[2]: above it nothing is sent or received that needs a new buffer
WITH memory AS (
  -- no more than so many sockets can explain: what is beyond that is the finding of R16 or R22
  SELECT g.capture_id, sum(g.growth)::BIGINT AS bytes, max(g.confidence) AS confidence, sum(g.rate) AS rate,
    -- of that memory, and no later than at the rate of the host: sockets themselves are a count
    min(l.exhausted_from) AS exhausted_from, min(l.exhausted_to) AS exhausted_to
  FROM grower AS g
  JOIN socket_gain AS s USING (capture_id)
  JOIN leak_row AS l USING (sid)
  WHERE g.growth <= CASE g.metric WHEN 'host_slab_unreclaimable' THEN s.slab_bytes WHEN 'host_unaccounted' THEN s.page_bytes END
  GROUP BY g.capture_id
), granted AS (
  -- 8172  10897  16344: pages, the third is the limit
  SELECT h.capture_id, try_cast(regexp_extract(arg_max(h.value, h.snapshot), '^\s*\d+\s+\d+\s+(\d+)', 1) AS BIGINT)
    * max(coalesce(c.page_bytes, 4096)) AS limit_bytes, max(coalesce(c.page_bytes, 4096)) AS page_bytes
  FROM host_fact AS h
  JOIN capture AS c USING (capture_id)
  WHERE h.name = 'proc/sys/net/ipv4/tcp_mem'
  GROUP BY h.capture_id
), buffered AS (
  -- the most that buffers took at any snapshot: they come and go with the traffic
  SELECT k.capture_id, max(k.value * g.page_bytes)::BIGINT AS bytes, arg_max(k.snapshot, k.value) AS snapshot, any_value(g.limit_bytes) AS limit_bytes
  FROM sockstat AS k
  JOIN granted AS g USING (capture_id)
  WHERE k.protocol = 'TCP' AND k.name = 'mem'
  GROUP BY k.capture_id
)
SELECT c.* FROM (
SELECT r.* EXCLUDE (process_id, severity, evidence_sql, evidence_members, growth_bytes, rate_bytes_per_second, rate_low, rate_high, share_of_loss, exhausted_from, exhausted_to),
  CASE WHEN m.bytes IS NULL THEN 'info' ELSE r.severity END AS severity,
  r.growth_bytes AS sockets, m.bytes AS growth_bytes, m.rate AS rate_bytes_per_second, m.exhausted_from, m.exhausted_to,
  share_of(m.bytes, r.loss_bytes) AS share_of_loss,
  CASE WHEN h.process_id IS NULL THEN 'host' ELSE 'process' END AS culprit_type,
  CASE WHEN h.process_id IS NULL THEN 'owner unknown' END AS culprit_name,
  CASE WHEN m.bytes IS NULL THEN CASE WHEN h.process_id IS NULL THEN 'nobodys' ELSE 'alone' END
    WHEN h.process_id IS NULL THEN 'unknown' WHEN h.port IS NOT NULL THEN 'queue' END AS text,
  h.port, h.waiting,
  CASE WHEN h.port IS NULL THEN r.evidence_sql
    ELSE list_append(r.evidence_sql, 'SELECT snapshot, protocol, port, waiting, inode FROM listening_socket WHERE capture_id = ' || r.capture_id || ' AND port = ' || h.port || ' ORDER BY snapshot') END AS evidence_sql,
  CASE WHEN h.port IS NULL THEN r.evidence_members ELSE list_append(r.evidence_members, member(h.queue_snapshot, 'net/listen')) END AS evidence_members,
  h.process_id AS process_id, CASE WHEN h.process_id IS NOT NULL THEN r.growth_bytes || ' more sockets' END AS culprit_detail
FROM leak_row AS r
LEFT JOIN memory AS m USING (capture_id)
LEFT JOIN socket_holder AS h USING (sid)
WHERE r.metric = 'host_sockets'
) AS c
UNION ALL BY NAME
-- no more sockets, and more and more in them: somebody does not read
SELECT r.* EXCLUDE (process_id, severity, evidence_sql, evidence_members),
  CASE WHEN (b.unaccounted_bytes + b.slab_unreclaimable_bytes) - (a.unaccounted_bytes + a.slab_unreclaimable_bytes) >= threshold('R23', 'borne_out') * r.growth_bytes
    THEN r.severity ELSE 'info' END AS severity,
  CASE WHEN h.process_id IS NULL THEN 'host' ELSE 'process' END AS culprit_type,
  CASE WHEN h.process_id IS NULL THEN 'owner unknown' END AS culprit_name,
  CASE WHEN h.process_id IS NULL THEN 'buffers' WHEN h.send_bytes >= h.receive_bytes THEN 'sent' ELSE 'unread' END AS text,
  h.connections, h.send_bytes + h.receive_bytes AS queued_bytes, h.process_id AS process_id,
  CASE WHEN h.process_id IS NOT NULL THEN h.connections || ' connections with much in their queues' END AS culprit_detail,
  CASE WHEN h.process_id IS NULL THEN r.evidence_sql
    ELSE list_append(r.evidence_sql, 'SELECT snapshot, protocol, local_port, remote_port, send_bytes, receive_bytes, inode FROM queued_socket WHERE capture_id = ' || r.capture_id || ' ORDER BY snapshot, send_bytes + receive_bytes DESC') END AS evidence_sql,
  CASE WHEN h.process_id IS NULL THEN r.evidence_members ELSE list_append(r.evidence_members, member(h.queue_snapshot, 'net/queued')) END AS evidence_members
FROM leak_row AS r
LEFT JOIN socket_holder AS h USING (sid)
LEFT JOIN memory_ledger AS a ON a.capture_id = r.capture_id AND a.snapshot = r.from_snapshot
LEFT JOIN memory_ledger AS b ON b.capture_id = r.capture_id AND b.snapshot = r.to_snapshot
WHERE r.metric = 'host_buffers'
  AND NOT EXISTS (SELECT 1 FROM leak_row AS s JOIN memory AS m USING (capture_id) WHERE s.capture_id = r.capture_id AND s.metric = 'host_sockets')
UNION ALL BY NAME
SELECT b.capture_id, CASE WHEN b.bytes > threshold('R23', 'warning_share') * b.limit_bytes THEN 'warning' ELSE 'info' END AS severity,
  0.9 AS confidence, 'configuration' AS kind, 'host' AS culprit_type, 'net.ipv4.tcp_mem' AS culprit_name, 0 AS rank_bytes, 'level' AS text,
  b.bytes AS buffer_bytes, b.limit_bytes, b.bytes / b.limit_bytes AS used_share,
  ['SELECT snapshot, protocol, name, value AS pages FROM sockstat WHERE capture_id = ' || b.capture_id || ' AND protocol = ''TCP'' AND name = ''mem'' ORDER BY snapshot',
    'SELECT snapshot, name, value FROM host_fact WHERE capture_id = ' || b.capture_id || ' AND name = ''proc/sys/net/ipv4/tcp_mem'' ORDER BY snapshot'] AS evidence_sql,
  [member(b.snapshot, 'proc/net/sockstat')] AS evidence_members
FROM buffered AS b
WHERE b.bytes > threshold('R23', 'info_share') * b.limit_bytes
ORDER BY capture_id, sid
