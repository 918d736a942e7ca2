-- Files without a name that still take memory: deleted but open, and memfd (lsof +L1). Sizes are upper bounds: a sparse file takes less.
-- requires: open_file, process
-- order: last_bytes DESC NULLS LAST, device, inode
-- limit: 80
-- show: 8
-- members: pid/fd
-- columns of path_lsof:
--   pid           INTEGER [PID] lowest pid that held it last
--   command       VARCHAR [COMMAND]
--   descriptors   BIGINT  [FDs] open at the last reading
--   kind          VARCHAR [TYPE]
--   last_bytes    BIGINT  [SIZE] apparent
--   growth_bytes  BIGINT  [grew]
--   inode         VARCHAR [NODE]
--   target        VARCHAR [NAME]
CREATE OR REPLACE VIEW path_lsof AS
WITH file AS (
  SELECT f.capture_id, f.snapshot, f.device, f.inode, f.kind, f.target,
         arg_min(p.pid, (p.pid, p.process_id)) AS pid, arg_min(coalesce(p.name, p.comm), (p.pid, p.process_id)) AS command,
         count(*) AS descriptors, max(f.size_bytes) AS bytes
  FROM open_file f
  JOIN process p USING (capture_id, process_id)
  WHERE f.kind <> 'socket'
  GROUP BY f.capture_id, f.snapshot, f.device, f.inode, f.kind, f.target
)
SELECT capture_id, device, arg_max(pid, snapshot) AS pid, arg_max(command, snapshot) AS command, arg_max(descriptors, snapshot) AS descriptors, kind,
       arg_max(bytes, snapshot) AS last_bytes, arg_max(bytes, snapshot) - arg_min(bytes, snapshot) AS growth_bytes,
       CAST(inode AS VARCHAR) AS inode, target
FROM file
GROUP BY capture_id, device, file.inode, kind, target
ORDER BY capture_id, device, inode, target;
