-- The rule by which the kernel chooses whom to kill (oom_badness of mm/oom_kill.c): resident pages, swap and page tables, plus
-- oom_score_adj thousandths of all memory. It changed with the kernel, so the form is taken from the release and then held against
-- the oom_score that the kernel showed: a distribution may have brought a newer form to an older release.
-- requires: capture, meminfo, process, process_sample, kernel_number
-- forms: signed (5.9 and newer: points may be below zero, an idle process shows 666), clamped (4.17 … 5.8: at least 1),
--   root_share (3.14 … 4.16: root's count 3 % less), root_adj (3.0 … 3.13: root's adjustment is 30 less); before 3.0 there is none
-- macros:
--   oom_points(form, used_pages, adj, root, total_pages)  NULL for whoever is never killed
--   oom_score_of(form, points, adj, total_pages)          what /proc/PID/oom_score shows for that
-- columns of oom_rule, one row a capture:
--   form           VARCHAR  the one that is used; NULL before 3.0
--   release_form   VARCHAR  the one the release should have
--   compared, agreeing, exact BIGINT  processes at up to 20 snapshots whose oom_score was read; within 1 of the rule; the same
--   agreeing_share DOUBLE   NULL when no oom_score was read
-- Divided first, as the kernel does: it is an integer.
CREATE OR REPLACE MACRO oom_points(form, used_pages, adj, root, total_pages) AS
  CASE
    WHEN adj = -1000 THEN NULL
    WHEN form = 'signed' THEN used_pages + adj * (total_pages // 1000)
    WHEN form = 'clamped' THEN greatest(1, used_pages + adj * (total_pages // 1000))
    WHEN form = 'root_share' THEN greatest(1, used_pages - CASE WHEN root THEN used_pages * 3 // 100 ELSE 0 END + adj * (total_pages // 1000))
    WHEN form = 'root_adj' THEN greatest(1, used_pages + (adj - CASE WHEN root THEN 30 ELSE 0 END) * (total_pages // 1000))
  END;

CREATE OR REPLACE MACRO oom_score_of(form, points, adj, total_pages) AS
  CASE
    WHEN adj = -1000 THEN 0
    WHEN form = 'signed' THEN greatest(0, (1000 + points * 1000 // total_pages) * 2 // 3)
    ELSE points * 1000 // total_pages
  END;

CREATE OR REPLACE TABLE oom_rule AS
WITH released AS (
  SELECT capture_id, page_bytes,
    CASE
      WHEN kernel_number(kernel) >= 5009 THEN 'signed'
      WHEN kernel_number(kernel) >= 4017 THEN 'clamped'
      WHEN kernel_number(kernel) >= 3014 THEN 'root_share'
      WHEN kernel_number(kernel) >= 3000 THEN 'root_adj'
    END AS release_form
  FROM capture
), looked_at AS (
  SELECT capture_id, snapshot
  FROM (
    SELECT capture_id, snapshot, row_number() OVER w - 1 AS i, count(*) OVER (PARTITION BY capture_id) AS n
    FROM meminfo
    WINDOW w AS (PARTITION BY capture_id ORDER BY snapshot)
  )
  WHERE i % greatest(1, n // 20) = 0
), sample AS (
  SELECT s.capture_id, s.oom_score, coalesce(s.oom_score_adj, p.oom_score_adj, 0) AS adj, coalesce(p.uid = 0, false) AS root,
    (s.rss_bytes + coalesce(s.swap_bytes, 0) + coalesce(s.pte_bytes, 0) + coalesce(s.pmd_bytes, 0)) // coalesce(c.page_bytes, 4096) AS used_pages,
    (m.mem_total_bytes + coalesce(m.swap_total_bytes, 0)) // coalesce(c.page_bytes, 4096) AS total_pages
  FROM looked_at
  JOIN process_sample AS s USING (capture_id, snapshot)
  JOIN meminfo AS m USING (capture_id, snapshot)
  JOIN process AS p USING (capture_id, process_id)
  JOIN capture AS c USING (capture_id)
  WHERE s.oom_score IS NOT NULL AND s.rss_bytes IS NOT NULL AND p.pid <> 1 AND m.mem_total_bytes > 0
), tried AS (
  SELECT s.capture_id, f.form, count(*) AS compared,
    count(*) FILTER (WHERE abs(oom_score_of(f.form, oom_points(f.form, used_pages, adj, root, total_pages), adj, total_pages) - oom_score) <= 1)
      AS agreeing,
    count(*) FILTER (WHERE oom_score_of(f.form, oom_points(f.form, used_pages, adj, root, total_pages), adj, total_pages) = oom_score)
      AS exact
  FROM sample AS s, (VALUES ('signed'), ('clamped'), ('root_share'), ('root_adj')) AS f(form)
  WHERE s.adj > -1000
  GROUP BY s.capture_id, f.form
), fails AS (
  SELECT r.capture_id, t.agreeing < 0.9 * t.compared AS fails
  FROM released AS r
  JOIN tried AS t ON t.capture_id = r.capture_id AND t.form = r.release_form
), judged AS (
  SELECT r.capture_id, coalesce(t.form, r.release_form) AS form, r.release_form, t.compared, t.agreeing, t.exact
  FROM released AS r
  LEFT JOIN fails AS f USING (capture_id)
  LEFT JOIN tried AS t ON t.capture_id = r.capture_id
    -- another form than the release's only where that one plainly fails and the other plainly holds
    AND (t.form = r.release_form OR (f.fails AND t.compared >= 20 AND t.agreeing >= 0.9 * t.compared))
  QUALIFY row_number() OVER (PARTITION BY r.capture_id ORDER BY t.agreeing DESC NULLS LAST, t.form = r.release_form DESC, t.form) = 1
)
SELECT *, agreeing / nullif(compared, 0) AS agreeing_share
FROM judged
ORDER BY capture_id;
