-- A control group is close to its memory limit with memory that cannot simply be dropped.
-- id: R28
-- kind: cgroup_limit
-- chapter: oom
-- needs: cgroup_memory
-- threshold info_share = 0.85 of the limit: not to be dropped
-- threshold warning_share = 0.95 of the limit: the next allocation may kill
WITH latest AS (
  SELECT capture_id, path, arg_max(max_bytes, snapshot) AS limit_bytes,
    -- pages of files are dropped before anything is killed
    arg_max(current_bytes - greatest(0, coalesce(file_bytes, 0) - coalesce(shmem_bytes, 0)), snapshot) AS held_bytes
  FROM cgroup_memory
  WHERE max_bytes IS NOT NULL AND path <> '/'
  GROUP BY capture_id, path
)
SELECT capture_id, CASE WHEN held_bytes > threshold('R28', 'warning_share') * limit_bytes THEN 'warning' ELSE 'info' END AS severity,
  0.8 AS confidence, 'cgroup' AS culprit_type, path AS culprit_name, limit_bytes, held_bytes, held_bytes / limit_bytes AS held_share,
  0 AS rank_bytes,
  ['SELECT snapshot, current_bytes, max_bytes, file_bytes FROM cgroup_memory WHERE path = ''' || replace(path, '''', '''''') || ''' ORDER BY snapshot'] AS evidence_sql
FROM latest AS l
WHERE limit_bytes > 0 AND held_bytes > threshold('R28', 'info_share') * limit_bytes
  AND NOT EXISTS (SELECT 1 FROM cgroup_kill AS k WHERE k.capture_id = l.capture_id AND k.path = l.path)
ORDER BY capture_id, path
