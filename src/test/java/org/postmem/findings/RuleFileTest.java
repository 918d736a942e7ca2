package org.postmem.findings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postmem.UserException;
import org.postmem.sql.ReportFiles;
import org.postmem.sql.SqlModules;
import org.postmem.sql.SqlScript;

class RuleFileTest {
    @Test
    void readsHeaderAndBody() {
        RuleFile rule = RuleFile.parse("R99.sql", """
                -- Something grows.
                -- id: R99
                -- kind: tmpfs
                -- chapter: tmpfs
                -- needs: meminfo, filesystem
                -- grows: mount_used
                -- clears: kernel_message
                -- readings: one
                -- threshold floor_bytes = 12582912 bytes: four times the noise
                -- text title: {name} took {growth_bytes}
                -- text.zh next.1: df -h {name}
                SELECT 1;
                """);
        assertThat(rule)
                .isEqualTo(new RuleFile(
                        "R99.sql",
                        "R99",
                        "Something grows.",
                        "tmpfs",
                        "tmpfs",
                        List.of("meminfo", "filesystem"),
                        List.of("mount_used"),
                        List.of("kernel_message"),
                        true,
                        List.of(new RuleFile.Threshold("floor_bytes", 12582912, "bytes", "four times the noise")),
                        Map.of("en:R99.title", "{name} took {growth_bytes}", "zh:R99.next.1", "df -h {name}"),
                        "SELECT 1",
                        12));
    }

    @Test
    void namesFileAndLineOfAWrongThreshold() {
        assertThatThrownBy(() ->
                        RuleFile.parse("R99.sql", "-- Something.\n-- id: R99\n-- threshold floor = much\nSELECT 1"))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("R99.sql:3: ");
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "-- Something.~-- id: R99~-- kind: leak~-- chapter: top~SELECT 1 | R99.sql:3: the kind leak is none of private_anonymous,",
                "-- Something.~-- id: R99~-- kind: tmpfs~-- chapter: tmfps~SELECT 1 | R99.sql:4: the chapter tmfps is none of top, meminfo,",
                "-- Something.~-- id: 99~-- kind: tmpfs~-- chapter: top~SELECT 1 | R99.sql:2: the id 99 is not capitals and digits",
                "-- Something.~-- id: R99~-- id: R98~SELECT 1 | R99.sql:3: id stands twice",
                "-- Something.~-- id: R99~-- kind: tmpfs~SELECT 1 | R99.sql:1: the header has no line -- chapter: …",
                "-- Something.~-- id: R99~-- kind: tmpfs~-- chapter: tmpfs~-- readings: two~SELECT 1 | R99.sql:5: readings is left out, or is one",
                "-- Something.~-- id: R99~-- text: hello~SELECT 1 | R99.sql:3: a text reads: -- text title:",
                "-- id: R99~-- kind: tmpfs~SELECT 1 | R99.sql:1: the first comment must say in a sentence what the rule finds",
                "-- Something.~-- id: R99~-- kind: tmpfs~-- chapter: top | R99.sql:4: there is no SELECT below the header"
            })
    void namesFileAndLineOfAWrongHeader(String text, String message) {
        assertThatThrownBy(() -> RuleFile.parse("R99.sql", text.replace('~', '\n')))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(message);
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

    @Test
    void whatARuleNeedsIsWhatItsSqlAsks() {
        Map<String, String> makers = new TreeMap<>();
        MODULES.forEach(script -> SqlModules.creates(script).forEach(name -> makers.put(name, statements(script))));
        assertThat(RuleFolder.packaged(ReportFiles.onClassPath()).rules()).allSatisfy(rule -> {
            Set<String> asked = new TreeSet<>(words(rule.sql()));
            List<String> open = new ArrayList<>(asked);
            while (!open.isEmpty()) {
                String sql = makers.get(open.remove(open.size() - 1));
                if (sql != null) {
                    words(sql).stream().filter(asked::add).forEach(open::add);
                }
            }
            assertThat(rule.needs().stream().flatMap(name -> Stream.of(name.split("\\."))))
                    .as(rule.id())
                    .filteredOn(name -> !asked.contains(name))
                    .isEmpty();
        });
    }

    /** A rule that is run by itself has no header but its own. */
    @Test
    void aRuleReadsNoThresholdOfAnother() {
        assertThat(RuleFolder.packaged(ReportFiles.onClassPath()).rules())
                .allSatisfy(rule -> assertThat(
                                RuleQueries.THRESHOLD_CALL.matcher(rule.sql()).results())
                        .as(rule.id())
                        .allMatch(call -> call.group(1).equals(rule.id())));
    }

    @Test
    void whatAModuleRequiresStandsInItsSql() {
        assertThat(MODULES).hasSizeGreaterThan(50).allSatisfy(script -> {
            Set<String> asked = words(statements(script));
            assertThat(SqlModules.requires(script))
                    .as(script.path())
                    .filteredOn(name -> !asked.contains(name))
                    .isEmpty();
        });
    }

    private static final List<SqlScript> MODULES = Stream.of("sql/ledger", "sql/trend", "sql/path", "sql/compare")
            .flatMap(folder -> ReportFiles.onClassPath().list(folder, ".sql").stream())
            .map(ReportFiles.onClassPath()::script)
            .toList();

    private static String statements(SqlScript script) {
        return script.pieces().stream().map(SqlScript.Piece::sql).collect(Collectors.joining("\n"));
    }

    /** The words of a statement in lower case, without its comments. */
    private static Set<String> words(String sql) {
        return Pattern.compile("\\w+")
                .matcher(sql.replaceAll("--[^\n]*", ""))
                .results()
                .map(word -> word.group().toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
    }

    @Test
    void theTableOfTheReadmeIsWhatTheHeadersSay() throws IOException {
        ReportFiles reports = ReportFiles.onClassPath();
        RuleDocument document = new RuleDocument(Wording.of(reports, "en"));
        List<String> rows =
                RuleFolder.packaged(reports).rules().stream().map(document::row).toList();
        assertThat(Files.readAllLines(Path.of(System.getProperty("postmem.root"), "README.md")))
                .filteredOn(line -> line.matches("\\| `\\w+` \\(R\\d+\\) .*"))
                .isEqualTo(rows);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"en", "zh"})
    void everyRuleSpeaksBothLanguagesAndNamesEachFileItNeeds(String language) {
        ReportFiles reports = ReportFiles.onClassPath();
        Properties texts = new Properties();
        try (StringReader text = new StringReader(reports.text("messages/findings." + language + ".properties"))) {
            texts.load(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(RuleFolder.packaged(reports).rules()).allSatisfy(rule -> {
            assertThat(texts.stringPropertyNames()).as(rule.id()).contains(rule.id() + ".title");
            assertThat(texts.stringPropertyNames())
                    .as(rule.id())
                    .containsAll(
                            rule.needs().stream().map(table -> "table." + table).toList());
        });
    }
}
