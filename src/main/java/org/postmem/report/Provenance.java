package org.postmem.report;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.postmem.findings.ShellWord;
import org.postmem.sql.SqlValue;

/** Where the page comes from: who collected, when, how, what the hashes say, and how to make the same file again. */
final class Provenance {
    private final CaseRows rows;
    private final Texts texts;
    private final List<ReportModel.Origin> lines = new ArrayList<>();

    Provenance(CaseRows rows, Texts texts) {
        this.rows = rows;
        this.texts = texts;
    }

    /**
     * @param arguments of {@code postmem report} that lead to this page; empty: the names of the archives
     * @param printing of a capture, in its host's time
     */
    List<ReportModel.Origin> lines(
            List<Map<String, Object>> captures,
            Instant now,
            String version,
            List<String> arguments,
            IntFunction<Printing> printing) {
        say("made", new HostTime(ZoneOffset.UTC, false).utc(now));
        say("version", version);
        lines.add(new ReportModel.Origin(texts.text("provenance.again"), again(captures, now, arguments), true));
        for (Map<String, Object> capture : captures) {
            capture(capture, printing.apply(CaseRows.integer(capture, "capture_id")));
        }
        return List.copyOf(lines);
    }

    private void capture(Map<String, Object> capture, Printing printing) {
        int id = CaseRows.integer(capture, "capture_id");
        String source = String.valueOf(capture.get("source"));
        boolean collected = !"evidence".equals(capture.get("origin"));
        say("archive", source);
        Map<String, Object> span = rows.row("SELECT min(ts) AS first_ts, max(ts) AS last_ts, count(*)::INTEGER AS n,"
                + " string_agg(DISTINCT boot_id, ', ' ORDER BY boot_id) AS boots FROM snapshot WHERE capture_id = "
                + id);
        if (span.get("first_ts") != null) {
            Instant from = SqlValue.instant(span.get("first_ts"));
            Instant to = SqlValue.instant(span.get("last_ts"));
            HostTime time = printing.time();
            say(
                    "collected",
                    time.date(from) + " " + time.time(from) + " \u2013 " + time.time(to) + " " + time.zone()
                            + (time.isUtc() ? "" : " (" + time.utc(from) + " \u2013 " + time.utc(to) + ")"));
        }
        if (collected) {
            collector(capture, printing);
        }
        if (capture.get("kernel") != null) {
            say(
                    "host",
                    texts.text("provenance.host.line")
                            .replace("{host}", String.valueOf(capture.get("host")))
                            .replace("{kernel}", String.valueOf(capture.get("kernel")))
                            .replace("{machine}", String.valueOf(capture.get("machine")))
                            .replace("{cpus}", printing.text("cpus", capture.get("cpu_count"))));
        }
        if (span.get("boots") != null) {
            say("boot", span.get("boots").toString());
        }
        if (collected) {
            hashes(id, source, printing);
        }
    }

    private void collector(Map<String, Object> capture, Printing printing) {
        say(
                "collector",
                texts.text("provenance.collector.line")
                        .replace("{version}", String.valueOf(capture.get("collector_version")))
                        .replace("{format}", String.valueOf(capture.get("format_version")))
                        .replace(
                                "{who}",
                                texts.text(
                                        Boolean.TRUE.equals(capture.get("privileged"))
                                                ? "provenance.root"
                                                : "provenance.user"))
                        .replace("{interval}", printing.text("_seconds", capture.get("interval_seconds"))));
        if (capture.get("options") != null) {
            say("options", capture.get("options").toString());
        }
    }

    private void hashes(int id, String source, Printing printing) {
        Map<String, Object> segments =
                rows.row("SELECT count(*)::INTEGER AS n, count(*) FILTER (state = 'intact')::INTEGER"
                        + " AS intact, sum(length_bytes)::BIGINT AS length_bytes, count(signed_by)::INTEGER AS signed,"
                        + " string_agg(DISTINCT signed_by, ', ' ORDER BY signed_by) AS keys FROM segment WHERE capture_id = "
                        + id);
        boolean signed = segments.get("keys") != null;
        say(
                "hashes",
                texts.text("provenance.hashes.line")
                                .replace("{n}", String.valueOf(segments.get("n")))
                                .replace("{intact}", String.valueOf(segments.get("intact")))
                                .replace("{length}", printing.text("_bytes", segments.get("length_bytes")))
                        + texts.text(signed ? "provenance.hashes.signed" : "provenance.hashes.unsigned")
                                .replace("{signed}", String.valueOf(segments.get("signed")))
                                .replace("{keys}", String.valueOf(segments.get("keys"))));
        String key = signed ? "--key PUBLIC.pem " : "";
        lines.add(new ReportModel.Origin(
                texts.text("provenance.verify"), "postmem verify " + key + ShellWord.quoted(source), true));
    }

    private void say(String key, String value) {
        lines.add(new ReportModel.Origin(texts.text("provenance." + key), value, false));
    }

    /** What makes this very file again, byte for byte, where the files it names lie. */
    private String again(List<Map<String, Object>> captures, Instant now, List<String> arguments) {
        StringBuilder command = new StringBuilder("postmem report");
        List<String> words = arguments.isEmpty()
                ? captures.stream()
                        .sorted(Comparator.comparingInt(capture -> CaseRows.integer(capture, "capture_id")))
                        .map(capture -> String.valueOf(capture.get("source")))
                        .toList()
                : arguments;
        words.forEach(word -> command.append(' ').append(ShellWord.quoted(word)));
        return command.append(" --lang ")
                .append(texts.language())
                .append(" --made-at ")
                .append(now)
                .toString();
    }
}
