package org.postmem.report;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.postmem.findings.Finding;

/** What to run next where a chapter has no trace to show: the exact command, for the one under suspicion. */
final class TraceCommands {
    /** Kinds of memory that no process asks for by malloc, mmap or brk, but where it maps the files. */
    private static final Set<String> BEYOND_MALLOC = Set.of(
            "deleted_file",
            "memfd",
            "tmpfs",
            "sysv_shm",
            "sockets",
            "slab_cache",
            "kernel_pages",
            "percpu",
            "configuration");

    private static final long LEAST_TRACED_BYTES = 4 << 20;

    private final CaseRows rows;
    private final Texts texts;

    TraceCommands(CaseRows rows, Texts texts) {
        this.rows = rows;
        this.texts = texts;
    }

    /** Where no trace was attached: the exact command for the one under suspicion. */
    List<ReportModel.Command> of(String id, Scene scene, List<Finding> accusing, List<ReportModel.Table> shown) {
        if ((!id.equals("strace") && !id.equals("bcc")) || shown.get(0).absent() == null) {
            return List.of();
        }
        for (Finding finding : accusing) {
            Finding.Culprit culprit = finding.culprit();
            if (culprit != null && culprit.pid() != null) {
                return commandFor(id, scene, finding).stream().toList();
            }
            // of processes that leak together one stands for all
            if (culprit != null
                    && finding.kind().equals("private_anonymous")
                    && finding.facts().get("largest_pid") instanceof Number largest) {
                return List.of(command(id + ".member", culprit.name(), largest.intValue()));
            }
            // processes are accused for being so many, whichever grew beside them
            if (culprit != null && finding.kind().equals("process_count")) {
                return List.of();
            }
            if (culprit != null
                    && id.equals("bcc")
                    && List.of("slab_cache", "vmalloc_caller", "kernel").contains(culprit.type())) {
                return List.of(command(
                        texts.text("next.bcc.kernel.intro").replace("{name}", String.valueOf(culprit.name())),
                        texts.next("R22.next.3")));
            }
        }
        Map<String, Object> top = rows.row("SELECT * FROM lead_top WHERE capture_id = " + scene.id());
        return top.isEmpty() || !"grew".equals(top.get("text")) || !worthTracing(id, top)
                ? List.of()
                : List.of(command(id + ".grower", String.valueOf(top.get("name")), CaseRows.integer(top, "pid")));
    }

    /** A trace stops a process at its calls: not for what is little, and malloc shows nothing of shared memory. */
    private static boolean worthTracing(String id, Map<String, Object> top) {
        long grown = ((Number) top.get("growth_bytes")).longValue();
        boolean shared = top.get("shr_bytes") instanceof Number shr
                && top.get("res_bytes") instanceof Number res
                && shr.longValue() * 2 > res.longValue();
        return grown >= LEAST_TRACED_BYTES && (!shared || id.equals("strace"));
    }

    /**
     * Of a process that runs no more nothing can be traced: of its name another may run, else somebody has to start it.
     * Calls for memory and malloc show nothing of what is written to files or sent through sockets: there the finding
     * itself knows what to trace, or nothing is to be traced.
     */
    private Optional<ReportModel.Command> commandFor(String id, Scene scene, Finding finding) {
        Finding.Culprit culprit = finding.culprit();
        Map<String, Object> ended = rows.ended(scene.id(), culprit.processId());
        String number = Integer.toString(culprit.pid());
        Optional<String> own = finding.nextCommands().stream()
                .filter(next -> id.equals("strace") && next.contains("strace -f"))
                .findFirst();
        if (ended.isEmpty() && own.isPresent()) {
            return Optional.of(command(intro(id + ".process", culprit.name(), number), own.get()));
        }
        if (BEYOND_MALLOC.contains(finding.kind()) && finding.facts().get("mapped_bytes") == null) {
            return Optional.empty();
        }
        if (ended.isEmpty()) {
            return Optional.of(command(id + ".process", culprit.name(), culprit.pid()));
        }
        if (ended.get("successor_pid") == null) {
            return Optional.of(command(id, intro(id + ".ended", culprit.name(), number), "$PID"));
        }
        String other = String.valueOf(ended.get("successor_pid"));
        return Optional.of(
                command(id, intro(id + ".successor", culprit.name(), number).replace("{successor_pid}", other), other));
    }

    private ReportModel.Command command(String key, String name, int pid) {
        String number = Integer.toString(pid);
        return command(key.substring(0, key.indexOf('.')), intro(key, name, number), number);
    }

    private String intro(String key, String name, String pid) {
        return texts.text("next." + key + ".intro").replace("{name}", name).replace("{pid}", pid);
    }

    private ReportModel.Command command(String tool, String intro, String pid) {
        return command(
                intro,
                texts.next(tool.equals("strace") ? "R05.next.4" : "R05.next.1").replace("{pid}", pid));
    }

    /** What stands behind the command is what it costs. */
    private static ReportModel.Command command(String intro, String next) {
        int note = next.indexOf("  # ");
        return note < 0
                ? new ReportModel.Command(intro, next, "")
                : new ReportModel.Command(intro, next.substring(0, note), next.substring(note + 4));
    }
}
