package org.postmem.tools;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

// Sun Nov 22 21:00:00 UTC 2026
//                total        used        free      shared  buff/cache   available
// Mem:        24684084      684952    20421912       25256     3920528    23999132
// USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND

/** What several tools printed one after the other, as {@code date; free; ps aux} does: parted where the next one begins. */
final class PrintOuts {
    private static final byte[] USER = bytes("USER ");

    /** How the first line begins, in which no other tool says anything. */
    private static final List<byte[]> BEGINNINGS = List.of(
            bytes("total "),
            USER,
            bytes("UID "),
            bytes("PID "),
            bytes("F S "),
            bytes("F UID "),
            bytes("Filesystem "),
            bytes("MemTotal:"),
            bytes("procs "),
            bytes("top - "),
            bytes("Active / Total Objects"),
            bytes("slabinfo - version:"),
            bytes("------ Shared Memory"));

    private static final Set<EvidenceKind> PARTED = Set.of(
            EvidenceKind.FREE,
            EvidenceKind.PS,
            EvidenceKind.TOP,
            EvidenceKind.DF,
            EvidenceKind.VMSTAT,
            EvidenceKind.SLABTOP,
            EvidenceKind.IPCS,
            EvidenceKind.SMEM,
            EvidenceKind.HOST_FILE);
    /** Enough for the heading of any of them. */
    private static final int HEADING_BYTES = 2048;

    private PrintOuts() {}

    /**
     * One of them.
     *
     * @param line of the text at which it begins, 0-based
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    record PrintOut(EvidenceKind kind, int line, byte[] text) {}

    /** The parts of a text, mostly one: the text itself. */
    static List<PrintOut> of(String name, byte[] text, EvidenceKind whole) {
        if (!PARTED.contains(whole)) {
            return List.of(new PrintOut(whole, 0, text));
        }
        List<PrintOut> parts = new ArrayList<>(1);
        EvidenceKind kind = whole;
        int from = 0;
        int fromLine = 0;
        int line = 0;
        for (int at = 0; at < text.length; line++) {
            int end = TextBytes.lineEnd(text, at);
            if (at > from && begins(text, at, end)) {
                byte[] head = Arrays.copyOfRange(text, at, Math.min(text.length, at + HEADING_BYTES));
                EvidenceKind next = EvidenceKind.of(name, head);
                // top's own table has the heading of a list of processes
                boolean table =
                        kind == EvidenceKind.TOP && next == EvidenceKind.PS && !TextBytes.startsWith(text, at, USER);
                if (next != kind && PARTED.contains(next) && !table) {
                    parts.add(new PrintOut(kind, fromLine, Arrays.copyOfRange(text, from, at)));
                    kind = next;
                    from = at;
                    fromLine = line;
                }
            }
            at = end + 1;
        }
        parts.add(new PrintOut(kind, fromLine, from == 0 ? text : Arrays.copyOfRange(text, from, text.length)));
        return parts;
    }

    private static boolean begins(byte[] text, int start, int end) {
        int at = start;
        while (at < end && text[at] == ' ') {
            at++;
        }
        for (byte[] beginning : BEGINNINGS) {
            if (at < end && text[at] == beginning[0] && TextBytes.startsWith(text, at, beginning)) {
                return true;
            }
        }
        return false;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
