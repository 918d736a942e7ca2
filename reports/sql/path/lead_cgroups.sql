-- The one thing the control groups show here.
-- requires: path_cgroup
-- columns of lead_cgroups, one row a capture: text: limited | free; the group nearest its limit, the group that grew most
CREATE OR REPLACE VIEW lead_cgroups AS
WITH groups AS (
  SELECT * FROM path_cgroup WHERE path <> '/'
)
SELECT capture_id, CASE WHEN max(use_percent) IS NULL THEN 'free' ELSE 'limited' END AS text, count(*) AS groups,
       count(least(max_bytes, high_bytes)) AS limited,
       arg_max(path, (use_percent, path)) FILTER (WHERE use_percent IS NOT NULL) AS nearest, max(use_percent) AS nearest_percent,
       arg_max(path, (growth_bytes, length(path), path)) AS grower, max(growth_bytes) AS growth_bytes, CAST(sum(oom_kills) AS BIGINT) AS oom_kills
FROM groups
GROUP BY capture_id
ORDER BY capture_id;
