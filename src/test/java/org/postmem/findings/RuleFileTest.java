package org.postmem.findings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.postmem.UserException;
import org.postmem.sql.ReportFiles;

class RuleFileTest {
    @Test
    void readsHeaderAndBody() {
        RuleFile rule = RuleFile.parse("R99.sql", """
                -- Something grows.
                -- id: R99
                -- kind: tmpfs
                -- chapter: shared
                -- needs: meminfo, filesystem
                -- threshold floor_bytes = 12582912 bytes: four times the noise
                SELECT 1;
                """);
        assertThat(rule)
                .isEqualTo(new RuleFile(
                        "R99.sql",
                        "R99",
                        "Something grows.",
                        "tmpfs",
                        "shared",
                        List.of("meminfo", "filesystem"),
                        List.of(new RuleFile.Threshold("floor_bytes", 12582912, "bytes", "four times the noise")),
                        "SELECT 1",
                        7));
    }

    @Test
    void namesFileAndLineOfAWrongThreshold() {
        assertThatThrownBy(() ->
                        RuleFile.parse("R99.sql", "-- Something.\n-- id: R99\n-- threshold floor = much\nSELECT 1"))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("R99.sql:3: ");
    }

    @Test
    void everyPackagedRuleHasATitleInTheMessages() {
        ReportFiles reports = ReportFiles.onClassPath();
        Wording wording = Wording.of(reports, "en");
        assertThat(reports.list("findings", ".sql")).hasSizeGreaterThan(25).allSatisfy(path -> {
            RuleFile rule = RuleFile.parse(path, reports.text(path));
            assertThat(path).startsWith("findings/" + rule.id() + "_");
            assertThat(wording.knows(rule.id() + ".title")).isTrue();
        });
    }
}
