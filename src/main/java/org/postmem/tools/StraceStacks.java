package org.postmem.tools;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.procfs.Lines;

// 4676  21:17:17.110034 brk(NULL)         = 0x55f7a7e5b000 <0.000010>
//  > /usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2(_dl_sysdep_start+0x44) [0x1a3d4]

/**
 * The stacks that {@code strace -k} writes below each call, with the address space they asked for and that was not given
 * back: an unmapped range is taken from the stack that mapped it. What {@link Strace} says about lines is not said again.
 */
public final class StraceStacks {
    private static final Pattern FRAME =
            Pattern.compile(" > (?:(\\S{0,500}/)?([^\\s/(]{1,200}))?\\(([^)]{0,400})\\) \\[0x([0-9a-f]{1,16})\\].*");
    private static final Pattern COMMA = Pattern.compile(",\\s*");
    /** So many moments of the trace are told: enough to see what keeps growing. */
    private static final int MOMENTS = 6;

    private static final int MOST_FRAMES = 128;

    private record Event(Integer second, String stack, long bytes) {}

    private record Range(String stack, long bytes) {}

    private final Lines lines;
    private final ClockOfDay clock = new ClockOfDay();
    private final Map<Integer, String> unfinished = new HashMap<>();
    private final Map<Integer, Long> breaks = new HashMap<>();
    private final Map<String, Range> ranges = new HashMap<>();
    private final List<Event> events = new ArrayList<>();
    private final List<String> frames = new ArrayList<>();
    private Integer pid;
    private Integer second;
    private String address;
    private long bytes;

    private StraceStacks(byte[] text) {
        this.lines = Lines.ofAnyText(text);
    }

    /** A row a stack and moment; none of a trace without stacks. */
    public static List<StackAllocation> parse(byte[] text) {
        return new StraceStacks(text).read();
    }

    private List<StackAllocation> read() {
        Integer traced = null;
        while (lines.next()) {
            String line = lines.line();
            if (line.startsWith(" > ")) {
                Matcher frame = FRAME.matcher(line);
                if (bytes > 0 && frame.matches() && frames.size() < MOST_FRAMES) {
                    frames.add(named(frame));
                }
                continue;
            }
            end();
            Matcher prefix = Strace.PREFIX.matcher(line);
            if (prefix.lookingAt()) {
                String number = prefix.group(1) == null ? prefix.group(2) : prefix.group(1);
                pid = number == null ? null : Integer.valueOf(number);
                traced = traced == null ? pid : traced;
                Integer next =
                        prefix.group(3) == null ? null : clock.next(prefix.group(3), prefix.group(4), prefix.group(5));
                second = next == null ? second : next;
                event(line.substring(prefix.end()));
            }
        }
        end();
        // The threads of one process share its memory; which of them is the process the trace does not say.
        return moments(traced);
    }

    private static String named(Matcher frame) {
        String file = frame.group(2) == null ? "" : " [" + frame.group(2) + "]";
        return (frame.group(3).isEmpty() ? "0x" + frame.group(4) : frame.group(3)) + file;
    }

    private void event(String event) {
        Matcher interrupted = Strace.UNFINISHED.matcher(event);
        Matcher resumed = Strace.RESUMED.matcher(event);
        String whole = event;
        if (interrupted.matches()) {
            unfinished.put(pid, interrupted.group(1) + "(" + interrupted.group(2));
            return;
        }
        if (resumed.matches()) {
            String begun = unfinished.remove(pid);
            whole = begun == null ? "" : begun + resumed.group(2);
        }
        Matcher call = Strace.CALL.matcher(whole);
        if (!call.matches() || call.group(3).startsWith("-") || call.group(3).equals("?")) {
            return;
        }
        String[] arguments = COMMA.split(call.group(2), -1);
        try {
            switch (call.group(1)) {
                case "mmap", "mmap2" -> {
                    // MAP_FIXED replaces what lies there already.
                    if (arguments.length > 3 && !arguments[3].matches(".*\\bMAP_FIXED\\b.*")) {
                        address = call.group(3);
                        bytes = Math.max(0, Long.parseLong(arguments[1]));
                    }
                }
                case "munmap" -> {
                    Range range = ranges.remove(arguments[0]);
                    if (range != null) {
                        events.add(new Event(second, range.stack(), -range.bytes()));
                    }
                }
                case "brk" -> {
                    long now = Long.parseUnsignedLong(call.group(3).substring(2), 16);
                    Long before = breaks.put(pid, now);
                    bytes = before == null || arguments[0].equals("NULL") ? 0 : Math.max(0, now - before);
                    address = null;
                }
                default -> {
                    // The others do not make the address space larger.
                }
            }
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            // Strace tells of it.
            bytes = 0;
        }
    }

    /** The call before is over, its stack is whole. */
    private void end() {
        if (bytes > 0 && !frames.isEmpty()) {
            List<String> outermostFirst = new ArrayList<>();
            for (int i = frames.size() - 1; i >= 0; i--) {
                outermostFirst.add(frames.get(i).replace(';', ','));
            }
            String stack = String.join(";", outermostFirst);
            events.add(new Event(second, stack, bytes));
            if (address != null) {
                ranges.put(address, new Range(stack, bytes));
            }
        }
        frames.clear();
        bytes = 0;
        address = null;
    }

    /** What each stack held at moments that lie evenly in the trace: in time where it has a clock, else in calls. */
    private List<StackAllocation> moments(Integer process) {
        if (events.isEmpty()) {
            return List.of();
        }
        Integer first = events.get(0).second();
        Integer last = events.get(events.size() - 1).second();
        boolean timed = first != null && last != null && last - first >= MOMENTS;
        List<StackAllocation> rows = new ArrayList<>();
        Map<String, long[]> held = new LinkedHashMap<>();
        int at = 0;
        for (int moment = 1; moment <= MOMENTS; moment++) {
            long until =
                    timed ? first + (long) (last - first) * moment / MOMENTS : (long) events.size() * moment / MOMENTS;
            while (at < events.size()
                    && (moment == MOMENTS || (timed ? events.get(at).second() <= until : at < until))) {
                Event event = events.get(at++);
                long[] sum = held.computeIfAbsent(event.stack(), stack -> new long[2]);
                // Ranges of 63 bits each may add up to more than that in a trace nobody could have made.
                sum[0] = Math.max(0, sum[0] + Math.min(event.bytes(), Long.MAX_VALUE - sum[0]));
                sum[1] += event.bytes() > 0 ? 1 : -1;
            }
            int block = moment;
            Integer clockSecond = timed ? (Integer) (int) until : null;
            held.forEach((stack, sum) -> {
                if (sum[0] > 0) {
                    rows.add(new StackAllocation(block, null, clockSecond, process, stack, sum[0], sum[1]));
                }
            });
        }
        return List.copyOf(rows);
    }
}
