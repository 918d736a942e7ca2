-- Processes. A process is (boot id, pid, start time), never a pid: process_id is that triple's number in the capture.
-- columns of process:
--   process_id      INTEGER    1, 2, 3 … in the capture
--   pid             INTEGER    NULL only of the copy of a smaps that does not say whose it is
--   start_ticks     BIGINT     field 22 of /proc/PID/stat, clock ticks after boot; NULL where a tool listed the process, which tells none, and no copy of its stat does
--   started_at      TIMESTAMP  UTC, boot time + start_ticks; NULL when the boot time is unknown
--   comm            VARCHAR    the last one seen; at most 15 characters
--   name            VARCHAR    what a person calls it: comm, or for an interpreter (java, python, node …) the program it runs
--   command         VARCHAR    command line, NULs as spaces, secrets masked by the collector; NULL for kernel threads
--   exe             VARCHAR    /proc/PID/exe
--   uid             BIGINT     real uid; user_name is read from no file, a host's /etc/passwd stays there
--   ppid            INTEGER    the last one seen
--   kernel_thread   BOOLEAN    has no mm (flag PF_KTHREAD of stat, or no VmSize in status)
--   cgroup          VARCHAR    where its memory is charged: the path of version 1's memory controller, else in the unified hierarchy
--   oom_score_adj   INTEGER    the last one seen
--   first_snapshot  INTEGER
--   last_snapshot   INTEGER
--   observer        BOOLEAN    is it the collector itself?
CREATE TABLE process (
  capture_id INTEGER NOT NULL,
  process_id INTEGER NOT NULL,
  boot INTEGER NOT NULL,
  pid INTEGER,
  start_ticks BIGINT,
  started_at TIMESTAMP,
  comm VARCHAR,
  name VARCHAR,
  command VARCHAR,
  exe VARCHAR,
  uid BIGINT,
  ppid INTEGER,
  kernel_thread BOOLEAN,
  cgroup VARCHAR,
  oom_score_adj INTEGER,
  first_snapshot INTEGER NOT NULL,
  last_snapshot INTEGER NOT NULL,
  observer BOOLEAN NOT NULL
);

-- columns of process_sample (/proc/PID/stat, status, statm, oom_score, oom_score_adj), one row a process and snapshot:
--   vm_size_bytes      VmSize: address space          rss_bytes       VmRSS = anon + file + shmem
--   rss_anon_bytes     RssAnon, kernel 4.5+           rss_file_bytes  RssFile     rss_shmem_bytes  RssShmem
--   pte_bytes          VmPTE: page tables             swap_bytes      VmSwap
--   minor_faults, major_faults since the start; user_seconds, system_seconds CPU since the start
--   oom_score          as the kernel computed it at that moment
--   state              R running, S sleeping, D uninterruptible, Z zombie, T stopped, I idle kernel thread …
--   fd_size            FDSize: descriptor slots allocated, not descriptors open
--   queued_signals     SigQ: signals that wait, of all processes of its real user together; a timer of timer_create(2) holds one
CREATE TABLE process_sample (
  capture_id INTEGER NOT NULL,
  snapshot INTEGER NOT NULL,
  process_id INTEGER NOT NULL,
  state VARCHAR,
  vm_size_bytes BIGINT,
  vm_peak_bytes BIGINT,
  rss_bytes BIGINT,
  rss_anon_bytes BIGINT,
  rss_file_bytes BIGINT,
  rss_shmem_bytes BIGINT,
  vm_data_bytes BIGINT,
  vm_stack_bytes BIGINT,
  vm_locked_bytes BIGINT,
  pte_bytes BIGINT,
  pmd_bytes BIGINT,
  swap_bytes BIGINT,
  hugetlb_bytes BIGINT,
  threads BIGINT,
  fd_size BIGINT,
  queued_signals BIGINT,
  minor_faults BIGINT,
  major_faults BIGINT,
  user_seconds DOUBLE,
  system_seconds DOUBLE,
  oom_score INTEGER,
  oom_score_adj INTEGER
);

-- columns of watched_sample (/proc/PID/stat, status): those of process_sample, of the few processes that were read at snapshots
-- without a pass over all of them. No list of who lives, so nothing is summed over it; oom_score and oom_score_adj are NULL
CREATE TABLE watched_sample AS FROM process_sample LIMIT 0;

-- columns of process_memory (/proc/PID/smaps_rollup, kernel 4.14+; budgeted, so not at every snapshot, and only where
-- the text changed since the last one in the segment; mapping, fd_count and open_file likewise)
CREATE TABLE process_memory (
  capture_id INTEGER NOT NULL,
  snapshot INTEGER NOT NULL,
  process_id INTEGER NOT NULL,
  rss_bytes BIGINT,
  pss_bytes BIGINT,
  pss_anon_bytes BIGINT,
  pss_file_bytes BIGINT,
  pss_shmem_bytes BIGINT,
  pss_dirty_bytes BIGINT,
  shared_clean_bytes BIGINT,
  shared_dirty_bytes BIGINT,
  private_clean_bytes BIGINT,
  private_dirty_bytes BIGINT,
  referenced_bytes BIGINT,
  anonymous_bytes BIGINT,
  lazy_free_bytes BIGINT,
  anon_huge_pages_bytes BIGINT,
  shared_hugetlb_bytes BIGINT,
  private_hugetlb_bytes BIGINT,
  swap_bytes BIGINT,
  swap_pss_bytes BIGINT,
  locked_bytes BIGINT
);

-- columns of mapping (/proc/PID/smaps of suspects), summed over the mappings of one process that share name and permissions:
--   name      VARCHAR   path, [heap], [stack], [anon] for a mapping without a name, /dev/zero (deleted), /SYSV00000000 (deleted), /memfd:x (deleted) …
--   perms     VARCHAR   rw-p, r-xp, rw-s …; the fourth letter tells private (p) from shared (s)
--   mappings  BIGINT    how many were summed
CREATE TABLE mapping (
  capture_id INTEGER NOT NULL,
  snapshot INTEGER NOT NULL,
  process_id INTEGER NOT NULL,
  name VARCHAR NOT NULL,
  perms VARCHAR NOT NULL,
  mappings BIGINT NOT NULL,
  size_bytes BIGINT,
  rss_bytes BIGINT,
  pss_bytes BIGINT,
  shared_clean_bytes BIGINT,
  shared_dirty_bytes BIGINT,
  private_clean_bytes BIGINT,
  private_dirty_bytes BIGINT,
  anonymous_bytes BIGINT,
  anon_huge_pages_bytes BIGINT,
  swap_bytes BIGINT,
  locked_bytes BIGINT
);

-- columns of anonymous_run (/proc/PID/smaps of suspects): private mappings without a name that lie one behind the other, 16 MiB or more in
-- all, as the heap of a Java virtual machine is
--   size_bytes       BIGINT  of the address space from the first to the last byte, what is only reserved included
--   anonymous_bytes  BIGINT  pages in it, NULL when one of its mappings does not tell;  swap_bytes BIGINT  likewise, in swap
CREATE TABLE anonymous_run (
  capture_id INTEGER NOT NULL,
  snapshot INTEGER NOT NULL,
  process_id INTEGER NOT NULL,
  size_bytes BIGINT NOT NULL,
  anonymous_bytes BIGINT,
  swap_bytes BIGINT
);

-- columns of fd_count (/proc/PID/fd): how many descriptors of each kind a process holds; NULL kinds were not counted
--   total = sockets + pipes + anon_inodes + files
CREATE TABLE fd_count (
  capture_id INTEGER NOT NULL,
  snapshot INTEGER NOT NULL,
  process_id INTEGER NOT NULL,
  total BIGINT,
  sockets BIGINT,
  pipes BIGINT,
  anon_inodes BIGINT,
  files BIGINT
);

-- columns of fd_kind (/proc/PID/fd): how many descriptors of a process are of one anonymous inode or device
--   target  VARCHAR  [io_uring], [perf_event], [eventpoll], inotify, bpf-map …; /dev/ptmx, /dev/pts/, /dev/dri/card: without the number at its end
CREATE TABLE fd_kind (
  capture_id INTEGER NOT NULL,
  snapshot INTEGER NOT NULL,
  process_id INTEGER NOT NULL,
  target VARCHAR NOT NULL,
  descriptors BIGINT NOT NULL
);

-- columns of open_file: the descriptors that can hide memory: deleted files and memfds, and sockets at whose ends a hundred connections wait
--   target        VARCHAR  /memfd:name or the path, without " (deleted)"
--   kind          VARCHAR  memfd | deleted | shm | socket (of size 0, target socket:[inode])
--   size_bytes    BIGINT   apparent size (st_size): an upper bound for a sparse file
--   inode, device          two descriptors of one file are one file
CREATE TABLE open_file (
  capture_id INTEGER NOT NULL,
  snapshot INTEGER NOT NULL,
  process_id INTEGER NOT NULL,
  fd INTEGER,
  kind VARCHAR NOT NULL,
  target VARCHAR NOT NULL,
  size_bytes BIGINT,
  device BIGINT,
  inode BIGINT
);

-- columns of process_limit (/proc/PID/limits): the limits that memory runs into, one row a limit when it was read
--   name VARCHAR  Max address space, Max data size, Max locked memory, Max open files, Max processes
--   soft, hard BIGINT in unit (bytes, files, processes); NULL: unlimited
CREATE TABLE process_limit (
  capture_id INTEGER NOT NULL,
  snapshot INTEGER NOT NULL,
  process_id INTEGER NOT NULL,
  name VARCHAR NOT NULL,
  soft BIGINT,
  hard BIGINT,
  unit VARCHAR
);
