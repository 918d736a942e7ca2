-- A process is started again and again, and each of its lives grows without rest: restarts hide the leak.
-- id: R37
-- kind: private_anonymous
-- chapter: pidstat
-- needs: process_sample, meminfo
SELECT capture_id, 'warning' AS severity, 0.6 AS confidence, 'process' AS culprit_type, process_id,
  'leak' AS trend, growth_bytes, rate_bytes_per_second, rate_low, rate_high, first_seen, last_seen, lives,
  ['SELECT process_id, pid, first_snapshot, last_snapshot FROM process WHERE capture_id = ' || capture_id || ' AND name = ''' || replace(name, '''', '''''') || ''' ORDER BY first_snapshot'] AS evidence_sql
FROM restarted
UNION ALL BY NAME
-- a pool: what each of them gains goes with it, whether that is a leak or not
SELECT w.capture_id, 'info' AS severity, 0.8 AS confidence, 'group' AS culprit_type, w.name AS culprit_name, 'sawtooth' AS trend, 0 AS rank_bytes, 'pool' AS text,
  max(g.growth)::BIGINT AS growth_bytes, min(g.onset_ts) AS first_seen, max(g.end_ts) AS last_seen, any_value(w.ended) AS ended, any_value(w.living) AS living, any_value(w.most_bytes)::BIGINT AS most_bytes,
  ['SELECT process_id, pid, first_snapshot, last_snapshot FROM process WHERE capture_id = ' || w.capture_id || ' AND name = ''' || replace(w.name, '''', '''''') || ''' ORDER BY first_snapshot'] AS evidence_sql
FROM worker_pool AS w
JOIN grower AS g ON g.capture_id = w.capture_id AND g.boot = w.boot AND g.metric = 'proc_anon' AND g.name = w.name
JOIN excuse AS x ON x.sid = g.sid AND x.reason = 'pool'
JOIN process AS p ON p.capture_id = g.capture_id AND p.process_id = g.process_id AND kin_cgroup(p.cgroup) IS NOT DISTINCT FROM w.kin
GROUP BY w.capture_id, w.boot, w.name, w.kin
ORDER BY capture_id, growth_bytes DESC, process_id, culprit_name
