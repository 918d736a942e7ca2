package org.postmem.procfs;

import java.time.Instant;

/**
 * A kill by a daemon that acts before the kernel must: systemd-oomd kills a control group, earlyoom a process. What the
 * log does not say is {@code null}.
 *
 * @param line of the message
 * @param killer {@code systemd-oomd} or {@code earlyoom}
 * @param reason {@code pressure} of a control group, {@code swap} used up, {@code memory} used up
 * @param signal that earlyoom sent, the last one to this process
 * @param victimCgroup that systemd-oomd killed
 * @param pressedCgroup whose tasks waited for memory: the victim lies in it
 * @param valuePercent of what the limit is about: of the time waited; of memory available
 * @param limitPercent that was passed: pressure above, used above, available below
 * @param overSeconds how long the pressure had to last
 * @param victimScore what earlyoom chose by, the kernel's oom_score
 */
public record DaemonKill(
        int line,
        Instant time,
        Double uptimeSeconds,
        String killer,
        String reason,
        String signal,
        String victimCgroup,
        String pressedCgroup,
        Double valuePercent,
        Double limitPercent,
        Double overSeconds,
        Integer victimPid,
        Long victimUid,
        String victimName,
        Integer victimScore,
        Long victimRssBytes,
        Long memoryTotalBytes,
        Long memoryUsedBytes,
        Long memoryAvailableBytes,
        Long swapTotalBytes,
        Long swapUsedBytes,
        Long swapFreeBytes) {

    /** The same kill, with the signal that was sent at last. */
    DaemonKill with(String lastSignal) {
        return new DaemonKill(
                line,
                time,
                uptimeSeconds,
                killer,
                reason,
                lastSignal,
                victimCgroup,
                pressedCgroup,
                valuePercent,
                limitPercent,
                overSeconds,
                victimPid,
                victimUid,
                victimName,
                victimScore,
                victimRssBytes,
                memoryTotalBytes,
                memoryUsedBytes,
                memoryAvailableBytes,
                swapTotalBytes,
                swapUsedBytes,
                swapFreeBytes);
    }
}
