package org.postmem.tools;

import java.time.Instant;

/**
 * Memory that one stack of calls asked for and did not give back, as a tool saw it at one moment.
 *
 * @param block 1, 2, 3 … : a tool that prints every few seconds gives a series
 * @param time of a text that tells it with each reading ({@code date '+# %s'}); else {@code null}
 * @param clockSecond seconds since the midnight before the first block, on the host's own clock; {@code null} when the
 *     tool prints none
 * @param pid {@code null} for the kernel, and where the tool does not say
 * @param stack frames from the outermost to the allocating one, separated by {@code ;}
 * @param bytes outstanding; {@code null} where only objects are counted and their size is unknown
 * @param allocations outstanding
 */
public record StackAllocation(
        int block, Instant time, Integer clockSecond, Integer pid, String stack, Long bytes, Long allocations) {
    /** The same with a frame before the outermost. */
    public StackAllocation under(String frame) {
        return new StackAllocation(block, time, clockSecond, pid, frame + ";" + stack, bytes, allocations);
    }
}
