package org.postmem.findings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postmem.sql.ReportFiles;
import org.postmem.units.Human;
import org.postmem.units.Placeholder;

/** A line whose placeholder nobody fills is left out, always: no reader would ever see it, nor miss it. */
class RuleTextsTest {
    /** What every finding has beside the columns of its rule. */
    private static final Set<String> OF_ALL = Set.of(
            "name",
            "detail",
            "pid",
            "command",
            "growing_seconds",
            "first_seen_ts",
            "last_seen_ts",
            "exhausted_from_ts",
            "exhausted_to_ts",
            "rate_low_bytes_per_second",
            "rate_high_bytes_per_second");

    /** Of these there is never one: a healthy host is said of three snapshots or more. */
    private static final Set<String> MANY_BY_RULE = Set.of("R00.explanation.1");

    @Test
    void everyPlaceholderIsFilledByTheRuleWhoseTextItStandsIn() throws IOException, SQLException {
        ReportFiles reports = ReportFiles.onClassPath();
        Properties texts = new Properties();
        texts.load(new StringReader(reports.text("messages/findings.en.properties")));
        List<String> unfilled = new ArrayList<>();
        try (SyntheticHost host = new SyntheticHost(5, 12)) {
            host.analysed();
            for (RuleFile rule : RuleFolder.packaged(reports).rules()) {
                Set<String> columns = columns(host, rule);
                texts.stringPropertyNames().stream()
                        .filter(key -> key.startsWith(rule.id() + "."))
                        .sorted()
                        .forEach(key -> placeholders(texts.getProperty(key)).stream()
                                .filter(name -> !columns.contains(name) && !OF_ALL.contains(name))
                                .forEach(name -> unfilled.add(key + " {" + name + "}")));
            }
        }
        assertThat(unfilled).isEmpty();
    }

    @Test
    void durationsAreThoseOfTheTerminalAndTheTables() {
        for (double seconds : new double[] {0, 0.25, 4.2, 110, 150, 9000, 200_000, 864_000}) {
            assertThat(Wording.printed("growing_seconds", seconds)).isEqualTo(Human.duration(seconds));
        }
    }

    @Test
    void theWordAfterANumberIsThatForOneOrForMany() throws IOException {
        Wording wording = Wording.of(ReportFiles.onClassPath(), "en");
        assertThat(wording.line("R34.df.title", Map.of("files", 1, "readings", 1L)))
                .contains("df: 1 file, 1 reading");
        assertThat(wording.line("R34.df.title", Map.of("files", 2, "readings", 0)))
                .contains("df: 2 files, 0 readings");
        assertThat(wording.line("R33.gaps.title", Map.of("number", 1, "longest_seconds", 20)))
                .contains("1 gap of 20 s");

        Properties texts = new Properties();
        texts.load(new StringReader(ReportFiles.onClassPath().text("messages/findings.en.properties")));
        List<String> alwaysMany = new ArrayList<>();
        texts.forEach((key, text) -> {
            if (text.toString().matches(".*\\{(files|readings|number|snapshots|gaps|kills)} [a-z]+s\\b.*")
                    && !MANY_BY_RULE.contains(key)) {
                alwaysMany.add(key + " = " + text);
            }
        });
        assertThat(alwaysMany).isEmpty();
    }

    /** Whoever runs it in a night of an incident forgets it, and a trace slows its process for as long as it lasts. */
    @ParameterizedTest
    @ValueSource(strings = {"findings.en", "findings.zh", "report.en", "report.zh"})
    void noCommandThatIsAdvisedRunsUntilItIsStopped(String file) throws IOException {
        Properties texts = new Properties();
        texts.load(new StringReader(ReportFiles.onClassPath().text("messages/" + file + ".properties")));
        Map<String, String> endless = new TreeMap<>();
        texts.forEach((key, text) -> {
            String command = text.toString();
            boolean traces = command.matches(".*\\bstrace .* -p .*")
                    && !command.matches(".*\\btimeout (-s INT )?\\d+ strace .*");
            boolean repeats = command.matches("(pidstat|vmstat|sar)( -[a-zA-Z]+( ALL)?)* \\d+( *>.*)?");
            if (traces || repeats) {
                endless.put(key.toString(), command);
            }
        });
        assertThat(endless).isEmpty();
    }

    /** A name is quoted where it is filled in; within quotes of the text that would end them. */
    @ParameterizedTest
    @ValueSource(strings = {"findings.en", "findings.zh"})
    void noNameStandsWithinQuotesOfACommand(String file) throws IOException {
        Properties texts = new Properties();
        texts.load(new StringReader(ReportFiles.onClassPath().text("messages/" + file + ".properties")));
        Map<String, String> within = new TreeMap<>();
        texts.forEach((key, text) -> {
            // $(…) within quotes begins anew
            String outer = text.toString().replaceAll("\\$\\([^()]*\\)", "").replaceAll("  # .*", "");
            if (key.toString().contains(".next")
                    && outer.matches("(?:[^'\"]|'[^'{]*'|\"[^\"{]*\")*(?:'[^']*|\"[^\"]*)\\{(?!pid})\\w+}.*")) {
                within.put(key.toString(), text.toString());
            }
        });
        assertThat(within).isEmpty();
    }

    private static Set<String> placeholders(String text) {
        return Placeholder.PATTERN
                .matcher(text)
                .results()
                .map((MatchResult result) -> result.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> columns(SyntheticHost host, RuleFile rule) throws SQLException {
        Set<String> columns = new TreeSet<>();
        String sql = RuleQueries.THRESHOLD_CALL.matcher(rule.sql()).replaceAll("1.0");
        try (Statement statement = host.connection().createStatement();
                ResultSet rows = statement.executeQuery("DESCRIBE SELECT * FROM (\n" + sql + "\n)")) {
            while (rows.next()) {
                columns.add(rows.getString(1));
            }
        }
        return columns;
    }
}
