-- A slab cache holds far more memory than its objects need: freed objects leave pages that are only partly used.
-- id: R18
-- kind: slab_cache
-- chapter: kernel
-- needs: slab
-- readings: one
-- threshold least_bytes = 268435456 bytes: of the cache; less is not worth a word
-- threshold used_share = 0.5 of its objects in use: below it most of the cache is holes; SLUB counts objects in use roughly
WITH latest AS (
  SELECT capture_id, max(snapshot) AS snapshot FROM slab GROUP BY capture_id
)
SELECT s.capture_id, 'info' AS severity, 0.6 AS confidence, 'slab_cache' AS culprit_type, s.cache AS culprit_name, 'flat' AS trend,
  0 AS rank_bytes, s.bytes AS held_bytes, s.active_objects / s.objects AS used_share,
  (s.bytes * (1 - s.active_objects / s.objects))::BIGINT AS idle_bytes,
  ['SELECT snapshot, active_objects, objects, bytes FROM slab WHERE capture_id = ' || s.capture_id || ' AND cache = ''' || replace(s.cache, '''', '''''') || ''' ORDER BY snapshot'] AS evidence_sql,
  [member(s.snapshot, 'proc/slabinfo')] AS evidence_members
FROM slab AS s
JOIN latest USING (capture_id, snapshot)
WHERE s.bytes >= threshold('R18', 'least_bytes') AND s.objects > 0
  AND s.active_objects < threshold('R18', 'used_share') * s.objects
ORDER BY s.capture_id, idle_bytes DESC, s.cache
