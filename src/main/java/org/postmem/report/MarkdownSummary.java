package org.postmem.report;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Collectors;
import org.postmem.findings.Analysis;
import org.postmem.findings.Finding;
import org.postmem.findings.Finding.Severity;
import org.postmem.sql.ReportFiles;

/**
 * The case as a ticket takes it: the verdict, a line a capture, the findings that matter as a table, then each that accuses
 * with its advice, its next commands and the statements it rests on. Whatever a host is called stays text: nothing of it
 * becomes markup, a link or a mention. Times are UTC, for a ticket is read anywhere.
 */
public final class MarkdownSummary {
    private static final int MOST_EXPLAINED = 5;
    private static final int MOST_LISTED = 20;
    private static final String NOTHING = "\u2013";

    private final Texts texts;
    private final String version;

    /** Writes in a language ({@code en}); the version is the analyzer's. */
    public MarkdownSummary(String language, String version) {
        this.texts = Texts.of(ReportFiles.onClassPath(), language);
        this.version = version;
    }

    /** The whole text, with a newline at its end. */
    public String of(Analysis analysis) {
        StringBuilder out = new StringBuilder();
        out.append("## ").append(text(analysis.verdict().headline())).append("\n\n");
        analysis.captures().forEach(capture -> out.append(capture(capture)).append('\n'));
        List<Finding> listed = analysis.findings().stream()
                .filter(f -> f.severity().compareTo(Severity.INFO) <= 0)
                .toList();
        if (!listed.isEmpty()) {
            table(listed, analysis.captures().size() > 1, out);
        }
        listed.stream()
                .filter(f -> f.severity().compareTo(Severity.INFO) < 0)
                .limit(MOST_EXPLAINED)
                .forEach(finding -> explain(finding, out));
        out.append('\n')
                .append(text(texts.text("markdown.rest")
                        .replace("{healthy}", count(analysis, Severity.OK))
                        .replace("{unchecked}", count(analysis, Severity.NOT_APPLICABLE))
                        .replace("{version}", version)))
                .append('\n');
        return out.toString();
    }

    private String capture(Analysis.Capture capture) {
        String host = capture.host() == null ? capture.source() : capture.host();
        String kernel = capture.kernel() == null ? "" : ", Linux " + capture.kernel();
        String line = capture.from() == null || capture.to() == null
                ? texts.text("verdict.unknown.empty")
                : texts.counted("markdown.span", capture.snapshots())
                        .replace("{from}", utc(capture.from()))
                        .replace("{to}", utc(capture.to()))
                        .replace("{gaps}", Integer.toString(capture.gaps().size()));
        return "- **" + text(host) + "**" + text(kernel + " (" + capture.source() + "): " + line);
    }

    private void table(List<Finding> findings, boolean several, StringBuilder out) {
        List<String> titles = several
                ? List.of("severity", "finding", "capture", "growth", "rate", "share", "since")
                : List.of("severity", "finding", "growth", "rate", "share", "since");
        out.append('\n')
                .append(titles.stream()
                        .map(name -> text(texts.text("markdown." + name)))
                        .collect(Collectors.joining(" | ", "| ", " |\n")))
                .append(titles.stream()
                        .map(name -> List.of("growth", "rate", "share").contains(name) ? "--:" : ":--")
                        .collect(Collectors.joining(" | ", "| ", " |\n")));
        for (Finding f : findings.subList(0, Math.min(MOST_LISTED, findings.size()))) {
            out.append("| ").append(text(texts.text("severity." + f.severity().json())));
            out.append(" | ").append(text(f.id() + ": " + f.title()));
            out.append(several ? " | " + f.captureId() : "");
            out.append(" | ").append(f.growthBytes() == null ? NOTHING : Quantity.signedBytes(f.growthBytes()));
            Double rate = f.rateBytesPerSecond();
            out.append(" | ").append(rate == null ? NOTHING : Quantity.bytesPerSecond(rate));
            out.append(" | ").append(f.shareOfLoss() == null ? NOTHING : Quantity.share(f.shareOfLoss()));
            out.append(" | ").append(f.firstSeen() == null ? NOTHING : utc(f.firstSeen()));
            out.append(" |\n");
        }
        if (findings.size() > MOST_LISTED) {
            out.append('\n')
                    .append(text(texts.text("markdown.more")
                            .replace("{n}", Integer.toString(findings.size() - MOST_LISTED))))
                    .append('\n');
        }
    }

    private void explain(Finding finding, StringBuilder out) {
        out.append("\n### ").append(text(finding.id() + ": " + finding.title())).append("\n\n");
        if (!finding.explanation().isBlank()) {
            out.append(text(finding.explanation())).append("\n\n");
        }
        finding.advice().forEach(line -> out.append("- ").append(text(line)).append('\n'));
        if (!finding.nextCommands().isEmpty()) {
            out.append('\n').append(text(texts.text("findings.commands"))).append(":\n\n");
            fenced("sh", finding.nextCommands(), out);
        }
        List<String> statements =
                finding.evidence().stream().map(Finding.Evidence::sql).toList();
        if (!statements.isEmpty()) {
            out.append('\n').append(text(texts.text("markdown.evidence"))).append(":\n\n");
            fenced("sql", statements, out);
        }
    }

    /** A fence longer than any run of backticks in it cannot be closed from within. */
    private static void fenced(String language, List<String> lines, StringBuilder out) {
        String body = String.join("\n", lines);
        int longest = 0;
        int run = 0;
        for (int i = 0; i < body.length(); i++) {
            run = body.charAt(i) == '`' ? run + 1 : 0;
            longest = Math.max(longest, run);
        }
        String fence = "`".repeat(Math.max(3, longest + 1));
        out.append(fence).append(language).append('\n');
        body.chars()
                .map(c -> Character.isISOControl(c) && c != '\n' ? '\ufffd' : c)
                .forEach(c -> out.append((char) c));
        out.append('\n').append(fence).append('\n');
    }

    private static String count(Analysis analysis, Severity severity) {
        return Long.toString(analysis.findings().stream()
                .filter(f -> f.severity() == severity)
                .count());
    }

    /** 2026-11-22 10:00:00 UTC. */
    private static String utc(Instant instant) {
        return new HostTime(ZoneOffset.UTC, true).utc(instant);
    }

    /** Text that stays text in a paragraph, a heading or a table's cell. */
    private static String text(String raw) {
        StringBuilder out = new StringBuilder(raw.length() + 16);
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            switch (c) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                // a process that is called like somebody's account calls nobody
                case '@' -> out.append("&#64;");
                case '\\', '`', '*', '_', '[', ']', '|', '~', '#', '$', '!' ->
                    out.append('\\').append(c);
                default -> out.append(Character.isISOControl(c) ? ' ' : c);
            }
        }
        // no address becomes a link
        return out.toString().replace("://", ":&#47;/");
    }
}
