-- Kills of the OOM killer in the kernel log, newest last.
-- requires: oom_kill
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
CREATE OR REPLACE VIEW path_oom_kill AS
SELECT capture_id, oom_id, ts AS at_ts, uptime_seconds, scope, victim_pid, victim_name, victim_rss_anon_bytes AS anon_bytes,
       victim_rss_file_bytes AS file_bytes, victim_rss_shmem_bytes AS shmem_bytes, victim_oom_score_adj AS adj,
       invoker_name AS invoker, page_order, cgroup, cgroup_limit_bytes AS limit_bytes
FROM oom_kill
ORDER BY capture_id, oom_id;
