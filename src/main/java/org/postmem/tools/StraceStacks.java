package org.postmem.tools;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.procfs.Lines;
import org.postmem.units.PageSize;

// 4676  21:17:17.110034 brk(NULL)         = 0x55f7a7e5b000 <0.000010>
//  > /usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2(_dl_sysdep_start+0x44) [0x1a3d4]

/**
 * The stacks that {@code strace -k} writes below each call, with the address space they asked for and that was not given
 * back: what is unmapped, or below the heap's end no more, is taken from the stack that asked for it, and what mremap
 * moves or makes larger is from then on its own. Of each process apart. What {@link Strace} says about lines is not said
 * again.
 */
public final class StraceStacks {
    private static final Pattern FRAME = Pattern.compile(
            " > (.{0,500}?(?: \\(deleted\\))?)\\((.{0,2000})\\) (?:\\S{1,300}:\\d{1,9} )?\\[0x([0-9a-f]{1,16})\\].*");
    private static final Pattern FIXED = Pattern.compile(".*\\bMAP_FIXED\\b.*");
    /** So many moments of the trace are told: enough to see what keeps growing. */
    private static final int MOMENTS = 6;

    private static final int MOST_FRAMES = 128;
    /** Those that asked for most: a shell starts thousands that end at once. */
    private static final int MOST_PROCESSES = 50;

    private record Event(Long second, String stack, long bytes, int allocations) {}

    private record Range(long end, String stack) {}

    /** What a call asked for whose stack is being read. */
    private record Asked(AddressSpaces.Space space, long start, long end, String before) {}

    private final Lines lines;
    private final PageSize page;
    private final StraceReader reader = new StraceReader();
    private final Map<AddressSpaces.Space, TreeMap<Long, Range>> ranges = new HashMap<>();
    private final Map<Integer, List<Event>> events = new LinkedHashMap<>();
    private final List<String> frames = new ArrayList<>();
    private boolean epoch;
    private Long second;
    private Asked asked;

    private StraceStacks(byte[] text, PageSize page) {
        this.lines = Lines.ofAnyText(text);
        this.page = page;
    }

    /** A row a process, stack and moment; none of a trace without stacks. */
    public static List<StackAllocation> parse(byte[] text, PageSize page) {
        return new StraceStacks(text, page).read();
    }

    private List<StackAllocation> read() {
        while (lines.next()) {
            String line = lines.line();
            if (line.startsWith(" > ")) {
                Matcher frame = FRAME.matcher(line);
                if (asked != null && frame.matches() && frames.size() < MOST_FRAMES) {
                    frames.add(named(frame));
                }
                continue;
            }
            end();
            StraceReader.Call call = reader.read(line);
            reader.spaces().left().forEach(this::leave);
            if (call != null && !call.failed()) {
                clock(call);
                call(call);
            }
        }
        end();
        List<StackAllocation> rows = new ArrayList<>();
        events.entrySet().stream()
                .sorted(Comparator.comparingLong(of -> -moved(of.getValue())))
                .limit(MOST_PROCESSES)
                .forEach(of -> moments(of.getKey(), of.getValue(), rows));
        return List.copyOf(rows);
    }

    private static long moved(List<Event> events) {
        long moved = 0;
        for (Event event : events) {
            moved = Math.max(0, event.bytes()) + Math.min(moved, Long.MAX_VALUE - Math.max(0, event.bytes()));
        }
        return moved;
    }

    private static String named(Matcher frame) {
        String path = frame.group(1);
        String file = path.substring(path.lastIndexOf('/') + 1);
        return (frame.group(2).isEmpty() ? "0x" + frame.group(3) : frame.group(2))
                + (file.isEmpty() ? "" : " [" + file + "]");
    }

    private void clock(StraceReader.Call call) {
        if (call.time() != null) {
            epoch = true;
            second = call.time().getEpochSecond();
        } else if (call.clockSecond() != null) {
            second = Long.valueOf(call.clockSecond());
        }
    }

    private void call(StraceReader.Call call) {
        List<String> arguments = call.split();
        AddressSpaces.Space space = reader.spaces().of(call.tid());
        try {
            switch (call.name()) {
                case "mmap", "mmap2" -> {
                    // MAP_FIXED replaces what lies there already.
                    if (arguments.size() > 3 && !FIXED.matcher(arguments.get(3)).matches()) {
                        ask(space, Strace.number(call.result()), length(arguments.get(1)), null);
                    }
                }
                case "munmap" -> {
                    long start = Strace.number(arguments.get(0));
                    giveBack(space, start, Math.addExact(start, length(arguments.get(1))));
                }
                case "mremap" -> {
                    long start = Strace.number(arguments.get(0));
                    long old = length(arguments.get(1));
                    long now = Strace.number(call.result());
                    long length = length(arguments.get(2));
                    if (length > old || now != start) {
                        String before = giveBack(space, start, Math.addExact(start, old));
                        // What was mapped before the trace began was asked for by nobody in it.
                        long known = before == null ? Math.min(old, length) : 0;
                        ask(space, Math.addExact(now, known), length - known, before);
                    } else {
                        giveBack(space, Math.addExact(start, length), Math.addExact(start, old));
                    }
                }
                case "brk" -> {
                    long now = Strace.number(call.result());
                    Long grown =
                            reader.spaces().breakGrowth(call.tid(), Strace.asked(arguments.get(0), call.result()), now);
                    AddressSpaces.Space of = reader.spaces().of(call.tid());
                    reader.spaces().left().forEach(this::leave);
                    if (grown != null && grown > 0) {
                        ask(of, now - grown, grown, null);
                    } else if (grown != null) {
                        giveBack(of, now, now - grown);
                    }
                }
                default -> {
                    // The others do not make the address space larger.
                }
            }
        } catch (NumberFormatException | IndexOutOfBoundsException | ArithmeticException e) {
            // Strace tells of it.
            asked = null;
        }
    }

    private long length(String text) {
        return page.roundedUp(Strace.number(text));
    }

    private void ask(AddressSpaces.Space space, long start, long length, String before) {
        if (start >= 0 && length > 0) {
            asked = new Asked(space, start, Math.addExact(start, length), before);
        }
    }

    /**
     * Takes a part of the address space from whom asked for it.
     *
     * @return the stack that had asked for its beginning; {@code null} where the trace does not tell
     */
    private String giveBack(AddressSpaces.Space space, long start, long end) {
        TreeMap<Long, Range> all = ranges.get(space);
        if (all == null || start < 0 || end <= start) {
            return null;
        }
        String first = null;
        Map.Entry<Long, Range> at = all.floorEntry(start);
        if (at == null || at.getValue().end() <= start) {
            at = all.ceilingEntry(start);
        }
        while (at != null && at.getKey() < end) {
            long from = at.getKey();
            Range range = at.getValue();
            all.remove(from);
            boolean whole = from >= start && range.end() <= end;
            if (from < start) {
                all.put(from, new Range(start, range.stack()));
            }
            if (range.end() > end) {
                all.put(end, range);
            }
            long taken = Math.min(range.end(), end) - Math.max(from, start);
            add(space, new Event(second, range.stack(), -taken, whole ? -1 : 0));
            first = first == null ? range.stack() : first;
            at = all.ceilingEntry(start);
        }
        return first;
    }

    private void leave(AddressSpaces.Space space) {
        giveBack(space, 0, Long.MAX_VALUE);
        ranges.remove(space);
    }

    private void add(AddressSpaces.Space space, Event event) {
        events.computeIfAbsent(space.process(), process -> new ArrayList<>()).add(event);
    }

    /** The call before is over, its stack is whole. */
    private void end() {
        if (asked != null && (!frames.isEmpty() || asked.before() != null)) {
            List<String> outermostFirst = new ArrayList<>();
            for (int i = frames.size() - 1; i >= 0; i--) {
                outermostFirst.add(frames.get(i).replace(';', ','));
            }
            String stack = frames.isEmpty() ? asked.before() : String.join(";", outermostFirst);
            giveBack(asked.space(), asked.start(), asked.end());
            add(asked.space(), new Event(second, stack, asked.end() - asked.start(), 1));
            ranges.computeIfAbsent(asked.space(), space -> new TreeMap<>())
                    .put(asked.start(), new Range(asked.end(), stack));
        }
        frames.clear();
        asked = null;
    }

    /**
     * What each stack held at moments that lie evenly in what is told of a process: in time where the trace has a clock,
     * else in calls. A stack that gave all back holds nothing from then on.
     */
    private void moments(Integer process, List<Event> events, List<StackAllocation> rows) {
        Long first = events.get(0).second();
        Long last = events.get(events.size() - 1).second();
        boolean timed = first != null && last != null && last - first >= MOMENTS;
        Map<String, long[]> held = new LinkedHashMap<>();
        int at = 0;
        for (int moment = 1; moment <= MOMENTS; moment++) {
            long until = timed ? first + (last - first) * moment / MOMENTS : (long) events.size() * moment / MOMENTS;
            while (at < events.size()
                    && (moment == MOMENTS || (timed ? events.get(at).second() <= until : at < until))) {
                Event event = events.get(at++);
                long[] sum = held.computeIfAbsent(event.stack(), stack -> new long[3]);
                // Ranges of 63 bits each may add up to more than that in a trace nobody could have made.
                sum[0] = Math.max(0, sum[0] + Math.min(event.bytes(), Long.MAX_VALUE - sum[0]));
                sum[1] += event.allocations();
            }
            int block = moment;
            Instant time = timed && epoch ? Instant.ofEpochSecond(until) : null;
            Integer clockSecond = timed && !epoch ? (Integer) (int) until : null;
            held.forEach((stack, sum) -> {
                if (sum[0] > 0 || sum[2] > 0) {
                    sum[2] = 1;
                    rows.add(new StackAllocation(block, time, clockSecond, process, stack, sum[0], sum[1]));
                }
            });
        }
    }
}
