-- What postmem compare lays side by side: two captures, or two ranges of one. Empty in any other case.
-- columns of compare_side:
--   side     VARCHAR    before or after
--   from_ts  TIMESTAMP  UTC, the first moment that counts
--   to_ts    TIMESTAMP  UTC, the last one
CREATE TABLE compare_side (
  side VARCHAR PRIMARY KEY,
  capture_id INTEGER NOT NULL,
  from_ts TIMESTAMP NOT NULL,
  to_ts TIMESTAMP NOT NULL
);
