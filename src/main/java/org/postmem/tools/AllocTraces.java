package org.postmem.tools;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.procfs.Lines;
import org.postmem.procfs.Parsed;

// kmalloc-1k           1664   1664   1024   16    4 : tunables    0    0    0 : slabdata    104    104      0
//    1085 populate_error_injection_list+0x97/0x110 age=166678/166680/166682 pid=1 cpus=1
//        __slab_alloc+0x6d/0x90
//        kmem_cache_alloc_trace+0x2eb/0x300

/**
 * {@code /sys/kernel/debug/slab/CACHE/alloc_traces} (5.15+) and {@code /sys/kernel/slab/CACHE/alloc_calls} (before): who
 * allocated the objects of a slab cache, of a kernel booted with {@code slub_debug=U}. They count objects; with the line
 * of the cache from {@code /proc/slabinfo} before them, bytes as well.
 */
public final class AllocTraces {
    static final Pattern COUNT = Pattern.compile(
            "\\s*(\\d{1,15}) (\\S{1,200}(?: \\[\\S{1,60}\\])?)(?: waste=\\S+)? age=[\\d/]+(?: pid=[\\d-]+)?(?:"
                    + " cpus=[\\d,-]+)?(?: nodes=[\\d,-]+)?[\\s:]*");
    private static final Pattern CACHE = Pattern.compile(
            "(\\S{1,60})\\s+\\d{1,15}\\s+\\d{1,15}\\s+(\\d{1,9})\\s+\\d{1,9}\\s+\\d{1,9} : tunables .*");
    private static final Pattern FRAME =
            Pattern.compile("\\s+([A-Za-z_0-9.$]{1,200}\\+0x\\S{1,60}(?: \\[\\S{1,60}\\])?|0x[0-9a-f]{8,16})\\s*");

    private final Lines lines;
    private final StackBlock block;
    private final List<String> frames = new ArrayList<>();
    private String function;
    private long objects;
    private Long objectBytes;

    private AllocTraces(byte[] text, StackBlock block, Long objectBytes) {
        this.lines = Lines.ofAnyText(text);
        this.block = block;
        this.objectBytes = objectBytes;
    }

    /** A row a stack and reading. */
    public static Parsed<List<StackAllocation>> parse(byte[] text) {
        return parse(text, null);
    }

    /**
     * The same of one cache.
     *
     * @param objectBytes of an object of it; {@code null} when that is unknown
     */
    public static Parsed<List<StackAllocation>> parse(byte[] text, Long objectBytes) {
        return TimedParts.parse(text, (part, block) -> new AllocTraces(part, block, objectBytes).read());
    }

    /**
     * Bytes of an object of a cache.
     *
     * @param slabinfo text of {@code /proc/slabinfo}
     * @return {@code null} when the cache is not in it
     */
    public static Long objectBytes(byte[] slabinfo, String cache) {
        Lines lines = Lines.ofAnyText(slabinfo);
        while (lines.next()) {
            Matcher matcher = CACHE.matcher(lines.line());
            if (matcher.matches() && matcher.group(1).equals(cache)) {
                return Long.valueOf(matcher.group(2));
            }
        }
        return null;
    }

    private Parsed<List<StackAllocation>> read() {
        while (lines.next()) {
            String line = lines.line();
            Matcher count = COUNT.matcher(line);
            Matcher cache = CACHE.matcher(line);
            Matcher frame = FRAME.matcher(line);
            if (count.matches()) {
                end();
                objects = Long.parseLong(count.group(1));
                function = count.group(2);
            } else if (function != null && frame.matches()) {
                frames.add(frame.group(1));
            } else if (cache.matches()) {
                end();
                objectBytes = Long.valueOf(cache.group(2));
            } else if (!line.isBlank() && !line.strip().equals("No data")) {
                lines.issue("not a line of alloc_traces");
            }
        }
        end();
        return lines.parsedRows(block.rows());
    }

    private void end() {
        if (function == null) {
            return;
        }
        try {
            block.add(
                    frames.isEmpty() ? List.of(function) : frames,
                    objectBytes == null ? null : (Long) Math.multiplyExact(objects, objectBytes),
                    objects);
        } catch (ArithmeticException e) {
            lines.issue("the objects of one stack have more bytes than fit into 63 bits");
        }
        frames.clear();
        function = null;
    }
}
