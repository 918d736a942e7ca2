package org.postmem.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postmem.findings.Verdict;
import org.postmem.sql.CaseDatabase;
import org.postmem.sql.ReportFiles;

class HtmlReportTest {
    private static final Pattern SCRIPT = Pattern.compile("<script([^>]*)>(.*?)</script>", Pattern.DOTALL);
    private static final Pattern STYLE = Pattern.compile("<style>(.*?)</style>", Pattern.DOTALL);
    private static String page;

    @BeforeAll
    static void render() {
        page = DemoCase.leakingPage();
    }

    @Test
    void sameCaseFindingsAndClockGiveTheSameBytes() {
        assertThat(DemoCase.leakingPage()).isEqualTo(page);
    }

    @Test
    void saysTheVerdictFirstWithItsShareRateAndTimeLeft() {
        String text = textOf(page.substring(page.indexOf("<h1"), page.indexOf("<nav")));
        assertThat(text)
                .startsWith(
                        "ordersvc (pid 241) leaks private anonymous memory since 10:42:00, by 360\u00a0KiB/s for 19\u00a0min")
                .contains("That is 97\u00a0% of the memory this host lost")
                .contains("The rate lies between 353\u00a0KiB/s and 368\u00a0KiB/s.")
                .contains(
                        "used up between 11:14 and 11:19 UTC+08:00, 14\u00a0min \u2013 19\u00a0min after the last snapshot")
                .contains("RssAnon ordersvc (241) +376\u00a0MiB")
                .contains("/proc/241/status, 120 reads")
                .contains("memleak-bpfcc -p 241");
    }

    @Test
    void processNamedLikeAScriptElementStaysText() {
        assertThat(page)
                .doesNotContain("<script>alert")
                .contains("&lt;script&gt;alert(1)&lt;/script&gt; &quot;&amp;&#39;");
        List<MatchResult> scripts = SCRIPT.matcher(page).results().toList();
        assertThat(scripts).hasSize(2);
        assertThat(scripts.get(0).group(2))
                .contains("\\u003cscript\\u003ealert(1")
                .doesNotContain("<", ">", "&", "\u2028");
    }

    @Test
    void contentSecurityPolicyLetsInThisStyleAndThisScriptOnly() {
        String script = SCRIPT.matcher(page).results().toList().get(1).group(2);
        String style = STYLE.matcher(page).results().findFirst().orElseThrow().group(1);
        assertThat(page)
                .contains("content=\"default-src 'none'; style-src '" + ContentHash.sha256(style)
                        + "'; script-src '" + ContentHash.sha256(script)
                        + "'; base-uri 'none'; form-action 'none'\"")
                .doesNotContain(" style=\"")
                .doesNotContainPattern("<[^>]+ on[a-z]+=\"");
    }

    @Test
    void namesNoAddressOfTheNetwork() {
        assertThat(page.replace("http://www.w3.org/2000/svg", ""))
                .doesNotContainIgnoringCase("http:")
                .doesNotContainIgnoringCase("https:")
                .doesNotContain("src=", "@import", "url(");
    }

    @Test
    void holdsEverySectionInTheOrderAPersonWorks() {
        List<String> anchors = new ArrayList<>(List.of("verdict", "c1-balance"));
        Chapters.ORDER.forEach(outline -> anchors.add("c1-" + outline.id()));
        anchors.addAll(List.of("c1-findings", "c1-quality", "provenance"));
        List<Integer> places = anchors.stream()
                .map(anchor -> page.indexOf("id=\"" + anchor + "\""))
                .toList();
        assertThat(places).doesNotContain(-1).isSorted();
    }

    @Test
    void everyLinkOfThePageLeadsSomewhereAndNoAnchorIsTwice() {
        List<String> ids = Pattern.compile(" id=\"([^\"]+)\"")
                .matcher(page)
                .results()
                .map(m -> m.group(1))
                .toList();
        assertThat(ids).doesNotHaveDuplicates();
        assertThat(Pattern.compile("href=\"#([^\"]+)\"").matcher(page).results().map(m -> m.group(1)))
                .isNotEmpty()
                .allSatisfy(target -> assertThat(ids).contains(target));
    }

    @Test
    void isReadableWithoutAScript() {
        String still = SCRIPT.matcher(page).replaceAll("");
        assertThat(still)
                .contains("class=\"b-culprit hot\" data-band=\"culprit\" d=\"M0 ")
                .contains(
                        "kbmemfree</th>",
                        "minflt/s</th>",
                        "CACHE SIZE</th>",
                        "Mounted on</th>",
                        "Kbytes</th>",
                        "oom_score</th>");
        // What is hidden is of use to the script only.
        assertThat(Pattern.compile("<(\\w+)[^>]* hidden>")
                        .matcher(still)
                        .results()
                        .map(m -> m.group(1)))
                .containsOnly("button", "span", "div");
        assertThat(textOf(still)).contains("10:42:00 \u2192 11:00:30: who grew").contains("gap 50\u00a0s");
    }

    @Test
    void everyChartHasAlternativeText() {
        assertThat(Pattern.compile("<svg class=\"(?:spark|stack)\"[^>]*>(?:<title>[^<]{10,}|)")
                        .matcher(page)
                        .results())
                .isNotEmpty()
                .allSatisfy(svg -> assertThat(svg.group())
                        .contains("role=\"img\"")
                        .containsPattern("aria-label=\"[^\"]{10,}|<title>"));
        assertThat(page)
                .contains(
                        "<td class=\"cells\"><svg viewBox=\"0 0 96 1\" preserveAspectRatio=\"none\" aria-hidden=\"true\">");
    }

    @Test
    void everyQueryOfThePageRunsUnchanged() throws SQLException {
        try (CaseDatabase database = DemoCase.open();
                Statement statement = database.connection().createStatement()) {
            ReportModel model = new HtmlReport(Clock.fixed(DemoCase.NOW, ZoneOffset.UTC), "en", "0.1.0")
                    .model(database.connection(), DemoCase.leaking(), DemoCase.findings());
            List<ReportModel.Table> tables =
                    new ArrayList<>(model.hosts().get(0).quality());
            model.hosts().get(0).chapters().forEach(chapter -> tables.addAll(chapter.tables()));
            assertThat(tables).hasSize(33);
            for (ReportModel.Table table : tables) {
                int rows = 0;
                try (var result = statement.executeQuery(table.sql())) {
                    while (result.next()) {
                        rows++;
                    }
                }
                assertThat(table.rows()).as(table.id()).hasSize(rows);
            }
        }
    }

    @Test
    void marksTheCulpritAndNotTheInnocent() {
        String top = page.substring(page.indexOf("id=\"c1-t-top\""), page.indexOf("id=\"c1-t-top_name\""));
        assertThat(Pattern.compile("<tr class=\"hot[^\"]*\"><td[^>]*>(\\d+)</td>")
                        .matcher(top)
                        .results()
                        .map(m -> m.group(1)))
                .containsExactly("241");
    }

    @Test
    void healthyHostGetsAPageThatAccusesNobody() {
        try (CaseDatabase database = DemoCase.open()) {
            String healthy = DemoCase.page(database, new Verdict(false, "No leak on demo.", null), List.of());
            assertThat(healthy)
                    .contains("class=\"verdict ok\"", "No leak on demo.")
                    .doesNotContain("<tr class=\"hot", "<tr class=\"watch", "b-culprit hot\"");
        }
    }

    @Test
    void caseWithoutASingleSnapshotStillGivesAPage() throws SQLException {
        try (CaseDatabase database = DemoCase.empty();
                Statement statement = database.connection().createStatement()) {
            statement.execute("INSERT INTO capture (capture_id, source) VALUES (1, 'torn.tar.zst')");
            String torn = DemoCase.page(database, new Verdict(false, "Nothing can be said.", null), List.of());
            assertThat(torn)
                    .contains(
                            "Nothing can be said: the archive holds no whole snapshot",
                            "torn.tar.zst",
                            "No process was read.")
                    .doesNotContain("c1-balance");
        }
    }

    @Test
    void pageWithoutItsDataStaysBelow300Kilobytes() throws IOException {
        try (CaseDatabase database = DemoCase.empty()) {
            StringWriter out = new StringWriter();
            new HtmlReport(Clock.fixed(DemoCase.NOW, ZoneOffset.UTC), "en", "0.1.0")
                    .write(database.connection(), new Verdict(false, "Empty.", null), List.of(), out);
            assertThat(out.toString().getBytes(StandardCharsets.UTF_8).length).isLessThan(300 * 1024);
        }
    }

    /** Run with -Dgolden.update to write the page anew, then read the difference before committing it. */
    @Test
    void smallCaseLooksAsItDid() throws IOException, SQLException {
        String small;
        try (CaseDatabase database = DemoCase.open()) {
            keepFirstSnapshots(database, 6);
            small = DemoCase.page(database, DemoCase.leaking(), DemoCase.findings());
        }
        String bare = SCRIPT.matcher(STYLE.matcher(small).replaceAll("<style></style>"))
                .replaceAll("<script$1></script>")
                .replaceAll("sha256-[A-Za-z0-9+/&#;=]+", "sha256-");
        Path golden = Path.of(System.getProperty("postmem.root"), "src/test/resources/report/golden.html");
        if (System.getProperty("golden.update") != null) {
            Files.writeString(golden, bare);
        }
        assertThat(bare).isEqualTo(Files.readString(golden));
    }

    private static void keepFirstSnapshots(CaseDatabase database, int count) throws SQLException {
        for (String table : new TreeSet<>(database.tables())) {
            boolean dated = false;
            try (Statement statement = database.connection().createStatement();
                    var result = statement.executeQuery("SELECT * FROM " + table + " LIMIT 0")) {
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    dated |= result.getMetaData().getColumnLabel(i).equals("snapshot");
                }
            }
            if (dated) {
                try (Statement statement = database.connection().createStatement()) {
                    statement.execute("DELETE FROM " + table + " WHERE snapshot > " + count);
                }
            }
        }
        for (String path : List.of("sql/trend/gaps.sql", "sql/path/owner.sql", "sql/path/heat.sql")) {
            // tables of what was deleted above
            ReportFiles.onClassPath().script(path).run(database.connection());
        }
    }

    private static String textOf(String html) {
        return html.replaceAll("<title>.*?</title>", " ")
                .replaceAll("<[^>]+>", " ")
                .replace("&gt;", ">")
                .replaceAll("[ \\n]+", " ")
                .strip();
    }
}
