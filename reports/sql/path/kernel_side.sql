-- The kernel's part of the ledger, first and last reading.
-- requires: path_ledger
-- order: position
-- limit: 12
-- show: 12
-- members: proc/meminfo
-- culprit: bucket bucket_label
-- columns of path_kernel_side:
--   bucket_label  VARCHAR  [bucket]
--   first_bytes   BIGINT   [first]
--   last_bytes    BIGINT   [last]
--   growth_bytes  BIGINT   [grew]
--   bucket_spark  DOUBLE[] [over time]
CREATE OR REPLACE VIEW path_kernel_side AS
SELECT capture_id, position, bucket_label, first_bytes, last_bytes, growth_bytes, bucket_spark
FROM path_ledger
WHERE bucket_label IN ('slab_unreclaimable', 'slab_reclaimable', 'other_reclaimable', 'page_tables', 'kernel_stack', 'vmalloc', 'percpu', 'unaccounted')
ORDER BY capture_id, position;
