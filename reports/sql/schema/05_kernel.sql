-- The kernel's own memory, by owner.
-- columns of slab (/proc/slabinfo 2.1, root only): bytes = slabs × pages_per_slab × page size
--   objects  BIGINT  active_objects and the free ones in the same slabs (num_objs)
CREATE TABLE slab (
  capture_id INTEGER NOT NULL,
  snapshot INTEGER NOT NULL,
  cache VARCHAR NOT NULL,
  active_objects BIGINT,
  objects BIGINT,
  object_bytes BIGINT,
  slabs BIGINT,
  pages_per_slab BIGINT,
  bytes BIGINT
);

-- columns of slab_cache (/sys/kernel/slab, once and on change): what a line of slabinfo stands for
--   cache                VARCHAR  name in slabinfo
--   aliases              VARCHAR  other caches merged into it, separated by a space; NULL when it stands alone
--   reclaim_account      BOOLEAN  are its pages in SReclaimable?
--   constructor          VARCHAR  ctor symbol, may name the module
CREATE TABLE slab_cache (
  capture_id INTEGER NOT NULL,
  snapshot INTEGER NOT NULL,
  cache VARCHAR NOT NULL,
  aliases VARCHAR,
  reclaim_account BOOLEAN,
  constructor VARCHAR
);

-- columns of vmalloc_caller (/proc/vmallocinfo, root only), summed by caller:
--   caller       VARCHAR  function without offset; a bare address when its module is gone
--   module       VARCHAR  in square brackets there; NULL for the kernel itself
--   areas        BIGINT   lines
--   area_bytes   BIGINT   address space
--   bytes        BIGINT   pages= × page size: memory really taken; 0 for ioremap
CREATE TABLE vmalloc_caller (
  capture_id INTEGER NOT NULL,
  snapshot INTEGER NOT NULL,
  caller VARCHAR NOT NULL,
  module VARCHAR,
  areas BIGINT,
  area_bytes BIGINT,
  bytes BIGINT
);

-- columns of kernel_allocation (/proc/allocinfo, kernel 6.10+ with memory allocation profiling)
--   calls    BIGINT   allocations that live now
CREATE TABLE kernel_allocation (
  capture_id INTEGER NOT NULL,
  snapshot INTEGER NOT NULL,
  site VARCHAR NOT NULL, -- file:line
  module VARCHAR,
  function VARCHAR,
  calls BIGINT,
  bytes BIGINT
);

-- columns of zfs_arc (/proc/spl/kstat/zfs/arcstats, where ZFS is loaded): its cache (ARC), in pages that no line of meminfo counts; NULL
-- where this version has no such line
--   size_bytes        BIGINT  size: all that it holds
--   target_bytes      BIGINT  c: what it wants to hold now
--   least_bytes, most_bytes BIGINT  c_min, c_max: between these
--   data_bytes, metadata_bytes BIGINT  data_size, metadata_size: of the size
--   meta_used_bytes, meta_limit_bytes, dnode_limit_bytes BIGINT  arc_meta_used, arc_meta_limit, arc_dnode_limit
--   loaned_bytes      BIGINT  arc_loaned_bytes: lent to writers
--   need_free_bytes   BIGINT  arc_need_free: asked back by the kernel and not given yet
--   sys_free_bytes    BIGINT  arc_sys_free: what it leaves free for others
CREATE TABLE zfs_arc (
  capture_id INTEGER NOT NULL,
  snapshot INTEGER NOT NULL,
  size_bytes BIGINT,
  target_bytes BIGINT,
  least_bytes BIGINT,
  most_bytes BIGINT,
  data_bytes BIGINT,
  metadata_bytes BIGINT,
  meta_used_bytes BIGINT,
  meta_limit_bytes BIGINT,
  dnode_limit_bytes BIGINT,
  loaned_bytes BIGINT,
  need_free_bytes BIGINT,
  sys_free_bytes BIGINT
);

-- columns of kernel_message (/dev/kmsg since boot, or an attached kernel log):
--   member, line             where it stands: archive member, 1-based line
--   sequence      BIGINT     of the kernel, or the line number in a text
--   uptime_seconds DOUBLE    kernel's own time stamp; NULL when the text has none
--   ts            TIMESTAMP  UTC; NULL when it cannot be known
--   priority      INTEGER    0 emerg … 7 debug
--   message       VARCHAR    without time stamp and priority
CREATE TABLE kernel_message (
  capture_id INTEGER NOT NULL,
  member VARCHAR NOT NULL,
  line INTEGER NOT NULL,
  sequence BIGINT,
  uptime_seconds DOUBLE,
  ts TIMESTAMP,
  priority INTEGER,
  message VARCHAR
);
