-- Kills of the OOM killer in the kernel log, newest last.
-- requires: oom_kill, oom_reason, oom_prediction
-- order: oom_id
-- limit: 60
-- show: 12
-- members: host/kmsg
-- columns of path_oom_kill:
--   at_ts            TIMESTAMP [time]
--   uptime_seconds   DOUBLE    [uptime]
--   scope            VARCHAR   [scope] host, or the limit of a cgroup
--   victim_pid       INTEGER   [PID]
--   victim_name      VARCHAR   [killed]
--   anon_bytes       BIGINT    [anon-rss]
--   file_bytes       BIGINT    [file-rss]
--   shmem_bytes      BIGINT    [shmem-rss]
--   adj              INTEGER   [oom_score_adj]
--   invoker          VARCHAR   [asked by] who needed the page
--   page_order       INTEGER   [order]
--   cgroup           VARCHAR   [cgroup]
--   limit_bytes      BIGINT    [limit]
--   reason_label     VARCHAR   [why] limit, memory, fragmented, elsewhere: what the zones of the report say
--   rule_label       VARCHAR   [rule] hit: the kernel's rule names the same from its task list
--   before_position  BIGINT    [# before] where the victim stood in the ranking at the last snapshot before
CREATE OR REPLACE VIEW path_oom_kill AS
SELECT k.capture_id, k.oom_id, k.ts AS at_ts, k.uptime_seconds, k.scope, k.victim_pid, k.victim_name, k.victim_rss_anon_bytes AS anon_bytes,
       k.victim_rss_file_bytes AS file_bytes, k.victim_rss_shmem_bytes AS shmem_bytes, k.victim_oom_score_adj AS adj,
       k.invoker_name AS invoker, k.page_order, k.cgroup, k.cgroup_limit_bytes AS limit_bytes, r.reason AS reason_label,
       p.outcome AS rule_label, p.before_position
FROM oom_kill AS k
LEFT JOIN oom_reason AS r USING (capture_id, oom_id)
LEFT JOIN oom_prediction AS p USING (capture_id, oom_id)
ORDER BY k.capture_id, k.oom_id;
