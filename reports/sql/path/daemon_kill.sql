-- Kills by systemd-oomd and earlyoom, which act before the kernel must, newest last.
-- requires: daemon_kill
-- order: kill_id
-- limit: 60
-- show: 12
-- columns of path_daemon_kill:
--   at_ts            TIMESTAMP [time]
--   killer           VARCHAR   [by]
--   victim_pid       INTEGER   [PID]
--   victim           VARCHAR   [killed] a process, or all of a cgroup
--   rss_bytes        BIGINT    [RSS]
--   reason_label     VARCHAR   [why] pressure, swap or memory
--   value_percent    DOUBLE    [was] pressure, or memory available
--   limit_percent    DOUBLE    [limit]
--   over_seconds     DOUBLE    [lasted]
--   pressed_cgroup   VARCHAR   [in] whose tasks waited
--   available_bytes  BIGINT    [available]
--   swap_free_bytes  BIGINT    [swap free]
CREATE OR REPLACE VIEW path_daemon_kill AS
SELECT capture_id, kill_id, ts AS at_ts, killer, victim_pid, coalesce(victim_name, victim_cgroup) AS victim, victim_rss_bytes AS rss_bytes,
       reason AS reason_label, value_percent, limit_percent, over_seconds, pressed_cgroup,
       coalesce(memory_available_bytes, memory_total_bytes - memory_used_bytes) AS available_bytes,
       coalesce(swap_free_bytes, swap_total_bytes - swap_used_bytes) AS swap_free_bytes
FROM daemon_kill
ORDER BY capture_id, kill_id;
