-- One verdict a series. Not a slope: the lower envelope of equal time buckets, judged after the onset of the growth.
-- requires: series, process, process_sample, snapshot, meminfo, metric_floor
-- columns of trend (a table, made once after loading):
--   sid, capture_id, boot, win, metric, subject_type, subject_id, name   as in series
--   samples BIGINT, span_seconds DOUBLE
--   floor DOUBLE      bytes or counts
--   verdict VARCHAR
--     insufficient  fewer than fewest_readings(), or less than 20 s
--     flat          nothing above the floor; of a process in a short capture nothing above the usual one, unless it leaks
--     sawtooth      falls by more than 35 % of its range, troughs do not rise
--     burst         came and went, or jumps about without a direction
--     step          one jump makes up the growth
--     saturating    grew, and has been quiet for longer than its growth ever paused (for half as long where it paused once), or its growth has slowed to less than half, or ever more for hours;
--                   not where memory and swap were used up when it stopped: it may want more and get none
--     wave          rose for hours, ever faster and then ever slower: the rising half of a day's load looks like this, a leak does not
--     thin          grows, but too briefly, or by too little for so short a time; or has stood still of late, and was read too seldom to say more,
--                   or rose again in its last reading
--     leak          grows and does not come back
--   base, last_value, lowest, highest DOUBLE
--   growth DOUBLE     last value minus the value at the onset (of a sawtooth: last trough minus first): the difference of two
--                     readings that both lie in the archive, so that every page, table and query shows the same number
--   drawdown DOUBLE   deepest fall from the highest value before it
--   tau DOUBLE        Kendall's, of the bucket minima after the onset: 1 = always rising
--   slowing DOUBLE    envelope slope of the last part over the mean slope; NULL when too short to say
--   easing DOUBLE     time from the onset to half of the growth, in shares of the time to 95 % of it: 0.5 of what grows evenly, 0.2 of what
--                     approaches a level ever more slowly; NULL of what did not get there
--   rate, rate_low, rate_high DOUBLE  per second: Theil-Sen over at most 8 bucket minima, 10th and 90th percentile of the pairs
--   onset_t, end_t, growth_seconds DOUBLE; onset_ts, end_ts TIMESTAMP UTC
--   confidence DOUBLE 0 … 1, that there is growth that stays: from tau, time of growth, growth over floor, samples; less
--                     for growth that slows down or has stopped; NULL for verdicts without growth
CREATE OR REPLACE TABLE trend AS
WITH point AS (
  SELECT sid, t_seconds AS t, value AS v,
    row_number() OVER w AS i,
    max(value) OVER (PARTITION BY sid ORDER BY t_seconds ROWS UNBOUNDED PRECEDING) AS peak,
    t_seconds - lag(t_seconds, 1) OVER w AS step_t
  FROM series
  WINDOW w AS (PARTITION BY sid ORDER BY t_seconds)
), whole AS (
  SELECT sid, count(*) AS n, min(t) AS t0, max(t) AS t1, min(v) AS lowest, max(v) AS highest,
    arg_max(v, t) AS v_last, max(peak - v) AS drawdown,
    median(step_t) AS dt,
    CASE WHEN count(*) >= 32 THEN 8 WHEN count(*) >= 18 THEN 6 WHEN count(*) >= 10 THEN 5 ELSE 4 END AS buckets
  FROM point
  GROUP BY sid
), bucket AS (
  -- equal numbers of samples, not equal times: a host that is short of memory is read when it lets itself be read
  SELECT p.sid, floor(w.buckets * (p.i - 1) / w.n) AS b, min(p.v) AS lo, arg_min(p.t, (p.v, p.t)) AS lo_t
  FROM point AS p
  JOIN whole AS w USING (sid)
  GROUP BY p.sid, b
), envelope AS (
  SELECT *, row_number() OVER (PARTITION BY sid ORDER BY b) AS k, count(*) OVER (PARTITION BY sid) AS m
  FROM bucket
), based AS (
  SELECT sid, min(lo) FILTER (WHERE k <= 2) AS base, max(lo) FILTER (WHERE k = m) AS envelope_last
  FROM envelope
  GROUP BY sid
), whole_tau AS (
  SELECT a.sid, avg(sign(c.lo - a.lo)) AS tau
  FROM envelope AS a
  JOIN envelope AS c ON c.sid = a.sid AND c.k > a.k
  GROUP BY a.sid
), onset AS (
  -- the last sample that is still at the base, within 5 % of the growth
  SELECT p.sid, max(p.t) AS onset_t, arg_max(p.v, p.t) AS onset_value
  FROM point AS p
  JOIN based AS x USING (sid)
  WHERE x.envelope_last > x.base AND p.v <= x.base + 0.05 * (x.envelope_last - x.base)
  GROUP BY p.sid
), after AS (
  SELECT p.sid, p.t, p.v, o.onset_t, x.base, w.t1, w.v_last, w.highest, count(*) OVER (PARTITION BY p.sid) AS n,
    row_number() OVER (PARTITION BY p.sid ORDER BY p.t) AS i,
    max(p.v) OVER (PARTITION BY p.sid ORDER BY p.t ROWS UNBOUNDED PRECEDING) AS peak,
    lag(p.t, 2) OVER (PARTITION BY p.sid ORDER BY p.t) AS t2, lag(p.v, 2) OVER (PARTITION BY p.sid ORDER BY p.t) AS v2,
    lag(p.t, 1) OVER (PARTITION BY p.sid ORDER BY p.t) AS t1_before, lag(p.v, 1) OVER (PARTITION BY p.sid ORDER BY p.t) AS v1_before
  FROM point AS p
  JOIN onset AS o USING (sid)
  JOIN based AS x USING (sid)
  JOIN whole AS w USING (sid)
  WHERE p.t >= o.onset_t
), jumped AS (
  -- the largest rise over one or two samples beyond what the mean slope would have risen meanwhile: a long pause between
  -- two samples makes no step of steady growth
  SELECT sid, greatest(0, max(greatest(
    v - v1_before - (t - t1_before) * greatest(0, v_last - base) / nullif(t1 - onset_t, 0),
    v - v2 - (t - t2) * greatest(0, v_last - base) / nullif(t1 - onset_t, 0)))) AS jump
  FROM after
  GROUP BY sid
), after_bucket AS (
  SELECT sid,
    floor(CASE WHEN n >= 32 THEN 8 WHEN n >= 18 THEN 6 WHEN n >= 10 THEN 5 ELSE 4 END * (i - 1) / n) AS b,
    min(v) AS lo, arg_min(t, (v, t)) AS lo_t
  FROM after
  GROUP BY ALL
), after_envelope AS (
  SELECT *, row_number() OVER (PARTITION BY sid ORDER BY b) AS k, count(*) OVER (PARTITION BY sid) AS m
  FROM (SELECT sid, b, min(lo) AS lo, arg_min(lo_t, (lo, lo_t)) AS lo_t FROM after_bucket GROUP BY sid, b)
), slope AS (
  SELECT a.sid, avg(sign(c.lo - a.lo)) AS tau,
    median((c.lo - a.lo) / (c.lo_t - a.lo_t)) AS rate,
    quantile_cont((c.lo - a.lo) / (c.lo_t - a.lo_t), 0.1) AS rate_low,
    quantile_cont((c.lo - a.lo) / (c.lo_t - a.lo_t), 0.9) AS rate_high
  FROM after_envelope AS a
  JOIN after_envelope AS c ON c.sid = a.sid AND c.k > a.k AND c.lo_t > a.lo_t
  GROUP BY a.sid
), late AS (
  SELECT sid,
    ((max(lo) FILTER (WHERE k = m)) - (max(lo) FILTER (WHERE k = ceil(0.6 * m))))
      / nullif((max(lo_t) FILTER (WHERE k = m)) - (max(lo_t) FILTER (WHERE k = ceil(0.6 * m))), 0) AS late_slope,
    ((max(lo) FILTER (WHERE k = m)) - (max(lo) FILTER (WHERE k = 1)))
      / nullif((max(lo_t) FILTER (WHERE k = m)) - (max(lo_t) FILTER (WHERE k = 1)), 0) AS mean_slope
  FROM after_envelope
  GROUP BY sid
), flank AS (
  -- slopes of the first, the middle and the last part of the envelope
  SELECT sid,
    ((max(lo) FILTER (WHERE k = 3)) - (max(lo) FILTER (WHERE k = 1))) / nullif((max(lo_t) FILTER (WHERE k = 3)) - (max(lo_t) FILTER (WHERE k = 1)), 0) AS first_slope,
    ((max(lo) FILTER (WHERE k = m - 2)) - (max(lo) FILTER (WHERE k = 3))) / nullif((max(lo_t) FILTER (WHERE k = m - 2)) - (max(lo_t) FILTER (WHERE k = 3)), 0) AS middle_slope,
    ((max(lo) FILTER (WHERE k = m)) - (max(lo) FILTER (WHERE k = m - 2))) / nullif((max(lo_t) FILTER (WHERE k = m)) - (max(lo_t) FILTER (WHERE k = m - 2)), 0) AS last_slope
  FROM after_envelope
  WHERE m = 8
  GROUP BY sid
), level AS (
  -- when the growth first reached 5, 10 … 95 % of its whole: a staircase pauses, a plateau stays
  SELECT sid, least(19, floor(20 * (peak - base) / nullif(highest - base, 0))) AS step, min(t) AS t
  FROM after
  GROUP BY ALL
  HAVING step >= 1
), pause AS (
  SELECT sid, t, step, t - lag(t) OVER (PARTITION BY sid ORDER BY step) AS gap
  FROM (SELECT sid, step, min(t) AS t FROM level GROUP BY sid, step)
), climbed AS (
  SELECT sid, count(*) AS increments, max(t) FILTER (WHERE step >= 19) AS t95, min(t) FILTER (WHERE step >= 10) AS t50, coalesce(max(gap), 0) AS gap,
    count(*) FILTER (WHERE gap > 0.5 * longest) AS pauses
  FROM (SELECT *, max(gap) OVER (PARTITION BY sid) AS longest FROM pause)
  GROUP BY sid
), falling AS (
  SELECT w.sid
  FROM whole AS w
  WHERE w.drawdown > 0.35 * (w.highest - w.lowest) AND w.n >= fewest_readings()
), coarse AS (
  -- lowest and highest of 96 slices, in the order they came: all that a zigzag needs
  SELECT p.sid, min(p.v) AS lo, arg_min(p.t, (p.v, p.t)) AS lo_t, max(p.v) AS hi, arg_max(p.t, (p.v, p.t)) AS hi_t
  FROM point AS p
  JOIN falling USING (sid)
  JOIN whole AS w USING (sid)
  GROUP BY p.sid, floor(96 * (p.t - w.t0) / nullif(w.t1 - w.t0, 0))
), turning AS (
  SELECT c.sid, list({'t': x.t, 'v': x.v} ORDER BY x.t, x.v) AS points, any_value(w.highest - w.lowest) AS range
  FROM coarse AS c
  JOIN whole AS w USING (sid),
    LATERAL (VALUES (c.lo_t, c.lo), (c.hi_t, c.hi)) AS x(t, v)
  GROUP BY c.sid
), zigzag AS (
  -- walks along and turns whenever the value has come back by a quarter of the range; a turn from down to up is a trough
  SELECT sid, list_reduce(
    list_transform(points, lambda p: {'v': p.v, 't': p.t, 'up': true, 'extreme': p.v, 'extreme_t': p.t, 'troughs': []::DOUBLE[], 'trough_t': []::DOUBLE[], 'falls': 0}),
    lambda a, x: CASE
      WHEN a.up AND x.v >= a.extreme THEN {'v': x.v, 't': x.t, 'up': true, 'extreme': x.v, 'extreme_t': x.t, 'troughs': a.troughs, 'trough_t': a.trough_t, 'falls': a.falls}
      WHEN a.up AND a.extreme - x.v > 0.25 * range THEN {'v': x.v, 't': x.t, 'up': false, 'extreme': x.v, 'extreme_t': x.t, 'troughs': a.troughs, 'trough_t': a.trough_t, 'falls': a.falls + 1}
      WHEN NOT a.up AND x.v <= a.extreme THEN {'v': x.v, 't': x.t, 'up': false, 'extreme': x.v, 'extreme_t': x.t, 'troughs': a.troughs, 'trough_t': a.trough_t, 'falls': a.falls}
      WHEN NOT a.up AND x.v - a.extreme > 0.25 * range THEN {'v': x.v, 't': x.t, 'up': true, 'extreme': x.v, 'extreme_t': x.t, 'troughs': list_append(a.troughs, a.extreme),
        'trough_t': list_append(a.trough_t, a.extreme_t), 'falls': a.falls}
      ELSE {'v': x.v, 't': x.t, 'up': a.up, 'extreme': a.extreme, 'extreme_t': a.extreme_t, 'troughs': a.troughs, 'trough_t': a.trough_t, 'falls': a.falls}
    END) AS z, range
  FROM turning
), saw AS (
  SELECT sid, z.falls AS falls, len(z.troughs) AS troughs, z.trough_t[1] AS first_trough_t, z.trough_t[-1] AS last_trough_t,
    z.troughs[-1] - z.troughs[1] AS gain,
    list_avg(flatten(list_transform(range(1, len(z.troughs)), lambda i:
      list_transform(range(i + 1, len(z.troughs) + 1), lambda j: sign(z.troughs[j] - z.troughs[i])::DOUBLE)))) AS trough_tau
  FROM zigzag
), listing AS (
  -- when processes were listed; asked only where what lists them tells no start of some
  SELECT DISTINCT s.capture_id, s.boot, s.t_seconds
  FROM process_sample AS x
  JOIN snapshot AS s USING (capture_id, snapshot)
  WHERE x.capture_id IN (SELECT p.capture_id FROM process AS p WHERE p.started_at IS NULL)
), birth AS (
  -- who was not in the list before was started since: when it was first listed, so that its growth never counts for longer than it was
  SELECT p.capture_id, p.process_id::VARCHAR AS subject_id, coalesce(a.t_seconds - epoch(a.ts - p.started_at), CASE WHEN l.t_seconds IS NOT NULL THEN a.t_seconds END) AS birth_t,
    (SELECT min(s.t_seconds) FROM snapshot AS s WHERE s.capture_id = p.capture_id AND s.boot = p.boot) AS begin_t
  FROM process AS p
  JOIN snapshot AS a ON a.capture_id = p.capture_id AND a.snapshot = p.first_snapshot
  ASOF LEFT JOIN listing AS l ON l.capture_id = p.capture_id AND l.boot = p.boot AND l.t_seconds < a.t_seconds
), room AS (
  -- from when on next to nothing was left of memory and swap, to the end: who stands still then may want more and get none
  SELECT capture_id, boot, min(t) AS room_t
  FROM (
    SELECT s.capture_id, s.boot, s.t_seconds AS t, max((m.mem_available_bytes + coalesce(m.swap_free_bytes, 0)) / m.mem_total_bytes)
      OVER (PARTITION BY s.capture_id, s.boot ORDER BY s.t_seconds ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS most_left
    FROM snapshot AS s
    JOIN meminfo AS m USING (capture_id, snapshot)
  )
  WHERE most_left < 0.05
  GROUP BY capture_id, boot
), joined AS (
  SELECT h.sid, h.capture_id, h.boot, h.win, h.metric, h.subject_type, h.subject_id, h.name, h.floor, mf.usual_floor,
    w.n, w.t0, w.t1, w.dt, w.lowest, w.highest, w.v_last, w.drawdown, coalesce(j.jump, 0) AS jump,
    x.base, x.envelope_last, x.envelope_last - x.base AS net,
    coalesce(o.onset_t, w.t0) AS onset_t, coalesce(o.onset_value, x.base) AS onset_value,
    greatest(coalesce(wt.tau, 0), coalesce(sl.tau, 0)) AS tau, sl.rate, sl.rate_low, sl.rate_high,
    c.increments, c.gap, (c.t50 - o.onset_t) / nullif(c.t95 - o.onset_t, 0) AS easing,
    -- two flights of stairs are no staircase: one pause does not tell that the next one ends. What comes and goes has no stairs
    c.gap * CASE WHEN c.pauses = 1 AND w.drawdown <= 0.15 * (w.highest - w.lowest) THEN 0.5 ELSE 1.5 END AS patience, w.t1 - c.t95 AS quiet, coalesce(c.t95, w.t1) - o.onset_t AS growth_seconds,
    CASE WHEN 0.4 * (w.t1 - o.onset_t) >= greatest(20, 4 * w.dt) AND la.mean_slope > 0 THEN la.late_slope / la.mean_slope END AS slowing,
    fl.first_slope, fl.middle_slope, fl.last_slope,
    s.falls, s.troughs, s.gain, s.trough_tau, s.first_trough_t, s.last_trough_t,
    o.onset_t - br.birth_t AS age_at_onset, c.t95 - br.birth_t AS grown_since_birth,
    coalesce(c.t95 >= ro.room_t - greatest(10, 0.1 * (c.t95 - o.onset_t)), false) AS no_room,
    br.birth_t > br.begin_t AND coalesce(o.onset_t, w.t0) <= w.t0 + 1.1 * w.dt AS never_at_rest
  FROM (SELECT DISTINCT ON (sid) sid, capture_id, boot, win, metric, subject_type, subject_id, name, floor FROM series ORDER BY sid, snapshot) AS h
  JOIN metric_floor AS mf ON mf.capture_id = h.capture_id AND mf.metric = h.metric
  JOIN whole AS w USING (sid)
  JOIN based AS x USING (sid)
  LEFT JOIN onset AS o USING (sid)
  LEFT JOIN whole_tau AS wt USING (sid)
  LEFT JOIN slope AS sl USING (sid)
  LEFT JOIN late AS la USING (sid)
  LEFT JOIN flank AS fl USING (sid)
  LEFT JOIN jumped AS j USING (sid)
  LEFT JOIN climbed AS c USING (sid)
  LEFT JOIN saw AS s USING (sid)
  LEFT JOIN room AS ro ON ro.capture_id = h.capture_id AND ro.boot = h.boot
  LEFT JOIN birth AS br ON h.subject_type = 'process' AND br.capture_id = h.capture_id AND br.subject_id = h.subject_id
), judged AS (
  SELECT *,
    metric IN ('proc_anon', 'proc_rss', 'group_anon', 'unit_anon', 'user_anon', 'cgroup_anon', 'host_anon', 'proc_file') AS user_memory,
    CASE
      WHEN n < fewest_readings() OR t1 - t0 < 20 THEN 'insufficient'
      WHEN highest - lowest < floor OR (net < floor AND drawdown < floor) THEN 'flat'
      WHEN falls >= 1 AND troughs >= 3 AND gain > floor AND gain > 0.3 * (highest - lowest) AND trough_tau > 0.6
        AND (troughs >= 4 OR gain > 3 * floor) THEN 'leak'
      WHEN falls >= 2 OR (falls = 1 AND net >= floor) THEN 'sawtooth'
      WHEN falls = 1 OR net < floor THEN 'burst'
      WHEN jump > 0.5 * greatest(net, v_last - base) THEN 'step'
      WHEN quiet > greatest(20, 4 * dt, 0.2 * growth_seconds, patience) AND NOT no_room THEN 'saturating'
      WHEN tau < 0.6 THEN 'burst'
      -- the next stair of a staircase: it stood still of late, and then rose again in its very last reading
      WHEN slowing < 0.5 AND NOT no_room AND quiet = 0 AND v_last - envelope_last > 0.15 * net THEN 'thin'
      WHEN slowing < 0.5 AND NOT no_room THEN 'saturating'
      -- ever more slowly for hours, from its first part to its last, with half of it gained in the first third: what fills up, even where it
      -- has no end in sight (a heap that is cut into pieces grows with the square root of time). A leak after a start-up goes on at one rate
      WHEN user_memory AND growth_seconds >= 10800 AND slowing < 0.7 AND easing < 0.35 AND NOT no_room
        AND middle_slope < 0.85 * first_slope AND last_slope < 0.85 * middle_slope THEN 'saturating'
      -- a load that follows the day rises for a quarter to half of it; shorter or longer growth is no flank of a day
      WHEN growth_seconds BETWEEN 10800 AND 64800 AND first_slope < 0.75 * middle_slope AND last_slope < 0.75 * middle_slope THEN 'wave'
      WHEN increments < 4 OR growth_seconds < greatest(20, 4 * dt) THEN 'thin'
      WHEN n < 9 AND net < 3 * floor THEN 'thin'
      -- quiet at its end for a quarter of the time, as never before: whether that is rest, more readings would tell
      WHEN quiet > greatest(20, 0.2 * growth_seconds, 1.2 * gap, 0.25 * (t1 - onset_t)) AND NOT no_room THEN 'thin'
      ELSE 'leak'
    END AS shape
  FROM joined
), verdict AS (
  SELECT * REPLACE (
      -- what a saw gained lies between its first and its last trough, and is told as of these two moments
      CASE WHEN shape = 'leak' AND troughs >= 3 THEN first_trough_t ELSE onset_t END AS onset_t,
      CASE WHEN shape = 'leak' AND troughs >= 3 THEN last_trough_t ELSE t1 END AS t1),
    t1 - t0 AS span,
    -- a start-up or the first rise of a cache looks like a leak until it turns: a short rise has to be a big one
    CASE
      WHEN shape = 'leak' AND user_memory AND troughs IS NULL
        AND net < floor * CASE WHEN growth_seconds < 35 THEN 3 WHEN growth_seconds < 60 THEN 2 ELSE 1 END THEN 'thin'
      -- what grows from its first seconds on, or was never read at rest since it was started, may be a start-up, however big, until
      -- it has gone on for more than a minute; for two while it slows down, as the heap of a virtual machine does before its first collections
      WHEN shape = 'leak' AND (age_at_onset < greatest(8, 0.12 * grown_since_birth) OR never_at_rest)
        AND grown_since_birth <= CASE WHEN slowing < 0.6 AND NOT no_room THEN 120 ELSE 65 END THEN 'thin'
      -- half a minute of a file that is written or of shared memory that is filled is a rise like any, with no process whose past would tell
      WHEN shape = 'leak' AND metric IN ('host_shmem', 'mount_used', 'host_undroppable') AND troughs IS NULL AND growth_seconds < 40 AND win = 'all' THEN 'thin'
      -- below the usual floor a leak is worth a look, and what comes and goes or comes to rest is not
      WHEN shape <> 'leak' AND shape <> 'insufficient' AND highest - lowest < usual_floor THEN 'flat'
      ELSE shape END AS verdict
  FROM judged
)
SELECT sid, capture_id, boot, win, metric, subject_type, subject_id, name, n AS samples, span AS span_seconds, floor, verdict,
  base, v_last AS last_value, lowest, highest,
  CASE WHEN troughs >= 3 THEN gain ELSE v_last - onset_value END AS growth,
  drawdown, tau, slowing, easing, rate, rate_low, rate_high, onset_t, t1 AS end_t,
  growth_seconds,
  (SELECT any_value(s.ts) FROM snapshot AS s WHERE s.capture_id = verdict.capture_id AND s.t_seconds = verdict.onset_t) AS onset_ts,
  (SELECT any_value(s.ts) FROM snapshot AS s WHERE s.capture_id = verdict.capture_id AND s.t_seconds = verdict.t1) AS end_ts,
  CASE WHEN verdict IN ('leak', 'saturating', 'wave', 'thin', 'step') THEN round(
    (0.25 * greatest(0, least(1, (tau - 0.4) / 0.5))
      + 0.25 * least(1, growth_seconds / 60)
      + 0.25 * least(1, (CASE WHEN troughs >= 3 THEN gain ELSE net END) / (4 * floor))
      + 0.25 * least(1, n / 12))
    * CASE WHEN verdict = 'leak' AND slowing < 0.8 THEN 0.8 ELSE 1 END
    * CASE WHEN troughs >= 3 THEN 0.9 ELSE 1 END
    * CASE verdict WHEN 'leak' THEN 1 WHEN 'saturating' THEN 0.6 WHEN 'thin' THEN 0.4 ELSE 0.3 END, 3) END AS confidence
FROM verdict
ORDER BY sid;
