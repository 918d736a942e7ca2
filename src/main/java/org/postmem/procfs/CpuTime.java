package org.postmem.procfs;

import java.time.Instant;
import org.postmem.units.ClockTicks;

// cpu  11156 0 6581 201823 769 0 200 125 0 0

/**
 * {@code /proc/stat} (proc_stat(5)): CPU seconds of all CPUs since boot, and the counters below them; {@code null}
 * where this kernel has no such field or line.
 *
 * @param bootTime {@code btime}, UTC
 * @param forks processes and threads made since boot
 */
public record CpuTime(
        Double userSeconds,
        Double niceSeconds,
        Double systemSeconds,
        Double idleSeconds,
        Double iowaitSeconds,
        Double irqSeconds,
        Double softirqSeconds,
        Double stealSeconds,
        Long contextSwitches,
        Instant bootTime,
        Long forks,
        Long procsRunning,
        Long procsBlocked) {

    private static final int STATES = 8;
    private static final int FIRST_STATES = 4;

    public static Parsed<CpuTime> parse(byte[] text, ClockTicks ticks) {
        Lines lines = Lines.of(text);
        Double[] seconds = new Double[STATES];
        Long contextSwitches = null;
        Instant bootTime = null;
        Long forks = null;
        Long running = null;
        Long blocked = null;
        boolean found = false;
        while (lines.next()) {
            if (!lines.field()) {
                continue;
            }
            if (lines.fieldIs("cpu")) {
                found = true;
                cpuLine(lines, seconds, ticks);
            } else if (lines.fieldIs("ctxt")) {
                contextSwitches = Lines.orNull(lines.count("the number of context switches"));
            } else if (lines.fieldIs("btime")) {
                long epoch = lines.count("the boot time");
                bootTime = epoch == Lines.NONE ? null : instant(lines, epoch);
            } else if (lines.fieldIs("processes")) {
                forks = Lines.orNull(lines.count("the number of forks"));
            } else if (lines.fieldIs("procs_running")) {
                running = Lines.orNull(lines.count("the number of running processes"));
            } else if (lines.fieldIs("procs_blocked")) {
                blocked = Lines.orNull(lines.count("the number of blocked processes"));
            }
        }
        if (!found) {
            lines.issueOfText("there is no line cpu in the text");
        }
        return lines.parsed(new CpuTime(
                seconds[0],
                seconds[1],
                seconds[2],
                seconds[3],
                seconds[4],
                seconds[5],
                seconds[6],
                seconds[7],
                contextSwitches,
                bootTime,
                forks,
                running,
                blocked));
    }

    private static void cpuLine(Lines lines, Double[] seconds, ClockTicks ticks) {
        for (int i = 0; i < STATES; i++) {
            if (!lines.field()) {
                if (i < FIRST_STATES) {
                    lines.issueAt(lines.end, "fewer than four CPU times");
                }
                return;
            }
            long value = lines.fieldAsNumber("a CPU time");
            seconds[i] = value == Lines.NONE ? null : ticks.toSeconds(value);
        }
    }

    private static Instant instant(Lines lines, long epoch) {
        if (epoch > Instants.LAST_EPOCH_SECOND) {
            lines.issueAt(lines.fieldStart, "the boot time lies beyond the year 9999");
            return null;
        }
        return Instant.ofEpochSecond(epoch);
    }
}
