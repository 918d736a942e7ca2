-- Kernel memory that was already large when the capture began: what took it may have stopped, and its growth is not in here.
-- id: R41
-- kind: kernel_pages
-- chapter: kernel
-- needs: meminfo, meminfo.sunreclaim_bytes
-- readings: one
-- threshold slab_share = 0.1 of memory without the huge page pool: unreclaimable slab of a healthy host is a few percent
-- threshold unaccounted_share = 0.1 of it: in no line of meminfo; drivers of a healthy host take a few percent
-- threshold balloon_share = 0.1 of it: what the hypervisor took back through its balloon
-- threshold page_tables_share = 0.02 of it: 8 bytes a page of 4096 are 0.002
-- threshold percpu_share = 0.02 of it: cgroups and network devices of a healthy host take less
-- threshold vmalloc_share = 0.05 of it: stacks are not counted here
WITH latest AS (
  SELECT capture_id, snapshot, mem_total_bytes - hugetlb_bytes AS base_bytes, slab_unreclaimable_bytes, unaccounted_bytes, page_tables_bytes,
    percpu_bytes, vmalloc_bytes
  FROM memory_ledger
  QUALIFY row_number() OVER (PARTITION BY capture_id ORDER BY snapshot DESC) = 1
), held AS (
  SELECT l.capture_id, l.snapshot, l.base_bytes, x.bucket, x.kind, x.metric, x.bytes
  FROM latest AS l
  -- pages that a balloon keeps stand in unaccounted, and are told there
  LEFT JOIN balloon_held AS b ON b.capture_id = l.capture_id AND b.snapshot = l.snapshot AND b.bytes > l.unaccounted_bytes,
    LATERAL (VALUES
      ('slab', 'slab_cache', 'host_slab_unreclaimable', l.slab_unreclaimable_bytes, threshold('R41', 'slab_share')),
      ('unaccounted', 'kernel_pages', 'host_unaccounted', l.unaccounted_bytes, threshold('R41', 'unaccounted_share')),
      ('balloon', 'kernel_pages', 'host_withdrawn', b.bytes, threshold('R41', 'balloon_share')),
      ('page_tables', 'page_tables', 'host_page_tables', l.page_tables_bytes, threshold('R41', 'page_tables_share')),
      ('percpu', 'percpu', 'host_percpu', l.percpu_bytes, threshold('R41', 'percpu_share')),
      ('vmalloc', 'vmalloc', 'host_vmalloc', l.vmalloc_bytes, threshold('R41', 'vmalloc_share'))
    ) AS x(bucket, kind, metric, bytes, most_share)
  WHERE x.bytes > x.most_share * l.base_bytes
), owner AS (
  SELECT capture_id, 'slab' AS bucket, cache AS name, arg_max(bytes, snapshot) AS bytes
  FROM slab_owner
  WHERE NOT coalesce(reclaimable, false)
  GROUP BY capture_id, cache
  UNION ALL
  SELECT capture_id, 'vmalloc', caller, arg_max(bytes, snapshot)
  FROM vmalloc_owner
  GROUP BY capture_id, caller
), largest AS (
  SELECT * FROM owner QUALIFY row_number() OVER (PARTITION BY capture_id, bucket ORDER BY bytes DESC, name) = 1
), suspect AS (
  SELECT capture_id, string_agg(module, ', ' ORDER BY module) AS modules
  FROM unaccounted_suspect
  GROUP BY capture_id
)
SELECT h.capture_id, 'info' AS severity, 0.7 AS confidence, h.kind, 'kernel' AS culprit_type,
  coalesce(o.name, h.bucket) AS culprit_name, 'flat' AS trend, 0 AS rank_bytes, h.bucket AS text,
  h.bytes AS held_bytes, h.bytes / h.base_bytes AS held_share, o.bytes AS owner_bytes, o.name AS owner,
  CASE WHEN h.bucket = 'unaccounted' THEN s.modules END AS modules,
  ['SELECT snapshot, bucket, bytes FROM ledger_bucket WHERE capture_id = ' || h.capture_id || ' ORDER BY snapshot, position'] AS evidence_sql,
  [member(h.snapshot, 'proc/meminfo')] AS evidence_members
FROM held AS h
LEFT JOIN largest AS o ON o.capture_id = h.capture_id AND o.bucket = h.bucket AND o.bytes >= 0.5 * h.bytes
LEFT JOIN suspect AS s ON s.capture_id = h.capture_id
-- what grows within the capture has a finding of its own
WHERE NOT EXISTS (SELECT 1 FROM (SELECT capture_id, metric FROM leak_row) AS r WHERE r.capture_id = h.capture_id AND r.metric = h.metric)
ORDER BY h.capture_id, h.bucket
