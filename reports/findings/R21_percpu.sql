-- Per-CPU memory of the kernel grows; most often removed cgroups that something still holds.
-- id: R21
-- kind: percpu
-- chapter: kernel
-- needs: meminfo, meminfo.percpu_bytes
SELECT r.* EXCLUDE (process_id), 'kernel' AS culprit_type,
  CASE WHEN d.path IS NULL THEN 'percpu' ELSE 'dying cgroups below ' || d.path END AS culprit_name,
  d.growth::BIGINT AS dying_cgroups
FROM leak_row AS r
LEFT JOIN LATERAL (
  SELECT g.subject_id AS path, g.growth FROM grower AS g
  WHERE g.capture_id = r.capture_id AND g.metric = 'cgroup_dying'
  ORDER BY g.growth DESC, length(g.subject_id) DESC LIMIT 1) AS d ON true
WHERE r.metric = 'host_percpu'
ORDER BY r.capture_id, r.sid
