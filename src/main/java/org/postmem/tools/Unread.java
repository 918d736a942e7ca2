package org.postmem.tools;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

// ATOP - vm      2026/11/28  20:35:42      -----------------      6h58m28s elapsed
// CONTAINER ID   NAME      CPU %     MEM USAGE / LIMIT     MEM %     NET I/O           BLOCK I/O         PIDS
// NAME                              CPU(cores)   MEMORY(bytes)

/** Files about memory that postmem does not read, and what to give in their place. */
public final class Unread {
    private static final int ATOP_MAGIC = 0xfeedbeef;
    private static final int ELF_TYPE = 16;
    private static final int ELF_CORE = 4;
    private static final Pattern ATOP_SCREEN = Pattern.compile("ATOP - \\S{1,255} +\\d{4}/\\d\\d/\\d\\d +\\d\\d:.*");
    private static final int HEADING_LINES = 20;
    private static final int LONGEST_LINE = 1000;
    /** What makes the same numbers known of containers, whoever runs them. */
    private static final String CONTROL_GROUPS =
            " give the files of the control groups of the node, with a line of time above each reading:"
                    + " date; head -n 99 /sys/fs/cgroup/*/*/memory.*";

    private Unread() {}

    /** Why a file is not read and what to give instead, in a sentence; {@code null} of any other file. */
    public static String why(byte[] head) {
        if (head.length >= 4 && isAtop(head)) {
            return "a raw log of atop, which only atop of that version reads; give what atop -r FILE -P ALL prints";
        }
        if (startsWith(head, "LPKSHHRH")) {
            return "a binary journal; give what journalctl --file FILE -k -o short-iso-precise prints";
        }
        if (startsWith(head, "KDUMP   ")
                || (startsWith(head, "\u007fELF") && head.length > ELF_TYPE && head[ELF_TYPE] == ELF_CORE)) {
            return "a memory dump; of one of the kernel give the vmcore-dmesg.txt that lies beside it, or what"
                    + " log prints in crash";
        }
        if (startsWith(head, "AAA,progname,nmon")) {
            return "a log of nmon; give the files of sysstat of the same days (/var/log/sa)";
        }
        List<String> first = new String(head, StandardCharsets.UTF_8)
                .lines()
                .limit(HEADING_LINES)
                .map(line ->
                        line.substring(0, Math.min(line.length(), LONGEST_LINE)).strip())
                .toList();
        for (String line : first) {
            if (ATOP_SCREEN.matcher(line).matches()) {
                return "what atop shows on the screen, which is rounded and cut; give what atop -r FILE -P ALL prints of the"
                        + " same log";
            }
            if (line.startsWith("CONTAINER ID ") && line.contains("MEM USAGE / LIMIT")) {
                return "docker stats (or podman) tells no time and no kind of memory;" + CONTROL_GROUPS;
            }
            if (line.contains("CPU(cores)") && line.contains("MEMORY(bytes)")) {
                return "kubectl top tells no time and no kind of memory;" + CONTROL_GROUPS;
            }
        }
        return null;
    }

    private static boolean isAtop(byte[] head) {
        int magic = 0;
        for (int i = 3; i >= 0; i--) {
            magic = (magic << 8) | (head[i] & 0xff);
        }
        return magic == ATOP_MAGIC || Integer.reverseBytes(magic) == ATOP_MAGIC;
    }

    private static boolean startsWith(byte[] head, String magic) {
        byte[] bytes = magic.getBytes(StandardCharsets.ISO_8859_1);
        return head.length >= bytes.length && Arrays.equals(head, 0, bytes.length, bytes, 0, bytes.length);
    }
}
