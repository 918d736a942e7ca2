-- Processes that only a text without numbers lists at a moment: OSWatcher's ps beside its top, whose names and states say
-- nothing where the other text has a row.
-- beside: the rows of process_sample that other texts list at moments which the table has, of one capture
INSERT INTO process_sample (capture_id, snapshot, process_id, state)
SELECT capture_id, snapshot, process_id, min(state)
FROM beside AS b
WHERE NOT EXISTS (FROM process_sample AS s WHERE s.capture_id = b.capture_id AND s.snapshot = b.snapshot AND s.process_id = b.process_id)
GROUP BY ALL
ORDER BY snapshot, process_id;
