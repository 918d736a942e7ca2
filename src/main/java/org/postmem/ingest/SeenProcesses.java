package org.postmem.ingest;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.postmem.tools.EvidenceKind;
import org.postmem.tools.ToolProcess;
import org.postmem.units.ClockTicks;

/**
 * Processes as tools list them: mostly by a pid without a start time. Then one tool calling a pid by another name than
 * before means another process; tools among themselves write names differently, so they are not compared. Copies of stat
 * tell the start of each, which decides alone.
 */
final class SeenProcesses {
    private static final Pattern BLANKS = Pattern.compile("\\s+");
    private static final int COMM_CHARACTERS = 15;

    private record Pid(int boot, int pid) {}

    /** Of a text that does not say whose it is, its own name has to do: two of them are not one process. */
    private record Unnamed(int boot, String text) {}

    /** One process. */
    static final class Known {
        final int id;
        final int boot;
        final Integer pid;
        /** Where nothing tells a name. */
        final String called;

        final Map<EvidenceKind, String> names = new HashMap<>(2);
        String comm;
        String command;
        Long uid;
        Integer ppid;
        Integer oomScoreAdj;
        String cgroup;
        Boolean kernelThread;
        /** One that has exited has none any more, and no tool but ps and top says that it is no kernel thread. */
        boolean hadMemory;

        Instant startedAt;
        Long startTicks;
        int firstSnapshot = Integer.MAX_VALUE;
        int lastSnapshot = Integer.MIN_VALUE;

        private Known(int id, int boot, Integer pid, String called) {
            this.id = id;
            this.boot = boot;
            this.pid = pid;
            this.called = called;
        }
    }

    /** By {@link Pid} or {@link Unnamed}. */
    private final Map<Record, List<Known>> processes = new HashMap<>();

    private int count;

    /** @param member the text that tells of it */
    Known seen(int boot, int snapshot, EvidenceKind kind, String member, ToolProcess row, Instant startedAt) {
        String name = nameOf(kind, row);
        String text = row.pid() == null ? member.substring(member.lastIndexOf('/') + 1) : null;
        List<Known> candidates = processes.computeIfAbsent(
                text == null ? new Pid(boot, row.pid()) : new Unnamed(boot, text), w -> new ArrayList<>(1));
        Known known = null;
        Long startTicks = row.copied() == null ? null : row.copied().startTicks();
        for (Known candidate : candidates) {
            if (startTicks != null && candidate.startTicks != null) {
                if (startTicks.equals(candidate.startTicks)) {
                    known = candidate;
                    break;
                }
                continue;
            }
            String before = candidate.names.get(kind);
            boolean sameStart =
                    startedAt == null || candidate.startedAt == null || startedAt.equals(candidate.startedAt);
            if (sameStart && (before == null || name.isEmpty() || before.equals(name))) {
                known = candidate;
            }
        }
        if (known == null) {
            known = new Known(++count, boot, row.pid(), text == null ? "pid " + row.pid() : "the process of " + text);
            candidates.add(known);
        }
        if (!name.isEmpty()) {
            known.names.put(kind, name);
        }
        known.firstSnapshot = Math.min(known.firstSnapshot, snapshot);
        known.lastSnapshot = Math.max(known.lastSnapshot, snapshot);
        known.startedAt = startedAt == null ? known.startedAt : startedAt;
        known.startTicks = startTicks == null ? known.startTicks : startTicks;
        known.comm = row.comm() == null ? known.comm : row.comm();
        if (row.command() != null && (known.command == null || row.command().length() > known.command.length())) {
            known.command = row.command();
        }
        known.uid = row.uid() == null ? known.uid : row.uid();
        known.ppid = row.ppid() == null ? known.ppid : row.ppid();
        if (row.copied() != null) {
            ToolProcess.Copied copied = row.copied();
            known.oomScoreAdj = copied.oomScoreAdj() == null ? known.oomScoreAdj : copied.oomScoreAdj();
            known.cgroup = copied.cgroup() == null ? known.cgroup : copied.cgroup();
        }
        known.hadMemory |= row.rssBytes() != null && row.rssBytes() > 0;
        known.kernelThread = !known.hadMemory && (row.kernelThread() || Boolean.TRUE.equals(known.kernelThread));
        return known;
    }

    /** Of copies of /proc only some tell the kernel's name, and a command line names a program otherwise. */
    private static String nameOf(EvidenceKind kind, ToolProcess row) {
        if (row.comm() != null) {
            return row.comm();
        }
        boolean copy = kind == EvidenceKind.HOST_FILE || kind == EvidenceKind.HOST_FILES;
        return copy || row.command() == null ? "" : commOf(row.command());
    }

    private static String commOf(String command) {
        String first = BLANKS.split(command.strip(), 2)[0];
        String base = first.substring(first.lastIndexOf('/') + 1);
        return base.substring(0, Math.min(COMM_CHARACTERS, base.length()));
    }

    /**
     * Writes the table {@code process}; snapshots by their final numbers.
     *
     * @param bootTimes when the host came up, by the number of the boot; those that are unknown are not there
     */
    void write(
            int captureId,
            TableWriter table,
            Map<Integer, Integer> numbers,
            Map<Integer, Instant> bootTimes,
            ClockTicks ticks) {
        processes.values().stream()
                .flatMap(List::stream)
                .sorted((a, b) -> Integer.compare(a.id, b.id))
                .forEach(known -> {
                    String comm =
                            known.comm != null ? known.comm : known.command == null ? null : commOf(known.command);
                    List<String> arguments =
                            known.command == null ? List.of() : List.of(BLANKS.split(known.command.strip()));
                    table.row()
                            .set("capture_id", captureId)
                            .set("process_id", known.id)
                            .set("boot", known.boot)
                            .set("pid", known.pid)
                            .set("start_ticks", known.startTicks)
                            .set("started_at", startedAt(known, bootTimes.get(known.boot), ticks))
                            .set("comm", comm)
                            .set("name", comm == null ? known.called : ProcessName.of(comm, arguments, null))
                            .set("command", known.command)
                            .set("uid", known.uid)
                            .set("ppid", known.ppid)
                            .set("oom_score_adj", known.oomScoreAdj)
                            .set("cgroup", known.cgroup)
                            .set("kernel_thread", known.kernelThread)
                            .set("first_snapshot", numbers.get(known.firstSnapshot))
                            .set("last_snapshot", numbers.get(known.lastSnapshot))
                            .set("observer", false)
                            .end();
                });
    }

    /** The kernel's own count where a copy tells it; what a tool prints is rounded. */
    private static Instant startedAt(Known known, Instant bootTime, ClockTicks ticks) {
        Instant counted = known.startTicks == null ? null : ticks.after(bootTime, known.startTicks);
        return counted == null ? known.startedAt : counted;
    }
}
