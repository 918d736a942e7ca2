-- The segments of the archive with their hashes.
-- requires: segment
-- order: segment
-- limit: 500
-- show: 8
-- columns of path_segment:
--   segment         INTEGER [segment]
--   state           VARCHAR [state] intact: its SHA-256 holds; open: the collector was stopped hard; damaged, lost
--   first_snapshot  INTEGER [from]
--   last_snapshot   INTEGER [to]
--   length_bytes    BIGINT  [length]
--   sha256          VARCHAR [SHA-256]
--   detail          VARCHAR [detail]
CREATE OR REPLACE VIEW path_segment AS
SELECT capture_id, segment, state, first_snapshot, last_snapshot, length_bytes, sha256, detail
FROM segment
ORDER BY capture_id, segment;
