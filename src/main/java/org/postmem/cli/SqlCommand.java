package org.postmem.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.postmem.UserException;
import org.postmem.sql.CaseDatabase;
import org.postmem.sql.SqlScript;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Asks a kept case. The statement sees the case and nothing else: no file, no network, no change. */
@Command(
        name = "sql",
        description = {
            "Runs one SQL statement on a case that report --database kept.",
            "SHOW TABLES lists what there is, DESCRIBE process_sample the columns of a table."
        },
        mixinStandardHelpOptions = true)
final class SqlCommand implements Callable<Integer> {
    private static final int ROWS_BETWEEN_LOOKS = 1000;

    private final Console console;

    @Parameters(index = "0", paramLabel = "CASE.duckdb", description = "The case.")
    private Path file;

    @Parameters(index = "1", paramLabel = "SQL", description = "The statement, in the SQL of DuckDB.")
    private String sql;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "table, csv, json or parquet; default: ${DEFAULT-VALUE}.")
    private ResultFormat format;

    @Option(names = "--output", paramLabel = "FILE", description = "Write here; default: stdout.")
    private Path output;

    @Mixin
    @SuppressWarnings("UnusedVariable") // what it was set to is asked of the parse result
    private Verbosity verbosity;

    SqlCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws SQLException, IOException {
        if (format == ResultFormat.PARQUET && output == null) {
            throw UserException.usage("parquet is no text; name a file with --output");
        }
        int statements = new SqlScript("sql", sql).pieces().size();
        if (statements > 1) {
            // the driver would run them all and show the rows of the last alone
            throw UserException.usage("these are " + statements + " statements; ask one at a time");
        }
        try (CaseDatabase database = CaseDatabase.readOnly(file)) {
            if (output == null) {
                lockDown(database, null);
                print(database, console.out());
                return ExitCode.DONE.code();
            }
            try (OutputFiles outputs = new OutputFiles(List.of(file))) {
                Path whole = outputs.reserve(output);
                if (format == ResultFormat.PARQUET) {
                    lockDown(database, whole);
                    copy(database, whole);
                } else {
                    lockDown(database, null);
                    try (PrintWriter writer = new PrintWriter(Files.newBufferedWriter(whole, StandardCharsets.UTF_8))) {
                        print(database, writer);
                        if (writer.checkError()) {
                            throw UserException.usage(output + " cannot be written to its end; is the disk full?");
                        }
                    }
                }
                outputs.complete();
            }
        }
        return ExitCode.DONE.code();
    }

    /** What a statement copied from a web page could do, it cannot do here. */
    private static void lockDown(CaseDatabase database, Path writable) throws SQLException {
        try (Statement statement = database.connection().createStatement()) {
            if (writable != null) {
                statement.execute("SET allowed_paths = [" + literal(writable) + "]");
            }
            statement.execute("SET enable_external_access = false");
            statement.execute("SET lock_configuration = true");
        }
    }

    private static String literal(Path path) {
        return "'" + path.toString().replace("'", "''") + "'";
    }

    private void copy(CaseDatabase database, Path target) {
        String inner = sql.strip().replaceAll(";\\s*$", "");
        try (Statement statement = database.connection().createStatement()) {
            statement.execute("COPY (" + inner + "\n) TO " + literal(target) + " (FORMAT parquet, USE_TMP_FILE false)");
        } catch (SQLException e) {
            throw wrongStatement(e);
        }
    }

    private void print(CaseDatabase database, PrintWriter writer) throws SQLException {
        // Only the preparation is the user's statement alone; what fails while rows are read is told the same way.
        try (PreparedStatement statement = database.connection().prepareStatement(sql);
                ResultSet rows = statement.executeQuery()) {
            switch (format) {
                case TABLE -> printTable(rows, writer);
                case CSV -> printCsv(rows, writer);
                case JSON -> printJson(rows, writer);
                case PARQUET -> throw new IllegalStateException("parquet is written by DuckDB");
            }
        } catch (SQLException e) {
            throw wrongStatement(e);
        }
        writer.flush();
    }

    /** A reader that has read enough, as head has, is not kept waiting for the millions of rows that it will not read. */
    private static boolean more(ResultSet rows, long row, PrintWriter writer) throws SQLException {
        return (row % ROWS_BETWEEN_LOOKS != 0 || !writer.checkError()) && rows.next();
    }

    private static UserException wrongStatement(SQLException e) {
        return UserException.usage(String.valueOf(e.getMessage()), e);
    }

    private static void printTable(ResultSet rows, PrintWriter writer) throws SQLException {
        ResultSetMetaData columns = rows.getMetaData();
        List<Boolean> numbers = new ArrayList<>();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            numbers.add(isNumber(columns.getColumnType(i)));
        }
        AlignedTable table = new AlignedTable(writer, names(columns), numbers);
        for (long row = 0; more(rows, row, writer); row++) {
            List<String> cells = new ArrayList<>();
            for (int i = 1; i <= numbers.size(); i++) {
                Object value = value(rows, i);
                cells.add(value == null ? "NULL" : text(value));
            }
            table.row(cells);
        }
        long count = table.finish();
        writer.println("(" + count + (count == 1 ? " row)" : " rows)"));
    }

    private static void printCsv(ResultSet rows, PrintWriter writer) throws SQLException {
        List<String> names = names(rows.getMetaData());
        writer.print(String.join(",", names.stream().map(SqlCommand::csv).toList()) + "\n");
        for (long row = 0; more(rows, row, writer); row++) {
            StringBuilder line = new StringBuilder();
            for (int i = 1; i <= names.size(); i++) {
                Object value = value(rows, i);
                // NULL is nothing, an empty text is two quotes: so they stay apart.
                String cell = value == null ? "" : text(value);
                line.append(i == 1 ? "" : ",").append(value != null && cell.isEmpty() ? "\"\"" : csv(cell));
            }
            writer.print(line.append('\n'));
        }
    }

    private static String csv(String cell) {
        for (int i = 0; i < cell.length(); i++) {
            char c = cell.charAt(i);
            if (c == ',' || c == '"' || c == '\n' || c == '\r') {
                return '"' + cell.replace("\"", "\"\"") + '"';
            }
        }
        return cell;
    }

    private static void printJson(ResultSet rows, PrintWriter writer) throws SQLException {
        List<String> names = names(rows.getMetaData());
        String separator = "[";
        for (long row = 0; more(rows, row, writer); row++) {
            Map<String, Object> members = new LinkedHashMap<>();
            for (int i = 1; i <= names.size(); i++) {
                members.put(names.get(i - 1), value(rows, i));
            }
            StringBuilder json = new StringBuilder(separator).append("\n  ");
            JsonText.object(json, members);
            writer.print(json);
            separator = ",";
        }
        writer.print("[".equals(separator) ? "[]\n" : "\n]\n");
    }

    private static List<String> names(ResultSetMetaData columns) throws SQLException {
        List<String> names = new ArrayList<>();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            names.add(columns.getColumnLabel(i));
        }
        return names;
    }

    private static boolean isNumber(int type) {
        return switch (type) {
            case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT, Types.FLOAT, Types.DOUBLE, Types.DECIMAL ->
                true;
            default -> false;
        };
    }

    /** Timestamps are UTC throughout and printed so, whatever the zone of the laptop. */
    private static Object value(ResultSet rows, int column) throws SQLException {
        Object value = rows.getObject(column);
        if (value instanceof Timestamp) {
            return rows.getObject(column, LocalDateTime.class).toInstant(ZoneOffset.UTC);
        }
        return value instanceof OffsetDateTime instant ? instant.toInstant() : value;
    }

    private static String text(Object value) throws SQLException {
        if (value instanceof Number || value instanceof String || value instanceof Boolean) {
            return value.toString();
        }
        if (value instanceof java.sql.Array || value instanceof java.sql.Struct) {
            StringBuilder json = new StringBuilder();
            JsonText.append(json, value);
            return json.toString();
        }
        return value.toString();
    }
}
