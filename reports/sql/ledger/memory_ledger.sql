-- Where every byte of MemTotal is, at every snapshot. The buckets sum to MemTotal to the byte, because what no line of
-- meminfo accounts for is a bucket of its own (unaccounted), and its growth is evidence.
-- Lines that overlap others (Mapped, AnonHugePages, Mlocked, KReclaimable as a whole) are no buckets. A line the kernel
-- does not print takes nothing: then its bytes are in unaccounted, where they would be anyway.
-- Of what other tools tell only a part is known (partial): then a bucket that was not told is NULL and so is unaccounted.
-- requires: capture, snapshot, meminfo, vmstat, zone
-- columns of memory_ledger, all BIGINT bytes unless said otherwise; NULL where meminfo could not be read:
--   capture_id, snapshot, boot INTEGER; ts TIMESTAMP UTC; t_seconds DOUBLE
--   mem_total_bytes, mem_available_bytes (an estimate of the kernel, no bucket), swap_used_bytes (no bucket)
--   free_bytes               MemFree
--   percpu_free_bytes        free pages on per-cpu lists (zoneinfo), which MemFree leaves out; 0 where zoneinfo is missing
--   percpu_free_known        BOOLEAN  was zoneinfo read? Without it unaccounted swings by tens of MB
--   page_cache_bytes         Cached - Shmem + Buffers + the pages of SwapCached that no process maps. Those that one maps are in
--                            AnonPages, too: of 457 MiB that swapped, SwapCached was 359 MiB and all but 1 MiB of it mapped. What is on
--                            the lists of anonymous pages beyond AnonPages and Shmem is not mapped; without those lists it is unaccounted
--   shmem_bytes              Shmem: tmpfs, SysV, memfd, shared anonymous mappings
--   anon_bytes               AnonPages
--   slab_reclaimable_bytes, slab_unreclaimable_bytes
--   other_reclaimable_bytes  KReclaimable - SReclaimable
--   page_tables_bytes        PageTables + SecPageTables
--   kernel_stack_bytes       KernelStack
--   vmalloc_bytes            VmallocUsed without the kernel stacks in it. Kernels before 4.4 count mappings of devices in
--                            that line, those from 4.4 to 5.2 print 0: there the line is left out and stacks stand alone
--   percpu_bytes             Percpu
--   hugetlb_bytes            Hugetlb, before 4.16 HugePages_Total × Hugepagesize
--   other_bytes              HardwareCorrupted + Bounce + WritebackTmp + Balloon, and the larger of Zswap and compressed
--   compressed_bytes         in other_bytes: what zsmalloc holds for zram and zswap (vmstat, nr_zspages); NULL before 4.8
--   unaccounted_bytes        the rest: pages that drivers, pipes, sockets took straight from the page allocator
--   withdrawn_bytes          no bucket: the most that MemTotal was in this boot, minus MemTotal. A balloon of the hypervisor that
--                            gives its pages up, or memory that was unplugged. NULL of what other tools tell: each rounds the total in its way
CREATE OR REPLACE MACRO kernel_number(release) AS
  try_cast(regexp_extract(release, '^(\d+)\.', 1) AS INTEGER) * 1000
  + coalesce(try_cast(regexp_extract(release, '^\d+\.(\d+)', 1) AS INTEGER), 0);

CREATE OR REPLACE TABLE memory_ledger AS
WITH percpu_free AS (
  SELECT capture_id, snapshot, sum(pcp_bytes)::BIGINT AS bytes
  FROM zone
  GROUP BY capture_id, snapshot
), compressed AS (
  SELECT v.capture_id, v.snapshot, max(v.value * coalesce(c.page_bytes, 4096))::BIGINT AS bytes
  FROM vmstat AS v
  JOIN capture AS c USING (capture_id)
  WHERE v.name = 'nr_zspages'
  GROUP BY v.capture_id, v.snapshot
), told AS (
  SELECT m.*,
    c.origin IS NOT DISTINCT FROM 'evidence' AND (m.shmem_bytes IS NULL OR m.anon_pages_bytes IS NULL
      OR m.sreclaimable_bytes IS NULL OR m.page_tables_bytes IS NULL) AS partial,
    CASE WHEN NOT partial THEN 0 END AS none
  FROM meminfo AS m
  JOIN capture AS c USING (capture_id)
), named AS (
  SELECT
    m.capture_id, m.snapshot, s.boot, s.ts, s.t_seconds,
    m.mem_total_bytes, m.mem_available_bytes,
    m.swap_total_bytes - m.swap_free_bytes AS swap_used_bytes,
    m.mem_free_bytes AS free_bytes,
    coalesce(p.bytes, 0) AS percpu_free_bytes,
    p.bytes IS NOT NULL AS percpu_free_known,
    CASE WHEN m.shmem_bytes IS NULL AND partial THEN NULL
      ELSE m.cached_bytes - coalesce(m.shmem_bytes, 0) + coalesce(m.buffers_bytes, 0)
        + coalesce(least(m.swap_cached_bytes,
          greatest(0, m.active_anon_bytes + m.inactive_anon_bytes - m.anon_pages_bytes - coalesce(m.shmem_bytes, 0))), 0) END
      AS page_cache_bytes,
    coalesce(m.shmem_bytes, none) AS shmem_bytes,
    coalesce(m.anon_pages_bytes, none) AS anon_bytes,
    coalesce(m.sreclaimable_bytes, none) AS slab_reclaimable_bytes,
    coalesce(m.sunreclaim_bytes, CASE WHEN NOT partial THEN m.slab_bytes - coalesce(m.sreclaimable_bytes, 0) END, none)
      AS slab_unreclaimable_bytes,
    coalesce(m.kreclaimable_bytes - m.sreclaimable_bytes, none) AS other_reclaimable_bytes,
    coalesce(m.page_tables_bytes, none) + coalesce(m.sec_page_tables_bytes, 0) AS page_tables_bytes,
    coalesce(m.kernel_stack_bytes, none) AS kernel_stack_bytes,
    CASE
      WHEN m.vmalloc_used_bytes IS NULL AND partial THEN NULL
      WHEN coalesce(kernel_number(c.kernel), 9999) < 5003 OR coalesce(m.vmalloc_used_bytes, 0) = 0 THEN 0
      -- stacks are vmalloced since 4.9; where a kernel is built without, VmallocUsed may be the smaller of the two
      WHEN m.vmalloc_used_bytes >= coalesce(m.kernel_stack_bytes, 0)
        THEN m.vmalloc_used_bytes - coalesce(m.kernel_stack_bytes, 0)
      ELSE m.vmalloc_used_bytes
    END AS vmalloc_bytes,
    coalesce(m.percpu_bytes, none) AS percpu_bytes,
    coalesce(m.hugetlb_bytes, m.huge_pages_total * m.huge_page_size_bytes, none) AS hugetlb_bytes,
    CASE WHEN partial THEN NULL
      ELSE coalesce(m.hardware_corrupted_bytes, 0) + coalesce(m.bounce_bytes, 0) + coalesce(m.writeback_tmp_bytes, 0)
        + greatest(coalesce(m.zswap_bytes, 0), coalesce(z.bytes, 0)) + coalesce(m.balloon_bytes, 0) END AS other_bytes,
    z.bytes AS compressed_bytes,
    CASE WHEN c.origin IS DISTINCT FROM 'evidence'
      THEN max(m.mem_total_bytes) OVER (PARTITION BY m.capture_id, s.boot) - m.mem_total_bytes END AS withdrawn_bytes
  FROM told AS m
  JOIN snapshot AS s USING (capture_id, snapshot)
  JOIN capture AS c USING (capture_id)
  LEFT JOIN percpu_free AS p ON p.capture_id = m.capture_id AND p.snapshot = m.snapshot
  LEFT JOIN compressed AS z ON z.capture_id = m.capture_id AND z.snapshot = m.snapshot
)
SELECT
  *,
  mem_total_bytes - free_bytes - percpu_free_bytes - page_cache_bytes - shmem_bytes - anon_bytes
    - slab_reclaimable_bytes - slab_unreclaimable_bytes - other_reclaimable_bytes - page_tables_bytes
    - kernel_stack_bytes - vmalloc_bytes - percpu_bytes - hugetlb_bytes - other_bytes AS unaccounted_bytes
FROM named
ORDER BY capture_id, snapshot;
