package org.postmem.tools;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.procfs.Lines;
import org.postmem.procfs.Parsed;
import org.postmem.units.PageSize;

// 4653  21:17:12.405527 mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7fdd2a88f000
// <0.000013>
//  > /usr/lib/x86_64-linux-gnu/libc.so.6(__libc_start_main+0x85) [0x27305]

/**
 * The memory calls in what strace writes, with {@code -f}, {@code -t}, {@code -tt}, {@code -ttt}, {@code -r}, {@code -T},
 * {@code -k}, or the summary of {@code -c}. Growth is that of the address space, in whole pages: what mmap, munmap, mremap
 * and brk add or take away. MAP_FIXED replaces what lies there already and counts as no growth.
 */
public final class Strace {
    static final Pattern CALL =
            Pattern.compile("([a-z][a-z0-9_]{1,40})\\((.*)\\)\\s+= (-?\\d+|0x[0-9a-f]{1,16}|\\?)(?:\\s.*)?");
    static final Pattern PREFIX = Pattern.compile("(?:\\[pid\\s+(\\d{1,9})\\]\\s+|(\\d{1,9})\\s+)?"
            + "(?:(\\d\\d):(\\d\\d):(\\d\\d)(?:\\.\\d{1,9})?\\s+|(\\d{1,12})\\.\\d{1,9}\\s+)?");
    static final Pattern SUMMARY = Pattern.compile("% time\\s+seconds\\s+usecs/call\\s+calls\\s+errors\\s+syscall\\s*");
    static final Pattern UNFINISHED = Pattern.compile("([a-z][a-z0-9_]{1,40})\\((.*?)\\s*<unfinished \\.\\.\\.>");
    static final Pattern RESUMED = Pattern.compile("<\\.\\.\\. ([a-z][a-z0-9_]{1,40}) resumed>(.*)");
    private static final Pattern SUMMED = Pattern.compile(
            "\\s*[\\d.,]+\\s+[\\d.,]+\\s+\\d+\\s+(\\d{1,18})\\s+(?:(\\d{1,18})\\s+)?([a-z][a-z0-9_]{1,40})\\s*");
    private static final Pattern COMMA = Pattern.compile(",\\s*");
    private static final Pattern BAR = Pattern.compile("\\|");
    /** {@code -r} prints the seconds since the call before; nobody traced anything before 2001. */
    private static final long FIRST_EPOCH_SECOND = 1_000_000_000L;

    private static final Set<String> MEMORY_CALLS = Set.of(
            "mmap",
            "munmap",
            "brk",
            "mremap",
            "madvise",
            "mprotect",
            "pkey_mprotect",
            "mlock",
            "mlock2",
            "mlockall",
            "munlock",
            "munlockall",
            "msync",
            "mbind",
            "remap_file_pages",
            "process_madvise",
            "shmat",
            "shmdt");

    private record Key(Instant time, Integer clockSecond, Integer pid, String call) {}

    private static final class Sum {
        private long calls;
        private Long bytes;
        private long errors;
    }

    private final Lines lines;
    private final PageSize page;
    private final ClockOfDay clock = new ClockOfDay();
    private final Map<Key, Sum> sums = new LinkedHashMap<>();
    private final Map<Integer, String> unfinished = new HashMap<>();
    private final Map<Integer, Long> breaks = new HashMap<>();
    private final List<SyscallSum> summary = new ArrayList<>();

    private Strace(byte[] text, PageSize page) {
        this.lines = Lines.ofAnyText(text);
        this.page = page;
    }

    /** A row a second, thread and call, in the order they were first met; calls that are not about memory are left out. */
    public static Parsed<List<SyscallSum>> parse(byte[] text, PageSize page) {
        return new Strace(text, page).read();
    }

    private Parsed<List<SyscallSum>> read() {
        boolean inSummary = false;
        while (lines.next()) {
            String line = lines.line();
            if (SUMMARY.matcher(line).matches()) {
                inSummary = true;
            } else if (inSummary) {
                summed(line);
            } else if (!line.isBlank() && !line.startsWith(" > ")) {
                traced(line);
            }
        }
        List<SyscallSum> rows = new ArrayList<>();
        sums.forEach((key, sum) -> rows.add(new SyscallSum(
                key.time(), key.clockSecond(), key.pid(), key.call(), sum.calls, sum.bytes, sum.errors)));
        // strace -C writes both; the summary tells the same calls again.
        return lines.parsedRows(rows.isEmpty() ? summary : rows);
    }

    //   0.00    0.000000           0        30           mmap
    private void summed(String line) {
        Matcher row = SUMMED.matcher(line);
        if (row.matches()) {
            String call = bare(row.group(3));
            if (MEMORY_CALLS.contains(call)) {
                long errors = row.group(2) == null ? 0 : Long.parseLong(row.group(2));
                summary.add(new SyscallSum(null, null, null, call, Long.parseLong(row.group(1)), null, errors));
            }
        } else if (!line.isBlank() && !line.startsWith("-")) {
            lines.issue("not a line of the summary of strace");
        }
    }

    private void traced(String line) {
        Matcher prefix = PREFIX.matcher(line);
        if (!prefix.lookingAt()) {
            throw new IllegalStateException("a prefix may be empty");
        }
        String number = prefix.group(1) == null ? prefix.group(2) : prefix.group(1);
        Integer pid = number == null ? null : Integer.valueOf(number);
        Integer second = prefix.group(3) == null ? null : clock.next(prefix.group(3), prefix.group(4), prefix.group(5));
        long epoch = prefix.group(6) == null ? 0 : Long.parseLong(prefix.group(6));
        Instant time = epoch < FIRST_EPOCH_SECOND ? null : Instant.ofEpochSecond(epoch);
        String event = line.substring(prefix.end());

        Matcher interrupted = UNFINISHED.matcher(event);
        Matcher resumed = RESUMED.matcher(event);
        if (interrupted.matches()) {
            unfinished.put(pid, interrupted.group(1) + "(" + interrupted.group(2));
            return;
        }
        if (resumed.matches()) {
            String begun = unfinished.remove(pid);
            boolean known = begun != null && begun.startsWith(resumed.group(1) + "(");
            event = (known ? begun : resumed.group(1) + "(") + resumed.group(2);
        }
        Matcher call = CALL.matcher(event);
        if (call.matches()) {
            String name = bare(call.group(1));
            // Of "?" the process did not live to see the result.
            if (MEMORY_CALLS.contains(name) && !call.group(3).equals("?")) {
                count(new Key(time, second, pid, name), call.group(2), call.group(3));
            }
        } else if (!event.startsWith("+++ ") && !event.startsWith("--- ") && !event.startsWith("strace: ")) {
            lines.issue("not a line of strace");
        }
    }

    private static String bare(String call) {
        return call.equals("mmap2") || call.equals("old_mmap") ? "mmap" : call;
    }

    private void count(Key key, String arguments, String result) {
        Sum sum = sums.computeIfAbsent(key, k -> new Sum());
        sum.calls++;
        if (result.startsWith("-")) {
            sum.errors++;
            return;
        }
        try {
            Long growth = growth(key, COMMA.split(arguments, -1), result);
            if (growth != null) {
                sum.bytes = Math.addExact(sum.bytes == null ? 0 : sum.bytes, growth);
            }
        } catch (ArithmeticException | NumberFormatException e) {
            lines.issue("a length that is no number of bytes");
        }
    }

    /** What the call added to the address space; {@code null} where it does not tell. */
    private Long growth(Key key, String[] arguments, String result) {
        return switch (key.call()) {
            case "mmap" -> {
                if (arguments.length < 4) {
                    yield null;
                }
                boolean replaces = Arrays.asList(BAR.split(arguments[3])).contains("MAP_FIXED");
                yield replaces ? Long.valueOf(0) : wholePages(arguments[1]);
            }
            case "munmap" -> arguments.length < 2 ? null : (Long) (-wholePages(arguments[1]));
            case "mremap" -> arguments.length < 3 ? null : (Long) (wholePages(arguments[2]) - wholePages(arguments[1]));
            case "brk" -> breakGrowth(key.pid(), arguments[0], result);
            default -> null;
        };
    }

    /** Growth is counted from where a thread is first seen, and anew from where it asks for its break, as after exec. */
    private Long breakGrowth(Integer pid, String asked, String result) {
        long now = number(result);
        Long before = breaks.put(pid, now);
        return before == null || asked.equals("NULL") || asked.equals("0") ? null : (Long) (now - before);
    }

    private long wholePages(String length) {
        long size = page.toBytes(1);
        return Math.multiplyExact(-Math.floorDiv(-number(length), size), size);
    }

    private static long number(String text) {
        return text.startsWith("0x") ? Long.parseUnsignedLong(text.substring(2), 16) : Long.parseLong(text);
    }
}
