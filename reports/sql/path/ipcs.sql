-- System V shared memory, as ipcs -m prints it.
-- requires: shm_segment
-- order: abs(growth_bytes) + rss_bytes // 4 DESC, shmid
-- limit: 80
-- show: 8
-- members: proc/sysvipc/shm
-- culprit: segment shmid
-- columns of path_ipcs:
--   key_text      VARCHAR [key]
--   shmid         BIGINT  [shmid]
--   owner_uid     BIGINT  [owner] uid
--   permissions   VARCHAR [perms]
--   size_bytes    BIGINT  [bytes] size asked for
--   rss_bytes     BIGINT  [rss] really taken
--   swap_bytes    BIGINT  [swap]
--   growth_bytes  BIGINT  [grew] rss plus swap, last minus first reading
--   nattch        BIGINT  [nattch] 0: nobody holds it, it stays until removed
--   cpid          INTEGER [cpid] creator
--   lpid          INTEGER [lpid] last to attach or detach
CREATE OR REPLACE VIEW path_ipcs AS
SELECT capture_id, printf('0x%08x', arg_max(key & 4294967295, snapshot)) AS key_text, shmid,
       arg_max(uid, snapshot) AS owner_uid, arg_max(permissions, snapshot) AS permissions, arg_max(size_bytes, snapshot) AS size_bytes,
       arg_max(rss_bytes, snapshot) AS rss_bytes, arg_max(swap_bytes, snapshot) AS swap_bytes,
       arg_max(rss_bytes + coalesce(swap_bytes, 0), snapshot) - arg_min(rss_bytes + coalesce(swap_bytes, 0), snapshot) AS growth_bytes,
       arg_max(attached, snapshot) AS nattch, arg_max(creator_pid, snapshot) AS cpid, arg_max(last_pid, snapshot) AS lpid
FROM shm_segment
GROUP BY capture_id, shmid
ORDER BY capture_id, shmid;
