package org.postmem.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.postmem.UserException;
import org.postmem.cli.Console;
import org.postmem.collector.cli.PostmemCollector;
import org.postmem.findings.Analysis;
import org.postmem.findings.Finding;
import org.postmem.units.Human;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Makes an incident on this very host and analyses it: a service of our own leaks, the collector of production runs
 * beside it, and the report has to find the service out.
 */
@Command(
        name = "demo",
        description = {
            "Collects from this host while a process of its own leaks, analyses, writes a report.",
            "The leak takes at most a quarter of the memory that is available, 512 MB at most."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class DemoCommand implements Callable<Integer> {
    private static final String INCIDENT = "/demo/capture.tar.zst";
    /** The healthy seconds, and the thirty that the rules want to see a growth last. */
    private static final int LEAST_SECONDS = 50;

    private static final int MOST_SECONDS = 600;

    /** Those of the launcher: what runs here is what runs on a production host. */
    private static final List<String> COLLECTOR_FLAGS = List.of(
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "-XX:TieredStopAtLevel=1",
            "-Xms8m",
            "-Xmx32m",
            "-Xmn2m",
            "-XX:MinHeapFreeRatio=10",
            "-XX:MaxHeapFreeRatio=20",
            "-Xss256k",
            "-XX:ReservedCodeCacheSize=16m");

    private final Console console;
    private final CaseAnalysis analysis;
    private final Headroom headroom;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--duration",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "How long to collect, 50 to 600 (default: ${DEFAULT-VALUE}).")
    private String duration;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            defaultValue = "report.html",
            description = "The report; findings.json and the archive lie beside it (default: ${DEFAULT-VALUE}).")
    private Path output;

    public DemoCommand(Console console, CaseAnalysis analysis) {
        this(console, analysis, new Headroom(Path.of("/proc"), Path.of("/sys/fs/cgroup")));
    }

    DemoCommand(Console console, CaseAnalysis analysis, Headroom headroom) {
        this.console = console;
        this.analysis = analysis;
        this.headroom = headroom;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        int seconds = seconds();
        Path folder = output.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder)) {
            throw UserException.usage(output + ": its folder is not there or cannot be written; name another --output");
        }
        OptionalLong left = headroom.bytes();
        if (left.isEmpty()) {
            return bundled(folder, "this system has no /proc to collect from");
        }
        LeakPlan plan = LeakPlan.within(left.getAsLong(), seconds);
        if (plan == null) {
            return bundled(
                    folder, "only " + megabytes(left.getAsLong()) + " of memory are left here, too little to leak any");
        }
        return live(folder, plan, seconds);
    }

    private int seconds() {
        String digits = duration.endsWith("s") ? duration.substring(0, duration.length() - 1) : duration;
        try {
            int seconds = Integer.parseInt(digits);
            if (seconds >= LEAST_SECONDS && seconds <= MOST_SECONDS) {
                return seconds;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new ParameterException(
                spec.commandLine(),
                "--duration is " + LEAST_SECONDS + " to " + MOST_SECONDS + " seconds, not " + duration);
    }

    private int live(Path folder, LeakPlan plan, int seconds) throws IOException, InterruptedException {
        Path archive;
        long leaker;
        try (Children children = new Children()) {
            Process service = children.start(OrderService.JVM_FLAGS, OrderService.class, plan.arguments());
            leaker = service.pid();
            try (BufferedReader answer = service.inputReader(StandardCharsets.UTF_8)) {
                if (!"ready".equals(answer.readLine())) {
                    throw new IllegalStateException("the order service of the demo did not start");
                }
                say("an order service of ours runs as pid " + leaker + "; after " + plan.healthySeconds()
                        + " healthy seconds it will leak " + megabytes(plan.bytesPerSecond()) + " a second");
                Process collector = children.start(
                        COLLECTOR_FLAGS,
                        PostmemCollector.class,
                        List.of(
                                "collect",
                                "--interval",
                                "1s",
                                "--duration",
                                seconds + "s",
                                // a point a second also on a host with a thousand processes; it is one's own for a
                                // minute
                                "--cpu-budget",
                                "10%",
                                "--output",
                                folder.toString(),
                                // a minute is small enough to lie in memory, if the folder does
                                "--force"));
                say("collecting from this host for " + seconds + " s, a snapshot a second");
                archive = await(collector, service, seconds);
            }
        }
        Analysis outcome = analyse(archive, folder);
        Finding named = outcome.findings().stream()
                .filter(finding -> isAccusation(finding) && accuses(finding, leaker))
                .findFirst()
                .orElse(null);
        if (named == null) {
            console.out().println(outcome.verdict().headline());
            say("the demo failed: no finding accuses its own leak, pid " + leaker + "; please report it with "
                    + archive.getFileName());
            return 1;
        }
        if (!named.id().equals(outcome.verdict().findingId())) {
            say("this host has something of its own that weighs more: "
                    + outcome.verdict().headline());
        }
        console.out().println(line(named));
        return 0;
    }

    private static boolean accuses(Finding finding, long pid) {
        return finding.culprit() != null
                && finding.culprit().pid() != null
                && finding.culprit().pid() == pid;
    }

    private static boolean isAccusation(Finding finding) {
        return finding.severity() == Finding.Severity.CRITICAL || finding.severity() == Finding.Severity.WARNING;
    }

    /** Waits for the collector, and says how far it is. */
    private Path await(Process collector, Process service, int seconds) throws IOException, InterruptedException {
        long start = System.nanoTime();
        int toldAt = 0;
        while (!collector.waitFor(1, TimeUnit.SECONDS)) {
            int gone = (int) TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
            int left = Math.max(0, seconds - gone);
            if (console.terminal()) {
                console.err().print("\r\u001b[K" + left + " s left" + (left == 0 ? ", closing the archive" : ""));
                console.err().flush();
            } else if (gone - toldAt >= 20 && left > 0) {
                say(left + " s left");
                toldAt = gone;
            }
            if (gone > seconds + 60) {
                throw new IllegalStateException("the collector did not end by itself");
            }
        }
        if (console.terminal()) {
            console.err().print("\r\u001b[K");
            console.err().flush();
        }
        if (!service.isAlive()) {
            say("warning: the order service ended before the collector did");
        }
        String printed = new String(collector.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (collector.exitValue() > 1 || printed.isEmpty()) {
            throw UserException.unreadable("the collector ended with exit code " + collector.exitValue()
                    + " and without an archive; what it said stands above");
        }
        return Path.of(printed);
    }

    /** Where nothing can be collected: an incident that was, with a leak of which we know the cause. */
    private int bundled(Path folder, String why) throws IOException {
        Path archive = folder.resolve("postmem-demo-incident.tar.zst");
        try (InputStream resource = DemoCommand.class.getResourceAsStream(INCIDENT)) {
            if (resource == null) {
                throw UserException.usage(why + ", and this build has no recorded incident");
            }
            Files.copy(resource, archive, StandardCopyOption.REPLACE_EXISTING);
        }
        say(why + ": analysing a recorded incident instead");
        Analysis outcome = analyse(archive, folder);
        Finding named = outcome.findings().stream()
                .filter(finding -> finding.id().equals(outcome.verdict().findingId()))
                .findFirst()
                .orElse(null);
        console.out().println(named == null ? outcome.verdict().headline() : line(named));
        return outcome.verdict().leak() ? 0 : 1;
    }

    private Analysis analyse(Path archive, Path folder) throws IOException {
        say("analysing");
        Path findings = folder.resolve("findings.json");
        Analysis outcome = analysis.analyse(archive, output, findings);
        say("wrote " + output + ", " + folder.relativize(findings) + ", and kept the archive "
                + folder.relativize(archive.toAbsolutePath()) + " in " + folder);
        return outcome;
    }

    /** The finding in one line: its title names the process, its pid and the kind; the rate comes with it. */
    static String line(Finding finding) {
        String rate = finding.rateBytesPerSecond() == null ? "" : ", " + Human.rate(finding.rateBytesPerSecond());
        return finding.title() + rate;
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / (double) (1 << 20));
    }

    private void say(String line) {
        console.err().println("postmem: " + line);
        console.err().flush();
    }
}
