package org.postmem.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.postmem.findings.Finding;
import org.postmem.findings.Finding.Severity;
import org.postmem.findings.Verdict;
import org.postmem.sql.CaseDatabase;
import org.postmem.sql.SqlScript;

/** A small synthetic case and what the rules would say about it. */
final class DemoCase {
    static final Instant NOW = Instant.parse("2026-11-22T08:00:00Z");

    private DemoCase() {}

    static CaseDatabase open() {
        CaseDatabase database = CaseDatabase.inMemory();
        new SqlScript("demo.sql", resource("demo.sql")).run(database.connection());
        database.makeViews();
        return database;
    }

    static CaseDatabase empty() {
        CaseDatabase database = CaseDatabase.inMemory();
        database.makeViews();
        return database;
    }

    static String resource(String name) {
        try (InputStream in = DemoCase.class.getResourceAsStream("/report/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String page(CaseDatabase database, Verdict verdict, List<Finding> findings) {
        StringWriter out = new StringWriter();
        try {
            new HtmlReport(Clock.fixed(NOW, ZoneOffset.UTC), "en", "0.1.0")
                    .write(database.connection(), verdict, findings, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString();
    }

    static String leakingPage() {
        try (CaseDatabase database = open()) {
            return page(database, leaking(), findings());
        }
    }

    static Verdict leaking() {
        return new Verdict(
                true,
                "ordersvc (pid 241) leaks private anonymous memory: 380 MiB since 10:42, still growing.",
                "R05-1");
    }

    static List<Finding> findings() {
        return List.of(leak(), victim(), ok(), notApplicable());
    }

    private static Finding leak() {
        return new Finding(
                "R05-1",
                "R05",
                1,
                Severity.CRITICAL,
                96,
                "private_anonymous",
                "pidstat",
                "ordersvc (pid 241) leaks private anonymous memory",
                "RssAnon grew by 380 MiB and never fell; nearly all of it lies in [heap].",
                List.of("Restart ordersvc before 11:14.", "Compare with the release before <1.4>."),
                List.of("memleak-bpfcc -p 241 -a 10 6 > memleak.txt", "jcmd 241 GC.heap_info"),
                new Finding.Culprit(
                        "process",
                        "ordersvc",
                        2,
                        241,
                        Instant.parse("2026-11-21T02:41:00Z"),
                        "ordersvc --config /etc/shop/orders.yaml --token ********",
                        "[heap]"),
                "leak",
                0.95,
                398_131_200L,
                368_640.0,
                361_000.0,
                377_000.0,
                0.97,
                Instant.parse("2026-11-22T02:42:00Z"),
                Instant.parse("2026-11-22T03:00:30Z"),
                Instant.parse("2026-11-22T03:14:00Z"),
                Instant.parse("2026-11-22T03:19:00Z"),
                Map.of(),
                List.of(new Finding.Evidence(
                        "SELECT snapshot, rss_anon_bytes FROM process_sample WHERE capture_id = 1 AND process_id = 2 ORDER BY snapshot",
                        List.of("000001/pid/status", "000120/pid/status"))));
    }

    private static Finding victim() {
        return new Finding(
                "R29-1",
                "R29",
                1,
                Severity.WARNING,
                71,
                "host_oom",
                "oom",
                "The next OOM victim is not the cause: dbserver (pid 88)",
                "ordersvc runs with oom_score_adj \u2212500, so the kernel would take dbserver.",
                List.of(),
                List.of(),
                new Finding.Culprit("process", "dbserver", 3, 88, null, "dbserver -D /var/lib/db", null),
                null,
                0.8,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                Map.of(),
                List.of());
    }

    private static Finding ok() {
        return new Finding(
                "R10-1",
                "R10",
                1,
                Severity.OK,
                0,
                "tmpfs",
                "tmpfs",
                "No tmpfs grows",
                "Two mounts, the largest change 36 KiB.",
                List.of(),
                List.of(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                Map.of(),
                List.of());
    }

    private static Finding notApplicable() {
        return new Finding(
                "R20-1",
                "R20",
                1,
                Severity.NOT_APPLICABLE,
                0,
                "kernel_pages",
                "kernel",
                "Allocations by line of kernel code were not checked",
                "/proc/allocinfo is missing on this kernel.",
                List.of(),
                List.of(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                Map.of(),
                List.of());
    }
}
