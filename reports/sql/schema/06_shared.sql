-- Shared memory and memory-backed file systems: memory that no process need hold.
-- columns of filesystem (statvfs of each memory-backed mount in every mount namespace seen):
--   mount_namespace  BIGINT   inode of the namespace; the collector's own is the first
--   device           VARCHAR  major:minor: one device mounted twice is one file system; the mount point where df was read, which tells none
--   fstype           VARCHAR  tmpfs, devtmpfs, ramfs, hugetlbfs; from df every other type too, and unknown without -T
--   mount_point      VARCHAR  as seen in that namespace
CREATE TABLE filesystem (
  capture_id INTEGER NOT NULL,
  snapshot INTEGER NOT NULL,
  mount_namespace BIGINT,
  device VARCHAR NOT NULL,
  fstype VARCHAR NOT NULL,
  mount_point VARCHAR NOT NULL,
  total_bytes BIGINT,
  used_bytes BIGINT,
  available_bytes BIGINT
);

-- columns of filesystem_inode (df -i): how many files there are, whatever their size
--   fstype   VARCHAR  NULL where df printed no type
--   inodes   BIGINT   0 where a file system has no fixed number of them
--   used_inodes BIGINT  files;  free_inodes BIGINT  what is left
CREATE TABLE filesystem_inode (
  capture_id INTEGER NOT NULL,
  snapshot INTEGER NOT NULL,
  device VARCHAR NOT NULL,
  fstype VARCHAR,
  mount_point VARCHAR NOT NULL,
  inodes BIGINT,
  used_inodes BIGINT,
  free_inodes BIGINT
);

-- columns of memory_area (smem -w): areas as smem reckons them from meminfo and smaps; they overlap lines of meminfo
--   area            VARCHAR  userspace memory, kernel dynamic memory, free memory …
--   noncache_bytes  BIGINT  used less cache
CREATE TABLE memory_area (
  capture_id INTEGER NOT NULL,
  snapshot INTEGER NOT NULL,
  area VARCHAR NOT NULL,
  used_bytes BIGINT,
  cache_bytes BIGINT,
  noncache_bytes BIGINT
);

-- columns of message_queue (/proc/sysvipc/msg; proc_sysvipc(5)): System V queues, which outlive all processes
--   key          BIGINT   what programs agree on to find it; 0 is IPC_PRIVATE
--   msqid        BIGINT   the kernel's number
--   queued_bytes BIGINT   text of the messages that wait (cbytes); messages BIGINT  how many they are (qnum)
--   uid          BIGINT   of the owner
CREATE TABLE message_queue (
  capture_id INTEGER NOT NULL,
  snapshot INTEGER NOT NULL,
  key BIGINT,
  msqid BIGINT NOT NULL,
  queued_bytes BIGINT,
  messages BIGINT,
  sender_pid INTEGER, -- who sent last, 0 where nobody did
  receiver_pid INTEGER, -- likewise
  uid BIGINT
);

-- columns of shm_segment (/proc/sysvipc/shm; proc_sysvipc(5))
--   key         BIGINT     what programs agree on to find it; 0 is IPC_PRIVATE
--   shmid       BIGINT     the kernel's number; /SYSV… in smaps has it as inode
--   attached    BIGINT     attachments (nattch): a segment with none lives on until it is removed
--   uid         BIGINT     of the owner
--   created_at  TIMESTAMP  UTC, the last change of owner or mode (ctime); NULL where it is 0
CREATE TABLE shm_segment (
  capture_id INTEGER NOT NULL,
  snapshot INTEGER NOT NULL,
  key BIGINT,
  shmid BIGINT NOT NULL,
  permissions VARCHAR, -- octal, as there
  size_bytes BIGINT,
  creator_pid INTEGER,
  last_pid INTEGER,
  attached BIGINT,
  uid BIGINT,
  rss_bytes BIGINT,
  swap_bytes BIGINT,
  created_at TIMESTAMP
);
