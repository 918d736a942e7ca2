package org.postmem.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postmem.UserException;

class CaseDatabaseTest {
    /** Names that say what they hold by themselves: keys, and names that end in their unit. */
    private static final Pattern SAYS_ITSELF =
            Pattern.compile("capture_id|snapshot|process_id|bytes|.*_bytes|.*_seconds|"
                    + ".*_percent|.*_pid|.*_objects|.*_pages|.*_free|.*_rsvd|.*_surp|huge_pages_total");

    @TempDir
    Path folder;

    @Test
    void makesEveryTableOfTheSchema() {
        try (CaseDatabase database = CaseDatabase.inMemory()) {
            List<String> written = new ArrayList<>();
            for (String path : ReportFiles.onClassPath().list("sql/schema", ".sql")) {
                written.addAll(SqlModules.creates(ReportFiles.onClassPath().script(path)));
            }
            assertThat(database.tables()).containsExactlyInAnyOrderElementsOf(written);
            assertThat(database.tables()).contains("capture", "snapshot", "process_sample", "oom_kill");
        }
    }

    @Test
    void makesTheViewsOfEveryModule() {
        Set<String> promised = new TreeSet<>();
        for (String folder : List.of("sql/ledger", "sql/trend", "sql/path", "sql/compare")) {
            for (String path : ReportFiles.onClassPath().list(folder, ".sql")) {
                promised.addAll(SqlModules.creates(ReportFiles.onClassPath().script(path)));
            }
        }
        assertThat(promised).contains("memory_ledger", "leak_row", "path_top", "compare_memory");
        try (CaseDatabase database = CaseDatabase.inMemory()) {
            assertThat(made(database)).doesNotContainAnyElementsOf(promised);

            database.makeViews();

            assertThat(made(database)).containsAll(promised);
            // A view is only bound when it is asked.
            for (String view : names(database, "SELECT view_name FROM duckdb_views() WHERE NOT internal")) {
                assertThat(names(database, "SELECT count(*)::VARCHAR FROM " + view))
                        .as(view)
                        .hasSize(1);
            }
        }
    }

    /** Tables, views and macros. */
    private static Set<String> made(CaseDatabase database) {
        Set<String> made = new TreeSet<>(database.tables());
        made.addAll(names(
                database,
                "SELECT view_name FROM duckdb_views() WHERE NOT internal UNION ALL"
                        + " SELECT function_name FROM duckdb_functions() WHERE NOT internal"));
        return made;
    }

    private static List<String> names(CaseDatabase database, String sql) {
        try (Statement statement = database.connection().createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> names = new ArrayList<>();
            while (rows.next()) {
                names.add(rows.getString(1));
            }
            return names;
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    @Test
    void documentsEveryColumnOrNamesItByItsUnit() {
        List<String> bare = new ArrayList<>();
        try (CaseDatabase database = CaseDatabase.inMemory()) {
            findBareNames(database, bare);
        }
        assertThat(bare).isEmpty();
    }

    private static void findBareNames(CaseDatabase database, List<String> bare) {
        for (String path : ReportFiles.onClassPath().list("sql/schema", ".sql")) {
            SqlScript script = ReportFiles.onClassPath().script(path);
            String comments = String.join(
                    "\n",
                    script.text().lines().filter(line -> line.contains("--")).toList());
            for (String table : SqlModules.creates(script)) {
                if (!Pattern.compile("columns of .*\\b" + table + "\\b")
                        .matcher(comments)
                        .find()) {
                    bare.add(path + ": table " + table);
                }
                for (String column : columns(database, table)) {
                    if (!SAYS_ITSELF.matcher(column).matches()
                            && !Pattern.compile("\\b" + column + "\\b")
                                    .matcher(comments)
                                    .find()) {
                        bare.add(path + ": " + table + "." + column);
                    }
                }
            }
        }
    }

    @Test
    void leavesNothingInTheTemporaryFolder() throws IOException {
        Path file = folder.resolve("case.duckdb");
        String spill;
        try (CaseDatabase database = CaseDatabase.inFile(file, 256 << 20)) {
            spill = setting(database, "temp_directory");
            assertThat(Path.of(spill)).exists();
            assertThat(setting(database, "memory_limit")).isEqualTo("256.0 MiB");
            assertThat(setting(database, "autoload_known_extensions")).isEqualTo("false");
            assertThat(setting(database, "autoinstall_known_extensions")).isEqualTo("false");
        }
        assertThat(Path.of(spill)).doesNotExist();
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void opensAKeptCaseReadOnlyWithItsViews() throws SQLException {
        Path file = folder.resolve("case.duckdb");
        try (CaseDatabase database = CaseDatabase.inFile(file, 256 << 20)) {
            database.makeViews();
            execute(database, "INSERT INTO capture (capture_id, source) VALUES (1, 'a.tar.zst')");
            execute(database, "CREATE VIEW sources AS SELECT source FROM capture");
        }
        try (CaseDatabase kept = CaseDatabase.readOnly(file)) {
            assertThat(one(kept, "SELECT source FROM sources")).isEqualTo("a.tar.zst");
            assertThatThrownBy(() -> execute(kept, "DELETE FROM capture")).hasMessageContaining("read-only");
        }
    }

    @Test
    void saysThatAFileIsNoCase() throws IOException {
        Path file = Files.writeString(folder.resolve("notes.txt"), "not a database");

        assertThatThrownBy(() -> CaseDatabase.readOnly(file))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(file + ": DuckDB cannot open it: ");
        assertThatThrownBy(() -> CaseDatabase.readOnly(folder.resolve("none.duckdb")))
                .isInstanceOf(UserException.class)
                .hasMessage(folder.resolve("none.duckdb")
                        + ": no such case; postmem report --database none.duckdb keeps one");
    }

    private static List<String> columns(CaseDatabase database, String table) {
        return names(database, "SELECT column_name FROM duckdb_columns() WHERE table_name = '" + table + "'");
    }

    private static String setting(CaseDatabase database, String name) {
        return one(database, "SELECT current_setting('" + name + "')::VARCHAR");
    }

    private static String one(CaseDatabase database, String sql) {
        try (Statement statement = database.connection().createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void execute(CaseDatabase database, String sql) throws SQLException {
        try (Statement statement = database.connection().createStatement()) {
            statement.execute(sql);
        }
    }
}
