-- The host as a whole, one table a /proc file. Bytes, seconds; NULL where the kernel has no such line.
-- columns of meminfo (/proc/meminfo, kB there; proc(5)): the kernel's names in snake case; _pages are counts
CREATE TABLE meminfo (
  capture_id INTEGER NOT NULL,
  snapshot INTEGER NOT NULL,
  mem_total_bytes BIGINT,
  mem_free_bytes BIGINT,
  mem_available_bytes BIGINT,
  buffers_bytes BIGINT,
  cached_bytes BIGINT,
  swap_cached_bytes BIGINT,
  active_bytes BIGINT,
  inactive_bytes BIGINT,
  active_anon_bytes BIGINT,
  inactive_anon_bytes BIGINT,
  active_file_bytes BIGINT,
  inactive_file_bytes BIGINT,
  unevictable_bytes BIGINT,
  mlocked_bytes BIGINT,
  swap_total_bytes BIGINT,
  swap_free_bytes BIGINT,
  zswap_bytes BIGINT,
  zswapped_bytes BIGINT,
  dirty_bytes BIGINT,
  writeback_bytes BIGINT,
  anon_pages_bytes BIGINT,
  mapped_bytes BIGINT,
  shmem_bytes BIGINT,
  kreclaimable_bytes BIGINT,
  slab_bytes BIGINT,
  sreclaimable_bytes BIGINT,
  sunreclaim_bytes BIGINT,
  kernel_stack_bytes BIGINT,
  page_tables_bytes BIGINT,
  sec_page_tables_bytes BIGINT,
  nfs_unstable_bytes BIGINT,
  bounce_bytes BIGINT,
  writeback_tmp_bytes BIGINT,
  commit_limit_bytes BIGINT,
  committed_as_bytes BIGINT,
  vmalloc_total_bytes BIGINT,
  vmalloc_used_bytes BIGINT,
  vmalloc_chunk_bytes BIGINT,
  percpu_bytes BIGINT,
  hardware_corrupted_bytes BIGINT,
  anon_huge_pages_bytes BIGINT,
  shmem_huge_pages_bytes BIGINT,
  shmem_pmd_mapped_bytes BIGINT,
  file_huge_pages_bytes BIGINT,
  file_pmd_mapped_bytes BIGINT,
  cma_total_bytes BIGINT,
  cma_free_bytes BIGINT,
  unaccepted_bytes BIGINT,
  balloon_bytes BIGINT,
  huge_pages_total BIGINT,
  huge_pages_free BIGINT,
  huge_pages_rsvd BIGINT,
  huge_pages_surp BIGINT,
  huge_page_size_bytes BIGINT,
  hugetlb_bytes BIGINT,
  direct_map_4k_bytes BIGINT,
  direct_map_2m_bytes BIGINT,
  direct_map_1g_bytes BIGINT
);

-- columns of vmstat (/proc/vmstat): name as the kernel writes it; value in the kernel's unit (mostly pages or events since boot)
CREATE TABLE vmstat (
  capture_id INTEGER NOT NULL,
  snapshot INTEGER NOT NULL,
  name VARCHAR NOT NULL,
  value BIGINT
);

-- columns of cpu_time (/proc/stat, line cpu, seconds since boot) and the counters below it
--   context_switches             BIGINT     since boot (ctxt)
--   boot_time                    TIMESTAMP  UTC (btime)
--   forks                        BIGINT     processes made since boot (processes)
--   procs_running, procs_blocked BIGINT     at this moment
CREATE TABLE cpu_time (
  capture_id INTEGER NOT NULL,
  snapshot INTEGER NOT NULL,
  user_seconds DOUBLE,
  nice_seconds DOUBLE,
  system_seconds DOUBLE,
  idle_seconds DOUBLE,
  iowait_seconds DOUBLE,
  irq_seconds DOUBLE,
  softirq_seconds DOUBLE,
  steal_seconds DOUBLE,
  context_switches BIGINT,
  boot_time TIMESTAMP,
  forks BIGINT,
  procs_running BIGINT,
  procs_blocked BIGINT
);

-- columns of load_average (/proc/loadavg)
--   load_1, load_5, load_15        DOUBLE  tasks running or in uninterruptible sleep, averaged over that many minutes
--   runnable_tasks, total_tasks    BIGINT  scheduling entities at this moment
CREATE TABLE load_average (
  capture_id INTEGER NOT NULL,
  snapshot INTEGER NOT NULL,
  load_1 DOUBLE,
  load_5 DOUBLE,
  load_15 DOUBLE,
  runnable_tasks BIGINT,
  total_tasks BIGINT,
  last_pid BIGINT
);

-- columns of pressure (/proc/pressure/*, PSI, kernel 4.20+): averages in percent, total in seconds since boot
CREATE TABLE pressure (
  capture_id INTEGER NOT NULL,
  snapshot INTEGER NOT NULL,
  resource VARCHAR NOT NULL, -- cpu | memory | io
  scope VARCHAR NOT NULL, -- some | full
  avg10_percent DOUBLE,
  avg60_percent DOUBLE,
  avg300_percent DOUBLE,
  total_seconds DOUBLE
);

-- columns of swap_area (/proc/swaps)
--   type      VARCHAR  partition or file
--   priority  INTEGER  the highest is filled first
CREATE TABLE swap_area (
  capture_id INTEGER NOT NULL,
  snapshot INTEGER NOT NULL,
  name VARCHAR NOT NULL,
  type VARCHAR,
  size_bytes BIGINT,
  used_bytes BIGINT,
  priority INTEGER
);

-- columns of sockstat (/proc/net/sockstat): protocol TCP, UDP, sockets …; name inuse, orphan, tw, alloc, mem, used; mem is pages
CREATE TABLE sockstat (
  capture_id INTEGER NOT NULL,
  snapshot INTEGER NOT NULL,
  protocol VARCHAR NOT NULL,
  name VARCHAR NOT NULL,
  value BIGINT
);

-- columns of listening_socket (/proc/net/tcp, tcp6: the sockets that listen, of those the ones at whose ends connections wait; read where there are
-- a hundred sockets of TCP):
--   port     INTEGER it listens at
--   waiting  BIGINT  connections that nobody has accepted; no descriptor names them
--   inode    BIGINT  as in open_file, of kind socket
CREATE TABLE listening_socket (
  capture_id INTEGER NOT NULL,
  snapshot INTEGER NOT NULL,
  protocol VARCHAR NOT NULL, -- tcp | tcp6
  port INTEGER,
  waiting BIGINT NOT NULL,
  inode BIGINT NOT NULL
);

-- columns of queued_socket (/proc/net/tcp, tcp6: connections with at least 256 KiB in their queues, the 200 with the most; read where TCP has
-- buffers of 16 MiB):
--   local_port, remote_port INTEGER  its two ends
--   send_bytes    BIGINT  written and not acknowledged by the other end (tx_queue); payload, without what lies around it
--   receive_bytes BIGINT  received and not read (rx_queue)
--   inode         BIGINT  as in open_file, of kind socket; 0 where no process has it open
CREATE TABLE queued_socket (
  capture_id INTEGER NOT NULL,
  snapshot INTEGER NOT NULL,
  protocol VARCHAR NOT NULL, -- tcp | tcp6
  local_port INTEGER,
  remote_port INTEGER,
  send_bytes BIGINT NOT NULL,
  receive_bytes BIGINT NOT NULL,
  inode BIGINT NOT NULL
);

-- columns of buddy (/proc/buddyinfo): free_blocks of 2^page_order pages
CREATE TABLE buddy (
  capture_id INTEGER NOT NULL,
  snapshot INTEGER NOT NULL,
  node INTEGER NOT NULL,
  zone VARCHAR NOT NULL,
  page_order INTEGER NOT NULL,
  free_blocks BIGINT
);

-- columns of zone (/proc/zoneinfo, pages there): pcp_bytes is the sum of the per-cpu pagesets' count: free pages that MemFree does not show
CREATE TABLE zone (
  capture_id INTEGER NOT NULL,
  snapshot INTEGER NOT NULL,
  node INTEGER NOT NULL,
  zone VARCHAR NOT NULL,
  free_bytes BIGINT,
  min_bytes BIGINT,
  low_bytes BIGINT,
  high_bytes BIGINT,
  spanned_bytes BIGINT,
  present_bytes BIGINT,
  managed_bytes BIGINT,
  pcp_bytes BIGINT
);

-- columns of numa_node (/sys/devices/system/node/nodeN/meminfo): name as there (MemFree, FilePages …)
CREATE TABLE numa_node (
  capture_id INTEGER NOT NULL,
  snapshot INTEGER NOT NULL,
  node INTEGER NOT NULL,
  name VARCHAR NOT NULL,
  bytes BIGINT
);
