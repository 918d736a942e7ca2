package org.postmem.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.interactions.Actions;
import org.postmem.cli.Console;
import org.postmem.cli.Postmem;
import org.postmem.collector.archive.Json;

/** The page in a real browser: captures of every kind, and one that wishes the reader ill. */
@Timeout(600)
class ReportInBrowserTest {
    private static final Path ROOT = Path.of(System.getProperty("postmem.root"));
    private static final Path PICTURES = ROOT.resolve("src/target/screenshots");
    private static final String LEAK = "heap_leak";

    @TempDir
    static Path folder;

    private static Chromium chromium;
    /** Makes the next report while the browser looks at the last one. */
    private static final ExecutorService analyst = Executors.newSingleThreadExecutor();

    @BeforeAll
    static void startBrowser() throws IOException {
        chromium = Chromium.start(folder.resolve("profile"));
        Files.createDirectories(PICTURES);
    }

    @AfterAll
    static void stopBrowser() {
        analyst.shutdownNow();
        if (chromium != null) {
            chromium.close();
        }
    }

    /** One of each kind, and every third of the rest: a page of each would take ten minutes, and most are alike. */
    @TestFactory
    List<DynamicTest> pagesOfEveryKindOpenSilentlyAndWithoutBarriers() throws IOException {
        List<Path> captures = new ArrayList<>();
        Set<String> kinds = new HashSet<>();
        int others = 0;
        for (Path capture : Chromium.captures(ROOT.resolve("testdata/incidents"))) {
            Map<String, Object> truth = Json.readObject(Files.readAllBytes(capture.resolve("truth.json")));
            if (kinds.add((String) truth.get("kind")) || others++ % 3 == 0) {
                captures.add(capture);
            }
        }
        assertThat(kinds).hasSizeGreaterThan(10);
        // a list: all reports are asked for at once
        return captures.stream()
                .map(capture -> {
                    String name = ROOT.resolve("testdata/incidents")
                            .relativize(capture)
                            .toString()
                            .replace('/', '-');
                    Future<Path> page = analyst.submit(() -> report(capture, name, "en"));
                    return dynamicTest(name, () -> opens(page.get(), name));
                })
                .toList();
    }

    /** Pairs of labels of one chart that lie on each other by more than a pixel. */
    private static final String LABELS_ON_LABELS = """
            let pairs = 0;
            for (const chart of document.querySelectorAll('.stack')) {
              const boxes = [...chart.querySelectorAll('.mark text')].map(t => t.getBoundingClientRect()).filter(b => b.width > 0);
              boxes.forEach((a, i) => boxes.slice(i + 1).forEach(b => {
                if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 4 && b.top < a.bottom - 4) pairs++;
              }));
            }
            return pairs;
            """;

    private static void opens(Path page, String name) throws IOException {
        chromium.open(page, 1280);
        assertThat(chromium.requests()).containsExactly(page.toUri().toString());
        assertThat(chromium.complaints()).isEmpty();
        assertThat(
                        number(
                                "return [...document.querySelectorAll('.plot path')].filter(p => p.getBBox().height > 0).length"))
                .as("bands drawn")
                .isGreaterThanOrEqualTo(4);
        assertThat(number("return document.querySelectorAll('.heatmap tbody path').length"))
                .as("cells of the heat map")
                .isPositive();
        assertThat(number(LABELS_ON_LABELS)).as("labels on labels").isZero();
        chromium.picture(PICTURES.resolve(name + "-1280.png"));
        assertThat(chromium.barriers()).isEmpty();
        chromium.wide(360);
        assertThat(number("return document.documentElement.scrollWidth")).isLessThanOrEqualTo(360);
        assertThat(number(LABELS_ON_LABELS)).as("labels on labels of a phone").isZero();
        chromium.picture(PICTURES.resolve(name + "-360.png"));
        chromium.wide(1280);
        chromium.print(PICTURES.resolve(name + "-print.pdf"));
        assertThat(chromium.complaints()).isEmpty();
    }

    @Test
    void contrastHoldsInTheDark() throws IOException {
        for (String incident : List.of(LEAK, "none")) {
            chromium.open(kept(incident, "en"), 1280);
            chromium.media("screen", "dark");
            assertThat(chromium.barriers("color-contrast")).as(incident).isEmpty();
            chromium.picture(PICTURES.resolve(incident + "-dark.png"));
        }
    }

    @Test
    void draggingARangeShowsWhoGrewBetweenItsEnds() throws IOException {
        chromium.open(kept(LEAK, "en"), 1280);
        String before = text(".fall");
        WebElement chart = one(".stack");
        scrollTo(chart);
        new Actions(chromium.driver())
                .moveToElement(chart, -chart.getSize().width / 3, 40)
                .clickAndHold()
                .moveByOffset(chart.getSize().width / 4, 0)
                .release()
                .perform();
        String ranged = text(".fall");
        assertThat(ranged).isNotEqualTo(before).contains("\u2192", "who grew");
        assertThat(one(".fall .whole").isDisplayed()).isTrue();

        one(".fall .whole").click();
        assertThat(text(".fall")).isEqualTo(before);

        WebElement cells = one(".heatmap tbody tr:nth-child(2) .cells");
        scrollTo(cells);
        new Actions(chromium.driver())
                .moveToElement(cells, cells.getSize().width / 4, 0)
                .clickAndHold()
                .moveByOffset(cells.getSize().width / 8, 0)
                .release()
                .perform();
        assertThat(text(".fall")).isNotEqualTo(before).isNotEqualTo(ranged).contains("who grew");
        assertThat(text(".heatmap .readout")).contains(text(".heatmap tbody tr:nth-child(2) td"), "held");
        assertThat(chromium.complaints()).isEmpty();
    }

    @Test
    void theKeyboardReachesEveryMomentAndSelectsARange() throws IOException {
        chromium.open(kept(LEAK, "en"), 1280);
        String before = text(".fall");
        one("body").sendKeys(Keys.TAB);
        assertThat(text(":focus")).isEqualTo("Skip to the verdict");
        WebElement chart = one(".stack");
        chart.sendKeys(Keys.HOME);
        assertThat(text(".legend .when")).startsWith("05:08:42");
        chart.sendKeys(Keys.ARROW_RIGHT);
        assertThat(text(".legend .when")).startsWith("05:08:47");
        chart.sendKeys(Keys.chord(Keys.SHIFT, Keys.END));
        assertThat(text(".fall caption")).isEqualTo("05:08:47 \u2192 05:11:42: who grew");
        assertThat(text(".fall tbody tr")).startsWith("ordersvc (293) ");
        chart.sendKeys(Keys.ESCAPE);
        assertThat(text(".fall")).isEqualTo(before);

        WebElement heat = one(".heatmap .scroll");
        heat.sendKeys(Keys.ARROW_DOWN);
        heat.sendKeys(Keys.END);
        assertThat(text(".heatmap .readout")).startsWith("ordersvc (293), 05:11:42: ");
        heat.sendKeys(Keys.ARROW_LEFT);
        assertThat(text(".heatmap .readout")).startsWith("ordersvc (293), 05:11:37: ");
    }

    @Test
    void tablesSortByTheValueAndFoldTheRest() throws IOException {
        chromium.open(kept(LEAK, "en"), 1280);
        WebElement table = one("#c1-t-top table");
        List<WebElement> heads = table.findElements(By.cssSelector("th"));
        int resident = texts(heads).indexOf("RES");
        assertThat(resident).isPositive();
        heads.get(resident).findElement(By.cssSelector("button")).click();
        assertThat(heads.get(resident).getDomAttribute("aria-sort")).isEqualTo("descending");
        assertThat(column(table, resident)).hasSizeGreaterThan(20).isSortedAccordingTo(Comparator.reverseOrder());
        heads.get(resident).findElement(By.cssSelector("button")).sendKeys(Keys.ENTER);
        assertThat(heads.get(resident).getDomAttribute("aria-sort")).isEqualTo("ascending");
        assertThat(column(table, resident)).isSorted();

        long shown = number(
                "return [...document.querySelectorAll('#c1-t-top tbody tr')].filter(r => r.offsetParent).length");
        one("#c1-t-top .more").click();
        assertThat(
                        number(
                                "return [...document.querySelectorAll('#c1-t-top tbody tr')].filter(r => r.offsetParent).length"))
                .isGreaterThan(shown);
    }

    /** Paper unfolds nothing: it says how many rows are not on it. */
    @Test
    void whatIsFoldedIsSaidOnPaper() throws IOException {
        chromium.open(kept(LEAK, "en"), 1280);
        WebElement folded = one("#c1-t-top .folded");
        long rows = number("return document.querySelectorAll('#c1-t-top tbody tr').length");
        assertThat(folded.isDisplayed()).isFalse();
        chromium.media("print", "light");
        try {
            assertThat(folded.getText()).isEqualTo("12 of " + rows + " rows; the page on a screen unfolds the others.");
        } finally {
            chromium.media("screen", "light");
        }
        one("#c1-t-top .more").click();
        chromium.media("print", "light");
        try {
            assertThat(folded.isDisplayed()).isFalse();
        } finally {
            chromium.media("screen", "light");
        }
    }

    @Test
    void evidenceOpensWithStatementRowsAndTheHashOfTheSegment() throws IOException {
        chromium.open(kept(LEAK, "en"), 1280);
        WebElement evidence = one(".finding.bad .ev");
        evidence.findElement(By.cssSelector("summary")).click();
        assertThat(evidence.getText()).contains("SELECT ", "SHA-256 ").containsPattern("[0-9a-f]{64}");
        assertThat(evidence.findElements(By.cssSelector(".raw td"))).isNotEmpty();
    }

    @Test
    void aHostThatIsNamedLikeMarkupStaysText() throws IOException {
        Path archives = Files.createDirectories(folder.resolve("hostile"));
        HostileCapture.write(archives.resolve("capture.tar.zst"));
        Path page = report(archives, "hostile", "en");
        opens(page, "hostile");
        assertThat(chromium.ask("return document.title")).asString().startsWith("postmem: </title><script>");
        assertThat(number("return document.querySelectorAll('script').length")).isEqualTo(2);
        assertThat(
                        number(
                                "return document.querySelectorAll('img, b:not(summary > b), iframe, object, svg[onload]').length"))
                .isZero();
        assertThat(text("#headline")).contains(HostileCapture.NAME);
        assertThat(text("#c1-t-top")).contains("<img src=x onerror=");
        one(".stack").sendKeys(Keys.HOME, Keys.chord(Keys.SHIFT, Keys.END));
        assertThat(text(".fall")).contains(HostileCapture.NAME);
        assertThat(number("return document.querySelectorAll('script').length")).isEqualTo(2);
        assertThat(chromium.complaints()).isEmpty();
    }

    @Test
    void readsWithoutAScriptAndInChinese() throws IOException {
        Path page = kept(LEAK, "zh");
        opens(page, LEAK + "-zh");
        assertThat(chromium.ask("return document.documentElement.lang")).isEqualTo("zh-CN");
        chromium.driver().executeCdpCommand("Emulation.setScriptExecutionDisabled", java.util.Map.of("value", true));
        try {
            chromium.open(kept(LEAK, "en"), 1280);
            assertThat(one("#headline").getText()).contains("ordersvc");
            assertThat(one(".fall tbody tr").getText()).startsWith("ordersvc (293)");
            assertThat(one(".heatmap tbody tr").getText()).startsWith("ordersvc (293)");
            assertThat(one("#c1-t-top tbody tr.rest").isDisplayed()).isTrue();
        } finally {
            chromium.driver()
                    .executeCdpCommand("Emulation.setScriptExecutionDisabled", java.util.Map.of("value", false));
        }
    }

    /** The pictures of the README: run with -Dpictures.update to take them anew. */
    @Test
    void picturesOfTheReadmeAreSmall() throws IOException {
        if (System.getProperty("pictures.update") != null) {
            chromium.open(kept("kmalloc_leak", "en"), 1280);
            chromium.top(ROOT.resolve("testdata/report.png"), 1280, 1480);
            chromium.open(kept(LEAK, "en"), 1280);
            chromium.media("screen", "dark");
            chromium.top(ROOT.resolve("testdata/report-dark.png"), 1280, 1480);
        }
        for (String picture : List.of("report.png", "report-dark.png")) {
            assertThat(Files.size(ROOT.resolve("testdata").resolve(picture)))
                    .as(picture)
                    .isBetween(20_000L, 300_000L);
        }
    }

    private static Path kept(String incident, String language) {
        return report(ROOT.resolve("testdata/incidents").resolve(incident), incident + "-" + language, language);
    }

    /** The report of a folder, made once. */
    private static Path report(Path archives, String name, String language) {
        Path page = folder.resolve(name + ".html");
        if (Files.exists(page)) {
            return page;
        }
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said, true);
        int exit = Postmem.commandLine(
                        Console.plain(out, out, Clock.fixed(Instant.parse("2026-11-25T00:00:00Z"), ZoneOffset.UTC)))
                .execute("report", archives.toString(), "--output", page.toString(), "--lang", language);
        assertThat(exit).as(said.toString()).isLessThanOrEqualTo(1);
        return page;
    }

    /** An offset within what is only partly in view may lie outside of it. */
    private static void scrollTo(WebElement element) {
        chromium.ask("arguments[0].scrollIntoView({block: 'center'})", element);
    }

    private static WebElement one(String selector) {
        return chromium.driver().findElement(By.cssSelector(selector));
    }

    private static String text(String selector) {
        return (String) chromium.ask(
                "return document.querySelector(arguments[0]).innerText.replace(/\\s+/g, ' ').trim()", selector);
    }

    private static long number(String script) {
        return ((Number) chromium.ask(script)).longValue();
    }

    private static List<String> texts(List<WebElement> elements) {
        return elements.stream().map(WebElement::getText).map(String::strip).toList();
    }

    private static List<Double> column(WebElement table, int index) {
        List<Double> values = new ArrayList<>();
        for (Object value : (List<?>) chromium.ask(
                "return [...arguments[0].tBodies[0].rows].map(r => Number(r.cells[arguments[1]].dataset.v))",
                table,
                index)) {
            values.add(((Number) value).doubleValue());
        }
        return values;
    }
}
