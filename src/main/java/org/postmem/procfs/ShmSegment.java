package org.postmem.procfs;

import java.time.Instant;
import java.util.List;

//        key      shmid perms                  size  cpid  lpid nattch   uid   gid …  ctime                   rss
//            swap
//          0          1  1600               1048576   421   421      1     0     0 …  1795404482           1048576
//               0

/**
 * A line of {@code /proc/sysvipc/shm} (proc_sysvipc(5)), by the names of its heading; {@code null} where a column is
 * missing ({@code rss} and {@code swap} 2.6.34+).
 *
 * @param permissions octal, as there
 * @param attached how many processes have it mapped
 * @param createdAt {@code ctime}: last changed, for most segments their making
 */
public record ShmSegment(
        Long key,
        long shmid,
        String permissions,
        Long sizeBytes,
        Integer creatorPid,
        Integer lastPid,
        Long attached,
        Long uid,
        Long rssBytes,
        Long swapBytes,
        Instant createdAt) {

    private static final Keys COLUMNS =
            new Keys("key", "shmid", "perms", "size", "cpid", "lpid", "nattch", "uid", "rss", "swap", "ctime");
    private static final int SHMID = 1;
    private static final int PERMS = 2;
    private static final int CTIME = 10;

    public static Parsed<List<ShmSegment>> parse(byte[] text) {
        return HeadedTable.parse(text, COLUMNS, SHMID, List.of(PERMS), (v, words) -> row(v, words[PERMS]));
    }

    private static ShmSegment row(Long[] v, String permissions) {
        Long changed = v[CTIME];
        boolean moment = changed != null && changed > 0 && changed <= Instants.LAST_EPOCH_SECOND;
        return new ShmSegment(
                v[0],
                v[SHMID],
                permissions,
                v[3],
                v[4] == null ? null : Lines.intOrNull(v[4]),
                v[5] == null ? null : Lines.intOrNull(v[5]),
                v[6],
                v[7],
                v[8],
                v[9],
                moment ? Instant.ofEpochSecond(changed) : null);
    }
}
