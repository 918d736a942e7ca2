-- Per-CPU memory of the kernel grows; most often removed cgroups that something still holds.
-- id: R21
-- kind: percpu
-- chapter: kernel
-- needs: meminfo, meminfo.percpu_bytes
-- grows: host_percpu, cgroup_dying
-- threshold cgroup_bytes = 65536 bytes: of slab that the kernel keeps for a removed memory cgroup at most; 16 KiB on one NUMA node
WITH held AS (
  SELECT d.*,
    greatest(0, coalesce(d.percpu_bytes, 0)) + greatest(0, coalesce(d.bookkeeping_bytes, 0))
      + least(greatest(0, d.slab_bytes), threshold('R21', 'cgroup_bytes') * d.cgroups) AS bytes
  FROM dying_grower AS d
), based AS (
  SELECT r.* FROM leak_row AS r WHERE r.metric = 'host_percpu'
  UNION ALL
  -- few CPUs: a cgroup takes less per-CPU memory than slab, and the count says what the bucket does not show yet
  SELECT r.* REPLACE (CASE WHEN r.severity = 'critical' THEN 'warning' ELSE r.severity END AS severity, NULL::TIMESTAMP AS exhausted_from, NULL::TIMESTAMP AS exhausted_to)
  FROM leak_row AS r
  JOIN held AS h ON h.capture_id = r.capture_id AND h.path = r.subject_id
  WHERE r.metric = 'cgroup_dying' AND NOT EXISTS (
    SELECT 1 FROM leak_row AS p WHERE p.capture_id = r.capture_id AND p.metric = 'host_percpu')
)
SELECT r.* EXCLUDE (process_id, growth_bytes, rate_bytes_per_second, rate_low, rate_high, share_of_loss),
  'kernel' AS culprit_type,
  CASE WHEN h.path IS NULL THEN 'percpu' ELSE 'dying cgroups below ' || h.path END AS culprit_name,
  CASE WHEN h.path IS NOT NULL THEN 'dying' END AS text,
  CASE WHEN h.path IS NULL THEN r.growth_bytes ELSE h.bytes END::BIGINT AS growth_bytes,
  CASE WHEN h.path IS NULL THEN r.rate_bytes_per_second ELSE h.bytes / nullif(h.end_t - h.onset_t, 0) END AS rate_bytes_per_second,
  CASE WHEN h.path IS NULL THEN r.rate_low END AS rate_low, CASE WHEN h.path IS NULL THEN r.rate_high END AS rate_high,
  share_of(CASE WHEN h.path IS NULL THEN r.growth_bytes ELSE h.bytes END, r.loss_bytes) AS share_of_loss,
  h.cgroups AS dying_cgroups, h.path AS dying_path, h.percpu_bytes AS percpu_bytes, h.slab_bytes AS slab_bytes, h.bookkeeping_bytes AS chunk_bytes,
  h.bytes / nullif(h.cgroups, 0) AS each_bytes
FROM based AS r
LEFT JOIN held AS h USING (capture_id)
ORDER BY r.capture_id, r.sid
