package org.postmem.sql;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.duckdb.DuckDBConnection;
import org.postmem.UserException;

/**
 * The case: a DuckDB database in memory or in a file, with the tables of {@code reports/sql/schema} and, once captures
 * are loaded, the views along the path. Nothing is ever fetched from the network; what does not fit the memory limit
 * spills into a folder below the system's temporary folder that goes with {@link #close}.
 */
public final class CaseDatabase implements AutoCloseable {
    private static final List<String> RULE_FOLDERS = List.of("sql/ledger", "sql/trend");
    private static final List<String> MODULE_FOLDERS = List.of("sql/ledger", "sql/trend", "sql/path", "sql/compare");
    private static final long LARGEST_DEFAULT_MEMORY_BYTES = 4L << 30;

    private final DuckDBConnection connection;
    private final Path spill;
    private final ReportFiles reports;

    private CaseDatabase(DuckDBConnection connection, Path spill, ReportFiles reports) {
        this.connection = connection;
        this.spill = spill;
        this.reports = reports;
    }

    /** An empty case in memory. */
    public static CaseDatabase inMemory() {
        return inMemory(defaultMemoryBytes());
    }

    public static CaseDatabase inMemory(long memoryBytes) {
        return create("jdbc:duckdb:", settings(memoryBytes));
    }

    /** One of several that are open side by side: its statements take no second processor. */
    public static CaseDatabase inMemoryOnOneThread(long memoryBytes) {
        Properties settings = settings(memoryBytes);
        settings.setProperty("threads", "1");
        return create("jdbc:duckdb:", settings);
    }

    /** An empty case in a file that must not exist yet. */
    public static CaseDatabase inFile(Path file, long memoryBytes) {
        if (Files.exists(file)) {
            throw new IllegalArgumentException(file + " exists");
        }
        return create("jdbc:duckdb:" + file, settings(memoryBytes));
    }

    private static CaseDatabase create(String url, Properties settings) {
        CaseDatabase database = open(url, settings);
        try {
            database.makeTables();
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
        return database;
    }

    /**
     * A kept case, to be asked and not changed: its tables and views are read-only, and no statement reaches another
     * file.
     *
     * @throws UserException when the file is not there, no database, or made by a newer DuckDB
     */
    public static CaseDatabase readOnly(Path file) {
        if (!Files.isRegularFile(file)) {
            throw UserException.unreadable(
                    file + ": no such case; postmem report --database " + file.getFileName() + " keeps one");
        }
        Properties settings = settings(defaultMemoryBytes());
        settings.setProperty("duckdb.read_only", "true");
        return open("jdbc:duckdb:" + file, settings);
    }

    /** 60 % of the machine's memory, at most 4 GiB: the analyzer runs on a laptop beside other things. */
    public static long defaultMemoryBytes() {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean machine) {
            return Math.min(machine.getTotalMemorySize() / 10 * 6, LARGEST_DEFAULT_MEMORY_BYTES);
        }
        return LARGEST_DEFAULT_MEMORY_BYTES / 4;
    }

    private static Properties settings(long memoryBytes) {
        Properties settings = new Properties();
        settings.setProperty("memory_limit", memoryBytes / 1024 + "KiB");
        settings.setProperty("autoinstall_known_extensions", "false");
        settings.setProperty("autoload_known_extensions", "false");
        return settings;
    }

    private static CaseDatabase open(String url, Properties settings) {
        Path spill = null;
        try {
            spill = Files.createTempDirectory("postmem-spill-");
            settings.setProperty("temp_directory", spill.toString());
            DuckDBConnection connection =
                    DriverManager.getConnection(url, settings).unwrap(DuckDBConnection.class);
            try (Statement statement = connection.createStatement()) {
                // no start-up option, and its default is the zone of the laptop
                statement.execute("SET GLOBAL TimeZone = 'UTC'");
            }
            return new CaseDatabase(connection, spill, ReportFiles.onClassPath());
        } catch (SQLException e) {
            deleteTree(spill);
            throw UserException.unreadable(
                    url.substring("jdbc:duckdb:".length()) + ": DuckDB cannot open it: " + firstLine(e), e);
        } catch (IOException e) {
            throw UserException.usage(
                    "no temporary folder can be made below " + System.getProperty("java.io.tmpdir") + ": "
                            + e.getMessage() + "; name another with -Djava.io.tmpdir",
                    e);
        }
    }

    private void makeTables() {
        reports.list("sql/schema", ".sql").forEach(path -> reports.script(path).run(connection));
    }

    /** Makes the views and macros of the packaged modules, each after what it requires. */
    public void makeViews() {
        makeViews(MODULE_FOLDERS);
    }

    /** Only what the rules ask: where nothing is printed but findings, the views along the path would be made for nobody. */
    public void makeViewsOfRules() {
        makeViews(RULE_FOLDERS);
    }

    private void makeViews(List<String> folders) {
        List<SqlScript> scripts = new ArrayList<>();
        for (String folder : folders) {
            reports.list(folder, ".sql").forEach(path -> scripts.add(reports.script(path)));
        }
        SqlModules.of(scripts, tables()).run(connection);
    }

    /** From now on no statement reaches a file beside the case; this cannot be taken back. */
    public void forbidFiles() {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET enable_external_access = false");
        } catch (SQLException e) {
            throw new IllegalStateException("DuckDB does not let itself be shut off from files", e);
        }
    }

    /** Names of the tables, views left out. */
    public Set<String> tables() {
        Set<String> names = new TreeSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT table_name FROM duckdb_tables() WHERE NOT internal ORDER BY table_name")) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        } catch (SQLException e) {
            throw new IllegalStateException("cannot list the tables of the case", e);
        }
        return names;
    }

    /** The one connection of the case; not to be closed by its user. */
    public DuckDBConnection connection() {
        return connection;
    }

    /**
     * Writes what is in memory to the file, all of it. Closing does so, too, but what fails then is told to nobody.
     *
     * @throws UserException when it cannot be written to its end, as on a full disk
     */
    public void flush() {
        try (Statement statement = connection.createStatement()) {
            statement.execute("FORCE CHECKPOINT");
        } catch (SQLException e) {
            throw UserException.usage(
                    "the case cannot be written to its end: " + firstLine(e) + "; is the disk full?", e);
        }
    }

    /** Writes what is in memory to the file and removes the spill folder. */
    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException("DuckDB cannot close the case: " + firstLine(e), e);
        } finally {
            deleteTree(spill);
        }
    }

    private static String firstLine(SQLException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    private static void deleteTree(Path root) {
        if (root == null || !Files.exists(root)) {
            return;
        }
        try (Stream<Path> below = Files.walk(root)) {
            for (Path path : below.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
