package org.postmem.collector.source;

import java.util.function.LongSupplier;

/**
 * What time is taken from; all in nanoseconds, each from a start of its own.
 *
 * @param monotonic the clock on the wall, which never goes back
 * @param process CPU time of all threads of the collector
 * @param thread CPU time of the thread that asks; below zero where the kernel does not tell
 */
public record Clocks(LongSupplier monotonic, LongSupplier process, LongSupplier thread) {}
