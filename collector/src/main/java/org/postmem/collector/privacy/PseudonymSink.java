package org.postmem.collector.privacy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.regex.Pattern;
import org.postmem.collector.archive.GroupedText;
import org.postmem.collector.source.EntrySink;

/**
 * Stands before the archive and lets nothing through but pseudonyms. Texts that are numbers under fixed names are passed
 * on as they are; of grouped entries the keys are looked at, too. What stands in binary form, sysstat's history, is
 * passed on only when the name in its head could be replaced and nothing else in it is known to be one.
 */
public final class PseudonymSink implements EntrySink {
    private static final Set<String> NUMBERS = Set.of(
            "proc/meminfo",
            "proc/vmstat",
            "proc/stat",
            "proc/loadavg",
            "proc/pressure/memory",
            "proc/pressure/io",
            "proc/pressure/cpu",
            "proc/net/sockstat",
            "proc/net/sockstat6",
            "net/listen",
            "net/queued",
            "proc/buddyinfo",
            "proc/zoneinfo",
            "proc/uptime",
            "proc/vmallocinfo",
            "proc/vmallocinfo.by_caller",
            "proc/allocinfo",
            "proc/spl/kstat/zfs/arcstats",
            "proc/sysvipc/shm",
            "proc/sysvipc/msg",
            "proc/modules",
            "proc/filesystems",
            "proc/cgroups",
            "numa/meminfo");

    /** With a part's number behind it, perhaps. */
    private static final Pattern NUMBERS_OF_PROCESSES =
            Pattern.compile("pid/(?:statm|oom_score|oom_score_adj|limits|smaps_rollup|wchan|unchanged)(?:\\.[0-9]+)?");

    private static final Pattern GROUPED = Pattern.compile("(?:pid|cgroup|slab)/.*");
    private static final int HEAD_BYTES = 2048;
    /** Of the name in the head of sysstat's file: {@code UTSNAME_LEN} of its sa.h. */
    private static final int NAME_BYTES = 65;

    private final Pseudonyms pseudonyms;
    private final String hostName;
    private final EntrySink next;
    private long leftOut;

    /** @param hostName as the kernel tells it; null when it does not */
    public PseudonymSink(Pseudonyms pseudonyms, String hostName, EntrySink next) {
        this.pseudonyms = pseudonyms;
        this.hostName = hostName;
        this.next = next;
    }

    /** Binary files that were not passed on. */
    public long leftOut() {
        return leftOut;
    }

    @Override
    public void entry(String name, byte[] bytes, int offset, int length) throws IOException {
        if (NUMBERS.contains(name) || NUMBERS_OF_PROCESSES.matcher(name).matches()) {
            next.entry(name, bytes, offset, length);
        } else if (name.startsWith("host/sa/")) {
            history(name, bytes, offset, length);
        } else if (GROUPED.matcher(name).matches()) {
            grouped(name, bytes, offset, length);
        } else {
            byte[] safe = safe(bytes, offset, length);
            next.entry(name, safe, 0, safe.length);
        }
    }

    private byte[] safe(byte[] bytes, int offset, int length) {
        // one char a byte: what is not replaced comes out as it went in
        String text = new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
        return pseudonyms.replace(text).getBytes(StandardCharsets.ISO_8859_1);
    }

    private void grouped(String name, byte[] bytes, int offset, int length) throws IOException {
        GroupedText.Writer safe = new GroupedText.Writer();
        byte[] entry = java.util.Arrays.copyOfRange(bytes, offset, offset + length);
        try {
            GroupedText.forEach(entry, (key, text, from, size) -> {
                int names = names(name, text, from, size);
                byte[] head = safe(text, from, names);
                byte[] block = java.util.Arrays.copyOf(head, head.length + size - names);
                System.arraycopy(text, from + names, block, head.length, size - names);
                safe.add(pseudonyms.replace(key), block);
            });
        } catch (GroupedText.MalformedGroupException e) {
            throw new IllegalStateException("an entry of our own is malformed", e);
        }
        next.entry(name, safe.array(), 0, safe.length());
    }

    /** How much of a block can hold names: of stat what ends in {@code )}, of status the first line, of others all. */
    private static int names(String entry, byte[] text, int from, int size) {
        boolean stat = entry.equals("pid/stat") || entry.startsWith("pid/stat.");
        if (!stat && !entry.startsWith("pid/status")) {
            return size;
        }
        for (int i = 0; i < size; i++) {
            int at = stat ? from + size - 1 - i : from + i;
            if (text[at] == (stat ? ')' : '\n')) {
                return at - from + 1;
            }
        }
        return size;
    }

    private void history(String name, byte[] bytes, int offset, int length) throws IOException {
        byte[] file = java.util.Arrays.copyOfRange(bytes, offset, offset + length);
        if (hostName == null || !renamed(file)) {
            leftOut++;
            return;
        }
        if (pseudonyms.holdsAny(new String(file, StandardCharsets.ISO_8859_1))) {
            leftOut++;
            return;
        }
        next.entry(name, file, 0, file.length);
    }

    /** Writes the pseudonym over the host's name, which stands in a field of its own, zeros behind it. */
    private boolean renamed(byte[] file) {
        byte[] old = hostName.getBytes(StandardCharsets.ISO_8859_1);
        byte[] other = pseudonyms.host().getBytes(StandardCharsets.ISO_8859_1);
        int end = Math.min(file.length, HEAD_BYTES) - NAME_BYTES;
        for (int at = 0; at <= end; at++) {
            if (!java.util.Arrays.equals(file, at, at + old.length, old, 0, old.length)) {
                continue;
            }
            boolean field = old.length < NAME_BYTES && other.length < NAME_BYTES;
            for (int i = old.length; field && i < Math.max(old.length, other.length) + 1; i++) {
                field = file[at + i] == 0;
            }
            if (field) {
                java.util.Arrays.fill(file, at, at + Math.max(old.length, other.length), (byte) 0);
                System.arraycopy(other, 0, file, at, other.length);
                return true;
            }
        }
        return false;
    }
}
