package org.postmem.cli;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import org.postmem.UserException;
import org.postmem.demo.CaseAnalysis;
import org.postmem.evidence.EvidenceFiles;
import org.postmem.evidence.Originals;
import org.postmem.findings.Analysis;
import org.postmem.findings.FindingsEngine;
import org.postmem.findings.FindingsJson;
import org.postmem.findings.RuleFolder;
import org.postmem.ingest.CaptureIngest;
import org.postmem.ingest.CaseTables;
import org.postmem.ingest.EvidenceIngest;
import org.postmem.ingest.ImportedArchive;
import org.postmem.report.HtmlReport;
import org.postmem.report.MarkdownSummary;
import org.postmem.sql.CaseDatabase;
import org.postmem.sql.ReportFiles;
import org.postmem.tools.EvidenceKind;

/** From archives to a page: loads them into a case, makes its views, judges it, writes what was asked for. */
final class CaseReport {
    /** A file of DuckDB begins with a checksum. */
    private static final int CASE_MAGIC_AT = 8;

    private final Console console;

    CaseReport(Console console) {
        this.console = console;
    }

    /**
     * What to do.
     *
     * @param evidence files of other tools, each host's a capture of its own behind the archives
     * @param page the report; {@code null} when nobody wants it, likewise {@code findings}, {@code markdown} and
     *     {@code database}
     * @param language of the texts, {@code en} or {@code zh}
     * @param clock what time the page says it was made; a fixed one gives the same bytes again
     * @param rules folder of more rule files; {@code null} for none
     * @param arguments that ask for the same page, for the command it names
     */
    record Request(
            List<Path> archives,
            EvidenceInputs evidence,
            Path page,
            Path findings,
            Path markdown,
            Path database,
            long memoryBytes,
            String language,
            Clock clock,
            Path rules,
            List<String> arguments) {
        Request {
            archives = List.copyOf(archives);
            arguments = List.copyOf(arguments);
        }
    }

    /**
     * What came out.
     *
     * @param warnings what could not be read, a sentence each; empty when all of it could
     */
    record Result(Analysis analysis, List<String> warnings) {
        Result {
            warnings = List.copyOf(warnings);
        }
    }

    /** The analysis as the demo wants it: one archive, both files, English. */
    static CaseAnalysis forDemo(Console console) {
        return (archive, page, findings) -> {
            Result result = new CaseReport(console)
                    .run(new Request(
                            List.of(archive),
                            EvidenceInputs.NONE,
                            page,
                            findings,
                            null,
                            null,
                            CaseDatabase.defaultMemoryBytes(),
                            "en",
                            console.clock(),
                            null,
                            List.of()));
            console.warn(result.warnings());
            return result.analysis();
        };
    }

    /**
     * Writes all files of the request, or none.
     *
     * @throws UserException when an archive cannot be read at all, or a file cannot be written
     */
    Result run(Request request) {
        try (OutputFiles outputs = new OutputFiles(irreplaceable(request))) {
            Path page = outputs.reserve(request.page());
            Path findings = outputs.reserve(request.findings());
            Path markdown = outputs.reserve(request.markdown());
            Path file = outputs.reserve(request.database());
            ReportFiles reports = ReportFiles.onClassPath();
            RuleFolder rules = RuleFolder.packaged(reports);
            if (request.rules() != null) {
                rules = rules.and(request.rules());
            }
            Result result;
            try (Progress progress = new Progress(console);
                    CaseDatabase database = file == null
                            ? CaseDatabase.inMemory(request.memoryBytes())
                            : CaseDatabase.inFile(file, request.memoryBytes())) {
                List<String> warnings =
                        load(database, request.archives(), request.evidence(), progress, Missing.IS_TOLD);
                progress.show("all read; trends");
                database.makeViews();
                progress.show("all read; rules");
                if (request.rules() != null) {
                    // somebody else's rule may ask the case, and no file beside it
                    database.forbidFiles();
                }
                FindingsEngine engine = FindingsEngine.of(database.connection(), reports, rules, request.language());
                Analysis analysis = engine.analyse();
                warnings.addAll(engine.faults());
                if (page != null) {
                    progress.show("all judged; the page");
                    writePage(page, database, analysis, request);
                }
                if (findings != null) {
                    Files.writeString(findings, FindingsJson.of(analysis));
                }
                if (markdown != null) {
                    Files.writeString(
                            markdown, new MarkdownSummary(request.language(), Postmem.version()).of(analysis));
                }
                if (file != null) {
                    database.flush();
                }
                result = new Result(analysis, warnings);
            }
            outputs.complete();
            return result;
        } catch (IOException e) {
            throw UserException.usage("the report cannot be written: " + OutputFile.reason(e), e);
        }
    }

    /**
     * What this run reads and no output may take the place of. A page, findings or a case that postmem wrote into the
     * folder it is now asked about may be written again.
     */
    private static List<Path> irreplaceable(Request request) throws IOException {
        Set<Path> names = new HashSet<>();
        for (Path target : Arrays.asList(request.page(), request.findings(), request.markdown(), request.database())) {
            if (target != null && Files.isRegularFile(target)) {
                names.add(target.toRealPath().getFileName());
            }
        }
        List<Path> inputs = new ArrayList<>(request.archives());
        for (EvidenceFiles.Named input : request.evidence().files()) {
            if (Files.isRegularFile(input.file())
                    && names.contains(input.file().toRealPath().getFileName())
                    && !isOurs(input.file())) {
                inputs.add(input.file());
            }
        }
        return inputs;
    }

    private static boolean isOurs(Path file) throws IOException {
        String head;
        try (InputStream in = Files.newInputStream(file)) {
            head = new String(in.readNBytes(EvidenceKind.HEAD_BYTES), StandardCharsets.ISO_8859_1);
        }
        return head.startsWith("<!doctype html>")
                || head.startsWith("{\n  \"schema\": ")
                || (head.startsWith("## ") && head.contains("postmem"))
                || head.indexOf("DUCK") == CASE_MAGIC_AT;
    }

    private static void writePage(Path page, CaseDatabase database, Analysis analysis, Request request)
            throws IOException {
        try (BufferedWriter writer = Files.newBufferedWriter(page)) {
            new HtmlReport(request.clock(), request.language(), Postmem.version(), request.arguments())
                    .write(database.connection(), analysis.verdict(), analysis.findings(), writer);
        }
    }

    /** Loads archives as captures 1, 2, 3 …; returns what could not be read, a sentence each. */
    List<String> load(CaseDatabase database, List<Path> archives) {
        try (Progress progress = new Progress(console)) {
            return load(database, archives, EvidenceInputs.NONE, progress, Missing.IS_AN_ERROR);
        }
    }

    private static List<String> load(
            CaseDatabase database, List<Path> archives, EvidenceInputs evidence, Progress progress, Missing missing) {
        CaseTables tables = new CaseTables(database.connection());
        CaptureIngest ingest = new CaptureIngest(tables);
        List<String> warnings = new ArrayList<>();
        long allBytes =
                Math.max(1, archives.stream().mapToLong(CaseReport::size).sum());
        long before = 0;
        int captureId = 1;
        UserException unreadable = null;
        for (Path archive : archives) {
            long startByte = before;
            long bytes = size(archive);
            before += bytes;
            try {
                ImportedArchive imported = ImportedArchive.of(archive);
                if (imported != null) {
                    captureId += load(tables, captureId, imported, evidence.zone(), warnings, progress);
                    continue;
                }
                CaptureIngest.Loaded loaded = ingest.load(
                        captureId,
                        archive,
                        (snapshots, share) -> progress.show(
                                (startByte + share * bytes) / allBytes,
                                archive.getFileName() + ": " + snapshots + " snapshots read"));
                captureId++;
                loaded.damages().forEach(damage -> warnings.add(archive + ": " + damage));
            } catch (UserException e) {
                if (missing == Missing.IS_AN_ERROR || e.kind() != UserException.Kind.UNREADABLE_INPUT) {
                    throw e;
                }
                unreadable = unreadable == null ? e : unreadable;
                warnings.add(e.getMessage() + "; it was left out");
            }
        }
        if (!evidence.files().isEmpty()) {
            captureId += load(tables, captureId, evidence, warnings, progress, unreadable == null && captureId == 1);
        }
        if (captureId == 1 && unreadable != null) {
            throw unreadable;
        }
        return warnings;
    }

    /** What it is when one archive of several cannot be read at all. */
    private enum Missing {
        /** Two are compared, or one is asked. */
        IS_AN_ERROR,
        /** The others are of other hosts, and their reports as good as without it. */
        IS_TOLD
    }

    /** Bytes of a file, 0 when it cannot be asked: whoever reads it will say why. */
    private static long size(Path archive) {
        try {
            return Files.size(archive);
        } catch (IOException e) {
            return 0;
        }
    }

    /** Loads originals out of an archive; returns of how many hosts they are. */
    private static int load(
            CaseTables tables,
            int captureId,
            ImportedArchive imported,
            ZoneId zone,
            List<String> warnings,
            Progress progress) {
        try {
            EvidenceIngest.Loaded loaded = new EvidenceIngest(tables)
                    .load(
                            captureId,
                            imported,
                            String.valueOf(Path.of(imported.name()).getFileName()),
                            zone == null ? imported.zone() : zone,
                            files -> progress.show(files + " files of other tools read"));
            warnings.addAll(loaded.warnings());
            imported.damages().forEach(damage -> warnings.add(imported.name() + ": " + damage));
            return loaded.captures().size();
        } catch (IOException e) {
            throw UserException.unreadable(imported.name() + " cannot be read: " + OutputFile.reason(e), e);
        }
    }

    /**
     * Loads files of other tools; returns of how many hosts they are.
     *
     * @param alone is it an error when none of them is of a tool?
     */
    private static int load(
            CaseTables tables,
            int captureId,
            EvidenceInputs evidence,
            List<String> warnings,
            Progress progress,
            boolean alone) {
        EvidenceIngest ingest = new EvidenceIngest(tables);
        Originals originals = Originals.of(evidence.files(), evidence.limits());
        IntConsumer read = files -> progress.show(files + " files of other tools read");
        EvidenceIngest.Loaded loaded = alone
                ? ingest.load(captureId, originals, nameOf(evidence), evidence.zone(), read)
                : ingest.loadBeside(captureId, originals, nameOf(evidence), evidence.zone(), read);
        warnings.addAll(loaded.warnings());
        // in a folder lies what it may; who names a file wants it read
        for (EvidenceFiles.Named file : evidence.files()) {
            String why = file.byItself() ? loaded.unread().get(file.label()) : null;
            if (why != null) {
                warnings.add(file.file() + ": " + why);
            }
        }
        return loaded.captures().size();
    }

    private static String nameOf(EvidenceInputs evidence) {
        int files = evidence.files().size();
        return files == 1 ? evidence.files().get(0).label() : files + " files of other tools";
    }
}
