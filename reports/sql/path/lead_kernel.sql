-- The one thing the kernel's own memory shows here.
-- requires: path_ledger
-- columns of lead_kernel, one row a capture whose slab was read: text: all, known (what no line accounts for cannot be told), slab (nor
-- vmalloc); changes of slab, vmalloc, unaccounted
CREATE OR REPLACE VIEW lead_kernel AS
WITH grown AS (
  SELECT capture_id,
    CAST(sum(growth_bytes) FILTER (WHERE bucket_label IN ('slab_unreclaimable', 'slab_reclaimable')) AS BIGINT) AS slab_growth_bytes,
    CAST(sum(growth_bytes) FILTER (WHERE bucket_label = 'vmalloc') AS BIGINT) AS vmalloc_growth_bytes,
    CAST(sum(growth_bytes) FILTER (WHERE bucket_label = 'unaccounted') AS BIGINT) AS unaccounted_growth_bytes,
    CAST(sum(last_bytes) FILTER (WHERE bucket_label NOT IN ('anon', 'shmem', 'page_cache', 'free', 'percpu_free', 'hugetlb', 'other')) AS BIGINT) AS kernel_bytes
  FROM path_ledger
  GROUP BY capture_id
)
SELECT capture_id,
  CASE WHEN vmalloc_growth_bytes IS NULL THEN 'slab' WHEN unaccounted_growth_bytes IS NULL THEN 'known' ELSE 'all' END AS text,
  slab_growth_bytes, vmalloc_growth_bytes, unaccounted_growth_bytes, kernel_bytes
FROM grown
WHERE slab_growth_bytes IS NOT NULL
ORDER BY capture_id;
