-- The one thing about the OOM killer here.
-- requires: path_oom_rank, path_oom_kill
-- columns of lead_oom, one row a capture: text: killed | next; the last victim, the next one
CREATE OR REPLACE VIEW lead_oom AS
WITH kills AS (
  SELECT capture_id, count(*) AS kills, arg_max(victim_name, oom_id) AS victim, arg_max(victim_pid, oom_id) AS victim_pid,
         arg_max(at_ts, oom_id) AS killed_ts, arg_max(anon_bytes, oom_id) AS victim_bytes
  FROM path_oom_kill
  GROUP BY capture_id
)
SELECT coalesce(r.capture_id, k.capture_id) AS capture_id,
       CASE WHEN k.kills IS NOT NULL AND r.name IS NOT NULL THEN 'killed' WHEN k.kills IS NOT NULL THEN 'killed_only' ELSE 'next' END AS text,
       k.kills, k.victim, k.victim_pid, k.killed_ts, k.victim_bytes, r.name, r.pid, r.oom_score, r.res_bytes
FROM (SELECT * FROM path_oom_rank WHERE rank = 1) r
FULL JOIN kills k USING (capture_id)
ORDER BY 1;
