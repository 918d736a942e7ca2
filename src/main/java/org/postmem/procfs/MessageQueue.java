package org.postmem.procfs;

import java.util.List;

//        key      msqid perms      cbytes       qnum lspid lrpid   uid   gid  cuid  cgid      stime      rtime
//            ctime
//          0          1   600        8000          2 22349 22349     0     0     0     0 1795963862 1795963862
//       1795963862

/**
 * A line of {@code /proc/sysvipc/msg} (proc_sysvipc(5)), by the names of its heading; {@code null} where a column is
 * missing.
 *
 * @param queuedBytes {@code cbytes}: text of the messages that wait; the kernel takes 48 bytes more for each
 * @param messages {@code qnum}
 * @param senderPid who sent last, 0 where nobody did
 * @param receiverPid who received last, 0 where nobody did
 */
public record MessageQueue(
        Long key, long msqid, Long queuedBytes, Long messages, Integer senderPid, Integer receiverPid, Long uid) {

    private static final Keys COLUMNS = new Keys("key", "msqid", "cbytes", "qnum", "lspid", "lrpid", "uid");
    private static final int MSQID = 1;

    public static Parsed<List<MessageQueue>> parse(byte[] text) {
        return HeadedTable.parse(
                text,
                COLUMNS,
                MSQID,
                List.of(),
                (v, words) -> new MessageQueue(
                        v[0],
                        v[MSQID],
                        v[2],
                        v[3],
                        v[4] == null ? null : Lines.intOrNull(v[4]),
                        v[5] == null ? null : Lines.intOrNull(v[5]),
                        v[6]));
    }
}
