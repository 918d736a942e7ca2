-- Attached stacks as series, and which of them keep growing from one print-out to the next.
-- requires: stack_allocation, kernel_allocation, snapshot, process, grower
-- A run is what can be compared: one file of a tool that counts from when it was started (memleak, strace), all files of a tool that
-- prints what there is (page_owner, kmemleak, allocinfo, alloc_traces where it says of which cache), ordered by their time, else by their
-- names. What the collector read of /proc/allocinfo is such a series as well: the lines of code that ever gained a MiB.
-- Of alloc_traces without a cache each file may be of another one: the same stack in three caches is no stack that grew twice.
-- columns of stack_series, one row a stack and print-out of its run:
--   run VARCHAR; tool VARCHAR; pid INTEGER, NULL for the kernel; moment BIGINT 1, 2, 3 …; ts TIMESTAMP UTC or NULL; stack VARCHAR;
--   bytes BIGINT outstanding, NULL where only objects are counted;  allocations BIGINT
-- columns of stack_growth, one row a stack of a run:
--   moments BIGINT in the run;  seen BIGINT of them with this stack (a stack that a top ten leaves out is unknown there, not zero)
--   first_bytes, last_bytes, growth_bytes BIGINT;  last_allocations, growth_allocations BIGINT; all but the first NULL of a stack that
--                        the last print-out has no more: it was given back, or fell out of the top ten. (A slab cache is not in every reading.)
--   growing     BOOLEAN  three print-outs or more with it, the last among them, and each at least the one before, but for a tenth
--                        of what it gained in all
--   growth_share DOUBLE  of what all stacks of the run gained;  frame VARCHAR the allocating function, caller VARCHAR who called it
--   position    BIGINT   1 gained most
-- Frames of the allocator itself (malloc, kmalloc, alloc_pages …) and the cache an object lies in (slab:kmalloc-64, of what the collector
-- read itself) are stepped over for frame and caller.
CREATE OR REPLACE TABLE stack_series AS
WITH site AS (
  -- written as a line of an attached allocinfo is
  SELECT a.capture_id, printf('%06d/proc/allocinfo', a.snapshot) AS member, a.snapshot AS block, s.ts, concat_ws(' ', a.function, a.site, '[' || a.module || ']') AS stack,
    a.bytes, a.calls AS allocations, max(a.bytes) OVER w - min(a.bytes) OVER w AS span_bytes
  FROM kernel_allocation AS a
  JOIN snapshot AS s USING (capture_id, snapshot)
  WHERE a.bytes > 0
  WINDOW w AS (PARTITION BY a.capture_id, a.site, a.module, a.function)
), run AS (
  SELECT *, CASE WHEN tool IN ('memleak', 'strace') OR tool = 'alloc_traces' AND NOT starts_with(stack, 'slab:') THEN member ELSE tool END AS run
  FROM stack_allocation
  UNION ALL BY NAME
  SELECT capture_id, member, 'allocinfo' AS tool, block, ts, NULL::INTEGER AS pid, stack, bytes, allocations, 'proc/allocinfo' AS run
  FROM site
  WHERE span_bytes >= 1048576
), printed AS (
  SELECT DISTINCT capture_id, run, coalesce(pid, -1) AS whose, ts, member, block
  FROM run
), numbered AS (
  SELECT *, row_number() OVER (PARTITION BY capture_id, run, whose ORDER BY ts NULLS LAST, member, block) AS moment
  FROM printed
)
SELECT r.capture_id, r.run, r.tool, r.pid, n.moment, r.ts, r.stack, r.bytes, r.allocations
FROM run AS r
JOIN numbered AS n ON n.capture_id = r.capture_id AND n.run = r.run AND n.whose = coalesce(r.pid, -1) AND n.member = r.member
  AND n.block = r.block AND n.ts IS NOT DISTINCT FROM r.ts
ORDER BY r.capture_id, r.run, r.pid, n.moment, r.stack;

CREATE OR REPLACE MACRO allocating_frames(stack) AS
  list_filter(list_reverse(string_split(stack, ';')), lambda f: NOT regexp_matches(f,
    '^slab:|^_{0,3}(libc_)?(malloc|calloc|realloc|mmap|mmap64|brk|sbrk|sysmalloc|int_malloc|mremap|posix_memalign|aligned_alloc|operator new|kmalloc|kvmalloc|krealloc|kvrealloc|kcalloc|kmem_cache_alloc|slab_alloc|kzalloc|alloc_pages|alloc_frozen_pages|vma_alloc_folio|get_page_from_freelist|post_alloc_hook|prep_new_page|vmalloc|alloc_slab_page|allocate_slab|new_slab|folio_alloc|get_free_pages|do_kmalloc|get_zeroed_page)'));

-- Pages that a line of meminfo counts: of processes, of files, of page tables, of huge pages, per CPU. They stand behind no growth that no
-- line accounts for. What a driver takes while a process faults has the driver between, so of a fault only who asked is looked at.
CREATE OR REPLACE MACRO counted_elsewhere(stack, frame) AS
  regexp_matches(frame, '^(__)?handle_mm_fault|^handle_pte_fault')
  OR regexp_matches(stack, '(^|;)(do_anonymous_page|alloc_anon_folio|vma_alloc_zeroed_movable_folio|(do_)?wp_page_copy|do_wp_page|do_cow_fault|do_swap_page|'
    || 'do_huge_pmd|(__)?read_swap_cache|swap_cluster_readahead|shmem_|(__)?filemap_|(__)?page_cache_|pagecache_get_page|grab_cache_page|'
    || '(__)?(pte|pmd|pud|p4d)_alloc|pgd_alloc|hugetlb_|alloc_\w{0,20}hugetlb|alloc_thread_stack|khugepaged|collapse_huge_page|pcpu_|alloc_migration_target)');

-- The same of a line of code in allocinfo, which tells of each allocation in the kernel: those in mm/ and of stacks and page tables.
CREATE OR REPLACE MACRO counted_elsewhere_site(site) AS
  regexp_matches(site, '(^| )(\./)?mm/|(^| )kernel/fork\.c:|pgalloc\.h:|pgtable\.c:|(^| )pagetable_alloc');

CREATE OR REPLACE TABLE stack_growth AS
WITH step AS (
  SELECT *, coalesce(bytes, allocations) - lag(coalesce(bytes, allocations)) OVER (PARTITION BY capture_id, run, pid, stack ORDER BY moment) AS gained,
    max(moment) OVER (PARTITION BY capture_id, run, pid) AS moments
  FROM stack_series
), summed AS (
  SELECT capture_id, run, tool, pid, stack, max(moments) AS moments, count(*) AS seen, max(moment) = max(moments) AS at_the_end,
    arg_min(bytes, moment) AS first_bytes, arg_min(allocations, moment) AS first_allocations,
    CASE WHEN max(moment) = max(moments) OR tool = 'alloc_traces' THEN arg_max(bytes, moment) END AS last_bytes,
    CASE WHEN max(moment) = max(moments) OR tool = 'alloc_traces' THEN arg_max(allocations, moment) END AS last_allocations,
    sum(gained) AS gained, -coalesce(sum(gained) FILTER (WHERE gained < 0), 0) AS lost, count(*) FILTER (WHERE gained > 0) AS rises,
    min(ts) AS from_ts, max(ts) AS to_ts
  FROM step
  GROUP BY capture_id, run, tool, pid, stack
)
SELECT capture_id, run, tool, pid, stack, moments, seen, first_bytes, last_bytes, last_bytes - first_bytes AS growth_bytes, last_allocations,
  last_allocations - first_allocations AS growth_allocations, from_ts, to_ts,
  coalesce(seen >= 3 AND at_the_end AND gained > 0 AND rises >= 2 AND lost <= 0.1 * gained, false) AS growing,
  greatest(0, growth_bytes) / nullif(sum(greatest(0, growth_bytes)) OVER (PARTITION BY capture_id, run, pid), 0) AS growth_share,
  coalesce(allocating_frames(stack)[1], string_split(stack, ';')[-1]) AS frame,
  allocating_frames(stack)[2] AS caller,
  row_number() OVER (PARTITION BY capture_id, run, pid ORDER BY growth_bytes DESC NULLS LAST, last_bytes DESC NULLS LAST, stack) AS position
FROM summed
ORDER BY capture_id, run, pid, position;

-- Those that are stacks: lines of code that the collector read of allocinfo have a table of their own (path_allocinfo).
-- columns of traced_stack: those of stack_growth
CREATE OR REPLACE VIEW traced_stack AS
SELECT * FROM stack_growth WHERE run <> 'proc/allocinfo';

-- The growing stack that stands behind a process or behind the kernel's own memory, one row a subject.
-- columns of stack_evidence: capture_id; process_id INTEGER, NULL for the kernel; metric VARCHAR, NULL for a process, else the metric of
--   leak_row it belongs to; those of stack_growth. A stack counts when it gained a quarter of what all stacks of its run gained. allocinfo
--   has all that the kernel and the pages of processes and files took, and not what kind of memory it was: of it counts the line of
--   code that gained as fast, to a third, as a kind of kernel memory does that leaks.
--   rate_bytes_per_second DOUBLE  between its first and last print-out, NULL where the tool prints no time
CREATE OR REPLACE TABLE stack_evidence AS
WITH strong AS (
  SELECT *
  FROM stack_growth
  WHERE growing AND tool <> 'allocinfo' AND (growth_share >= 0.25 OR growth_bytes IS NULL)
), placed AS (
  SELECT g.*, p.process_id, NULL AS metric
  FROM strong AS g
  -- a pid that had several processes in one capture belongs to the one that lived last before the trace ended
  JOIN process AS p ON p.capture_id = g.capture_id AND p.pid = g.pid AND (g.to_ts IS NULL OR p.started_at IS NULL OR p.started_at <= g.to_ts)
  QUALIFY p.process_id = max(p.process_id) OVER (PARTITION BY g.capture_id, g.run, g.stack)
  UNION ALL
  SELECT g.*, NULL,
    CASE
      WHEN g.tool = 'alloc_traces' OR regexp_matches(g.stack, '(kmalloc|kmem_cache_alloc|slab_alloc|kzalloc)') THEN 'host_slab_unreclaimable'
      WHEN regexp_matches(g.stack, 'vmalloc') THEN 'host_vmalloc'
      -- objects per CPU are in a line of their own; of a file of the kernel's memory the rest is of slab caches
      WHEN g.tool = 'kmemleak' AND NOT regexp_matches(g.stack, 'pcpu_alloc|alloc_percpu') THEN 'host_slab_unreclaimable'
      WHEN g.tool = 'page_owner' AND counted_elsewhere(g.stack, g.frame) THEN NULL
      WHEN regexp_matches(g.stack, '(alloc_pages|get_page_from_freelist|post_alloc_hook|prep_new_page|get_free_pages|folio_alloc)') THEN 'host_unaccounted'
    END
  FROM strong AS g
  -- of one process that strace was told of by its pid the trace names none
  WHERE g.pid IS NULL AND g.tool <> 'strace'
  UNION ALL
  SELECT g.*, NULL, replace(k.metric, '_rough', '')
  FROM stack_growth AS g
  JOIN grower AS k ON k.capture_id = g.capture_id AND k.metric IN ('host_slab_unreclaimable', 'host_vmalloc', 'host_unaccounted', 'host_unaccounted_rough'),
    LATERAL (SELECT g.growth_bytes / nullif(epoch(g.to_ts - g.from_ts), 0) / k.rate AS pace) AS p
  WHERE g.growing AND g.tool = 'allocinfo' AND NOT counted_elsewhere_site(g.stack) AND p.pace BETWEEN 0.67 AND 1.5
  -- a line of code behind one kind of memory, the one whose pace it has
  QUALIFY row_number() OVER (PARTITION BY g.capture_id, g.run, g.stack ORDER BY abs(ln(p.pace)), k.sid) = 1
)
SELECT *, growth_bytes / nullif(epoch(to_ts - from_ts), 0) AS rate_bytes_per_second
FROM placed
WHERE process_id IS NOT NULL OR metric IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY capture_id, process_id, metric ORDER BY growth_bytes DESC NULLS LAST, run, stack) = 1
ORDER BY capture_id, process_id, metric;
