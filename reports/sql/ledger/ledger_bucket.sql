-- The ledger in long form, one row a snapshot and bucket, in the order a balance sheet lists them.
-- requires: memory_ledger
-- columns of ledger_bucket:
--   capture_id, snapshot INTEGER; ts TIMESTAMP UTC; t_seconds DOUBLE
--   position  INTEGER  order of the buckets on the page
--   bucket    VARCHAR  free, percpu_free, page_cache, shmem, anon, slab_reclaimable, slab_unreclaimable,
--                      other_reclaimable, page_tables, kernel_stack, vmalloc, percpu, hugetlb, other, unaccounted
--   bytes     BIGINT   NULL where meminfo could not be read
CREATE OR REPLACE TABLE ledger_bucket AS
SELECT l.capture_id, l.snapshot, l.ts, l.t_seconds, b.position, b.bucket, b.bytes
FROM memory_ledger AS l,
  LATERAL (VALUES
    (1, 'anon', l.anon_bytes),
    (2, 'shmem', l.shmem_bytes),
    (3, 'page_cache', l.page_cache_bytes),
    (4, 'slab_unreclaimable', l.slab_unreclaimable_bytes),
    (5, 'slab_reclaimable', l.slab_reclaimable_bytes),
    (6, 'other_reclaimable', l.other_reclaimable_bytes),
    (7, 'page_tables', l.page_tables_bytes),
    (8, 'kernel_stack', l.kernel_stack_bytes),
    (9, 'vmalloc', l.vmalloc_bytes),
    (10, 'percpu', l.percpu_bytes),
    (11, 'hugetlb', l.hugetlb_bytes),
    (12, 'other', l.other_bytes),
    (13, 'unaccounted', l.unaccounted_bytes),
    (14, 'percpu_free', l.percpu_free_bytes),
    (15, 'free', l.free_bytes)
  ) AS b(position, bucket, bytes)
ORDER BY l.capture_id, l.snapshot, b.position;
