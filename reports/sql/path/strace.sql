-- Calls that ask for memory or give it back, from an attached strace -e trace=memory.
-- requires: syscall_memory
-- order: bytes DESC NULLS LAST, call, pid
-- limit: 60
-- show: 12
-- members: attached
-- columns of path_strace:
--   pid      INTEGER [pid]
--   call     VARCHAR [syscall]
--   calls    BIGINT  [calls]
--   errors   BIGINT  [errors]
--   bytes    BIGINT  [bytes]
--   member   VARCHAR [file]
CREATE OR REPLACE VIEW path_strace AS
SELECT capture_id, pid, call, CAST(sum(calls) AS BIGINT) AS calls, CAST(sum(errors) AS BIGINT) AS errors, CAST(sum(bytes) AS BIGINT) AS bytes, member
FROM syscall_memory
GROUP BY capture_id, member, pid, call
ORDER BY capture_id, member, pid, call;
