-- Who stood first in the ranking, and how long; inside a cgroup with a limit only its own processes compete.
-- requires: oom_first
-- order: (scope = 'host') DESC, scope, from_ts
-- limit: 60
-- show: 8
-- members: pid/status, pid/oom_score_adj, cgroup/memory.max
-- culprit: process
-- columns of path_oom_first:
--   scope         VARCHAR   [scope] host, or a cgroup with a limit
--   from_ts       TIMESTAMP [from]
--   to_ts         TIMESTAMP [to]
--   snapshots     BIGINT    [snapshots]
--   pid           INTEGER   [PID]
--   name          VARCHAR   [first in line]
--   points_bytes  BIGINT    [points] at the end: resident, swap, page tables and oom_score_adj thousandths of all memory
CREATE OR REPLACE VIEW path_oom_first AS
SELECT capture_id, process_id, scope, from_ts, to_ts, snapshots, pid, name, points_bytes
FROM oom_first
ORDER BY capture_id, scope, from_ts;
