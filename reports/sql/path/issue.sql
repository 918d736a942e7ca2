-- What the analyzer could not understand.
-- requires: ingest_issue
-- order: occurrences DESC, severity, reason, member
-- limit: 100
-- show: 10
-- columns of path_issue:
--   severity     VARCHAR [severity]
--   reason       VARCHAR [reason]
--   occurrences  BIGINT  [times]
--   member       VARCHAR [first in]
--   line         INTEGER [line]
--   excerpt      VARCHAR [text]
CREATE OR REPLACE VIEW path_issue AS
SELECT capture_id, severity, reason, count(*) AS occurrences,
       min(member) AS member, arg_min(line, (member, line)) AS line, arg_min(excerpt, (member, line)) AS excerpt
FROM ingest_issue
GROUP BY capture_id, severity, reason
ORDER BY capture_id, severity, reason;
