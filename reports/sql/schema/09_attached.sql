-- What a person added later with postmem attach, or what another tool wrote.
-- columns of stack_allocation (memleak, kmemleak, page_owner, slab alloc_traces), one row a stack and block:
--   block       INTEGER    a tool that prints every few seconds gives a series
--   stack       VARCHAR    frames from the outermost to the allocating one, separated by ;
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

-- columns of syscall_memory (strace -e trace=memory), summed by process, second and call:
CREATE TABLE syscall_memory (
  capture_id INTEGER NOT NULL,
  member VARCHAR NOT NULL,
  ts TIMESTAMP,
  pid INTEGER,
  call VARCHAR NOT NULL, -- mmap, munmap, brk, mremap, madvise
  calls BIGINT,
  bytes BIGINT,
  errors BIGINT
);
