package org.postmem.cli;

import java.io.File;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.postmem.findings.Analysis;
import org.postmem.findings.FindingsEngine;
import org.postmem.findings.OomHitRate;
import org.postmem.ingest.CaptureIngest;
import org.postmem.ingest.CaseTables;
import org.postmem.sql.CaseDatabase;
import org.postmem.sql.ReportFiles;

/**
 * Small cases that are analysed in one database, in memory. DuckDB takes longer to plan the statements of rules than to
 * run them on a capture of a minute: sixteen together take a fifth of the time of sixteen alone, and each comes to the
 * same.
 *
 * @param parts at least one
 */
record CaseBatch(List<Part> parts) {
    private static final int MOST_PARTS = 16;
    /** Captures that are large by themselves gain nothing, and together would not fit into memory. */
    private static final long MOST_ARCHIVE_BYTES = 8L << 20;

    CaseBatch {
        parts = List.copyOf(parts);
    }

    /**
     * One case.
     *
     * @param until what came later is left out; {@code null}: all of it counts
     */
    record Part(List<Path> archives, Instant until) {
        Part {
            archives = List.copyOf(archives);
        }

        private long archiveBytes() {
            return archives.stream().map(Path::toFile).mapToLong(File::length).sum();
        }

        private boolean begins(Path archive) {
            return until == null || CaptureIngest.times(archive).stream().anyMatch(time -> !time.isAfter(until));
        }
    }

    /**
     * What became of it.
     *
     * @param analyses one for each part, in their order
     * @param kills how often the kernel's rule names who was killed, in all parts
     */
    record Outcome(List<Analysis> analyses, OomHitRate kills) {
        Outcome {
            analyses = List.copyOf(analyses);
        }
    }

    /** Keeps their order, and leaves several for each of the threads. */
    static List<CaseBatch> of(List<Part> parts, int threads) {
        int most = Math.min(MOST_PARTS, 1 + parts.size() / (4 * threads));
        List<CaseBatch> batches = new ArrayList<>();
        List<Part> open = new ArrayList<>();
        long bytes = 0;
        for (Part part : parts) {
            long more = part.archiveBytes();
            if (!open.isEmpty() && (open.size() == most || bytes + more > MOST_ARCHIVE_BYTES)) {
                batches.add(new CaseBatch(open));
                open.clear();
                bytes = 0;
            }
            open.add(part);
            bytes += more;
        }
        if (!open.isEmpty()) {
            batches.add(new CaseBatch(open));
        }
        return batches;
    }

    /** @throws org.postmem.UserException when nothing of an archive can be read */
    Outcome analyse(long memoryBytes) {
        try (CaseDatabase database = CaseDatabase.inMemoryOnOneThread(memoryBytes)) {
            CaptureIngest ingest = new CaptureIngest(new CaseTables(database.connection()));
            int captureId = 0;
            for (int i = 0; i < parts.size(); i++) {
                Part part = parts.get(i);
                for (Path archive : part.archives()) {
                    if (part.begins(archive)) {
                        captureId++;
                        ingest.load(captureId, archive, part.until(), (snapshots, share) -> {});
                    }
                }
                belongTogether(i + 1, database.connection());
            }
            database.makeViewsOfRules();
            FindingsEngine engine = FindingsEngine.packaged(database.connection(), ReportFiles.onClassPath(), "en");
            return new Outcome(engine.analyseEach(), OomHitRate.of(database.connection()));
        }
    }

    /** What was loaded last is a case by itself: nothing that happened to its host later, or elsewhere, is known to it. */
    private static void belongTogether(int caseId, Connection connection) {
        try (Statement statement = connection.createStatement()) {
            statement.execute("UPDATE capture SET case_id = " + caseId + " WHERE case_id IS NULL");
        } catch (SQLException e) {
            throw new IllegalStateException("the captures of a batch cannot be told apart", e);
        }
    }
}
