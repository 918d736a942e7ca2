package org.postmem.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postmem.cli.PostmemTest.Run;
import org.postmem.sql.CaseDatabase;

class SqlCommandTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void keepACase() throws SQLException {
        file = folder.resolve("case.duckdb");
        try (CaseDatabase database = CaseDatabase.inFile(file, 256 << 20);
                Statement statement = database.connection().createStatement()) {
            statement.execute("INSERT INTO process (capture_id, process_id, boot, pid, start_ticks, started_at, comm,"
                    + " command, first_snapshot, last_snapshot, observer) VALUES"
                    + " (1, 1, 0, 1, 5, '2026-11-22 10:00:42.5', 'systemd', '', 1, 9, false),"
                    + " (1, 2, 0, 31337, 900, NULL, '日志服务', 'a \"b\", c' || chr(10) || chr(27) || '[31m', 1, 9, true)");
        }
    }

    private static final String QUERY =
            "SELECT pid, comm, command, started_at, observer, [1, NULL] AS list FROM process ORDER BY pid";

    @Test
    void alignsColumnsWithWideCharactersAndShowsControlCharacters() {
        assertThat(Run.of("sql", file, QUERY)).isEqualTo(new Run(0, """
                  pid  comm      command             started_at                observer  list
                -----  --------  ------------------  ------------------------  --------  --------
                    1  systemd                       2026-11-22T10:00:42.500Z  false     [1,null]
                31337  日志服务  a "b", c\\n\\x1b[31m  NULL                      true      [1,null]
                (2 rows)
                """, ""));
    }

    @Test
    void printsTheHeadOfNoRows() {
        assertThat(Run.of("sql", file, "SELECT pid, comm FROM process WHERE pid = 2")
                        .out())
                .isEqualTo("""
                pid  comm
                ---  ----
                (0 rows)
                """);
    }

    @Test
    void tellsNullFromEmptyInCsv() {
        assertThat(Run.of("sql", file, QUERY, "--format", "csv").out()).isEqualTo("""
                        pid,comm,command,started_at,observer,list
                        1,systemd,"",2026-11-22T10:00:42.500Z,false,"[1,null]"
                        31337,日志服务,"a ""b"", c
                        \u001b[31m",,true,"[1,null]"
                        """);
    }

    @Test
    void writesJson() {
        assertThat(Run.of("sql", file, QUERY + " DESC LIMIT 1", "--format=json").out())
                .isEqualTo("[\n  {\"pid\":31337,\"comm\":\"日志服务\",\"command\":\"a \\\"b\\\", c\\n\\u001b[31m\","
                        + "\"started_at\":null,\"observer\":true,\"list\":[1,null]}\n]\n");
        assertThat(Run.of("sql", file, "SELECT 1 WHERE false", "--format=json").out())
                .isEqualTo("[]\n");
    }

    @Test
    void writesParquet() throws SQLException {
        Path target = folder.resolve("it's.parquet");

        assertThat(Run.of("sql", file, QUERY + ";", "--format", "parquet", "--output", target))
                .isEqualTo(new Run(0, "", ""));

        try (var connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT count(*), max(comm) FROM '" + target.toString().replace("'", "''") + "'")) {
            rows.next();
            assertThat(rows.getLong(1)).isEqualTo(2);
            assertThat(rows.getString(2)).isEqualTo("日志服务");
        }
    }

    @Test
    void reachesNoOtherFileAndChangesNothing() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret.csv"), "a,b\n1,2\n");
        Path stolen = folder.resolve("stolen.csv");

        for (String sql : new String[] {
            "FROM '" + secret + "'",
            "COPY process TO '" + stolen + "'",
            "DELETE FROM process",
            "ATTACH '" + stolen + "' AS x",
            "SET enable_external_access = true"
        }) {
            Run run = Run.of("sql", file, sql);
            assertThat(run.exitCode()).as(sql).isEqualTo(2);
            assertThat(run.err().lines()).as(sql).hasSize(1);
        }
        assertThat(Run.of(
                                "sql",
                                file,
                                "FROM '" + secret + "'",
                                "--format=parquet",
                                "--output",
                                folder.resolve("x.parquet"))
                        .exitCode())
                .isEqualTo(2);
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactlyInAnyOrder(file, secret);
        }
        assertThat(Run.of("sql", file, "SELECT count(*) AS n FROM process", "--format=csv")
                        .out())
                .isEqualTo("n\n2\n");
    }

    @Test
    void writesAFileWholeOrNotAtAll() throws IOException {
        Path target = folder.resolve("rows.csv");
        assertThat(Run.of("sql", file, "SELECT error('no') FROM process", "--format=csv", "--output", target)
                        .exitCode())
                .isEqualTo(2);
        assertThat(target).doesNotExist();

        assertThat(Run.of("sql", file, "SELECT 1 AS n", "--format=csv", "--output", target))
                .isEqualTo(new Run(0, "", ""));
        assertThat(target).hasContent("n\n1\n");
        assertThat(Run.of("sql", file, "SELECT 1", "--output", folder.resolve("none/x")))
                .isEqualTo(new Run(
                        2,
                        "",
                        "postmem: " + folder.resolve("none/x") + ": there is no folder " + folder.resolve("none")
                                + "; make it first\n"));
    }

    @Test
    void asksOneStatementAndDropsNone() {
        assertThat(Run.of("sql", file, "SELECT 1; SELECT 2"))
                .isEqualTo(new Run(2, "", "postmem: these are 2 statements; ask one at a time\n"));
        assertThat(Run.of("sql", file, "SELECT ';' AS n; -- and no more;", "--format=csv"))
                .isEqualTo(new Run(0, "n\n;\n", ""));
    }

    @Test
    void doesNotWriteOverTheCaseItAsks() throws IOException {
        byte[] kept = Files.readAllBytes(file);
        assertThat(Run.of("sql", file, "SELECT 1", "--output", file))
                .isEqualTo(
                        new Run(2, "", "postmem: " + file + " is an input, which would be lost; name another file\n"));
        assertThat(file).hasBinaryContent(kept);
    }

    @Test
    void saysThatThereIsNoSuchCase() throws IOException {
        assertThat(Run.of("sql", folder.resolve("none.duckdb"), "SELECT 1"))
                .isEqualTo(new Run(
                        3,
                        "",
                        "postmem: " + folder.resolve("none.duckdb")
                                + ": no such case; postmem report --database none.duckdb keeps one\n"));
        Path text = Files.writeString(folder.resolve("text"), "no database");
        assertThat(Run.of("sql", text, "SELECT 1").exitCode()).isEqualTo(3);
    }
}
