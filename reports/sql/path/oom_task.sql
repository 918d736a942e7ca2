-- The kernel's own list of tasks at its last OOM kill, biggest first.
-- requires: oom_task
-- order: rss_bytes DESC NULLS LAST, pid
-- limit: 60
-- show: 8
-- members: host/kmsg
-- columns of path_oom_task:
--   pid              INTEGER [pid]
--   tgid             INTEGER [tgid]
--   uid              BIGINT  [uid]
--   total_vm_bytes   BIGINT  [total_vm]
--   rss_bytes        BIGINT  [rss]
--   pgtables_bytes   BIGINT  [pgtables_bytes]
--   swap_bytes       BIGINT  [swapents]
--   adj              INTEGER [oom_score_adj]
--   name             VARCHAR [name]
CREATE OR REPLACE VIEW path_oom_task AS
SELECT t.capture_id, t.pid, t.tgid, t.uid, t.total_vm_bytes, t.rss_bytes, t.page_tables_bytes AS pgtables_bytes,
       t.swap_bytes, t.oom_score_adj AS adj, t.name
FROM oom_task t
WHERE t.oom_id = (SELECT max(o.oom_id) FROM oom_task o WHERE o.capture_id = t.capture_id)
ORDER BY t.capture_id, rss_bytes DESC, t.pid;
