-- The one thing the kernel's own memory shows here.
-- requires: path_ledger
-- columns of lead_kernel, one row a capture: text: all; changes of slab, vmalloc, unaccounted
CREATE OR REPLACE VIEW lead_kernel AS
SELECT capture_id, 'all' AS text,
       coalesce(CAST(sum(growth_bytes) FILTER (WHERE bucket_label IN ('slab_unreclaimable', 'slab_reclaimable')) AS BIGINT), 0) AS slab_growth_bytes,
       coalesce(CAST(sum(growth_bytes) FILTER (WHERE bucket_label = 'vmalloc') AS BIGINT), 0) AS vmalloc_growth_bytes,
       coalesce(CAST(sum(growth_bytes) FILTER (WHERE bucket_label = 'unaccounted') AS BIGINT), 0) AS unaccounted_growth_bytes,
       CAST(sum(last_bytes) FILTER (WHERE bucket_label NOT IN ('anon', 'shmem', 'page_cache', 'free', 'percpu_free', 'hugetlb', 'other')) AS BIGINT) AS kernel_bytes
FROM path_ledger
GROUP BY capture_id
ORDER BY capture_id;
