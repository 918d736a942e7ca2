-- A process moved much memory and came to rest or gave it back: start-up, a load, a garbage collector. Not a leak.
-- id: R06
-- kind: private_anonymous
-- chapter: pidstat
-- needs: process_sample, process_sample.rss_anon_bytes
-- threshold still_share = 0.1 of its mean rate: what goes on as fast as that at the end has not come to rest
-- threshold even_share = 0.7 of its mean rate: what went on as fast as that in its last part did not slow down, it stopped
-- threshold given_back_share = 0.5 of its range: less, and it kept what it took
SELECT t.capture_id, 'info' AS severity, 0.8 AS confidence, 'process' AS culprit_type, TRY_CAST(t.subject_id AS INTEGER) AS process_id,
  t.verdict AS trend, t.growth::BIGINT AS growth_bytes, (t.highest - t.lowest)::BIGINT AS range_bytes, 0 AS rank_bytes,
  t.onset_ts AS first_seen, t.end_ts AS last_seen,
  CASE WHEN t.verdict = 'saturating' AND t.slowing BETWEEN threshold('R06', 'still_share') AND threshold('R06', 'even_share') THEN 'slower'
    WHEN t.verdict = 'burst' AND t.drawdown < threshold('R06', 'given_back_share') * (t.highest - t.lowest) THEN 'paused' ELSE t.verdict END AS text, [series_sql(t.sid)] AS evidence_sql
FROM trend AS t
JOIN process AS p ON p.capture_id = t.capture_id AND p.process_id = TRY_CAST(t.subject_id AS INTEGER) AND NOT p.observer
WHERE t.metric = 'proc_anon' AND t.win = 'all' AND t.verdict IN ('saturating', 'wave', 'step', 'sawtooth', 'burst', 'thin')
  AND NOT EXISTS (SELECT 1 FROM grower AS g WHERE g.capture_id = t.capture_id AND g.metric = 'proc_anon' AND g.subject_id = t.subject_id)
  -- of those that grow one after the other each comes to rest, and all of them do not: R32
  AND NOT EXISTS (SELECT 1 FROM taking_turns AS u JOIN grower AS g USING (sid) WHERE u.in_turn AND g.capture_id = t.capture_id AND g.subject_id = p.name)
  -- a life that was too short to judge by itself is judged with the others of its program: R37
  AND NOT EXISTS (SELECT 1 FROM restarted_life AS l WHERE l.capture_id = t.capture_id AND l.process_id = p.process_id)
QUALIFY row_number() OVER (PARTITION BY t.capture_id ORDER BY t.highest - t.lowest DESC, t.sid) <= 5
ORDER BY t.capture_id, range_bytes DESC, t.sid
