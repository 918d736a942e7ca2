package org.postmem.tools;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.procfs.Lines;
import org.postmem.procfs.Mapping;
import org.postmem.procfs.Parsed;

// 2:   /opt/pythons/versions/3.11.7/bin/python3 -c  import time,mmap …
// Address           Kbytes     RSS   Dirty Mode  Mapping
// 000055b13a406000    1596    1540    1540 rw---   [ anon ]

/**
 * What {@code pmap} prints, plain, with {@code -x}, {@code -X} or {@code -XX}: the mappings of each process, summed by
 * name and permissions, and where it tells them what of the process is resident. Names are paths only with {@code -p}; a
 * sum is {@code null} when a mapping has no such column.
 */
public final class PmapText {
    static final Pattern PROCESS = Pattern.compile("(\\d{1,10}): {1,3}(\\S.*)");
    private static final Pattern PLAIN = Pattern.compile("([0-9a-f]{8,16}) +(\\d{1,16})K ([rwxs-]{5})(?: +(.*))?");
    private static final Pattern FLAG = Pattern.compile("[a-z?]{2}");
    private static final long KILOBYTE = 1024;

    private record Key(String name, String perms) {}

    /** The sums of one name: a part that one mapping lacks is gone from the sum. */
    private static final class Sum {
        private final Map<String, Long> bytes = new LinkedHashMap<>();
        private long mappings;

        void add(Map<String, Long> row) {
            if (mappings++ == 0) {
                bytes.putAll(row);
                return;
            }
            bytes.keySet().retainAll(row.keySet());
            bytes.replaceAll((name, value) -> value + row.get(name));
        }

        Mapping row(Key key) {
            return new Mapping(
                    key.name(),
                    key.perms(),
                    mappings,
                    bytes.get("Size"),
                    bytes.get("Rss"),
                    bytes.get("Pss"),
                    bytes.get("Shared_Clean"),
                    bytes.get("Shared_Dirty"),
                    bytes.get("Private_Clean"),
                    bytes.get("Private_Dirty"),
                    bytes.get("Anonymous"),
                    bytes.get("AnonHugePages"),
                    bytes.get("Swap"),
                    bytes.get("Locked"));
        }
    }

    private final Lines lines;
    private final Reading.Draft draft = new Reading.Draft(Stamp.NONE);
    private final Map<Key, Sum> sums = new LinkedHashMap<>();
    private Integer pid;
    private String command;
    private List<String> header = List.of();

    private PmapText(byte[] text) {
        this.lines = Lines.ofAnyText(text);
    }

    public static Parsed<ToolText> parse(byte[] text) {
        PmapText pmap = new PmapText(text);
        while (pmap.lines.next()) {
            if (!pmap.lines.isBlank()) {
                pmap.line(pmap.lines.line());
            }
        }
        pmap.endProcess();
        return pmap.lines.parsed(ToolText.of(List.of(pmap.draft)));
    }

    /** Is it a heading of {@code -x} or {@code -X}? */
    static boolean isHeading(List<String> words) {
        return words.size() > 4
                && words.get(0).equals("Address")
                && words.get(words.size() - 1).equals("Mapping")
                && (words.contains("Kbytes") || words.contains("Perm"));
    }

    static boolean isPlain(String line) {
        return PLAIN.matcher(line.strip()).matches();
    }

    private void line(String line) {
        Matcher process = PROCESS.matcher(line);
        if (process.matches() && Amount.small(process.group(1)) != null) {
            endProcess();
            pid = Amount.small(process.group(1));
            command = process.group(2).strip();
            header = List.of();
            return;
        }
        List<String> words = ColumnHeader.words(line, 0);
        if (isHeading(words)) {
            header = words;
            return;
        }
        if (pid == null
                || words.get(0).startsWith("=")
                || words.get(0).startsWith("-")
                || words.get(0).equals("total")
                || words.get(0).equals("mapped:")) {
            return;
        }
        Matcher plain = PLAIN.matcher(line.strip());
        if (header.isEmpty()) {
            if (plain.matches()) {
                Long size = Amount.bytes(plain.group(2), KILOBYTE);
                add(name(plain.group(4)), perms(plain.group(3)), size == null ? Map.of() : Map.of("Size", size));
            } else {
                lines.issue("not a line of pmap");
            }
            return;
        }
        if (words.get(words.size() - 1).equals("KB") && !words.get(0).matches("[0-9a-f]{8,16}")) {
            return; // the sums below -X
        }
        row(words);
    }

    private void row(List<String> words) {
        // VmFlags of -XX are words of two letters, as many as there are, between the numbers and the name.
        int flags = header.indexOf("VmFlags");
        int numbers = flags < 0 ? header.size() - 1 : flags;
        if (words.size() < numbers || !words.get(0).matches("[0-9a-f]{8,16}")) {
            if (words.stream().anyMatch(word -> Amount.whole(word) == null)) {
                lines.issue("not the fields that the heading has");
            }
            return;
        }
        Map<String, Long> values = new LinkedHashMap<>();
        String perms = "----";
        for (int i = 1; i < numbers; i++) {
            String column = header.get(i);
            switch (column) {
                case "Perm", "Mode" -> perms = perms(words.get(i));
                case "Offset", "Device", "Inode", "THPeligible", "ProtectionKey", "VmFlagsMapping", "Dirty" -> {
                    // Dirty of -x is private and shared together
                }
                default -> {
                    Long bytes = Amount.bytes(words.get(i), KILOBYTE);
                    if (bytes != null) {
                        values.put(
                                switch (column) {
                                    case "Kbytes" -> "Size";
                                    case "RSS" -> "Rss";
                                    case "PSS" -> "Pss";
                                    default -> column;
                                },
                                bytes);
                    }
                }
            }
        }
        int named = numbers;
        while (flags >= 0
                && named < words.size()
                && FLAG.matcher(words.get(named)).matches()) {
            named++;
        }
        add(name(String.join(" ", words.subList(named, words.size()))), perms, values);
    }

    private void add(String name, String perms, Map<String, Long> values) {
        sums.computeIfAbsent(new Key(name, perms), key -> new Sum()).add(values);
    }

    private void endProcess() {
        if (pid != null && !sums.isEmpty()) {
            List<Mapping> rows = new ArrayList<>();
            sums.forEach((key, sum) -> rows.add(sum.row(key)));
            ProcessMappings all = new ProcessMappings(pid, command, rows);
            draft.mappings.add(all);
            // -x and -X: what is resident of each comes to the RSS of the process; plain pmap tells no such thing
            if (all.sum(Mapping::rssBytes) != null) {
                draft.processes.add(ToolProcess.of(pid)
                        .command(command)
                        .rssBytes(all.sum(Mapping::rssBytes))
                        .rssAnonBytes(all.sum(Mapping::anonymousBytes))
                        .swapBytes(all.sum(Mapping::swapBytes))
                        .pssBytes(all.sum(Mapping::pssBytes))
                        .told());
            }
        }
        sums.clear();
    }

    /** {@code [ anon ]} of pmap is {@code [anon]} here, {@code rw-s-} is {@code rw-s}. */
    private static String name(String text) {
        String name = text == null ? "" : text.strip();
        if (name.isEmpty()) {
            return "[anon]";
        }
        return name.startsWith("[ ") && name.endsWith(" ]") ? "[" + name.substring(2, name.length() - 2) + "]" : name;
    }

    private static String perms(String mode) {
        if (mode.length() == 4) {
            return mode;
        }
        return mode.substring(0, Math.min(3, mode.length()))
                + (mode.indexOf('s', Math.min(3, mode.length())) >= 0 ? "s" : "p");
    }
}
