-- Who is known to take pages that no line of meminfo counts, as far as this capture shows signs of it. A sign is no proof.
-- requires: capture, snapshot, host_fact, kernel_module, vmstat
-- columns of unaccounted_suspect:
--   module VARCHAR  a loaded module that takes pages by itself (GPU, network card, balloon, ZFS), balloon (vmstat), or ftrace
--   bytes  BIGINT   what it gained in the capture where a counter says so, else NULL
-- columns of balloon_held: capture_id, snapshot INTEGER; bytes BIGINT  held by the balloon since boot, where the kernel has one
-- ballooned pages: balloon_inflate minus balloon_deflate of vmstat, counted since boot where the kernel has a balloon
-- ring of ftrace: buffer_total_size_kb, of all processors ("7 (expanded: 1408)" where nobody has traced yet)
CREATE OR REPLACE VIEW balloon_held AS
SELECT v.capture_id, v.snapshot,
  sum(CASE v.name WHEN 'balloon_inflate' THEN v.value ELSE -v.value END * coalesce(c.page_bytes, 4096))::BIGINT AS bytes
FROM vmstat AS v
JOIN capture AS c USING (capture_id)
WHERE v.name IN ('balloon_inflate', 'balloon_deflate')
GROUP BY v.capture_id, v.snapshot;

CREATE OR REPLACE VIEW unaccounted_suspect AS
WITH moved AS (
  SELECT b.capture_id, s.boot, sum(x.sign * b.bytes)::BIGINT AS bytes
  FROM balloon_held AS b
  JOIN snapshot AS s USING (capture_id, snapshot)
  JOIN (
    SELECT capture_id, boot, min(snapshot) AS snapshot, -1 AS sign FROM snapshot GROUP BY ALL
    UNION ALL SELECT capture_id, boot, max(snapshot), 1 FROM snapshot GROUP BY ALL
  ) AS x ON x.capture_id = b.capture_id AND x.snapshot = b.snapshot AND x.boot = s.boot
  GROUP BY b.capture_id, s.boot
), ring AS (
  SELECT f.capture_id, s.boot, arg_max(x.kb, f.snapshot) - arg_min(x.kb, f.snapshot) AS kb
  FROM host_fact AS f
  JOIN snapshot AS s USING (capture_id, snapshot),
    LATERAL (SELECT try_cast(regexp_extract(f.value, '^(\d+)', 1) AS BIGINT) AS kb) AS x
  WHERE f.name = 'sys/kernel/tracing/buffer_total_size_kb' AND x.kb IS NOT NULL
  GROUP BY f.capture_id, s.boot
)
SELECT DISTINCT capture_id, name AS module, NULL::BIGINT AS bytes
FROM kernel_module
WHERE regexp_matches(name, '^(nvidia|nvidia_uvm|amdgpu|radeon|i915|xe|nouveau|mlx[45]_core|ice|i40e|ixgbe|bnxt_en|ena|zfs|spl|virtio_balloon|vmw_balloon|hv_balloon)$')
UNION ALL
SELECT capture_id, 'balloon', max(bytes)
FROM moved
WHERE bytes <> 0
GROUP BY capture_id
UNION ALL
SELECT capture_id, 'ftrace', max(kb) * 1024
FROM ring
WHERE kb <> 0
GROUP BY capture_id;
