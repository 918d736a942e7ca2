-- What a person added later with postmem attach, what another tool wrote, what the collector read of debugfs (page_owner_stacks, slab alloc_traces).
-- columns of stack_allocation (memleak, kmemleak, page_owner, slab alloc_traces, allocinfo, strace -k), one row a stack and block:
--   block       INTEGER    a tool that prints every few seconds gives a series
--   member      VARCHAR    archive member or file
--   tool        VARCHAR    memleak, kmemleak, page_owner, alloc_traces, allocinfo, strace
--   ts          TIMESTAMP  UTC of the block, of what the collector read that of its snapshot; NULL when the tool prints none
--   pid         INTEGER    NULL for the kernel
--   bytes       BIGINT     outstanding; NULL where only objects are counted and their size is unknown
--   allocations BIGINT     outstanding
--   stack       VARCHAR    frames from the outermost to the allocating one, separated by ;
--                          of what the collector read of a slab cache the cache stands before them: slab:kmalloc-64;leak_init+0x33/0x1b0
CREATE TABLE stack_allocation (
  capture_id INTEGER NOT NULL,
  member VARCHAR NOT NULL,
  tool VARCHAR NOT NULL,
  block INTEGER NOT NULL,
  ts TIMESTAMP,
  pid INTEGER,
  stack VARCHAR NOT NULL,
  bytes BIGINT,
  allocations BIGINT
);

-- columns of syscall_memory (strace -e trace=memory), summed by thread, second and call:
--   member  VARCHAR    archive member or file
--   ts      TIMESTAMP  UTC, the second; NULL of a trace without a clock, or whose clock lies on no known day
--   pid     INTEGER    of the thread; NULL when strace followed one process only
--   calls, errors      how many, and how many of them failed
--   bytes   BIGINT     growth of the address space: below zero for munmap, NULL for calls that do not change it
CREATE TABLE syscall_memory (
  capture_id INTEGER NOT NULL,
  member VARCHAR NOT NULL,
  ts TIMESTAMP,
  pid INTEGER,
  call VARCHAR NOT NULL, -- mmap, munmap, brk, mremap, madvise, mprotect …
  calls BIGINT,
  bytes BIGINT,
  errors BIGINT
);
