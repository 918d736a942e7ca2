-- A setting of this host turns a shortage of memory into something worse, or makes one where there is none.
-- id: R30
-- kind: configuration
-- chapter: meminfo
-- needs: meminfo, host_fact
-- threshold commit_share = 0.9 of CommitLimit promised under overcommit_memory 2: the next request may be refused
-- threshold promised_factor = 2 times all memory and swap promised: more than a start of large runtimes promises
-- threshold reserve_share = 0.1 of MemTotal kept free by min_free_kbytes: nobody may use it
WITH setting AS (
  SELECT capture_id, replace(name, 'proc/sys/vm/', '') AS name, arg_max(try_cast(value AS BIGINT), snapshot) AS value
  FROM host_fact
  WHERE name IN ('proc/sys/vm/overcommit_memory', 'proc/sys/vm/panic_on_oom', 'proc/sys/vm/oom_kill_allocating_task',
    'proc/sys/vm/min_free_kbytes')
  GROUP BY capture_id, name
), host AS (
  SELECT m.capture_id,
    arg_max(m.mem_total_bytes, m.snapshot) AS total_bytes, arg_max(coalesce(m.swap_total_bytes, 0), m.snapshot) AS swap_bytes,
    arg_max(m.committed_as_bytes, m.snapshot) AS promised_bytes, arg_max(m.commit_limit_bytes, m.snapshot) AS limit_bytes
  FROM meminfo AS m
  GROUP BY m.capture_id
), peak AS (
  -- processes come and go, and with them what is promised: the most of it since the limit is what it is
  SELECT m.capture_id, max(m.committed_as_bytes) AS most_promised_bytes
  FROM meminfo AS m
  JOIN host AS h ON h.capture_id = m.capture_id AND h.limit_bytes = m.commit_limit_bytes
  GROUP BY m.capture_id
), set_to AS (
  SELECT h.*, any_value(k.most_promised_bytes) AS most_promised_bytes,
    max(s.value) FILTER (WHERE s.name = 'overcommit_memory') AS overcommit,
    max(s.value) FILTER (WHERE s.name = 'panic_on_oom') AS panics,
    max(s.value) FILTER (WHERE s.name = 'oom_kill_allocating_task') AS kills_asker,
    max(s.value) FILTER (WHERE s.name = 'min_free_kbytes') * 1024 AS reserve_bytes
  FROM host AS h
  LEFT JOIN peak AS k ON k.capture_id = h.capture_id
  JOIN setting AS s ON s.capture_id = h.capture_id
  GROUP BY ALL
)
SELECT s.capture_id, x.severity, 0.9 AS confidence, 'host' AS culprit_type, x.name AS culprit_name, 'flat' AS trend, 0 AS rank_bytes, x.text,
  CASE WHEN x.text = 'commit_limit' THEN s.most_promised_bytes ELSE s.promised_bytes END AS promised_bytes, s.limit_bytes, s.reserve_bytes, s.total_bytes + s.swap_bytes AS memory_bytes,
  CASE WHEN x.text = 'commit_limit' THEN s.most_promised_bytes ELSE s.promised_bytes END / nullif(s.limit_bytes, 0) AS promised_share,
  ['SELECT snapshot, name, value FROM host_fact WHERE capture_id = ' || s.capture_id || ' AND starts_with(name, ''proc/sys/vm/'') ORDER BY name, snapshot',
    'SELECT snapshot, committed_as_bytes, commit_limit_bytes FROM meminfo WHERE capture_id = ' || s.capture_id || ' ORDER BY snapshot'] AS evidence_sql
FROM set_to AS s,
  LATERAL (VALUES
    ('vm.overcommit_memory', 'commit_limit', 'warning',
      s.overcommit = 2 AND s.most_promised_bytes > threshold('R30', 'commit_share') * s.limit_bytes),
    ('vm.overcommit_memory', 'promised', 'info',
      s.overcommit <> 2 AND s.promised_bytes > threshold('R30', 'promised_factor') * (s.total_bytes + s.swap_bytes)),
    ('vm.panic_on_oom', 'panic', 'info', s.panics > 0),
    ('vm.oom_kill_allocating_task', 'asker', 'info', s.kills_asker > 0),
    ('vm.min_free_kbytes', 'reserve', 'info', s.reserve_bytes > threshold('R30', 'reserve_share') * s.total_bytes)
  ) AS x(name, text, severity, holds)
WHERE x.holds
ORDER BY s.capture_id, x.text
