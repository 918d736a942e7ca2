package org.postmem.tools;

import java.time.Instant;

/**
 * The memory calls of one name that one thread made within one second.
 *
 * @param time of a trace that prints the seconds since 1970 ({@code -ttt}); else {@code null}
 * @param clockSecond seconds since the midnight before the first call, on the host's own clock ({@code -t}, {@code -tt});
 *     {@code null} of a trace without a clock
 * @param pid of the thread; {@code null} when the trace names none
 * @param calls that came to an end
 * @param bytes by which the address space grew; below zero where it shrank; {@code null} where no call tells
 * @param errors calls that failed
 */
public record SyscallSum(
        Instant time, Integer clockSecond, Integer pid, String call, long calls, Long bytes, long errors) {}
