package org.postmem.browser;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * A headless Chromium of this machine with an empty profile. Where there is none the tests are skipped;
 * {@code -Dpostmem.browser=required} makes that a failure, {@code -Dpostmem.browser=off} skips them in any case.
 */
final class Chromium implements AutoCloseable {
    // {"method":"Network.requestWillBeSent","params":{… "request":{… "url":"file:///…"
    private static final Pattern ASKED_FOR =
            Pattern.compile("\"method\":\"Network\\.requestWillBeSent\".*?\"request\":\\{.*?\"url\":\"([^\"]+)\"");

    private final ChromeDriver driver;

    private Chromium(ChromeDriver driver) {
        this.driver = driver;
    }

    static Chromium start(Path profile) {
        String wanted = System.getProperty("postmem.browser", "if there");
        if (wanted.equals("off")) {
            abort("the browser tests were switched off");
        }
        Path browser = onPath("chromium", "chromium-browser", "google-chrome");
        Path chromedriver = onPath("chromedriver");
        if (browser == null || chromedriver == null) {
            String missing = "no " + (browser == null ? "chromium" : "chromedriver")
                    + " on the PATH (Debian: apt-get install chromium chromium-driver)";
            if (wanted.equals("required")) {
                fail(missing);
            }
            abort(missing + ": the page was tested in no browser");
        }
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        logs.enable(LogType.PERFORMANCE, Level.ALL);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(browser.toFile());
        options.addArguments(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--hide-scrollbars",
                "--force-color-profile=srgb",
                "--lang=en",
                "--user-data-dir=" + profile);
        options.setCapability("goog:loggingPrefs", logs);
        ChromeDriver driver = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(chromedriver.toFile())
                        .withTimeout(Duration.ofSeconds(90))
                        .withSilent(true)
                        .build(),
                options);
        driver.manage().timeouts().scriptTimeout(Duration.ofSeconds(100));
        return new Chromium(driver);
    }

    private static Path onPath(String... names) {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            for (String name : names) {
                Path file = Path.of(folder).resolve(name);
                if (Files.isExecutable(file)) {
                    return file;
                }
            }
        }
        return null;
    }

    ChromeDriver driver() {
        return driver;
    }

    /** Opens a page as wide as asked, in light colours on a screen. */
    void open(Path page, int width) {
        driver.get("about:blank");
        complaints();
        requests();
        wide(width);
        media("screen", "light");
        driver.get(page.toUri().toString());
    }

    void wide(int width) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", width < 500));
    }

    void media(String media, String colours) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("media", media, "features", List.of(Map.of("name", "prefers-color-scheme", "value", colours))));
    }

    Object ask(String script, Object... arguments) {
        return driver.executeScript(script, arguments);
    }

    /** What the console said since it was last asked. */
    List<String> complaints() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .map(LogEntry::toString)
                .toList();
    }

    /** What was asked for since this was last called, data: addresses left out. */
    List<String> requests() {
        List<String> addresses = new ArrayList<>();
        for (LogEntry entry : driver.manage().logs().get(LogType.PERFORMANCE).getAll()) {
            Matcher request = ASKED_FOR.matcher(entry.getMessage());
            if (request.find() && !request.group(1).startsWith("data:")) {
                addresses.add(request.group(1));
            }
        }
        return addresses;
    }

    /**
     * Each violation that axe finds, with the first elements it is about. Of table rows alike in their classes it sees the first
     * two: axe looks at every cell anew, and a page has thousands of them.
     */
    @SuppressWarnings("unchecked")
    List<String> barriers(String... rules) {
        driver.executeScript(axe());
        // There is nothing to preload and no frame.
        Map<String, Object> options =
                new HashMap<>(Map.of("resultTypes", List.of("violations"), "preload", false, "iframes", false));
        if (rules.length > 0) {
            options.put("runOnly", List.of(rules));
        }
        Object result = driver.executeAsyncScript("""
                const done = arguments[arguments.length - 1];
                const alike = [...document.querySelectorAll("tbody")].flatMap((body) => {
                    const seen = new Map();
                    return [...body.rows].filter((row) => {
                        const form = row.className + " " + [...row.cells].map((cell) => cell.className).join();
                        seen.set(form, (seen.get(form) || 0) + 1);
                        return seen.get(form) > 2;
                    });
                }).map((row) => [row.parentNode, row, row.nextSibling]);
                alike.forEach(([, row]) => row.remove());
                axe.run(document, arguments[0]).then(
                    (r) => done(r.violations.map((v) => v.id + ": " + v.help + "; "
                        + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160) + " " + n.any.map((a) => a.message).join(" ")).join(" | "))),
                    (e) => done(["axe failed: " + e])).finally(() => alike.reverse().forEach(([body, row, next]) => body.insertBefore(row, next)));
                """, options);
        return (List<String>) result;
    }

    private static String axe() {
        try (InputStream in = Chromium.class.getResourceAsStream("/axe.min.js")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The whole page as a picture. */
    void picture(Path file) throws IOException {
        Map<String, Object> taken = driver.executeCdpCommand(
                "Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true));
        Files.write(file, Base64.getDecoder().decode((String) taken.get("data")));
    }

    /** The top of the page as a picture, no higher than asked. */
    void top(Path file, int width, int height) throws IOException {
        Map<String, Object> taken = driver.executeCdpCommand(
                "Page.captureScreenshot",
                Map.of(
                        "format",
                        "png",
                        "captureBeyondViewport",
                        true,
                        "clip",
                        Map.of("x", 0, "y", 0, "width", width, "height", height, "scale", 1)));
        Files.write(file, Base64.getDecoder().decode((String) taken.get("data")));
    }

    /** The page as a printer would get it, A4. */
    void print(Path file) throws IOException {
        Map<String, Object> printed = driver.executeCdpCommand(
                "Page.printToPDF",
                Map.of("preferCSSPageSize", true, "printBackground", true, "displayHeaderFooter", false));
        Files.write(file, Base64.getDecoder().decode((String) printed.get("data")));
    }

    @Override
    public void close() {
        driver.quit();
    }

    /** Every folder with an archive in it, by its path below the root. */
    static List<Path> captures(Path root) {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.getFileName().toString().matches("capture.*\\.tar\\.(zst|gz)"))
                    .map(Path::getParent)
                    .distinct()
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
