-- What each kind of file of other tools told, what it cannot tell, and where two of them contradict each other.
-- id: R34
-- kind: data_quality
-- chapter: quality
WITH source AS (
  SELECT *, CASE
    WHEN kind IN ('sa_file', 'sar', 'sadf', 'sadf_json', 'sadf_xml') THEN 'sar'
    WHEN kind IN ('kernel_log', 'kernel_records') THEN 'log'
    WHEN kind IN ('host_file', 'host_files') THEN 'proc'
    WHEN kind IN ('vmstat', 'vmstat_totals') THEN 'vmstat'
    WHEN kind IN ('slabtop', 'vmstat_slabs') THEN 'slabtop'
    WHEN kind IN ('memleak', 'kmemleak', 'strace', 'page_owner', 'alloc_traces', 'allocinfo') THEN 'trace'
    WHEN kind IN ('smem', 'smem_system') THEN 'smem'
    ELSE kind END AS text
  FROM evidence_source
  WHERE kind <> 'host_name'
), told AS (
  SELECT capture_id, text, count(*) AS files, sum(readings)::BIGINT AS readings, min(from_ts) AS first_seen, max(to_ts) AS last_seen
  FROM source
  GROUP BY capture_id, text
), contradiction AS (
  -- the first whose files are known, all of it from one row: arg_min would pass over what is NULL there and take the next row's
  SELECT capture_id, count(*) OVER (PARTITION BY capture_id) AS conflicts, what, member AS one_member, value AS one_bytes, other_member,
    other_value AS other_bytes, ts AS first_seen, CASE WHEN member IS NULL THEN what END AS unnamed
  FROM evidence_conflict
  QUALIFY row_number() OVER (PARTITION BY capture_id ORDER BY member IS NULL, snapshot, what) = 1
)
SELECT capture_id, 'info' AS severity, 1.0 AS confidence, 0 AS rank_bytes, text, files, readings, first_seen, last_seen,
  -- one round of copies takes a few seconds
  CASE WHEN last_seen - first_seen < INTERVAL 10 SECOND THEN first_seen END AS moment_ts, CASE WHEN last_seen - first_seen >= INTERVAL 10 SECOND THEN last_seen END AS later_ts,
  NULL AS conflicts, NULL AS what, NULL AS one_member, NULL AS one_bytes, NULL AS other_member, NULL AS other_bytes, NULL AS unnamed,
  ['SELECT * FROM evidence_source WHERE capture_id = ' || capture_id || ' ORDER BY member'] AS evidence_sql
FROM told
UNION ALL
SELECT capture_id, 'warning', 1.0, 0, 'conflict', NULL, NULL, first_seen, NULL, NULL, NULL, conflicts, what, one_member, one_bytes, other_member,
  other_bytes, unnamed, ['SELECT * FROM evidence_conflict WHERE capture_id = ' || capture_id || ' ORDER BY snapshot, what']
FROM contradiction
ORDER BY capture_id, text
