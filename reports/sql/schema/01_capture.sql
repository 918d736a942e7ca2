-- The captures of a case: who collected, where, when, and every moment that was read.
-- columns of capture:
--   capture_id             INTEGER    1, 2, 3 … in the order the archives were named
--   source                 VARCHAR    file name of the archive, without its folder
--   origin                 VARCHAR    collector, or evidence: made of what other tools wrote (evidence_source)
--   host                   VARCHAR    nodename as collected (a pseudonym where one was asked for)
--   kernel                 VARCHAR    release, as uname -r
--   machine                VARCHAR    x86_64, aarch64 …
--   page_bytes             BIGINT     bytes of a page
--   ticks_per_second       BIGINT     clock ticks of /proc/PID/stat (USER_HZ)
--   cpu_count              INTEGER    CPUs online at the start
--   collector_version      VARCHAR
--   format_version         INTEGER    of the archive
--   interval_seconds       DOUBLE     as asked for
--   privileged             BOOLEAN    was the collector root (CAP_SYS_PTRACE and CAP_SYSLOG)?
--   collector_pid          INTEGER    the observer, to be told apart from what it observed
--   utc_offset_seconds     INTEGER    of the host's time zone at the start
--   options                VARCHAR    JSON, as in capture.json
--   capture_json           VARCHAR    the whole capture.json, raw
--   case_id                INTEGER    whose captures belong together, where several cases are analysed at once (score); else NULL: all do
CREATE TABLE capture (
  capture_id INTEGER PRIMARY KEY,
  source VARCHAR NOT NULL,
  origin VARCHAR,
  host VARCHAR,
  kernel VARCHAR,
  machine VARCHAR,
  page_bytes BIGINT,
  ticks_per_second BIGINT,
  cpu_count INTEGER,
  collector_version VARCHAR,
  format_version INTEGER,
  interval_seconds DOUBLE,
  privileged BOOLEAN,
  collector_pid INTEGER,
  utc_offset_seconds INTEGER,
  options VARCHAR,
  capture_json VARCHAR,
  case_id INTEGER
);

-- columns of segment:
--   segment        INTEGER    0, 1, 2 …
--   state          VARCHAR    intact (its SHA-256 holds), open (no trailer: the collector was stopped hard), damaged, lost
--   offset_bytes   BIGINT     where it lies in the file
--   length_bytes   BIGINT
--   sha256         VARCHAR    as its trailer says; NULL when there is none
--   first_snapshot INTEGER    NULL when none could be read
--   last_snapshot  INTEGER
--   detail         VARCHAR    what is wrong with it, NULL when nothing is
--   signed_by      VARCHAR    SHA-256 of the public key that its signature names, which is not checked here; NULL when nobody signed it
CREATE TABLE segment (
  capture_id INTEGER NOT NULL,
  segment INTEGER NOT NULL,
  state VARCHAR NOT NULL,
  offset_bytes BIGINT,
  length_bytes BIGINT,
  sha256 VARCHAR,
  first_snapshot INTEGER,
  last_snapshot INTEGER,
  detail VARCHAR,
  signed_by VARCHAR
);

-- One row a snapshot: a moment at which the host was read. Every other table points here with (capture_id, snapshot).
-- columns of snapshot:
--   snapshot              INTEGER    number of the snapshot in its archive; gaps in the numbers are lost snapshots
--   segment               INTEGER
--   ts                    TIMESTAMP  UTC wall clock at the start of the snapshot
--   t_seconds             DOUBLE     seconds since the first snapshot of the capture, from the monotonic clock
--                                    (boot time after a reboot is laid after what came before); use this for rates
--   uptime_seconds        DOUBLE     /proc/uptime
--   boot_id               VARCHAR    /proc/sys/kernel/random/boot_id
--   boot                  INTEGER    0 for the first boot seen in the capture, 1 after a reboot …
--   duration_seconds      DOUBLE     how long reading took
--   collector_cpu_seconds DOUBLE     CPU time this snapshot cost
--   collector_rss_bytes   BIGINT
--   written_bytes         BIGINT     bytes it took in the archive
--   missed_ticks          INTEGER    ticks skipped since the last snapshot
--   trigger               VARCHAR    name of the trigger that asked for it, NULL for the ordinary tick
--   processes             INTEGER    processes listed
CREATE TABLE snapshot (
  capture_id INTEGER NOT NULL,
  snapshot INTEGER NOT NULL,
  segment INTEGER,
  ts TIMESTAMP NOT NULL,
  t_seconds DOUBLE NOT NULL,
  uptime_seconds DOUBLE,
  boot_id VARCHAR,
  boot INTEGER NOT NULL,
  duration_seconds DOUBLE,
  collector_cpu_seconds DOUBLE,
  collector_rss_bytes BIGINT,
  written_bytes BIGINT,
  missed_ticks INTEGER,
  trigger VARCHAR,
  processes INTEGER
);

-- Facts about the host that are read once and on change: os-release, sysctl vm.*, /proc/version, cmdline, THP …
-- columns of host_fact:
--   name       VARCHAR  path-like: proc/sys/vm/overcommit_memory, etc/os-release:PRETTY_NAME, …
--   value      VARCHAR  as the kernel gave it, trailing newline removed
CREATE TABLE host_fact (
  capture_id INTEGER NOT NULL,
  snapshot INTEGER NOT NULL,
  name VARCHAR NOT NULL,
  value VARCHAR
);

-- columns of kernel_module (/proc/modules, once and on change):
--   use_count  INTEGER   of references; NULL for a module that cannot be unloaded (shown as -)
--   taints     VARCHAR   of the kernel by this module, a letter each: O built outside of its tree, P proprietary; empty for none
CREATE TABLE kernel_module (
  capture_id INTEGER NOT NULL,
  snapshot INTEGER NOT NULL,
  name VARCHAR NOT NULL,
  size_bytes BIGINT,
  use_count INTEGER,
  state VARCHAR,
  taints VARCHAR
);
