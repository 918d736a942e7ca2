package org.postmem.findings;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.postmem.findings.Finding.Culprit;
import org.postmem.findings.Finding.Evidence;
import org.postmem.findings.Finding.Severity;

class FindingsJsonTest {
    @Test
    void writesWhatTheSchemaPromises() {
        Finding finding = new Finding(
                "R09-1",
                "R09",
                1,
                Severity.WARNING,
                42,
                "tmpfs",
                "shared",
                "Files \"grow\"",
                "",
                List.of(),
                List.of("du -ax /run"),
                new Culprit("mount", "/run\u0007", null, null, null, null, null),
                "leak",
                0.9,
                1024L,
                0.5,
                null,
                null,
                null,
                Instant.parse("2026-11-22T10:00:00Z"),
                null,
                null,
                null,
                Map.of("used_share", Double.NaN),
                List.of(new Evidence("SELECT 1", List.of("000001/proc/meminfo"))));
        Analysis analysis = new Analysis(
                List.of(new Analysis.Capture(1, "a.tar.zst", "guest", null, null, null, 0, List.of())),
                new Verdict(true, "It leaks.", "R09-1"),
                List.of(finding));
        String json = FindingsJson.of(analysis);
        assertThat(json.replaceAll("\\s*\\n\\s*", ""))
                .isEqualTo(
                        "{\"schema\": 1,\"captures\": [{\"source\": \"a.tar.zst\",\"host\": \"guest\",\"kernel\": null,\"from\": null,\"to\": null,"
                                + "\"snapshots\": 0,\"gaps\": []}],\"verdict\": {\"leak\": true,\"headline\": \"It leaks.\",\"finding\": \"R09-1\"},"
                                + "\"findings\": [{\"id\": \"R09-1\",\"rule\": \"R09\",\"capture\": 1,\"severity\": \"warning\",\"score\": 42,\"confidence\": 0.9,"
                                + "\"kind\": \"tmpfs\",\"chapter\": \"shared\",\"title\": \"Files \\\"grow\\\"\",\"explanation\": \"\",\"advice\": [],"
                                + "\"next_commands\": [\"du -ax /run\"],\"culprit\": {\"type\": \"mount\",\"name\": \"/run\\u0007\",\"pid\": null,\"start_time\": null,"
                                + "\"command\": null,\"detail\": null},\"trend\": \"leak\",\"growth_bytes\": 1024,\"rate_bytes_per_second\": 0.5,\"rate_low\": null,"
                                + "\"rate_high\": null,\"share_of_loss\": null,\"first_seen\": \"2026-11-22T10:00:00Z\",\"last_seen\": null,\"exhausted_from\": null,"
                                + "\"exhausted_to\": null,\"facts\": {\"used_share\": null},\"evidence\": [{\"sql\": \"SELECT 1\",\"members\": [\"000001/proc/meminfo\"]}]}]}");
    }
}
