-- Who held how much when, in at most 96 stretches of equal time: what the heat map is painted from. Its rows are the owners
-- that moved most, so of 500 processes those are seen that matter.
-- requires: path_owner, path_owner_read, snapshot, socket_slab, owner_label
-- columns of path_heat_owner, at most 40 rows a capture:
--   place        BIGINT   1 = moved most: by its growth, or by half of its swing where that is more
--   bucket, source, id, owner VARCHAR  as in path_owner
--   first_bytes  BIGINT   0: not there at the first reading of its source
--   last_bytes   BIGINT   0: gone at the last
--   peak_bytes   BIGINT
--   growth_bytes BIGINT   last minus first
-- columns of path_heat_stretch: stretch INTEGER 0 … 95; source VARCHAR  the stretches in which it was read
-- columns of path_heat: place BIGINT; stretch INTEGER; bytes BIGINT  largest reading of the stretch; no row: not there
CREATE OR REPLACE VIEW path_stretch AS
SELECT s.capture_id, s.snapshot, p.stretches,
       CAST(least(p.stretches - 1, floor((s.t_seconds - p.first_t) / nullif(p.last_t - p.first_t, 0) * p.stretches)) AS INTEGER) AS stretch
FROM snapshot s
JOIN (
  SELECT capture_id, least(96, count(*)) AS stretches, min(t_seconds) AS first_t, max(t_seconds) AS last_t
  FROM snapshot
  GROUP BY capture_id
) p USING (capture_id)
WHERE p.last_t > p.first_t;

CREATE OR REPLACE TABLE path_heat_owner AS
WITH source_span AS (
  SELECT capture_id, source, min(snapshot) AS first_snapshot, max(snapshot) AS last_snapshot
  FROM path_owner_read
  GROUP BY capture_id, source
), life AS (
  SELECT o.capture_id, o.bucket, o.source, o.id, max(o.owner) AS owner,
         coalesce(max(o.bytes) FILTER (WHERE o.snapshot = b.first_snapshot), 0) AS first_bytes,
         coalesce(max(o.bytes) FILTER (WHERE o.snapshot = b.last_snapshot), 0) AS last_bytes,
         max(o.bytes) AS peak_bytes, min(o.bytes) AS least_bytes
  FROM path_owner o
  JOIN source_span b USING (capture_id, source)
  GROUP BY o.capture_id, o.bucket, o.source, o.id
), moved AS (
  SELECT *, last_bytes - first_bytes AS growth_bytes, peak_bytes - least(least_bytes, first_bytes, last_bytes) AS swing_bytes
  FROM life
), ranked AS (
  SELECT *, row_number() OVER (PARTITION BY capture_id ORDER BY greatest(abs(growth_bytes), swing_bytes // 2) DESC, bucket, id) AS place
  FROM moved
  WHERE swing_bytes >= 65536
)
SELECT r.capture_id, r.bucket, r.source, r.id, owner_label(r.owner, k.cache) AS owner, r.first_bytes, r.last_bytes, r.peak_bytes, r.growth_bytes, r.place
FROM ranked r
LEFT JOIN socket_slab k ON r.bucket = 'slab' AND k.capture_id = r.capture_id AND k.cache = r.id
WHERE r.place <= 40
ORDER BY r.capture_id, r.place;

CREATE OR REPLACE VIEW path_heat AS
SELECT o.capture_id, h.place, t.stretch, max(o.bytes) AS bytes
FROM path_owner o
JOIN path_heat_owner h USING (capture_id, bucket, id)
JOIN path_stretch t USING (capture_id, snapshot)
GROUP BY o.capture_id, h.place, t.stretch
ORDER BY o.capture_id, h.place, t.stretch;

CREATE OR REPLACE VIEW path_heat_stretch AS
SELECT DISTINCT o.capture_id, o.source, t.stretch
FROM path_owner_read o
JOIN path_stretch t USING (capture_id, snapshot)
ORDER BY o.capture_id, o.source, t.stretch;
