-- OOM reports of the kernel log, parsed by field name (2.6.32 … 6.x).
-- columns of oom_kill, one row a kill:
--   oom_id             INTEGER    1, 2 … in the capture
--   scope              VARCHAR    host | cgroup | sysrq | cpuset
--   member, line                  where its report begins
--   ts                 TIMESTAMP  UTC; NULL when it cannot be known
--   boot               INTEGER    of snapshot, to whose uptime that of the kill belongs; NULL when the log does not tell, see of_boot
--   invoker_name, invoker_pid     who asked for the page
--   victim_pid, victim_name, victim_uid, victim_oom_score_adj, victim_*_bytes
--                                 who was killed; NULL when the report has no such line
--   chosen_pid         INTEGER    whom the kernel chose; before 5.1 it could kill a child of that one instead
--   allocating_task    BOOLEAN    vm.oom_kill_allocating_task: whoever asked was killed, no matter its size
--   gfp_mask           VARCHAR    of the request, as the kernel prints it
--   cgroup                        the limited cgroup of a cgroup kill
--   cgroup_*           of a cgroup kill: its limit, usage, what it may swap
--   cgroup_failures    how often it hit its limit
--   page_order         INTEGER    of the request: 2^order pages in one piece; -1 SysRq
--   total_pages, total_bytes      RAM less reserved pages, plus swap; of a cgroup kill its limit
--   page_bytes         BIGINT     of a page of that kernel
--   score              INTEGER    that the kernel printed with the victim (before 5.1)
--   anon_lru_bytes … free_bytes   what filled the memory at that moment, of the host or the cgroup; anon_lru holds shared memory, too
--   prediction         VARCHAR    hit | miss: the kernel's rule applied to the task dump, held against whom it chose; else why it
--                                 cannot be told: no_victim, no_tasks, no_rule, no_total, allocating_task
--   predicted_pid, predicted_name, predicted_points (pages), predicted_tied (how many have as many points)
CREATE TABLE oom_kill (
  capture_id INTEGER NOT NULL,
  oom_id INTEGER NOT NULL,
  member VARCHAR,
  line INTEGER,
  ts TIMESTAMP,
  uptime_seconds DOUBLE,
  boot INTEGER,
  scope VARCHAR,
  invoker_name VARCHAR,
  invoker_pid INTEGER,
  gfp_mask VARCHAR,
  page_order INTEGER,
  cgroup VARCHAR,
  cgroup_limit_bytes BIGINT,
  cgroup_usage_bytes BIGINT,
  cgroup_swap_limit_bytes BIGINT,
  cgroup_failures BIGINT,
  chosen_pid INTEGER,
  allocating_task BOOLEAN,
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
  page_bytes BIGINT,
  swap_total_bytes BIGINT,
  swap_free_bytes BIGINT,
  kernel VARCHAR,
  score INTEGER,
  anon_lru_bytes BIGINT,
  file_lru_bytes BIGINT,
  shmem_bytes BIGINT,
  slab_reclaimable_bytes BIGINT,
  slab_unreclaimable_bytes BIGINT,
  page_tables_bytes BIGINT,
  free_bytes BIGINT,
  prediction VARCHAR,
  predicted_pid INTEGER,
  predicted_name VARCHAR,
  predicted_points BIGINT,
  predicted_tied INTEGER
);

-- columns of daemon_kill: kills by daemons that act before the kernel must, as the journal or syslog tells them; one row a kill
--   kill_id            INTEGER   1, 2 … in the capture
--   killer             VARCHAR   systemd-oomd | earlyoom
--   reason             VARCHAR   pressure: tasks of pressed_cgroup waited for memory too long | swap: memory and swap used up |
--                                memory: too little available; NULL when the log does not say
--   signal             VARCHAR   the last one that earlyoom sent; systemd-oomd always kills
--   victim_cgroup      VARCHAR   all whose processes systemd-oomd killed; NULL for earlyoom, which kills one process
--   value_percent      DOUBLE    the pressure; of earlyoom the memory that was available
--   limit_percent      DOUBLE    what was passed;  over_seconds DOUBLE for how long
--   victim_pid, victim_uid, victim_name, victim_rss_bytes  the process that earlyoom chose; victim_score INTEGER by its oom_score
--   memory_*_bytes, swap_*_bytes what the daemon saw at that moment
CREATE TABLE daemon_kill (
  capture_id INTEGER NOT NULL,
  kill_id INTEGER NOT NULL,
  member VARCHAR,
  line INTEGER,
  ts TIMESTAMP,
  uptime_seconds DOUBLE,
  killer VARCHAR NOT NULL,
  reason VARCHAR,
  signal VARCHAR,
  victim_cgroup VARCHAR,
  pressed_cgroup VARCHAR,
  value_percent DOUBLE,
  limit_percent DOUBLE,
  over_seconds DOUBLE,
  victim_pid INTEGER,
  victim_uid BIGINT,
  victim_name VARCHAR,
  victim_score INTEGER,
  victim_rss_bytes BIGINT,
  memory_total_bytes BIGINT,
  memory_used_bytes BIGINT,
  memory_available_bytes BIGINT,
  swap_total_bytes BIGINT,
  swap_used_bytes BIGINT,
  swap_free_bytes BIGINT
);

-- columns of oom_zone: the zones in a report of the host, one row a zone; a cgroup's report has none
--   node            INTEGER  NULL where the kernel prints none
--   reserve_bytes   BIGINT   the largest of lowmem_reserve: kept back from requests that another zone could serve
--   fitting_blocks  BIGINT   free blocks that are large enough for the request; largest_order that of the largest free block
CREATE TABLE oom_zone (
  capture_id INTEGER NOT NULL,
  oom_id INTEGER NOT NULL,
  node INTEGER,
  zone VARCHAR NOT NULL,
  free_bytes BIGINT,
  min_bytes BIGINT,
  low_bytes BIGINT,
  high_bytes BIGINT,
  managed_bytes BIGINT,
  reserve_bytes BIGINT,
  fitting_blocks BIGINT,
  largest_order INTEGER
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
