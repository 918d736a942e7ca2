package org.postmem.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rule files of the user, on a genuine capture. */
class OwnRulesTest {
    private static final Path CAPTURE =
            Path.of(System.getProperty("postmem.root"), "testdata/incidents/none/capture.tar.zst");

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void writesRules() throws IOException {
        Files.writeString(folder.resolve("A_sound.sql"), """
                -- Says how much memory the host has.
                -- id: OWN1
                -- kind: configuration
                -- chapter: meminfo
                -- needs: meminfo
                -- threshold least_bytes = 1048576 bytes: a host has more
                -- text title: {total_bytes} of memory
                -- text.zh title: 内存 {total_bytes}
                SELECT capture_id, 'info' AS severity, max(mem_total_bytes) AS total_bytes
                FROM meminfo
                GROUP BY capture_id
                HAVING total_bytes > threshold('OWN1', 'least_bytes')
                """);
        Files.writeString(folder.resolve("B_sql.sql"), """
                -- Asks for a column that is not there.
                -- id: OWN2
                -- kind: tmpfs
                -- chapter: meminfo

                SELECT capture_id,
                  nonsense
                FROM meminfo
                """);
        Files.writeString(folder.resolve("C_header.sql"), """
                -- Has no such kind.
                -- id: OWN3
                -- kind: fire
                -- chapter: meminfo
                SELECT 1
                """);
        Files.writeString(folder.resolve("D_file.sql"), """
                -- Reads a file of this machine.
                -- id: OWN4
                -- kind: tmpfs
                -- chapter: meminfo
                SELECT 1 AS capture_id, 'info' AS severity, content AS secret FROM read_text('%s')
                """.formatted(folder.resolve("C_header.sql")));
        Files.writeString(folder.resolve("E_drop.sql"), """
                -- Is no SELECT.
                -- id: OWN5
                -- kind: tmpfs
                -- chapter: meminfo
                DROP TABLE meminfo
                """);
        Files.writeString(folder.resolve("F_taken.sql"), """
                -- Has the id of another.
                -- id: R05
                -- kind: tmpfs
                -- chapter: meminfo
                SELECT 1
                """);
        Files.writeString(folder.resolve("G_row.sql"), """
                -- Says what no finding says.
                -- id: OWN6
                -- kind: tmpfs
                -- chapter: meminfo
                SELECT 1 AS capture_id, 'loud' AS severity
                """);
        Files.writeString(folder.resolve("H_table.sql"), """
                -- Needs a table that is not there.
                -- id: OWN7
                -- kind: tmpfs
                -- chapter: meminfo
                -- needs: unicorn
                SELECT 1 AS capture_id, 'info' AS severity
                """);
    }

    @Test
    void areRunBesideThePackagedOnesAndTheirFaultsAreNamedByFileAndLine() throws IOException {
        Path findings = folder.resolve("findings.json");
        int code = run(
                "report",
                CAPTURE.toString(),
                "--rules",
                folder.toString(),
                "--findings",
                findings.toString(),
                "--output",
                folder.resolve("r.html").toString());

        assertThat(code).as(err.toString()).isEqualTo(1);
        assertThat(Files.readString(folder.resolve("r.html")))
                .contains("postmem report capture.tar.zst --rules " + folder + " --lang en --made-at ");
        assertThat(err.toString())
                .contains("B_sql.sql:7: ")
                .contains("C_header.sql:3: the kind fire is none of")
                .contains("D_file.sql:5: ")
                .contains("E_drop.sql:5: ")
                .contains("F_taken.sql:1: the id R05 is that of reports/findings/R05_private_anonymous.sql")
                .contains("G_row.sql:5: a row has the severity loud; it is critical, warning, info or ok")
                .contains("H_table.sql:6: ");
        String json = Files.readString(findings);
        assertThat(json)
                .contains("\"id\": \"OWN1-1\"", "\"title\": \"960 MiB of memory\"", "\"rule\": \"R05\"")
                .contains("R00-1")
                .doesNotContain("secret");
    }

    @Test
    void areListedWithWhatTheirHeadersSay() {
        int code = run("rules", "--rules", folder.toString(), "--markdown");

        assertThat(code).isEqualTo(1);
        assertThat(err.toString()).contains("C_header.sql:3: ").doesNotContain("B_sql.sql");
        assertThat(out.toString())
                .contains("## R05: Private anonymous memory of one process")
                .contains("## OWN1: Says how much memory the host has.")
                .contains("| `least_bytes` | 1048576 | bytes | a host has more |");
    }

    @Test
    void aFolderWithoutRulesIsWrongUse() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertThat(run("rules", "--rules", empty.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("holds no rule: no file in it ends in .sql");
    }

    private int run(String... arguments) {
        Console console =
                new Console(new PrintWriter(out, true), new PrintWriter(err, true), Clock.systemUTC(), false, false);
        return Postmem.commandLine(console).execute(arguments);
    }
}
