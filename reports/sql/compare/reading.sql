-- The snapshots of both sides of a comparison, and what each side is.
-- requires: compare_side, capture, snapshot, meminfo
-- columns of compare_reading: side VARCHAR; capture_id, snapshot, boot INTEGER; ts TIMESTAMP UTC; t_seconds DOUBLE
-- columns of compare_span, one row a side:
--   side             VARCHAR    before or after
--   host, kernel, source VARCHAR
--   first_ts, last_ts TIMESTAMP UTC
--   snapshots        BIGINT
--   seconds          DOUBLE     between the first and the last
--   mem_total_bytes, available_bytes BIGINT  medians; NULL where meminfo was not read
CREATE OR REPLACE VIEW compare_reading AS
SELECT c.side, c.capture_id, s.snapshot, s.boot, s.ts, s.t_seconds
FROM compare_side AS c
JOIN snapshot AS s ON s.capture_id = c.capture_id AND s.ts BETWEEN c.from_ts AND c.to_ts
ORDER BY c.side, s.snapshot;

CREATE OR REPLACE VIEW compare_span AS
SELECT
  c.side, any_value(k.host) AS host, any_value(k.kernel) AS kernel, any_value(k.source) AS source,
  any_value(k.utc_offset_seconds) AS utc_offset_seconds,
  min(r.ts) AS first_ts, max(r.ts) AS last_ts,
  count(r.snapshot) AS snapshots,
  max(r.t_seconds) - min(r.t_seconds) AS seconds,
  median(m.mem_total_bytes)::BIGINT AS mem_total_bytes,
  median(m.mem_available_bytes)::BIGINT AS available_bytes
FROM compare_side AS c
JOIN capture AS k USING (capture_id)
LEFT JOIN compare_reading AS r ON r.side = c.side
LEFT JOIN meminfo AS m ON m.capture_id = r.capture_id AND m.snapshot = r.snapshot
GROUP BY c.side
ORDER BY c.side DESC;
