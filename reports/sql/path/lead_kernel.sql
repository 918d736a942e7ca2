-- The one thing the kernel's own memory shows here.
-- requires: path_ledger, path_kernel_side, memory_ledger
-- columns of lead_kernel, one row a capture whose slab was read: text: taken (MemTotal fell by more than anything grew), grew, all (nothing grew),
-- known (what no line accounts for cannot be told), slab (nor vmalloc); changes of slab, vmalloc, unaccounted and MemTotal; the bucket that grew most
CREATE OR REPLACE VIEW lead_kernel AS
WITH grown AS (
  SELECT capture_id,
    CAST(sum(growth_bytes) FILTER (WHERE bucket_label IN ('slab_unreclaimable', 'slab_reclaimable')) AS BIGINT) AS slab_growth_bytes,
    CAST(sum(growth_bytes) FILTER (WHERE bucket_label = 'vmalloc') AS BIGINT) AS vmalloc_growth_bytes,
    CAST(sum(growth_bytes) FILTER (WHERE bucket_label = 'unaccounted') AS BIGINT) AS unaccounted_growth_bytes,
    CAST(sum(last_bytes) FILTER (WHERE bucket_label NOT IN ('anon', 'shmem', 'page_cache', 'free', 'percpu_free', 'hugetlb', 'other')) AS BIGINT) AS kernel_bytes
  FROM path_ledger
  GROUP BY capture_id
), most AS (
  SELECT *, row_number() OVER (PARTITION BY capture_id ORDER BY growth_bytes DESC, position) AS nth FROM path_kernel_side
), total AS (
  SELECT capture_id, arg_max(mem_total_bytes, snapshot) - arg_min(mem_total_bytes, snapshot) AS total_growth_bytes
  FROM memory_ledger
  GROUP BY capture_id
)
SELECT g.capture_id,
  CASE WHEN g.vmalloc_growth_bytes IS NULL THEN 'slab'
       WHEN g.unaccounted_growth_bytes IS NULL THEN 'known'
       WHEN -t.total_growth_bytes > m.growth_bytes THEN 'taken'
       WHEN m.growth_bytes > 0 THEN 'grew'
       ELSE 'all' END AS text,
  g.slab_growth_bytes, g.vmalloc_growth_bytes, g.unaccounted_growth_bytes, g.kernel_bytes, m.bucket_label, m.growth_bytes, t.total_growth_bytes
FROM grown g
JOIN total t USING (capture_id)
JOIN most m ON m.capture_id = g.capture_id AND m.nth = 1
WHERE g.slab_growth_bytes IS NOT NULL
ORDER BY g.capture_id;
