package org.postmem.tools;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** One print-out of a tool: stacks in the order they were first met, those that read alike taken together. */
final class StackBlock {
    private static final Pattern SEPARATOR = Pattern.compile(";");

    private record Sum(Long bytes, long allocations) {
        /** A part of unknown size leaves the whole unknown. */
        Sum plus(Sum other) {
            return new Sum(
                    bytes == null || other.bytes == null ? null : (Long) Math.addExact(bytes, other.bytes),
                    Math.addExact(allocations, other.allocations));
        }
    }

    private final int number;
    private final Instant time;
    private final Integer clockSecond;
    private final Integer pid;
    private final Map<String, Sum> stacks = new LinkedHashMap<>();

    StackBlock(int number, Instant time, Integer clockSecond, Integer pid) {
        this.number = number;
        this.time = time;
        this.clockSecond = clockSecond;
        this.pid = pid;
    }

    int number() {
        return number;
    }

    /**
     * Adds to a stack.
     *
     * @param bytes {@code null} when they are unknown
     * @param frames from the allocating one to the outermost, as the tools print them
     * @throws ArithmeticException when the sum does not fit into 63 bits
     */
    void add(List<String> frames, Long bytes, long allocations) {
        List<String> outermostFirst = new ArrayList<>(frames);
        Collections.reverse(outermostFirst);
        outermostFirst.replaceAll(frame -> SEPARATOR.matcher(frame).replaceAll(","));
        stacks.merge(String.join(";", outermostFirst), new Sum(bytes, allocations), Sum::plus);
    }

    List<StackAllocation> rows() {
        List<StackAllocation> rows = new ArrayList<>(stacks.size());
        stacks.forEach((stack, sum) ->
                rows.add(new StackAllocation(number, time, clockSecond, pid, stack, sum.bytes(), sum.allocations())));
        return rows;
    }
}
