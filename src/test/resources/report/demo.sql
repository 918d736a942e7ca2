-- An invented host "demo": 960 MiB, 120 snapshots 10 s apart, a process that leaks its heap from the 13th on, one that saws,
-- one named like a script element, a gap after snapshot 75, an OOM kill at 100. Numbers are synthetic.
INSERT INTO capture VALUES (1, 'demo-20261122T024000Z.tar.zst', 'collector', 'demo', '6.1.0-56-amd64', 'x86_64', 4096, 100, 2, '0.1.0', 1, 10, true, 900, 28800,
  '{"interval":"10s"}', '{}', NULL);
INSERT INTO segment VALUES (1, 0, 'intact', 0, 204800, repeat('9f2c41ab', 8), 1, 60, NULL, NULL), (1, 1, 'damaged', 204800, 199000, repeat('77e0c3d9', 8), 61, 120, 'SHA-256 does not hold', NULL);
INSERT INTO snapshot
SELECT 1, i, i // 61, TIMESTAMP '2026-11-22 02:40:00' + INTERVAL (t) SECOND, t, 86400 + t, 'b0071d', 0, 0.021, 0.018, 61000000, 6400, CASE WHEN i = 76 THEN 3 ELSE 0 END, NULL, 6
FROM (SELECT i, (i - 1) * 10 + CASE WHEN i > 75 THEN 40 ELSE 0 END AS t FROM range(1, 121) r(i));

CREATE TEMP TABLE step AS
SELECT snapshot AS i, greatest(0, snapshot - 12) * 3600 * 1024 AS leaked, (snapshot % 9) * 1536 * 1024 AS saw FROM snapshot;

INSERT INTO process VALUES
  (1, 1, 0, 1, 3, '2026-11-21 02:40:00', 'init', 'init', '/sbin/init', '/sbin/init', 0, 0, false, '/', 0, 1, 120, false),
  (1, 2, 0, 241, 500, '2026-11-21 02:41:00', 'ordersvc', 'ordersvc', 'ordersvc --config /etc/shop/orders.yaml --token ********', '/usr/bin/ordersvc', 1001, 1, false, '/shop', -500, 1, 120, false),
  (1, 3, 0, 88, 400, '2026-11-21 02:41:00', 'dbserver', 'dbserver', 'dbserver -D /var/lib/db', '/usr/bin/dbserver', 1002, 1, false, '/db', 0, 1, 120, false),
  (1, 4, 0, 231, 410, '2026-11-21 02:41:00', 'gcsvc', 'gcsvc', 'gcsvc', '/usr/bin/gcsvc', 1001, 1, false, '/shop', 0, 1, 120, false),
  (1, 5, 0, 666, 600, '2026-11-21 02:41:00', '<script>alert(1', '<script>alert(1', '<script>alert(1)</script> "&'' </title>', '/tmp/x', 1003, 1, false, '/', 0, 1, 100, false),
  (1, 6, 0, 900, 700, '2026-11-22 02:39:00', 'java', 'postmem', 'java -jar postmem-collector.jar', '/usr/bin/java', 0, 1, false, '/', 0, 1, 120, true),
  (1, 7, 0, 2, 1, '2026-11-21 02:40:00', 'kthreadd', 'kthreadd', NULL, NULL, 0, 0, true, '/', 0, 1, 120, false);
INSERT INTO process_sample BY NAME
SELECT 1 AS capture_id, i AS snapshot, p AS process_id, 'S' AS state, rss * 3 // 2 // 4096 * 4096 AS vm_size_bytes, rss AS rss_bytes, rss - file AS rss_anon_bytes, file AS rss_file_bytes, 0 AS rss_shmem_bytes,
       CAST(rss // 400 // 4096 * 4096 AS BIGINT) AS pte_bytes, 0 AS swap_bytes, rss // 4096 + i * 5 AS minor_faults, i // 40 AS major_faults, i * 0.02 AS user_seconds, i * 0.01 AS system_seconds,
       score AS oom_score, adj AS oom_score_adj
FROM (
  SELECT i, 1 AS p, 4096 * 2000 AS rss, 4096 * 800 AS file, 1 AS score, 0 AS adj FROM step
  UNION ALL SELECT i, 2, 12582912 + leaked, 2097152, 120 + i // 2, -500 FROM step
  UNION ALL SELECT i, 3, 369098752, 4194304, 366, 0 FROM step
  UNION ALL SELECT i, 4, 31457280 + saw, 2097152, 40, 0 FROM step
  UNION ALL SELECT i, 5, 26214400, 1048576, 30, 0 FROM step WHERE i <= 100
  UNION ALL SELECT i, 6, 61341696, 20971520, 60, 0 FROM step);
INSERT INTO process_sample BY NAME SELECT 1 AS capture_id, i AS snapshot, 7 AS process_id, 'S' AS state FROM step;
INSERT INTO meminfo BY NAME
SELECT 1 AS capture_id, i AS snapshot, 1006632960 AS mem_total_bytes, free AS mem_free_bytes, free + 125829120 AS mem_available_bytes,
       8388608 AS buffers_bytes, 167772160 - CASE WHEN i > 60 THEN (i - 60) * 1048576 ELSE 0 END AS cached_bytes, 0 AS swap_cached_bytes, 0 AS swap_total_bytes, 0 AS swap_free_bytes, 41943040 AS active_bytes, 20971520 AS inactive_bytes,
       anon AS anon_pages_bytes, 41943040 AS mapped_bytes, 22020096 AS shmem_bytes, 34603008 AS slab_bytes, 14680064 AS sreclaimable_bytes, 14680064 AS kreclaimable_bytes,
       19922944 AS sunreclaim_bytes, 3145728 AS kernel_stack_bytes, 4194304 + i * 4096 AS page_tables_bytes, 35184372087808 AS vmalloc_total_bytes, 11534336 AS vmalloc_used_bytes,
       1048576 AS percpu_bytes, 503316480 AS commit_limit_bytes, 700000000 // 1024 * 1024 AS committed_as_bytes, 65536 AS dirty_bytes, 4096 * 11 AS direct_map_4k_bytes
FROM (SELECT i, 420478976 + leaked + saw AS anon, 1006632960 - 420478976 - leaked - saw - 8388608 - 167772160 + CASE WHEN i > 60 THEN (i - 60) * 1048576 ELSE 0 END - 34603008 - 11534336 - 4194304 - i * 4096 - 1048576
      - 5242880 - (i % 4) * 524288 AS free FROM step);
INSERT INTO zone SELECT 1, i, 0, 'Normal', 0, 4096, 8192, 12288, 0, 0, 0, (i % 5) * 40960 FROM step;
INSERT INTO vmstat SELECT 1, i, n, v FROM step, LATERAL (VALUES ('pgpgin', i * 100), ('pgpgout', i * 40), ('pgfault', i * 2000), ('pgmajfault', i // 10), ('pgfree', i * 3000),
  ('pgscan_kswapd', 0), ('pgscan_direct', 0), ('pgscan_direct_throttle', 0), ('pgsteal_kswapd', 0), ('pgsteal_direct', 0), ('pswpin', 0), ('pswpout', 0)) c(n, v);
INSERT INTO pressure SELECT 1, i, r, s, CASE WHEN i > 100 AND r = 'memory' THEN 1.5 ELSE 0 END, 0, 0, i * 0.001 FROM step, (VALUES ('cpu'), ('io'), ('memory')) a(r), (VALUES ('some'), ('full')) b(s);
INSERT INTO filesystem SELECT 1, i, 4026531841, d, 'tmpfs', m, size, used, size - used FROM step, LATERAL (VALUES ('0:25', '/run', 100663296, 1048576 + i // 12 * 4096), ('0:26', '/dev/shm', 503316480, 20971520)) f(d, m, size, used) WHERE i % 6 = 1;
INSERT INTO shm_segment SELECT 1, i, 1291845632, 3, '600', 4194304, 88, 88, 2, 1002, 1048576, 0, '2026-11-21 02:41:00' FROM step WHERE i % 6 = 1;
INSERT INTO slab SELECT 1, i, c, o, o, s, o * s // 4096, 1, o * s // 4096 * 4096 FROM step, LATERAL (VALUES ('dentry', 40000 + i * 8, 192), ('kmalloc-64', 30000, 64), ('inode_cache', 12000, 608)) x(c, o, s) WHERE i % 6 = 1;
INSERT INTO slab_cache VALUES (1, 1, 'kmalloc-64', 'io_kiocb_ctx ext4_free_data', false, NULL), (1, 1, 'dentry', NULL, true, NULL);
INSERT INTO vmalloc_caller SELECT 1, i, c, m, 4, b * 2, b FROM step, (VALUES ('alloc_thread_stack_node', NULL, 3145728), ('move_module', 'ext4', 786432)) x(c, m, b) WHERE i % 6 = 1;
INSERT INTO mapping SELECT 1, i, 2, n, p, 1, size, rss, rss, 0, 0, 0, rss, rss, 0, 0, 0 FROM step, LATERAL (VALUES ('[heap]', 'rw-p', 14680064 + leaked, 8388608 + leaked), ('/usr/bin/ordersvc', 'r-xp', 2097152, 2097152)) x(n, p, size, rss) WHERE i % 10 = 1;
INSERT INTO cgroup_memory BY NAME SELECT 1 AS capture_id, i AS snapshot, c AS path, 2 AS version, b AS current_bytes, m AS max_bytes, 0 AS events_oom_kill FROM step, LATERAL (VALUES ('/', 700000000, NULL), ('/shop', 60000000 + leaked, 536870912), ('/db', 380000000, NULL)) x(c, b, m) WHERE i % 6 = 1;
INSERT INTO oom_kill BY NAME SELECT 1 AS capture_id, 1 AS oom_id, 'host/kmsg' AS member, 812 AS line, TIMESTAMP '2026-11-22 02:57:12' AS ts, 87432.5 AS uptime_seconds, 'host' AS scope, 'dbserver' AS invoker_name, 88 AS invoker_pid,
  0 AS page_order, 666 AS victim_pid, '<script>alert(1' AS victim_name, 25165824 AS victim_rss_anon_bytes, 1048576 AS victim_rss_file_bytes, 0 AS victim_rss_shmem_bytes, 0 AS victim_oom_score_adj;
INSERT INTO oom_task BY NAME SELECT 1 AS capture_id, 1 AS oom_id, p AS pid, p AS tgid, 1000 AS uid, r * 2 AS total_vm_bytes, r AS rss_bytes, 40960 AS page_tables_bytes, 0 AS swap_bytes, 0 AS oom_score_adj, n AS name
FROM (VALUES (88, 369098752, 'dbserver'), (666, 26214400, '<script>alert(1')) x(p, r, n);
INSERT INTO read_gap SELECT 1, i, 'proc/*/smaps_rollup', 'ESRCH', 1, '' FROM step WHERE i % 40 = 0;
INSERT INTO ingest_issue VALUES (1, 17, '000017/proc/slabinfo', 4, 'warning', 'expected 16 columns, found 3', 'dentry <tunables> :');
INSERT INTO host_fact VALUES (1, 1, 'proc/sys/vm/overcommit_memory', '0'), (1, 1, 'proc/sys/vm/swappiness', '60'), (1, 1, 'etc/os-release:PRETTY_NAME', 'Debian GNU/Linux 12 (bookworm)');
DROP TABLE step;
