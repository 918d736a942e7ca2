-- OOM reports of the kernel log, parsed by field name (2.6.32 … 6.x).
-- columns of oom_kill, one row a kill:
--   oom_id             INTEGER    1, 2 … in the capture
--   scope              VARCHAR    host | cgroup | sysrq | cpuset
--   member, line                  where its report begins
--   ts                 TIMESTAMP  UTC; NULL when it cannot be known
--   invoker_name, invoker_pid     who asked for the page
--   victim_pid, victim_name, victim_uid, victim_oom_score_adj, victim_*_bytes
--                                 who was killed; NULL when the report has no such line
--   gfp_mask           VARCHAR    of the request, as the kernel prints it
--   cgroup                        the limited cgroup of a cgroup kill
--   page_order         INTEGER    of the request
CREATE TABLE oom_kill (
  capture_id INTEGER NOT NULL,
  oom_id INTEGER NOT NULL,
  member VARCHAR,
  line INTEGER,
  ts TIMESTAMP,
  uptime_seconds DOUBLE,
  scope VARCHAR,
  invoker_name VARCHAR,
  invoker_pid INTEGER,
  gfp_mask VARCHAR,
  page_order INTEGER,
  cgroup VARCHAR,
  cgroup_limit_bytes BIGINT,
  victim_pid INTEGER,
  victim_name VARCHAR,
  victim_uid BIGINT,
  victim_total_vm_bytes BIGINT,
  victim_rss_anon_bytes BIGINT,
  victim_rss_file_bytes BIGINT,
  victim_rss_shmem_bytes BIGINT,
  victim_oom_score_adj INTEGER,
  total_pages BIGINT,
  total_bytes BIGINT,
  kernel VARCHAR
);

-- columns of oom_task: the task dump of a report, one row a line: pid, tgid, uid, oom_score_adj and name as there
CREATE TABLE oom_task (
  capture_id INTEGER NOT NULL,
  oom_id INTEGER NOT NULL,
  pid INTEGER NOT NULL,
  tgid INTEGER,
  uid BIGINT,
  total_vm_bytes BIGINT,
  rss_bytes BIGINT,
  rss_anon_bytes BIGINT,
  rss_file_bytes BIGINT,
  rss_shmem_bytes BIGINT,
  page_tables_bytes BIGINT,
  swap_bytes BIGINT,
  oom_score_adj INTEGER,
  name VARCHAR
);
