-- Who the OOM killer would take, in its own order: the highest oom_score first.
-- requires: process, process_sample, path_span, oom_candidate
-- order: oom_score DESC, res_bytes DESC, process_id
-- limit: 60
-- show: 8
-- members: pid/oom_score, pid/oom_score_adj
-- culprit: process
-- columns of path_oom_rank:
--   rank           BIGINT  [#]
--   oom_score      INTEGER [oom_score] as the kernel computed it
--   rule_score     BIGINT  [by the rule] what the kernel's rule gives for these numbers
--   oom_score_adj  INTEGER [oom_score_adj] -1000: never taken
--   pid            INTEGER [PID]
--   res_bytes      BIGINT  [RES]
--   swap_bytes     BIGINT  [swap]
--   pte_bytes      BIGINT  [page tables]
--   name           VARCHAR [process]
CREATE OR REPLACE VIEW path_oom_rank AS
SELECT x.capture_id, x.process_id,
       row_number() OVER (PARTITION BY x.capture_id ORDER BY x.oom_score DESC, x.rss_bytes DESC, x.process_id) AS rank,
       x.oom_score, c.predicted_score AS rule_score, x.oom_score_adj, p.pid, x.rss_bytes AS res_bytes, x.swap_bytes, x.pte_bytes, coalesce(p.name, p.comm) AS name
FROM process_sample x
JOIN path_span s ON s.capture_id = x.capture_id AND s.last_snapshot = x.snapshot
JOIN process p ON p.capture_id = x.capture_id AND p.process_id = x.process_id
LEFT JOIN oom_candidate c ON c.capture_id = x.capture_id AND c.process_id = x.process_id AND c.scope = 'host'
WHERE x.oom_score IS NOT NULL AND NOT coalesce(p.kernel_thread, false) AND p.pid <> 1
ORDER BY x.capture_id, rank;
