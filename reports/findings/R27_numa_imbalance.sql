-- One NUMA node is nearly full while another has plenty: a task bound to the full one swaps or is killed all the same.
-- id: R27
-- kind: configuration
-- chapter: meminfo
-- needs: numa_node
-- threshold full_share = 0.1 of the node's memory: with less free it is nearly full
-- threshold ratio = 2 times: as much free on the emptiest node as on the fullest, in shares of their memory
WITH latest AS (
  SELECT capture_id, max(snapshot) AS snapshot FROM numa_node GROUP BY capture_id
), node AS (
  SELECT n.capture_id, n.snapshot, n.node, max(n.bytes) FILTER (WHERE n.name = 'MemFree') AS free_bytes,
    max(n.bytes) FILTER (WHERE n.name = 'MemTotal') AS total_bytes
  FROM numa_node AS n
  JOIN latest USING (capture_id, snapshot)
  GROUP BY n.capture_id, n.snapshot, n.node
  -- a node without memory of its own has nothing to run out of
  HAVING total_bytes > 0
), spread AS (
  SELECT capture_id, count(*) AS nodes, arg_min(node, free_bytes / total_bytes) AS full_node,
    min(free_bytes / total_bytes) AS least_share, max(free_bytes / total_bytes) AS most_share,
    arg_min(free_bytes, free_bytes / total_bytes) AS full_free_bytes, arg_max(node, free_bytes / total_bytes) AS empty_node,
    arg_max(free_bytes, free_bytes / total_bytes) AS empty_free_bytes
  FROM node
  GROUP BY capture_id
)
SELECT capture_id, 'info' AS severity, 0.8 AS confidence, 'host' AS culprit_type, 'node ' || full_node AS culprit_name, 'flat' AS trend,
  0 AS rank_bytes, nodes, full_free_bytes, least_share, 'node ' || empty_node AS other, empty_free_bytes, most_share,
  ['SELECT snapshot, node, name, bytes FROM numa_node WHERE capture_id = ' || capture_id || ' AND name IN (''MemFree'', ''MemTotal'') ORDER BY snapshot, node, name'] AS evidence_sql
FROM spread
WHERE nodes > 1 AND least_share < threshold('R27', 'full_share') AND most_share > threshold('R27', 'ratio') * least_share
ORDER BY capture_id
