-- What strace was attached, if any.
-- requires: path_strace
-- columns of lead_strace, one row a capture with an attached trace: text: attached
CREATE OR REPLACE VIEW lead_strace AS
SELECT capture_id, 'attached' AS text, CAST(sum(calls) AS BIGINT) AS calls, CAST(sum(bytes) AS BIGINT) AS total_bytes, count(DISTINCT pid) AS processes
FROM path_strace
GROUP BY capture_id
ORDER BY capture_id;
