package org.postmem.findings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postmem.ingest.CaptureIngest;
import org.postmem.ingest.CaseTables;
import org.postmem.sql.CaseDatabase;
import org.postmem.sql.ReportFiles;

/** A rule that names what has to grow ({@code -- grows: …}) is not asked where nothing of it has. */
class RulesThatAreNotAskedTest {
    private static final List<RuleFile> RULES =
            RuleFolder.packaged(ReportFiles.onClassPath()).rules();

    /** One in eight of those kept, whatever grows in them. */
    static List<Path> captures() throws IOException {
        Path incidents = Path.of(System.getProperty("postmem.root"), "testdata/incidents");
        try (Stream<Path> entries = Files.list(incidents)) {
            List<Path> all = entries.map(entry -> entry.resolve("capture.tar.zst"))
                    .filter(Files::exists)
                    .sorted()
                    .toList();
            return Stream.iterate(0, i -> i < all.size(), i -> i + 8)
                    .map(all::get)
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("captures")
    void wouldHaveFoundNothing(Path archive) throws SQLException {
        try (CaseDatabase database = CaseDatabase.inMemory()) {
            new CaptureIngest(new CaseTables(database.connection())).load(1, archive, null, (snapshots, share) -> {});
            database.makeViewsOfRules();
            RuleQueries queries = new RuleQueries(database.connection(), RULES);
            queries.defineThresholds();
            int unasked = 0;
            for (RuleFile rule : RULES) {
                if (!queries.mayFind(rule)) {
                    unasked++;
                    assertThat(queries.rows(rule)).as(rule.id()).isEmpty();
                }
            }
            assertThat(unasked).isPositive();
        }
    }

    @Test
    void nameSeriesThatThereAre() {
        String floors = ReportFiles.onClassPath().text("sql/trend/floors.sql");
        assertThat(RULES.stream().flatMap(rule -> rule.grows().stream()))
                .isNotEmpty()
                .allMatch(metric -> floors.contains("('" + metric + "', "));
    }
}
