-- Who grew in the time before each kill that this capture led up to, in the scope of the kill.
-- requires: oom_grower, oom_before, oom_kill
-- order: oom_id, position
-- limit: 60
-- show: 8
-- members: pid/status
-- columns of path_oom_history:
--   at_ts           TIMESTAMP [kill]
--   scope           VARCHAR   [scope]
--   position        BIGINT    [#]
--   pid             INTEGER   [PID]
--   name            VARCHAR   [process]
--   growth_bytes    BIGINT    [grew] anonymous memory, swap and shared memory
--   last_bytes      BIGINT    [at the end]
--   window_seconds  DOUBLE    [in] from the first snapshot looked at to the last one before the kill
--   killed_label    VARCHAR   [killed] the victim
CREATE OR REPLACE VIEW path_oom_history AS
SELECT g.capture_id, g.oom_id, g.process_id, k.ts AS at_ts, b.scope, g.position, g.pid, g.name, g.growth_bytes, g.last_bytes, b.window_seconds,
       CASE WHEN g.victim THEN 'killed' END AS killed_label
FROM oom_grower AS g
JOIN oom_before AS b USING (capture_id, oom_id)
JOIN oom_kill AS k USING (capture_id, oom_id)
WHERE g.position <= 5 OR g.victim
ORDER BY g.capture_id, g.oom_id, g.position;
