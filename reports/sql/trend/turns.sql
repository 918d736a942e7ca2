-- Growth that goes from one process to the next: each of a name grows for a while, rests and keeps what it has, while another goes on.
-- requires: grower, process, process_sample, snapshot
-- columns of taking_turns, one row a grower of the anonymous memory of all processes of a name, of which in most sixteenths of its time one
-- process gained 60 % or more, and not always the same:
--   sid INTEGER; in_turn BOOLEAN  three processes or more had such a turn, in three quarters of the sixteenths: fewer may be chance
--   processes BIGINT  that had such a turn
--   again_processes, again_bytes BIGINT  those that had another turn after somebody else's, and what they gained in it
CREATE OR REPLACE TABLE taking_turns AS
WITH held AS (
  SELECT g.sid, p.process_id, least(15, 16 * (t.t_seconds - g.onset_t) // (g.end_t - g.onset_t))::INTEGER AS sixteenth,
    arg_max(e.rss_anon_bytes + coalesce(e.swap_bytes, 0), e.snapshot) AS bytes
  FROM grower AS g
  JOIN process AS p ON p.capture_id = g.capture_id AND p.boot = g.boot AND p.name = g.subject_id
  JOIN process_sample AS e ON e.capture_id = p.capture_id AND e.process_id = p.process_id AND e.snapshot BETWEEN g.from_snapshot AND g.to_snapshot
  JOIN snapshot AS t ON t.capture_id = e.capture_id AND t.snapshot = e.snapshot AND t.t_seconds BETWEEN g.onset_t AND g.end_t
  WHERE g.metric = 'group_anon' AND g.end_t > g.onset_t AND e.rss_anon_bytes IS NOT NULL
  GROUP BY g.sid, p.process_id, sixteenth
), stepped AS (
  SELECT sid, process_id, sixteenth, bytes - lag(bytes) OVER (PARTITION BY sid, process_id ORDER BY sixteenth) AS gained
  FROM held
), ahead AS (
  SELECT sid, sixteenth, arg_max(process_id, gained) AS process_id, max(gained) AS gained, max(gained) / sum(gained) AS share
  FROM stepped
  WHERE gained > 0
  GROUP BY sid, sixteenth
), turn AS (
  -- sixteenths one after the other that are of one process
  SELECT sid, process_id, turn, sum(gained) AS gained, count(*) AS sixteenths
  FROM (
    SELECT *, sum(begins::INTEGER) OVER (PARTITION BY sid ORDER BY sixteenth) AS turn
    FROM (
      SELECT *, process_id IS DISTINCT FROM lag(process_id) OVER (PARTITION BY sid ORDER BY sixteenth) AS begins
      FROM ahead
      WHERE share >= 0.6
    )
  )
  GROUP BY sid, process_id, turn
), ordered AS (
  SELECT *, row_number() OVER (PARTITION BY sid, process_id ORDER BY turn) > 1 AS again FROM turn
)
SELECT sid, count(DISTINCT process_id) AS processes, processes >= 3 AND sum(sixteenths) / 15 >= 0.75 AS in_turn,
  count(DISTINCT process_id) FILTER (WHERE again) AS again_processes, coalesce(sum(gained) FILTER (WHERE again), 0)::BIGINT AS again_bytes
FROM ordered
GROUP BY sid
ORDER BY sid;
