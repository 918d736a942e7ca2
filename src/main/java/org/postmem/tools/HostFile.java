package org.postmem.tools;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.postmem.procfs.ParseIssue;
import org.postmem.procfs.Parsed;

// MemTotal:       24684084 kB

/**
 * Copies of files below {@code /proc} and {@code /sys}. Those of a process become rows of processes, of the others the
 * text is kept; a script may append one copy to the other, or go on behind a meminfo with the status of processes.
 */
final class HostFile {
    private static final Pattern MEMINFO_LINE = Pattern.compile("[A-Z][A-Za-z0-9_()]{1,40}:\\s+\\d{1,19}(?: kB)?\\s*");
    /** With what a file begins, and no further line of it. */
    private static final Map<String, byte[]> BEGINS = begins();

    private static final byte[] NEXT_PROCESS = "\nName:\t".getBytes(StandardCharsets.US_ASCII);

    private HostFile() {}

    private static Map<String, byte[]> begins() {
        Map<String, byte[]> begins = new HashMap<>();
        begins.put("proc/meminfo", ascii("MemTotal:"));
        begins.put("proc/vmstat", ascii("nr_free_pages "));
        begins.put("proc/slabinfo", ascii("slabinfo - version"));
        begins.put("proc/buddyinfo", ascii("Node 0, zone      DMA "));
        begins.put("proc/zoneinfo", ascii("Node 0, zone      DMA"));
        begins.put("proc/pagetypeinfo", ascii("Page block order:"));
        return begins;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Reads one text of several. */
    static Parsed<ToolText> parseTitled(byte[] text) {
        Reading.Draft draft = new Reading.Draft(Stamp.NONE);
        List<ParseIssue> issues = new ArrayList<>();
        TitledFiles.of(text).forEach((title, bytes) -> {
            String process = ProcessFile.ofTitle(title);
            add(process == null ? title : process, title, bytes, draft, issues);
        });
        return new Parsed<>(ToolText.of(List.of(draft)), issues);
    }

    /** Reads a copy of one file. */
    static Parsed<ToolText> parse(String path, String name, byte[] text) {
        List<ParseIssue> issues = new ArrayList<>();
        List<Reading.Draft> drafts = new ArrayList<>();
        byte[] begin = BEGINS.get(path);
        List<Integer> starts = begin == null ? List.of(0) : copies(text, begin);
        for (int i = 0; i < starts.size(); i++) {
            int to = i + 1 < starts.size() ? starts.get(i + 1) : text.length;
            Reading.Draft draft = new Reading.Draft(Stamp.NONE);
            byte[] copy = starts.size() == 1 ? text : Arrays.copyOfRange(text, starts.get(i), to);
            add(path, name, copy, draft, issues);
            drafts.add(draft);
        }
        return new Parsed<>(ToolText.of(drafts), issues);
    }

    /** Where each copy begins in a text to which one after the other was appended. */
    private static List<Integer> copies(byte[] text, byte[] begin) {
        List<Integer> starts = new ArrayList<>(List.of(0));
        int first = -1;
        for (int at = 0; at + begin.length <= text.length; at = TextBytes.nextLine(text, at)) {
            if (TextBytes.startsWith(text, at, begin)) {
                if (first >= 0) {
                    starts.add(at);
                }
                first = at;
            }
        }
        return starts;
    }

    private static void add(String path, String name, byte[] text, Reading.Draft draft, List<ParseIssue> issues) {
        if (ProcessFile.add(path, name, text, draft, issues)) {
            return;
        }
        if (path.equals("proc/meminfo") && TextBytes.indexOf(text, NEXT_PROCESS) >= 0) {
            int end = endOfMeminfo(text);
            draft.files.put(path, Arrays.copyOf(text, end));
            StatusText.add(text, end, draft, issues);
        } else {
            draft.files.put(path, text);
        }
    }

    /** Where something else than lines of meminfo begins: the script went on to something else. */
    private static int endOfMeminfo(byte[] text) {
        int at = 0;
        while (at < text.length
                && MEMINFO_LINE.matcher(TextBytes.line(text, at)).matches()) {
            at = TextBytes.nextLine(text, at);
        }
        return at;
    }
}
