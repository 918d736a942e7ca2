package org.postmem.tools;

import java.util.List;
import org.postmem.procfs.Lines;
import org.postmem.procfs.Parsed;
import org.postmem.procfs.ShmSegment;

// ------ Shared Memory Segments --------
// key        shmid      owner      perms      bytes      nattch     status
// 0x00000000 32768      postgres   600        56         6          dest

/** What {@code ipcs -m} prints; how much of a segment is resident it does not tell. */
public final class IpcsText {
    private IpcsText() {}

    public static Parsed<ToolText> parse(byte[] text) {
        Lines lines = Lines.ofAnyText(text);
        Reading.Draft draft = new Reading.Draft(Stamp.NONE);
        boolean within = false;
        while (lines.next()) {
            List<String> words = ColumnHeader.words(lines.line(), 0);
            if (words.isEmpty()) {
                continue;
            }
            if (isHeading(words)) {
                within = true;
                continue;
            }
            if (words.get(0).startsWith("---") || words.get(0).equals("key")) {
                within = false;
                continue;
            }
            if (!within) {
                continue;
            }
            Long shmid = words.size() < 6 ? null : Amount.whole(words.get(1));
            Long key = shmid == null ? null : key(words.get(0));
            if (key == null) {
                lines.issue("not the fields that the heading has");
                continue;
            }
            draft.segments.add(new ShmSegment(
                    key,
                    shmid,
                    words.get(3),
                    Amount.whole(words.get(4)),
                    null,
                    null,
                    Amount.whole(words.get(5)),
                    Amount.whole(words.get(2)),
                    null,
                    null,
                    null));
        }
        return lines.parsed(ToolText.of(List.of(draft)));
    }

    static boolean isHeading(List<String> words) {
        return words.size() >= 6
                && words.subList(0, 6).equals(List.of("key", "shmid", "owner", "perms", "bytes", "nattch"));
    }

    /** 0x6d031a87 as the signed number the kernel prints in /proc/sysvipc/shm. */
    private static Long key(String text) {
        if (!text.matches("0x[0-9a-f]{1,8}")) {
            return null;
        }
        return (long) (int) Long.parseLong(text.substring(2), 16);
    }
}
