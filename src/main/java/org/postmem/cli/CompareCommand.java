package org.postmem.cli;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.postmem.UserException;
import org.postmem.findings.Analysis;
import org.postmem.findings.FindingsEngine;
import org.postmem.report.Comparison;
import org.postmem.sql.CaseDatabase;
import org.postmem.sql.ReportFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lays two captures, or two ranges of one, side by side and says what differs most. */
@Command(
        name = "compare",
        description = {
            "Lays two captures, or two ranges of one, side by side: before and after a deploy, a good host and a bad one.",
            "Times are of the host's clock (10:42) or instants (2026-11-22T10:42:00Z)."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class CompareCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(index = "0", paramLabel = "BEFORE", description = "The archive to compare with.")
    private Path first;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "AFTER",
            description =
                    "The archive to compare; without it, two ranges of the first one: --at, or --before and --after.")
    private Path second;

    @Option(
            names = "--at",
            paramLabel = "TIME",
            description = "Compare what was before this moment with what came after.")
    private String at;

    @Option(
            names = "--before",
            paramLabel = "FROM..TO",
            converter = TimeRange.Converter.class,
            description = "Only these snapshots of the first side; an end left out is the capture's own.")
    private TimeRange before;

    @Option(
            names = "--after",
            paramLabel = "FROM..TO",
            converter = TimeRange.Converter.class,
            description = "Only these snapshots of the second side.")
    private TimeRange after;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            defaultValue = "compare.html",
            description = "Write the page here, one HTML file; default: ${DEFAULT-VALUE}.")
    private Path output;

    @Option(
            names = "--database",
            paramLabel = "FILE",
            description = "Keep the case here, to ask it with postmem sql; a case that lies there is replaced.")
    private Path database;

    @Mixin
    private PageOptions pageOptions;

    @Mixin
    @SuppressWarnings("UnusedVariable") // what it was set to is asked of the parse result
    private Verbosity verbosity;

    CompareCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (second == null && at == null && (before == null || after == null)) {
            throw UserException.usage("with one archive, say where to divide it (--at TIME) or which ranges to compare"
                    + " (--before FROM..TO --after FROM..TO)");
        }
        if (at != null && (second != null || before != null || after != null)) {
            throw UserException.usage("--at divides one archive; it goes with neither a second one nor a range");
        }
        List<Path> archives = second == null ? List.of(first) : List.of(first, second);
        try (OutputFiles outputs = new OutputFiles(archives)) {
            Path page = outputs.reserve(output);
            Path file = outputs.reserve(database);
            List<String> warnings;
            try (CaseDatabase theCase = file == null
                    ? CaseDatabase.inMemory()
                    : CaseDatabase.inFile(file, CaseDatabase.defaultMemoryBytes())) {
                warnings = new CaseReport(console).load(theCase, archives);
                oneHostEach(theCase, archives);
                theCase.makeViews();
                layOut(theCase);
                Analysis analysis = FindingsEngine.packaged(
                                theCase.connection(), ReportFiles.onClassPath(), pageOptions.language())
                        .analyse();
                Comparison comparison = new Comparison(
                        theCase.connection(), analysis.findings(), pageOptions.language(), Postmem.version());
                try (BufferedWriter writer = Files.newBufferedWriter(page)) {
                    comparison.write(pageOptions.clock(console).instant(), writer);
                }
                if (file != null) {
                    theCase.flush();
                }
                print(comparison);
            }
            outputs.complete();
            console.warn(warnings);
            if (console.terminal()) {
                console.err().println("The comparison is " + output.toAbsolutePath());
            }
            return (warnings.isEmpty() ? ExitCode.DONE : ExitCode.FINDINGS_OR_PARTIAL).code();
        } catch (IOException e) {
            throw UserException.usage("the comparison cannot be written: " + OutputFile.reason(e), e);
        }
    }

    /** An archive that was imported may be of several. */
    private static void oneHostEach(CaseDatabase theCase, List<Path> archives) {
        try (Statement statement = theCase.connection().createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT count(*), string_agg(coalesce(host, 'a host without a name'),"
                                + " ', ' ORDER BY capture_id) FROM capture")) {
            row.next();
            if (row.getInt(1) != archives.size()) {
                String names = archives.stream().map(Path::toString).collect(Collectors.joining(" and "));
                throw UserException.usage(
                        names + (archives.size() == 1 ? " holds" : " hold") + " files of "
                                + row.getInt(1) + " hosts (" + row.getString(2)
                                + "), and one of them stands on each side; import the files of each host into an archive of its own");
            }
        } catch (SQLException e) {
            throw new IllegalStateException("the captures cannot be counted", e);
        }
    }

    /** Writes which snapshots stand on which side. */
    private void layOut(CaseDatabase theCase) {
        TimeRange.Span left = span(theCase, 1, first);
        TimeRange.Span right = second == null ? left : span(theCase, 2, second);
        TimeRange.Moments from;
        TimeRange.Moments to;
        if (at == null) {
            TimeRange whole = new TimeRange("", "");
            from = (before == null ? whole : before).within(left);
            to = (after == null ? whole : after).within(right);
        } else {
            Instant cut = TimeRange.moment(at, left);
            from = new TimeRange.Moments(left.first(), cut.minus(Duration.ofNanos(1000)));
            to = new TimeRange.Moments(cut, right.last());
        }
        side(theCase, "before", 1, from, left);
        side(theCase, "after", second == null ? 1 : 2, to, right);
    }

    private static TimeRange.Span span(CaseDatabase theCase, int captureId, Path archive) {
        try (Statement statement = theCase.connection().createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT min(s.ts), max(s.ts), coalesce(any_value(c.utc_offset_seconds), 0) FROM snapshot AS s"
                                + " JOIN capture AS c USING (capture_id) WHERE capture_id = " + captureId)) {
            row.next();
            LocalDateTime first = row.getObject(1, LocalDateTime.class);
            if (first == null) {
                throw UserException.unreadable(archive + " holds no whole snapshot; there is nothing to compare");
            }
            return new TimeRange.Span(
                    first.toInstant(ZoneOffset.UTC),
                    row.getObject(2, LocalDateTime.class).toInstant(ZoneOffset.UTC),
                    ZoneOffset.ofTotalSeconds(row.getInt(3)));
        } catch (SQLException e) {
            throw new IllegalStateException("the case has no snapshots to ask", e);
        }
    }

    private static void side(
            CaseDatabase theCase, String side, int captureId, TimeRange.Moments range, TimeRange.Span span) {
        try (PreparedStatement insert =
                        theCase.connection().prepareStatement("INSERT INTO compare_side VALUES (?, ?, ?, ?)");
                Statement count = theCase.connection().createStatement()) {
            insert.setString(1, side);
            insert.setInt(2, captureId);
            insert.setObject(3, LocalDateTime.ofInstant(range.from(), ZoneOffset.UTC));
            insert.setObject(4, LocalDateTime.ofInstant(range.to(), ZoneOffset.UTC));
            insert.execute();
            try (ResultSet row =
                    count.executeQuery("SELECT count(*) FROM compare_reading WHERE side = '" + side + "'")) {
                row.next();
                if (row.getLong(1) == 0) {
                    throw UserException.usage("no snapshot lies on the side " + side + ", from " + range.from() + " to "
                            + range.to() + "; the capture covers " + span.first() + " to " + span.last());
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException("the sides cannot be written to the case", e);
        }
    }

    private void print(Comparison comparison) {
        String headline = AlignedTable.visible(comparison.headline());
        console.out().println(console.colour() ? "\u001b[1m" + headline + "\u001b[0m" : headline);
        console.out().println();
        AlignedTable table = new AlignedTable(
                console.out(),
                List.of("kind", "who", "before", "after", "differs by"),
                List.of(false, false, true, true, true));
        comparison.mostDifferent(10).forEach(table::row);
        table.finish();
        console.out().flush();
    }
}
