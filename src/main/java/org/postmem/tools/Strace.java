package org.postmem.tools;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
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
    static final Pattern SUMMARY = Pattern.compile("% time\\s+seconds\\s+usecs/call\\s+calls\\s+errors\\s+syscall\\s*");
    private static final Pattern SUMMED = Pattern.compile(
            "\\s*[\\d.,]+\\s+[\\d.,]+\\s+\\d+\\s+(\\d{1,18})\\s+(?:(\\d{1,18})\\s+)?([a-z][a-z0-9_]{1,40})\\s*");
    private static final Pattern BAR = Pattern.compile("\\|");
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
    private final StraceReader reader = new StraceReader();
    private final Map<Key, Sum> sums = new LinkedHashMap<>();
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
        StraceReader.Call call = reader.read(line);
        if (!reader.understood()) {
            lines.issue("not a line of strace");
        } else if (call != null) {
            String name = bare(call.name());
            if (MEMORY_CALLS.contains(name)) {
                count(new Key(call.time(), call.clockSecond(), call.tid(), name), call);
            }
        }
    }

    private static String bare(String call) {
        return call.equals("mmap2") || call.equals("old_mmap") ? "mmap" : call;
    }

    private void count(Key key, StraceReader.Call call) {
        Sum sum = sums.computeIfAbsent(key, k -> new Sum());
        sum.calls++;
        if (call.failed()) {
            sum.errors++;
            return;
        }
        try {
            Long growth = growth(key, call.split(), call.result());
            if (growth != null) {
                sum.bytes = Math.addExact(sum.bytes == null ? 0 : sum.bytes, growth);
            }
        } catch (ArithmeticException | NumberFormatException e) {
            lines.issue("a length that is no number of bytes");
        }
    }

    /** What the call added to the address space; {@code null} where it does not tell. */
    private Long growth(Key key, List<String> arguments, String result) {
        return switch (key.call()) {
            case "mmap" -> {
                if (arguments.size() < 4) {
                    yield null;
                }
                boolean replaces = Arrays.asList(BAR.split(arguments.get(3))).contains("MAP_FIXED");
                yield replaces ? Long.valueOf(0) : wholePages(arguments.get(1));
            }
            case "munmap" -> arguments.size() < 2 ? null : (Long) (-wholePages(arguments.get(1)));
            case "mremap" ->
                arguments.size() < 3 ? null : (Long) (wholePages(arguments.get(2)) - wholePages(arguments.get(1)));
            case "brk" -> reader.spaces().breakGrowth(key.pid(), asked(arguments.get(0), result), number(result));
            default -> null;
        };
    }

    /**
     * The break a call asks for; {@code null} where it only asks where the break is, as after exec. Of a call whose begin
     * the trace does not show it is what it got.
     */
    static Long asked(String argument, String result) {
        return argument.equals("NULL") || argument.equals("0")
                ? null
                : (Long) number(argument.isEmpty() ? result : argument);
    }

    private long wholePages(String length) {
        return page.roundedUp(number(length));
    }

    static long number(String text) {
        return text.startsWith("0x") ? Long.parseUnsignedLong(text.substring(2), 16) : Long.parseLong(text);
    }
}
