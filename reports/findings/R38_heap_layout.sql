-- Where in its address space a leaking process grows: the brk heap, arenas of malloc, or mappings of its own.
-- id: R38
-- kind: private_anonymous
-- chapter: pidstat
-- needs: process_sample, mapping
-- threshold layout_share = 0.6 of the private growth: then it is that
-- threshold fewest_arenas = 4 reservations: a threaded program has one or two arenas anyway
-- threshold arena_least_bytes = 50331648 bytes: an arena of glibc spans 64 MiB, of which it gives access as it fills
-- threshold arena_most_bytes = 83886080 bytes: with what other mappings add to the mean
WITH leaking AS (
  SELECT r.capture_id, r.process_id, r.first_seen, r.last_seen, r.growth_bytes, r.confidence
  FROM leak_row AS r
  JOIN process_cause AS c USING (sid)
  JOIN process AS p ON p.capture_id = r.capture_id AND p.process_id = r.process_id
  -- of the collector itself R05 tells what there is to tell: nobody is to trace it
  WHERE r.metric = 'proc_anon' AND c.cause = 'private_anonymous' AND NOT p.observer AND r.excuse IS DISTINCT FROM 'ended'
), reading AS (
  SELECT l.capture_id, l.process_id, min(m.snapshot) AS from_snapshot, max(m.snapshot) AS to_snapshot
  FROM leaking AS l
  JOIN mapping AS m USING (capture_id, process_id)
  GROUP BY l.capture_id, l.process_id
  HAVING max(m.snapshot) > min(m.snapshot)
), summed AS (
  SELECT r.capture_id, r.process_id, r.to_snapshot,
    sum(m.held_bytes) FILTER (WHERE m.name = '[heap]' AND m.snapshot = r.to_snapshot) AS heap_after,
    coalesce(sum(m.held_bytes) FILTER (WHERE m.name = '[heap]' AND m.snapshot = r.from_snapshot), 0) AS heap_before,
    sum(m.held_bytes) FILTER (WHERE m.name = '[anon]' AND m.snapshot = r.to_snapshot) AS anon_after,
    coalesce(sum(m.held_bytes) FILTER (WHERE m.name = '[anon]' AND m.snapshot = r.from_snapshot), 0) AS anon_before,
    coalesce(sum(m.held_bytes) FILTER (WHERE substr(m.perms, 4, 1) = 'p' AND m.snapshot = r.to_snapshot), 0)
      - coalesce(sum(m.held_bytes) FILTER (WHERE substr(m.perms, 4, 1) = 'p' AND m.snapshot = r.from_snapshot), 0) AS grown,
    coalesce(sum(m.mappings) FILTER (WHERE m.name = '[anon]' AND starts_with(m.perms, '---') AND m.snapshot = r.to_snapshot), 0) AS arenas,
    coalesce(sum(m.size_bytes) FILTER (WHERE m.name = '[anon]' AND m.snapshot = r.to_snapshot), 0) AS anon_size,
    coalesce(sum(m.mappings) FILTER (WHERE m.name = '[anon]' AND m.snapshot = r.to_snapshot), 0)::BIGINT AS areas
  FROM reading AS r
  JOIN (SELECT *, anonymous_bytes + coalesce(swap_bytes, 0) AS held_bytes FROM mapping) AS m ON m.capture_id = r.capture_id AND m.process_id = r.process_id AND m.snapshot IN (r.from_snapshot, r.to_snapshot)
  GROUP BY r.capture_id, r.process_id, r.to_snapshot
), placed AS (
  SELECT *, coalesce(heap_after, 0) - heap_before AS heap_growth_bytes, coalesce(anon_after, 0) - anon_before AS mapped_growth_bytes,
    CASE
      WHEN coalesce(heap_after, 0) - heap_before >= threshold('R38', 'layout_share') * grown THEN 'heap'
      WHEN coalesce(anon_after, 0) - anon_before < threshold('R38', 'layout_share') * grown THEN NULL
      WHEN arenas >= threshold('R38', 'fewest_arenas')
        AND anon_size / arenas BETWEEN threshold('R38', 'arena_least_bytes') AND threshold('R38', 'arena_most_bytes') THEN 'arenas'
      ELSE 'mapped'
    END AS text
  FROM summed
  WHERE grown > 0
)
SELECT p.capture_id, 'info' AS severity, l.confidence, 'process' AS culprit_type, p.process_id, 'leak' AS trend, 0 AS rank_bytes, p.text,
  l.first_seen, l.last_seen, p.heap_growth_bytes, p.mapped_growth_bytes, p.arenas::BIGINT AS arenas, p.areas,
  ['SELECT snapshot, name, perms, mappings, size_bytes, anonymous_bytes, swap_bytes FROM mapping WHERE capture_id = ' || p.capture_id || ' AND process_id = ' || p.process_id || ' AND name IN (''[heap]'', ''[anon]'') ORDER BY snapshot, name, perms'] AS evidence_sql,
  [member(p.to_snapshot, 'pid/smaps')] AS evidence_members
FROM placed AS p
JOIN leaking AS l USING (capture_id, process_id)
WHERE p.text IS NOT NULL
ORDER BY p.capture_id, p.process_id
