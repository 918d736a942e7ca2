-- Control groups.
-- columns of cgroup_memory (memory.* of each cgroup; version 1 or 2): limits are NULL when there is none (max)
--   path               VARCHAR  / for the root
--   kernel_bytes       memory.stat kernel (5.18+), v1 memory.kmem.usage_in_bytes
--   events_high, events_max, events_oom, events_oom_kill
--                      memory.events, counts since the cgroup was made: throttled at high, stopped at max, out of memory, killed
--   dying_descendants  cgroup.stat nr_dying_descendants: removed cgroups that still hold memory
CREATE TABLE cgroup_memory (
  capture_id INTEGER NOT NULL,
  snapshot INTEGER NOT NULL,
  path VARCHAR NOT NULL,
  version INTEGER NOT NULL,
  current_bytes BIGINT,
  max_bytes BIGINT,
  high_bytes BIGINT,
  swap_current_bytes BIGINT,
  swap_max_bytes BIGINT,
  peak_bytes BIGINT,
  anon_bytes BIGINT,
  file_bytes BIGINT,
  shmem_bytes BIGINT,
  kernel_bytes BIGINT,
  kernel_stack_bytes BIGINT,
  page_tables_bytes BIGINT,
  percpu_bytes BIGINT,
  sock_bytes BIGINT,
  vmalloc_bytes BIGINT,
  slab_reclaimable_bytes BIGINT,
  slab_unreclaimable_bytes BIGINT,
  events_high BIGINT,
  events_max BIGINT,
  events_oom BIGINT,
  events_oom_kill BIGINT,
  pressure_some_avg10_percent DOUBLE,
  pressure_full_avg10_percent DOUBLE,
  dying_descendants BIGINT
);
