package org.postmem.collector.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.postmem.collector.archive.Compression;
import org.postmem.collector.archive.Printable;
import org.postmem.collector.archive.SegmentSigner;
import org.postmem.collector.privacy.PseudonymKey;
import org.postmem.collector.source.Roots;
import org.postmem.collector.watch.TriggerRules;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code collect}: prints the path of the finished archive, and nothing else, on standard output. */
@Command(
        name = "collect",
        description =
                "Reads this host's memory at an interval into one archive; ends at --duration, --count or a signal.",
        mixinStandardHelpOptions = true,
        versionProvider = CollectorVersion.class,
        sortOptions = false,
        footer = "%nStandard output has the path of the archive and nothing else. SIGTERM and SIGINT end it with a last"
                + " snapshot, SIGUSR1 is a trigger by hand.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:an archive was written, and snapshots are missing in it",
            "2:wrong options",
            "3:nothing could be collected or kept; one line says why",
            "70:a fault of postmem itself"
        })
public final class CollectCommand implements Callable<Integer> {
    private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(100);
    private static final long LONGEST_END_SECONDS = 20;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--interval",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = Quantities.DurationConverter.class,
            description = "Time between two snapshots (default: ${DEFAULT-VALUE}).")
    private Duration interval;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            converter = Quantities.DurationConverter.class,
            description = "How long to collect, like 4m (default: until stopped).")
    private Duration duration;

    @Option(names = "--count", paramLabel = "N", description = "How many snapshots to collect.")
    private Long count;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            defaultValue = ".",
            description = "Directory the archive is written to, made if only it is missing (default: the current one).")
    private Path output;

    @Option(
            names = "--max-size",
            paramLabel = "SIZE",
            defaultValue = "500MB",
            converter = Quantities.SizeConverter.class,
            description = "Drop the oldest snapshots when the archive has this size (default: ${DEFAULT-VALUE}).")
    private Long maxBytes;

    @Option(
            names = "--max-total",
            paramLabel = "SIZE",
            converter = Quantities.SizeConverter.class,
            description =
                    "At the start remove this host's oldest archives from DIR, until the rest and --max-size together"
                            + " have this size; only ended ones that were collected with --max-total themselves (default: none).")
    private Long maxTotalBytes;

    @Option(
            names = "--keep",
            paramLabel = "TIME",
            converter = Quantities.DurationConverter.class,
            description = "Drop snapshots older than this from the archive, like 24h (default: keep all).")
    private Duration keep;

    @Option(
            names = "--thin-after",
            paramLabel = "TIME",
            defaultValue = "1h",
            converter = Quantities.DurationConverter.class,
            description =
                    "Of what is older than this keep about one snapshot a minute, of what is older than a day the first of"
                            + " each segment (ten minutes, or 120 snapshots where that is longer), once --keep is given or"
                            + " --max-size is reached; 0 for never (default: ${DEFAULT-VALUE}).")
    private Duration thinAfter;

    @Option(
            names = "--cpu-budget",
            paramLabel = "SHARE",
            defaultValue = "1%",
            converter = Quantities.ShareConverter.class,
            description = "Share of one core to get along with, averaged over a minute (default: ${DEFAULT-VALUE}).")
    private Double cpuShare;

    @Option(
            names = "--compress",
            paramLabel = "HOW",
            defaultValue = "zstd",
            description = "zstd or gzip (default: ${DEFAULT-VALUE}).")
    private Compression compression;

    @Option(
            names = "--redact",
            paramLabel = "FILE",
            description = "Regular expressions, one a line: what they (or their first group) match in a command line is"
                    + " masked, besides what looks like a secret.")
    private Path redact;

    @Option(
            names = "--sysstat-history",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Take sysstat's own history along (default: yes).")
    private boolean sysstatHistory;

    @Option(
            names = "--kernel-log",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Take the kernel log along (default: yes).")
    private boolean kernelLog;

    @Option(
            names = "--trigger",
            paramLabel = "RULE",
            split = ",",
            description =
                    "What makes it look closer and keep what led there: available=5%%, exhausted=5m, pressure=10%%,"
                            + " oom-kill, cgroup-oom, cgroup-max=100, swap=16MB are on; no-NAME turns one off, none all.")
    private List<String> triggers = List.of();

    @Option(
            names = "--pseudonymize",
            paramLabel = "KEYFILE",
            description = "Replace the names of hosts, users and addresses by pseudonyms; the key, made when it is not"
                    + " there, stays on this host.")
    private Path pseudonymize;

    @Option(
            names = "--sign",
            paramLabel = "KEYFILE",
            description = "Sign every segment with this Ed25519 key (PEM, PKCS#8).")
    private Path sign;

    @Option(names = "--proc", paramLabel = "DIR", defaultValue = "/proc", description = "Where the host's /proc is.")
    private Path proc;

    @Option(names = "--sys", paramLabel = "DIR", defaultValue = "/sys", description = "Where the host's /sys is.")
    private Path sys;

    @Option(names = "--root", paramLabel = "DIR", defaultValue = "/", description = "Where the host's other files are.")
    private Path root;

    @Option(names = "--force", description = "Write to a directory that lies in memory all the same.")
    private boolean force;

    @Option(names = "--verbose", description = "One line a snapshot on standard error.")
    private boolean verbose;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        Consumer<String> progress = line -> {
            err.println(Printable.line(line));
            err.flush();
        };
        CollectSettings settings;
        try {
            settings = settings(progress);
        } catch (CollectException e) {
            progress.accept("postmem: " + e.getMessage());
            return ExitCode.UNREADABLE;
        }
        StopSignal stop = new StopSignal();
        CountDownLatch ended = new CountDownLatch(1);
        int[] code = {ExitCode.OWN_FAULT};
        Thread onSignal = new Thread(() -> endOnSignal(stop, ended, code), "postmem-stop");
        Runtime.getRuntime().addShutdownHook(onSignal);
        String deaf = FreezeSignal.hear(stop::freeze);
        if (deaf != null && verbose) {
            progress.accept("postmem: SIGUSR1 freezes nothing here: " + deaf);
        }
        try {
            Collection.Outcome outcome = Collection.ofThisHost(settings, progress, verbose ? progress : line -> {})
                    .run(stop);
            if (outcome.archive() != null) {
                out.println(outcome.archive());
                out.flush();
            }
            if (outcome.lost() > 0) {
                progress.accept("postmem: " + outcome.lost() + (outcome.lost() == 1 ? " snapshot" : " snapshots")
                        + " could not be written");
            }
            code[0] = outcome.snapshots() == 0
                    ? ExitCode.UNREADABLE
                    : outcome.archive() == null || outcome.lost() > 0 ? ExitCode.PARTIAL : ExitCode.DONE;
        } catch (CollectException e) {
            progress.accept("postmem: " + e.getMessage());
            code[0] = ExitCode.UNREADABLE;
        } finally {
            ended.countDown();
            try {
                Runtime.getRuntime().removeShutdownHook(onSignal);
            } catch (IllegalStateException e) {
                // the hook is what ends us: it waits for the line above and says the exit code
            }
        }
        return code[0];
    }

    /** Runs when the machine shuts us down: ends the capture, then with its own exit code, not the signal's. */
    private static void endOnSignal(StopSignal stop, CountDownLatch ended, int[] code) {
        stop.stop();
        try {
            if (!ended.await(LONGEST_END_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        Runtime.getRuntime().halt(code[0]);
    }

    private CollectSettings settings(Consumer<String> progress) throws CollectException {
        if (interval.compareTo(SHORTEST_INTERVAL) < 0) {
            throw new ParameterException(spec.commandLine(), "--interval must be at least 100ms");
        }
        if (count != null && count < 1) {
            throw new ParameterException(spec.commandLine(), "--count must be at least 1");
        }
        if (maxTotalBytes != null && maxTotalBytes / 2 < maxBytes) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--max-total must be at least twice --max-size (" + maxBytes
                            + " bytes), so that a whole archive of before can stay beside the new one");
        }
        return new CollectSettings(
                interval,
                duration,
                count,
                output,
                maxBytes,
                maxTotalBytes,
                keep,
                thinAfter.isZero() ? null : thinAfter,
                Roots.of(proc, sys, root),
                compression,
                cpuShare,
                redactRules(),
                sysstatHistory,
                kernelLog,
                triggerRules(),
                signer(progress),
                pseudonymKey(),
                force);
    }

    private TriggerRules triggerRules() {
        try {
            return TriggerRules.parse(triggers);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--trigger " + e.getMessage(), e);
        }
    }

    private PseudonymKey pseudonymKey() throws CollectException {
        try {
            return pseudonymize == null ? null : PseudonymKey.of(pseudonymize);
        } catch (IOException e) {
            throw new CollectException("no pseudonyms: " + e.getMessage(), e);
        }
    }

    private SegmentSigner signer(Consumer<String> progress) throws CollectException {
        try {
            return SigningKey.of(sign, line -> progress.accept("postmem: " + line));
        } catch (IOException e) {
            throw new CollectException(e.getMessage(), e);
        }
    }

    private List<Pattern> redactRules() throws CollectException {
        List<Pattern> rules = new ArrayList<>();
        if (redact == null) {
            return rules;
        }
        List<String> lines;
        try {
            lines = Files.readAllLines(redact);
        } catch (IOException e) {
            throw new CollectException("cannot read the rules of --redact " + redact + ": " + e.getMessage(), e);
        }
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).trim();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            try {
                rules.add(Pattern.compile(line));
            } catch (PatternSyntaxException e) {
                throw new CollectException(
                        redact + " line " + (i + 1) + " is not a regular expression: " + e.getDescription(), e);
            }
        }
        return rules;
    }
}
