package org.postmem.ingest;

import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBFunctions;
import org.postmem.UserException;

/**
 * Loads the tables of a case. Between {@link #begin} and {@link #commit} all rows belong to one transaction: a capture
 * is loaded whole or not at all. One thread only, and one instance a database; a batch of rows goes to the database in a
 * thread of its own while the next one is filled, and whatever else asks the database waits for it.
 */
public final class CaseTables {
    private static final String ONE_THREAD = "SET threads = 1";

    private final DuckDBConnection connection;
    /** As many as the database was opened with. */
    private final String allThreads;

    private final TableFeed feed = new TableFeed();
    private final Map<String, TableWriter> writers = new TreeMap<>();
    private final Set<String> temporary = new HashSet<>();
    private final Map<String, Long> rowsBefore = new HashMap<>();
    private ExecutorService loader;
    private Loading loading;
    private RuntimeException failed;

    /** A batch on its way into the database. */
    private record Loading(TableWriter writer, RowBatch batch, Future<?> done) {}

    /**
     * Makes the tables of this database writable.
     *
     * @throws IllegalStateException when the database has such an instance already: a function registered under a name
     *     that is taken keeps, without an error, feeding from the first
     */
    public CaseTables(DuckDBConnection connection) {
        this.connection = connection;
        try {
            if (count("FROM duckdb_functions() WHERE function_name = '" + TableFeed.NAME + "'") > 0) {
                throw new IllegalStateException("the case is being loaded already");
            }
            allThreads = "SET threads = " + threads();
            DuckDBFunctions.tableFunction()
                    .withName(TableFeed.NAME)
                    .withFunction(feed)
                    .register(connection);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot register the feed of the tables", e);
        }
    }

    /** The writer of a table; always the same one. */
    public TableWriter table(String name) {
        return writers.computeIfAbsent(name, this::open);
    }

    /** Begins a row of what one snapshot of a capture tells. */
    TableWriter row(String table, int captureId, int snapshot) {
        return table(table).row().set("capture_id", captureId).set("snapshot", snapshot);
    }

    private TableWriter open(String table) {
        await();
        List<Column.Definition> columns = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT column_name, data_type FROM duckdb_columns()"
                        + " WHERE table_name = '" + table + "' AND NOT internal ORDER BY column_index")) {
            while (rows.next()) {
                columns.add(new Column.Definition(rows.getString(1), rows.getString(2)));
            }
        } catch (SQLException e) {
            throw new IllegalStateException("cannot read the columns of " + table, e);
        }
        if (columns.isEmpty()) {
            throw new IllegalArgumentException("the case has no table " + table);
        }
        return new TableWriter(table, columns, this);
    }

    /** The writer of a table of the same columns that lasts until {@link #drop}, and no longer than the transaction. */
    TableWriter temporary(String name, String like) {
        if (temporary.add(name)) {
            await();
            try {
                execute("CREATE OR REPLACE TEMP TABLE \"" + name + "\" AS FROM \"" + like + "\" LIMIT 0");
            } catch (SQLException e) {
                throw failure("make table " + name, e);
            }
        }
        return table(name);
    }

    /** Forgets a temporary table. */
    void drop(String name) {
        await();
        writers.remove(name);
        rowsBefore.remove(name);
        temporary.remove(name);
        try {
            execute("DROP TABLE \"" + name + '"');
        } catch (SQLException e) {
            throw failure("drop table " + name, e);
        }
    }

    private long threads() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet setting = statement.executeQuery("SELECT current_setting('threads')")) {
            setting.next();
            return setting.getLong(1);
        }
    }

    /** What is loaded as a whole or not at all. */
    interface Load<T> {
        T load() throws IOException;
    }

    /** Loads a capture: when that fails, by whatever, the case is as it was. */
    <T> T whole(Load<T> work) throws IOException {
        begin();
        boolean loaded = false;
        try {
            T result = work.load();
            commit();
            loaded = true;
            return result;
        } finally {
            if (!loaded) {
                rollback();
            }
        }
    }

    /** Begins the transaction of a capture. */
    public void begin() {
        try {
            // One source thread feeds; a second worker would only spin.
            execute(ONE_THREAD);
            connection.setAutoCommit(false);
            loader = Executors.newSingleThreadExecutor(CaseTables::thread);
        } catch (SQLException e) {
            throw failure("begin to load", e);
        }
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "case-loader");
        thread.setDaemon(true);
        return thread;
    }

    /** Loads what waits and makes it last; a table that does not hold the rows written to it is an error. */
    public void commit() {
        loadAll();
        try {
            for (TableWriter writer : writers.values()) {
                checkCount(writer);
            }
            connection.commit();
            leaveTransaction();
        } catch (SQLException e) {
            throw failure("commit", e);
        }
    }

    /** Forgets everything since {@link #begin}. A commit in its place would report success and keep nothing. */
    public void rollback() {
        try {
            await();
        } catch (RuntimeException e) {
            // Whoever asks to forget it has been told.
        }
        try {
            connection.rollback();
            failed = null;
            writers.keySet().removeAll(temporary);
            rowsBefore.keySet().removeAll(temporary);
            temporary.clear();
            for (TableWriter writer : writers.values()) {
                writer.forget();
                rowsBefore.put(writer.table(), count("FROM \"" + writer.table() + '"') - writer.written());
            }
            leaveTransaction();
        } catch (SQLException e) {
            throw failure("roll back", e);
        }
    }

    private void leaveTransaction() throws SQLException {
        loader.shutdown();
        connection.setAutoCommit(true);
        execute(allThreads);
    }

    /**
     * Runs statements on what was loaded so far, within the transaction.
     *
     * @param changed tables in which they may add or delete rows
     */
    void revise(List<String> changed, List<String> statements) {
        loadAll();
        try {
            execute(allThreads);
            for (String statement : statements) {
                execute(statement);
            }
            execute(ONE_THREAD);
            for (String table : changed) {
                rowsBefore.put(
                        table, count("FROM \"" + table + '"') - table(table).written());
            }
        } catch (SQLException e) {
            throw failure("revise what was loaded", e);
        }
    }

    /** Numbers the snapshots of a capture 1, 2, 3 … in the order they have, in every table. */
    void renumber(int captureId) {
        await();
        List<String> withSnapshot = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT table_name FROM duckdb_columns()"
                        + " WHERE NOT internal AND column_name IN ('capture_id', 'snapshot') AND table_name IN"
                        + " (SELECT table_name FROM duckdb_tables() WHERE NOT internal AND NOT temporary)"
                        + " GROUP BY table_name HAVING count(*) = 2 ORDER BY table_name")) {
            while (rows.next()) {
                withSnapshot.add(rows.getString(1));
            }
        } catch (SQLException e) {
            throw failure("number the snapshots", e);
        }
        List<String> statements = new ArrayList<>();
        statements.add("CREATE OR REPLACE TEMP TABLE snapshot_number AS SELECT snapshot AS old,"
                + " row_number() OVER (ORDER BY snapshot)::INTEGER AS number FROM snapshot WHERE capture_id = "
                + captureId);
        for (String table : withSnapshot) {
            statements.add(
                    "UPDATE \"" + table + "\" SET snapshot = n.number FROM snapshot_number AS n WHERE capture_id = "
                            + captureId + " AND \"" + table + "\".snapshot = n.old");
        }
        statements.add("DROP TABLE snapshot_number");
        revise(List.of(), statements);
    }

    /** Sends the rows that wait on their way; returns once those sent before have arrived. */
    void load(TableWriter writer) {
        await();
        if (writer.waiting() == 0) {
            return;
        }
        RowBatch batch = writer.take();
        long before = batch.rows() - writer.written();
        loading = new Loading(writer, batch, loader.submit(() -> insert(writer.table(), batch, before)));
    }

    private void loadAll() {
        for (TableWriter writer : writers.values()) {
            load(writer);
        }
        await();
    }

    /** Waits for the batch that is on its way. Once one failed nothing more is loaded: the transaction is lost. */
    private void await() {
        if (failed != null) {
            throw failed;
        }
        if (loading == null) {
            return;
        }
        Loading last = loading;
        loading = null;
        try {
            last.done().get();
            last.writer().giveBack(last.batch());
        } catch (ExecutionException e) {
            failed = e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
            throw failed;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failed = new IllegalStateException("interrupted while rows were loaded", e);
            throw failed;
        }
    }

    /** In the thread of the loader, the only one that has to do with the database then. */
    private void insert(String table, RowBatch batch, long rowsWrittenBefore) {
        try {
            if (!rowsBefore.containsKey(table)) {
                rowsBefore.put(table, count("FROM \"" + table + '"') + rowsWrittenBefore);
            }
            String insert = batch.insert();
            feed.feed(batch);
            long loaded = execute(insert);
            if (loaded != batch.rows()) {
                throw new IllegalStateException(
                        table + ": " + batch.rows() + " rows were handed over, " + loaded + " arrived");
            }
        } catch (SQLException e) {
            throw failure("load table " + table, e);
        }
    }

    private void checkCount(TableWriter writer) throws SQLException {
        long expected = rowsBefore.getOrDefault(writer.table(), 0L) + writer.written();
        if (writer.written() > 0) {
            long found = count("FROM \"" + writer.table() + '"');
            if (found != expected) {
                throw new IllegalStateException(
                        writer.table() + " should hold " + expected + " rows and holds " + found);
            }
        }
    }

    private long count(String from) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) " + from)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private long execute(String sql) throws SQLException {
        // A failed execute closes its Statement: each gets its own.
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
            return statement.getUpdateCount();
        }
    }

    private static RuntimeException failure(String what, SQLException e) {
        String message = String.valueOf(e.getMessage());
        String first = message.lines().findFirst().orElse("");
        if (message.startsWith("Out of Memory Error")) {
            return UserException.usage(
                    "cannot " + what + ": " + first + "; give more with --memory-limit or make room below "
                            + System.getProperty("java.io.tmpdir"),
                    e);
        }
        if (message.startsWith("IO Error")) {
            return UserException.usage("cannot " + what + ": " + first, e);
        }
        return new IllegalStateException("cannot " + what + ": " + message, e);
    }
}
