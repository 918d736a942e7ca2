package org.postmem.tools;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postmem.procfs.Lines;
import org.postmem.procfs.Parsed;
import org.postmem.procfs.Pressure;

// MEM vm 1795381516 2026/11/22 21:05:16 1335 4096 6171021 5074436 895993 9124 95622 6385 85070 0 6314 …
// PRM vm 1795381516 2026/11/22 21:05:16 1335 2 (python3) S 4096 114908 111768 4 114908 111768 31557 1 4684 …

/**
 * What {@code atop -P} prints, of atop 2.3 to 2.10: MEM and SWP in pages, PRM in KiB. Fields are told apart by how many
 * there are. Names may stand in parentheses and hold blanks; with {@code -Z} they do neither.
 */
public final class AtopText {
    private static final int HOST = 1;
    private static final int EPOCH = 2;
    private static final int INTERVAL = 5;
    private static final int FIRST = 6;
    private static final long KILOBYTE = 1024;

    private final Lines lines;
    private final Map<Stamp, Reading.Draft> drafts = new LinkedHashMap<>();
    private String host;
    /** The sample behind RESET tells of the time since the boot: no rates of now. */
    private boolean sinceBoot;

    private AtopText(byte[] text) {
        this.lines = Lines.ofAnyText(text);
    }

    public static Parsed<ToolText> parse(byte[] text) {
        AtopText atop = new AtopText(text);
        while (atop.lines.next()) {
            if (!atop.lines.isBlank()) {
                atop.line(atop.lines.line());
            }
        }
        List<Reading> readings = new ArrayList<>();
        atop.drafts.values().forEach(draft -> readings.add(draft.done()));
        return atop.lines.parsed(new ToolText(new Banner(atop.host, null, null, null, null), readings));
    }

    static boolean matches(String line) {
        List<String> words = ColumnHeader.words(line, 0);
        return words.size() > FIRST
                && words.get(0).matches("[A-Za-z]{3}")
                && words.get(EPOCH).matches("\\d{9,10}")
                && words.get(EPOCH + 1).matches("\\d{4}/\\d\\d/\\d\\d")
                && words.get(EPOCH + 2).matches("\\d\\d:\\d\\d:\\d\\d");
    }

    private void line(String line) {
        if (line.startsWith("RESET")) {
            sinceBoot = true;
            return;
        }
        if (line.startsWith("SEP")) {
            sinceBoot = false;
            return;
        }
        if (!matches(line)) {
            lines.issue("not a line of atop -P");
            return;
        }
        List<String> words = ColumnHeader.words(line, 0);
        host = words.get(HOST);
        Stamp stamp = Stamp.of(Instant.ofEpochSecond(Long.parseLong(words.get(EPOCH))));
        Reading.Draft draft = drafts.computeIfAbsent(stamp, Reading.Draft::new);
        switch (words.get(0)) {
            case "MEM" -> memory(words, draft);
            case "SWP" -> swap(words, draft);
            case "PAG" -> paging(words, draft);
            case "PSI" -> pressure(words, draft);
            case "PRM" -> process(line, draft);
            default -> {
                // CPU, disks, network
            }
        }
    }

    private static void memory(List<String> words, Reading.Draft draft) {
        Long page = number(words, 0);
        draft.memory("mem_total_bytes", pages(words, 1, page));
        draft.memory("mem_free_bytes", pages(words, 2, page));
        draft.memory("cached_bytes", pages(words, 3, page));
        draft.memory("buffers_bytes", pages(words, 4, page));
        draft.memory("slab_bytes", pages(words, 5, page));
        draft.memory("dirty_bytes", pages(words, 6, page));
        draft.memory("sreclaimable_bytes", pages(words, 7, page));
        Long slab = draft.memory.get("slab_bytes");
        Long reclaimable = draft.memory.get("sreclaimable_bytes");
        if (slab != null && reclaimable != null && reclaimable <= slab) {
            draft.memory("sunreclaim_bytes", slab - reclaimable);
        }
        draft.memory("shmem_bytes", pages(words, 9, page));
        draft.memory("page_tables_bytes", pages(words, 20, page));
    }

    private static void swap(List<String> words, Reading.Draft draft) {
        Long page = number(words, 0);
        int fields = words.size() - FIRST;
        draft.memory("swap_total_bytes", pages(words, 1, page));
        draft.memory("swap_free_bytes", pages(words, 2, page));
        // 2.3: pagesize tot free committed limit; 2.6: one more before committed
        draft.memory("committed_as_bytes", pages(words, fields == 5 ? 3 : 4, page));
        draft.memory("commit_limit_bytes", pages(words, fields == 5 ? 4 : 5, page));
        if (fields > 5) {
            draft.memory("swap_cached_bytes", pages(words, 3, page));
        }
    }

    private void paging(List<String> words, Reading.Draft draft) {
        Long interval = Amount.whole(words.get(INTERVAL));
        if (sinceBoot || interval == null || interval == 0) {
            return;
        }
        rate(draft, "swap_rate", "pswpin", number(words, 4), interval);
        rate(draft, "swap_rate", "pswpout", number(words, 5), interval);
    }

    private static void rate(Reading.Draft draft, String activity, String name, Long count, long interval) {
        if (count != null) {
            draft.rates.add(new Rate(activity, name, (double) count / interval));
        }
    }

    private static void pressure(List<String> words, Reading.Draft draft) {
        if (words.size() < FIRST + 21 || !words.get(FIRST).equals("y")) {
            return;
        }
        String[][] order = {{"cpu", "some"}, {"memory", "some"}, {"memory", "full"}, {"io", "some"}, {"io", "full"}};
        for (int i = 0; i < order.length; i++) {
            int at = FIRST + 1 + 4 * i;
            // the total is of the interval, not since the boot
            draft.pressures.add(new Pressure(
                    order[i][0],
                    order[i][1],
                    Amount.fraction(words.get(at)),
                    Amount.fraction(words.get(at + 1)),
                    Amount.fraction(words.get(at + 2)),
                    null));
        }
    }

    private void process(String line, Reading.Draft draft) {
        List<String> words = ColumnHeader.words(line, 0);
        Integer pid = Amount.small(words.get(FIRST));
        int open = line.indexOf(" (");
        int close = line.lastIndexOf(") ");
        boolean bracketed = words.size() > FIRST + 1 && words.get(FIRST + 1).startsWith("(") && close > open;
        String name =
                bracketed ? line.substring(open + 2, close) : words.size() > FIRST + 1 ? words.get(FIRST + 1) : null;
        List<String> rest = bracketed
                ? ColumnHeader.words(line, close + 1)
                : words.subList(Math.min(words.size(), FIRST + 2), words.size());
        // state pagesize vmem rmem vexec vgrow rgrow minflt majflt vlibs vdata vstack vswap tgid isproc pmem
        if (pid == null || rest.size() < 15) {
            lines.issue("not the fields of PRM");
            return;
        }
        if (!rest.get(14).equals("y")) {
            return;
        }
        Long size = Amount.bytes(rest.get(2), KILOBYTE);
        Long rss = Amount.bytes(rest.get(3), KILOBYTE);
        boolean without = Long.valueOf(0).equals(size) && Long.valueOf(0).equals(rss);
        Long pss = rest.size() > 15 ? Amount.bytes(rest.get(15), KILOBYTE) : null;
        draft.processes.add(ToolProcess.of(pid)
                .comm(name)
                .state(rest.get(0))
                // E has exited, which atop tells of processes alone
                .kernelThread(
                        without && !rest.get(0).equals("Z") && !rest.get(0).equals("E"))
                .vmSizeBytes(without ? null : size)
                .rssBytes(without ? null : rss)
                .swapBytes(without ? null : Amount.bytes(rest.get(12), KILOBYTE))
                .pssBytes(pss == null || pss == 0 ? null : pss)
                .told());
    }

    private static Long number(List<String> words, int field) {
        return words.size() > FIRST + field ? Amount.whole(words.get(FIRST + field)) : null;
    }

    private static Long pages(List<String> words, int field, Long page) {
        String text = words.size() > FIRST + field ? words.get(FIRST + field) : "";
        return page == null || text.isEmpty() ? null : Amount.bytes(text, page);
    }
}
