-- What each slab cache gained while unreclaimable slab grew.
-- requires: grower, slab
-- columns of slab_gain, one row a grower of unreclaimable slab and a cache that was read within it:
--   sid, capture_id INTEGER; cache VARCHAR as in slabinfo
--   objects, bytes BIGINT  last reading minus first, between the onset and the end of the growth; negative where it shrank
CREATE OR REPLACE VIEW slab_gain AS
SELECT g.sid, g.capture_id, s.cache,
  (arg_max(s.objects, s.snapshot) - arg_min(s.objects, s.snapshot))::BIGINT AS objects,
  (arg_max(s.bytes, s.snapshot) - arg_min(s.bytes, s.snapshot))::BIGINT AS bytes
FROM grower AS g
JOIN slab AS s ON s.capture_id = g.capture_id AND s.snapshot BETWEEN g.from_snapshot AND g.to_snapshot
WHERE g.metric = 'host_slab_unreclaimable'
GROUP BY g.sid, g.capture_id, s.cache
ORDER BY g.sid, s.cache;
