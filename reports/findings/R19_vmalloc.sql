-- Kernel memory from vmalloc grows: one function of the kernel or of a module keeps asking and does not give back.
-- id: R19
-- kind: vmalloc
-- chapter: kernel
-- needs: meminfo, meminfo.vmalloc_used_bytes
-- grows: host_vmalloc
SELECT r.* EXCLUDE (process_id),
  CASE WHEN o.sid IS NULL THEN 'kernel' ELSE 'vmalloc_caller' END AS culprit_type,
  coalesce(o.name, 'caller unknown') AS culprit_name, o.detail AS culprit_detail,
  CASE WHEN o.sid IS NULL THEN 'unknown' WHEN r.trend <> 'leak' THEN 'stopped' END AS text,
  o.growth AS owner_bytes, o.share AS of_vmalloc_share, o.detail AS module
FROM leak_row AS r
LEFT JOIN bucket_owner AS o ON o.sid = r.sid
WHERE r.metric = 'host_vmalloc'
  AND NOT EXISTS (
    -- stacks are counted in batches per CPU: a pile of threads shows a little beside them, too
    SELECT 1 FROM thread_grower AS t
    WHERE t.capture_id = r.capture_id AND r.growth_bytes < 0.5 * 16384 * t.threads)
  -- what per-CPU memory needs to keep its own books grows with it: R21
  AND NOT (starts_with(coalesce(o.name, ''), 'pcpu_') AND (
    EXISTS (SELECT 1 FROM grower AS p WHERE p.capture_id = r.capture_id AND p.metric = 'host_percpu')
    OR EXISTS (SELECT 1 FROM dying_grower AS d WHERE d.capture_id = r.capture_id)))
ORDER BY r.capture_id, r.sid
