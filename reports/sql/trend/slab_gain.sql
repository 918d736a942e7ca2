-- What each slab cache gained while unreclaimable slab grew.
-- requires: grower, slab, slab_cache
-- columns of slab_gain, one row a grower of unreclaimable slab and a cache that was read within it:
--   sid, capture_id INTEGER; cache VARCHAR as in slabinfo; names VARCHAR  it and what is merged into it, separated by a space
--   objects, bytes BIGINT  last reading minus first, between the onset and the end of the growth; negative where it shrank
CREATE OR REPLACE VIEW slab_gain AS
SELECT g.sid, g.capture_id, s.cache, concat_ws(' ', s.cache, any_value(c.aliases)) AS names,
  (arg_max(s.objects, s.snapshot) - arg_min(s.objects, s.snapshot))::BIGINT AS objects,
  (arg_max(s.bytes, s.snapshot) - arg_min(s.bytes, s.snapshot))::BIGINT AS bytes
FROM grower AS g
JOIN slab AS s ON s.capture_id = g.capture_id AND s.snapshot BETWEEN g.from_snapshot AND g.to_snapshot
LEFT JOIN (SELECT capture_id, cache, max(aliases) AS aliases FROM slab_cache GROUP BY capture_id, cache) AS c
  ON c.capture_id = s.capture_id AND c.cache = s.cache
WHERE g.metric = 'host_slab_unreclaimable'
GROUP BY g.sid, g.capture_id, s.cache
ORDER BY g.sid, s.cache;
