package org.postmem.procfs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

// Killed /user.slice/a.scope due to memory pressure for /user.slice being 51.07% > 50.00% for > 20s with reclaim
// activity
// Marked /system.slice/a.service for killing due to memory pressure for … (systemd 259)
// Killed /a.scope due to memory used (22369452032) / total (24681861120) and swap used (8589910016) / total
// (8589930496)
//        being more than 90.00%
// Killed /a.scope due to swap used (1900000000) / total (2000000000) being more than 90% (systemd 248)
// mem avail:    19 of   950 MiB ( 2.10%), swap free:  153 of 1023 MiB (14.96%)
// low memory! at or below SIGTERM limits: mem 10.00%, swap 15.00%
// sending SIGTERM to process 696 uid 1001 "ipfs": badness 757, VmRSS 637 MiB
// sending SIGKILL to process 696 uid 1001 "ipfs": oom_score 757, VmRSS 637 MiB, cmdline "ipfs daemon" (earlyoom 1.8)
// killing process 27541 "bash" with signal 15: badness 550, VmRSS 7609 MiB (earlyoom 1.2)

/** Finds the kills of systemd-oomd and of earlyoom among the messages that {@link KernelMessage#parseDaemons} takes. */
public final class DaemonKills {
    private static final Pattern OOMD =
            Pattern.compile("(?:Killed|Marked) (\\S{1,1000}?)(?: for killing)? due to (.*)");
    private static final Pattern PRESSURE = Pattern.compile(
            "memory pressure for (\\S{1,1000}) being (\\d{1,3}(?:\\.\\d{1,2})?)% > (\\d{1,3}(?:\\.\\d{1,2})?)%"
                    + " for > ((?:\\d{1,6}(?:\\.\\d{1,6})?(?:h|min|s|ms) ?){1,4}).*");
    private static final Pattern USED = Pattern.compile(
            "(?:memory used \\((\\d{1,18})\\) / total \\((\\d{1,18})\\) and )?swap used \\((\\d{1,18})\\) / total"
                    + " \\((\\d{1,18})\\) being more than (\\d{1,3}(?:\\.\\d{1,2})?)%.*");
    private static final Pattern SPAN = Pattern.compile("(\\d{1,6}(?:\\.\\d{1,6})?)(h|min|ms|s)");

    private static final Pattern AVAILABLE =
            Pattern.compile("mem avail: *(\\d{1,9}) of *(\\d{1,9}) MiB \\( ?(\\d{1,3}(?:\\.\\d{1,2})?) ?%\\),"
                    + " swap free: *(\\d{1,9}) of *(\\d{1,9}) MiB.*");
    private static final Pattern LIMITS = Pattern.compile("low memory! at or below SIG[A-Z]{4} limits: mem *"
            + "(\\d{1,3}(?:\\.\\d{1,2})?) ?%, swap *(\\d{1,3}(?:\\.\\d{1,2})?) ?%.*");
    private static final Pattern SENDING = Pattern.compile(
            "sending (SIG(?:TERM|KILL)) to process (\\d{1,9})"
                    + "(?: uid (\\d{1,10}))? \"(.{0,64}?)\": (?:badness|oom_score) (-?\\d{1,5}), VmRSS (\\d{1,9}) MiB(?:, .*)?");
    private static final Pattern KILLING = Pattern.compile(
            "killing process (\\d{1,9}) \"(.{0,64}?)\" with signal (9|15): badness (-?\\d{1,5}), VmRSS (\\d{1,9}) MiB.*");
    private static final int LONGEST_LINE = 4000;
    private static final Duration SAME_KILL = Duration.ofMinutes(1);

    private final List<DaemonKill> kills = new ArrayList<>();
    private Matcher available;
    private Double limitPercent;

    private DaemonKills() {}

    /** The kills in the order of their messages. A process that earlyoom asks to end and then kills is killed once. */
    public static List<DaemonKill> of(List<KernelMessage> messages) {
        DaemonKills reader = new DaemonKills();
        for (KernelMessage message : messages) {
            int colon = message.text().indexOf(": ");
            String text = message.text().substring(colon + 2);
            text = text.substring(0, Math.min(text.length(), LONGEST_LINE)).strip();
            if (message.text().startsWith(KernelMessage.OOMD)) {
                reader.oomd(message, text);
            } else {
                reader.early(message, text);
            }
        }
        return List.copyOf(reader.kills);
    }

    private void oomd(KernelMessage message, String text) {
        Matcher kill = OOMD.matcher(text);
        if (!kill.matches()) {
            return;
        }
        Matcher pressure = PRESSURE.matcher(kill.group(2));
        Matcher used = USED.matcher(kill.group(2));
        boolean pressed = pressure.matches();
        boolean full = !pressed && used.matches();
        kills.add(new DaemonKill(
                message.line(),
                message.time(),
                message.uptimeSeconds(),
                KernelMessage.OOMD,
                pressed ? "pressure" : full ? "swap" : null,
                null,
                kill.group(1),
                pressed ? pressure.group(1) : null,
                pressed ? Double.valueOf(pressure.group(2)) : null,
                pressed ? Double.valueOf(pressure.group(3)) : full ? Double.valueOf(used.group(5)) : null,
                pressed ? seconds(pressure.group(4)) : null,
                null,
                null,
                null,
                null,
                null,
                full ? number(used.group(2)) : null,
                full ? number(used.group(1)) : null,
                null,
                full ? number(used.group(4)) : null,
                full ? number(used.group(3)) : null,
                null));
    }

    private void early(KernelMessage message, String text) {
        Matcher state = AVAILABLE.matcher(text);
        Matcher limits = LIMITS.matcher(text);
        Matcher sending = SENDING.matcher(text);
        Matcher killing = KILLING.matcher(text);
        if (state.matches()) {
            available = state;
        } else if (limits.matches()) {
            limitPercent = Double.valueOf(limits.group(1));
        } else if (sending.matches()) {
            early(
                    message,
                    sending.group(1),
                    sending.group(2),
                    sending.group(3),
                    sending.group(4),
                    sending.group(5),
                    sending.group(6));
        } else if (killing.matches()) {
            String signal = killing.group(3).equals("9") ? "SIGKILL" : "SIGTERM";
            early(message, signal, killing.group(1), null, killing.group(2), killing.group(4), killing.group(5));
        }
    }

    private void early(
            KernelMessage message, String signal, String pid, String uid, String name, String score, String rss) {
        int victim = Integer.parseInt(pid);
        DaemonKill before = kills.isEmpty() ? null : kills.get(kills.size() - 1);
        if (before != null && before.victimPid() != null && before.victimPid() == victim && close(before, message)) {
            kills.set(kills.size() - 1, before.with(signal));
            return;
        }
        kills.add(new DaemonKill(
                message.line(),
                message.time(),
                message.uptimeSeconds(),
                KernelMessage.EARLYOOM,
                "memory",
                signal,
                null,
                null,
                available == null ? null : Double.valueOf(available.group(3)),
                limitPercent,
                null,
                victim,
                number(uid),
                name,
                Integer.valueOf(score),
                mebibytes(rss),
                available == null ? null : mebibytes(available.group(2)),
                null,
                available == null ? null : mebibytes(available.group(1)),
                available == null ? null : mebibytes(available.group(5)),
                null,
                available == null ? null : mebibytes(available.group(4))));
    }

    private static boolean close(DaemonKill before, KernelMessage message) {
        return before.time() == null
                || message.time() == null
                || Duration.between(before.time(), message.time()).abs().compareTo(SAME_KILL) <= 0;
    }

    /** {@code 1min 30s}: how systemd writes a span. */
    private static double seconds(String text) {
        double seconds = 0;
        Matcher part = SPAN.matcher(text);
        while (part.find()) {
            double unit = switch (part.group(2)) {
                case "h" -> 3600;
                case "min" -> 60;
                case "ms" -> 0.001;
                default -> 1;
            };
            seconds += Double.parseDouble(part.group(1)) * unit;
        }
        return seconds;
    }

    private static Long number(String digits) {
        return digits == null ? null : Long.valueOf(digits);
    }

    private static Long mebibytes(String digits) {
        return Long.parseLong(digits) << 20;
    }
}
