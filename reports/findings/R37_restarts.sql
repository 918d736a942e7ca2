-- A process is started again and again, and each of its lives grows without rest: restarts hide the leak.
-- id: R37
-- kind: private_anonymous
-- chapter: pidstat
-- needs: process_sample, meminfo
SELECT capture_id, 'warning' AS severity, 0.6 AS confidence, 'process' AS culprit_type, process_id,
  'leak' AS trend, growth_bytes, rate_bytes_per_second, rate_low, rate_high, first_seen, last_seen, lives,
  ['SELECT process_id, pid, first_snapshot, last_snapshot FROM process WHERE capture_id = ' || capture_id || ' AND name = ''' || replace(name, '''', '''''') || ''' ORDER BY first_snapshot'] AS evidence_sql
FROM restarted
ORDER BY capture_id, growth_bytes DESC, process_id
