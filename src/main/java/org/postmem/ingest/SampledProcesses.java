package org.postmem.ingest;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.postmem.procfs.ProcessStatus;
import org.postmem.sql.ReportFiles;
import org.postmem.tools.ToolProcess;

/**
 * The rows of process_sample, one a process and moment, whoever lists the processes of that moment. The first text that
 * tells their memory fills the table; what others list at the same moment lies beside it until all is read.
 */
final class SampledProcesses {
    private static final String TABLE = "process_sample";

    private final int captureId;
    private final CaseTables tables;
    private final String besideName;
    private final Set<Integer> told = new HashSet<>();
    private final Rows first;
    private Rows beside;
    private Rows current;
    private int snapshot;
    /** Does a row that lies beside say more than that there is such a process, or a row of the table say less? */
    private boolean conflicting;

    /** One of the two tables, and where its columns stand. */
    private static final class Rows {
        private final TableWriter table;
        private final int capture;
        private final int snapshot;
        private final int process;
        private final int state;
        private final int vmSize;
        private final int rss;
        private final int rssAnon;
        private final int swap;
        private final int threads;
        private final int oomScore;
        private final int oomScoreAdj;
        private final RecordColumns<ProcessStatus> copied;

        Rows(TableWriter table) {
            this.table = table;
            this.capture = table.place("capture_id");
            this.snapshot = table.place("snapshot");
            this.process = table.place("process_id");
            this.state = table.place("state");
            this.vmSize = table.place("vm_size_bytes");
            this.rss = table.place("rss_bytes");
            this.rssAnon = table.place("rss_anon_bytes");
            this.swap = table.place("swap_bytes");
            this.threads = table.place("threads");
            this.oomScore = table.place("oom_score");
            this.oomScoreAdj = table.place("oom_score_adj");
            this.copied = RecordColumns.of(
                    ProcessStatus.class,
                    table,
                    "name",
                    "pid",
                    "tgid",
                    "ppid",
                    "uid",
                    "vmPinnedBytes",
                    "rssPeakBytes",
                    "vmExeBytes",
                    "vmLibBytes");
        }
    }

    SampledProcesses(int captureId, CaseTables tables) {
        this.captureId = captureId;
        this.tables = tables;
        this.besideName = TABLE + "_beside_" + captureId;
        this.first = new Rows(tables.table(TABLE));
    }

    /** Begins what one text lists at a moment. */
    void reading(int snapshot, List<ToolProcess> processes) {
        this.snapshot = snapshot;
        boolean numbers = processes.stream().anyMatch(SampledProcesses::hasNumbers);
        if (numbers && told.add(snapshot)) {
            current = first;
            conflicting |= processes.stream().anyMatch(process -> process.state() == null);
        } else {
            beside = beside == null ? new Rows(tables.temporary(besideName, TABLE)) : beside;
            current = beside;
            conflicting |= numbers;
        }
    }

    private static boolean hasNumbers(ToolProcess process) {
        return process.rssBytes() != null
                || process.vmSizeBytes() != null
                || process.rssAnonBytes() != null
                || process.swapBytes() != null
                || process.threads() != null
                || (process.copied() != null
                        && (process.copied().oomScore() != null
                                || process.copied().oomScoreAdj() != null));
    }

    /** A process of that list. */
    void add(int processId, ToolProcess process) {
        current.table
                .row()
                .set(current.capture, captureId)
                .set(current.snapshot, snapshot)
                .set(current.process, processId)
                .set(current.state, process.state())
                .set(current.vmSize, process.vmSizeBytes())
                .set(current.rss, process.rssBytes())
                .set(current.rssAnon, process.rssAnonBytes())
                .set(current.swap, process.swapBytes())
                .set(current.threads, process.threads());
        if (process.copied() != null) {
            copied(process.copied());
        }
        current.table.end();
    }

    private void copied(ToolProcess.Copied copied) {
        if (copied.status() != null) {
            current.copied.set(current.table, copied.status());
        }
        if (copied.oomScore() != null) {
            current.table.set(current.oomScore, copied.oomScore().longValue());
        }
        if (copied.oomScoreAdj() != null) {
            current.table.set(current.oomScoreAdj, copied.oomScoreAdj().longValue());
        }
    }

    /** All is read: one row a process and moment, and what two tools say differently apart. */
    void merge() {
        if (beside == null) {
            return;
        }
        String script = conflicting ? "merged_sample" : "listed_sample";
        List<String> statements = new ArrayList<>();
        statements.add("CREATE OR REPLACE TEMP VIEW beside AS FROM " + besideName);
        ReportFiles.onClassPath()
                .script("sql/merge/" + script + ".sql")
                .pieces()
                .forEach(piece -> statements.add(piece.sql()));
        statements.add("DROP VIEW beside");
        tables.revise(List.of(TABLE, "evidence_conflict"), statements);
        tables.drop(besideName);
        beside = null;
    }
}
