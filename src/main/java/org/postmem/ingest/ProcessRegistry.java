package org.postmem.ingest;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.postmem.procfs.CommandLine;
import org.postmem.procfs.ProcessStat;
import org.postmem.units.ClockTicks;

/**
 * The processes of a capture, each numbered once. A process is (boot, pid, start time); what is remembered of it here is
 * what is told only now and then, and what was seen last.
 */
final class ProcessRegistry {
    private record Identity(int boot, int pid, long startTicks) {}

    /** One process. */
    static final class Known {
        final int id;
        final int pid;
        final long startTicks;
        String comm;
        Integer ppid;
        Boolean kernelThread;
        List<String> arguments = List.of();
        String command;
        String exe;
        Long uid;
        String cgroup;
        Long oomScoreAdj;
        boolean observer;
        private final int boot;
        private final int firstSnapshot;
        private int lastSnapshot;

        private Known(int id, Identity identity, int firstSnapshot) {
            this.id = id;
            this.boot = identity.boot();
            this.pid = identity.pid();
            this.startTicks = identity.startTicks();
            this.firstSnapshot = firstSnapshot;
        }

        /** Takes who it is by its line of stat; the name may be that of before its exec. */
        void tell(ProcessStat stat) {
            comm = stat.comm();
            ppid = stat.ppid();
            kernelThread = stat.kernelThread();
        }

        void command(CommandLine commandLine) {
            arguments = commandLine.arguments();
            command = commandLine.text();
        }
    }

    private final Map<Identity, Known> processes = new HashMap<>();

    /** The process that a line of stat tells of. */
    Known seen(int boot, int pid, long startTicks, int snapshot) {
        Identity identity = new Identity(boot, pid, startTicks);
        Known known = processes.get(identity);
        if (known == null) {
            known = new Known(processes.size() + 1, identity, snapshot);
            processes.put(identity, known);
        }
        known.lastSnapshot = snapshot;
        return known;
    }

    /** One that was seen before; {@code null} when it was not. */
    Known known(int boot, int pid, long startTicks) {
        return processes.get(new Identity(boot, pid, startTicks));
    }

    /** Writes the table {@code process}, in the order of the numbers. */
    void write(int captureId, TableWriter table, BootStarts bootStarts, ClockTicks ticks) {
        processes.values().stream()
                .sorted((a, b) -> Integer.compare(a.id, b.id))
                .forEach(process -> table.row()
                        .set("capture_id", captureId)
                        .set("process_id", process.id)
                        .set("boot", process.boot)
                        .set("pid", process.pid)
                        .set("start_ticks", process.startTicks)
                        .set("started_at", ticks.after(bootStarts.of(process.boot), process.startTicks))
                        .set("comm", process.comm)
                        .set("name", ProcessName.of(process.comm, process.arguments, process.exe))
                        .set("command", process.command)
                        .set("exe", process.exe)
                        .set("uid", process.uid)
                        .set("ppid", process.ppid)
                        .set("kernel_thread", process.kernelThread)
                        .set("cgroup", process.cgroup)
                        .set("oom_score_adj", process.oomScoreAdj)
                        .set("first_snapshot", process.firstSnapshot)
                        .set("last_snapshot", process.lastSnapshot)
                        .set("observer", process.observer)
                        .end());
    }
}
