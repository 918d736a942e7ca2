package org.postmem.ingest;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.postmem.procfs.KernelMessage;
import org.postmem.procfs.OomReport;

/**
 * The lines and kills a kernel log has told already, to know them again in another framing: by the kernel's own stamp, else
 * by the wall clock, else by what they say.
 */
final class Told {
    /** Wall clocks of syslog have whole seconds, and were set since the boot they are reckoned from here. */
    private static final Duration CLOCKS_APART = Duration.ofSeconds(5);

    private static final double MICROSECONDS = 1e6;

    private static final class Moments {
        private final TreeSet<Long> microseconds = new TreeSet<>();
        private final TreeSet<Instant> times = new TreeSet<>();
    }

    private final Map<String, Moments> messages = new HashMap<>();
    private final List<OomReport> reports = new ArrayList<>();

    void add(KernelMessage message) {
        Moments moments = messages.computeIfAbsent(message.text(), text -> new Moments());
        if (message.uptimeSeconds() != null) {
            moments.microseconds.add(microseconds(message.uptimeSeconds()));
        }
        if (message.time() != null) {
            moments.times.add(message.time());
        }
    }

    void add(OomReport report) {
        reports.add(report);
    }

    /** Was a message with this stamp and text told? */
    boolean hasStamp(KernelMessage message) {
        Moments moments = messages.get(message.text());
        return moments != null
                && message.uptimeSeconds() != null
                && moments.microseconds.contains(microseconds(message.uptimeSeconds()));
    }

    boolean has(KernelMessage message) {
        Moments moments = messages.get(message.text());
        if (moments == null) {
            return false;
        }
        if (message.uptimeSeconds() != null && !moments.microseconds.isEmpty()) {
            return moments.microseconds.contains(microseconds(message.uptimeSeconds()));
        }
        if (message.time() != null && !moments.times.isEmpty()) {
            Instant nearest = moments.times.ceiling(message.time().minus(CLOCKS_APART));
            return nearest != null && !nearest.isAfter(message.time().plus(CLOCKS_APART));
        }
        return true;
    }

    boolean has(OomReport report) {
        return reports.stream().anyMatch(told -> same(told, report));
    }

    private static boolean same(OomReport a, OomReport b) {
        if (!Objects.equals(a.victimPid(), b.victimPid()) || !Objects.equals(a.victimName(), b.victimName())) {
            return false;
        }
        if (a.victimPid() == null && !Objects.equals(a.invokerPid(), b.invokerPid())) {
            return false;
        }
        if (a.uptimeSeconds() != null && b.uptimeSeconds() != null) {
            // One log may have lost the first lines of the report, which takes the kernel less than a minute to print.
            return Math.abs(a.uptimeSeconds() - b.uptimeSeconds()) < 60;
        }
        return a.time() == null
                || b.time() == null
                || Duration.between(a.time(), b.time()).abs().compareTo(CLOCKS_APART) <= 0;
    }

    private static long microseconds(double seconds) {
        return Math.round(seconds * MICROSECONDS);
    }
}
