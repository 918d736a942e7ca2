package org.postmem.tools;

/** A line of {@code smem -w}: {@code userspace memory}, {@code kernel dynamic memory} … Areas overlap lines of meminfo. */
public record MemoryArea(String area, Long usedBytes, Long cacheBytes, Long noncacheBytes) {}
