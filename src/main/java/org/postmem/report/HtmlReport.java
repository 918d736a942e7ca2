package org.postmem.report;

import freemarker.core.HTMLOutputFormat;
import freemarker.template.Configuration;
import freemarker.template.TemplateException;
import freemarker.template.TemplateExceptionHandler;
import java.io.IOException;
import java.io.Writer;
import java.sql.Connection;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.postmem.findings.Finding;
import org.postmem.findings.Verdict;
import org.postmem.sql.ReportFiles;

/**
 * The incident report: one HTML file that needs neither network nor script to be read. The same case, findings and clock
 * give the same bytes.
 */
public final class HtmlReport {
    private final Clock clock;
    private final Texts texts;
    private final String version;
    private final ReportFiles reports;
    private final List<String> arguments;

    /** Writes in a language ({@code en}); the version is the analyzer's, for the provenance. */
    public HtmlReport(Clock clock, String language, String version) {
        this(clock, language, version, List.of());
    }

    /**
     * The same, for a page that names the command which makes it again.
     *
     * @param arguments of {@code postmem report} but for language, time and what it writes; empty: the names of the archives
     */
    public HtmlReport(Clock clock, String language, String version, List<String> arguments) {
        this.clock = clock;
        this.reports = ReportFiles.onClassPath();
        this.texts = Texts.of(reports, language);
        this.version = version;
        this.arguments = List.copyOf(arguments);
    }

    /**
     * Writes the page; the writer stays open.
     *
     * @param connection a case whose views are made ({@code CaseDatabase.makeViews})
     */
    public void write(Connection connection, Verdict verdict, List<Finding> findings, Writer out) throws IOException {
        ReportModel model = model(connection, verdict, findings);
        try {
            configuration().getTemplate("report.ftlh").process(Map.of("page", model, "t", model.texts()), out);
        } catch (TemplateException e) {
            throw new IllegalStateException("a template of the report is wrong", e);
        }
        out.flush();
    }

    ReportModel model(Connection connection, Verdict verdict, List<Finding> findings) {
        return new ReportAssembler(new CaseRows(connection), reports, texts, verdict, findings)
                .model(clock.instant(), version, arguments, asset(reports, "report.css"), asset(reports, "report.js"));
    }

    static String asset(ReportFiles reports, String name) {
        return reports.text("assets/" + name).replace("\r\n", "\n");
    }

    static Configuration configuration() {
        Configuration configuration = new Configuration(Configuration.VERSION_2_3_34);
        configuration.setClassForTemplateLoading(HtmlReport.class, "/reports/templates");
        configuration.setDefaultEncoding("UTF-8");
        configuration.setOutputFormat(HTMLOutputFormat.INSTANCE);
        configuration.setLocale(Locale.ROOT);
        configuration.setNumberFormat("computer");
        configuration.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
        configuration.setLogTemplateExceptions(false);
        configuration.setWrapUncheckedExceptions(true);
        return configuration;
    }
}
