-- What other tools wrote, and what came of it: the rows themselves stand in the tables of their subject.
-- columns of evidence_source, one row a file:
--   member        VARCHAR    where it was found, archives by their names
--   kind          VARCHAR    sa_file, sar, sadf, sadf_json, sadf_xml, pidstat, top, ps, pmap, free, vmstat, slabtop, df, ipcs,
--                            smem, atop, host_file, host_name, frames (OSWatcher …), kernel_log, memleak, strace …
--   host          VARCHAR    as the text says; NULL when it does not
--   tool_version  VARCHAR    likewise
--   bytes         BIGINT     of the file, unpacked
--   readings      BIGINT     moments, or lines of a log
--   from_ts, to_ts TIMESTAMP UTC
--   time_from     VARCHAR    text; clock, day of the others; clock, day of the file; clock, day of the file name; file name; file date; unknown, laid at the end
--   tables        VARCHAR    that took rows of it, separated by a space; NULL when none did
-- Moments of different files within 15 s are one snapshot, at the time of the first that was read.
CREATE TABLE evidence_source (
  capture_id INTEGER NOT NULL,
  member VARCHAR NOT NULL,
  kind VARCHAR NOT NULL,
  host VARCHAR,
  tool_version VARCHAR,
  bytes BIGINT,
  readings BIGINT,
  from_ts TIMESTAMP,
  to_ts TIMESTAMP,
  time_from VARCHAR,
  tables VARCHAR
);

-- columns of evidence_conflict: where two files tell one value of one moment differently, by more than rounding and what
-- memory moves in seconds. The more exact one stands in its table; of two files and one value the first case is kept.
--   ts            TIMESTAMP  UTC
--   what          VARCHAR    column of meminfo, or rss_bytes of a process
--   member, other_member     the files; NULL where processes were merged
--   value, other_value BIGINT bytes
CREATE TABLE evidence_conflict (
  capture_id INTEGER NOT NULL,
  snapshot INTEGER,
  ts TIMESTAMP,
  what VARCHAR NOT NULL,
  member VARCHAR,
  value BIGINT,
  other_member VARCHAR,
  other_value BIGINT
);
