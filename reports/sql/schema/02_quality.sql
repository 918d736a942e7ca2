-- What could not be read, and what could not be understood: absence is data, never zero.
-- columns of read_gap (the collector's ledger, snapshot.json):
--   path     VARCHAR   file, or pattern for many (proc/*/smaps_rollup)
--   outcome  VARCHAR   ENOENT, EACCES, EPERM, ESRCH, TIMEOUT, TRUNCATED, SKIPPED_BUDGET, SKIPPED_SIZE, QUARANTINED, …
--   count    BIGINT    how many reads of that pattern ended so
--   detail   VARCHAR
CREATE TABLE read_gap (
  capture_id INTEGER NOT NULL,
  snapshot INTEGER NOT NULL,
  path VARCHAR NOT NULL,
  outcome VARCHAR NOT NULL,
  count BIGINT NOT NULL,
  detail VARCHAR
);

-- columns of ingest_issue (the analyzer's own):
--   snapshot   INTEGER   NULL when it concerns the archive as a whole
--   member     VARCHAR   archive member (000042/proc/meminfo), NULL likewise
--   line       INTEGER   1-based, NULL when it concerns the whole member
--   severity   VARCHAR   info | warning | error
--   reason     VARCHAR   what is wrong
--   excerpt    VARCHAR   at most 200 characters of the offending text
CREATE TABLE ingest_issue (
  capture_id INTEGER NOT NULL,
  snapshot INTEGER,
  member VARCHAR,
  line INTEGER,
  severity VARCHAR NOT NULL,
  reason VARCHAR NOT NULL,
  excerpt VARCHAR
);
