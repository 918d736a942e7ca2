package org.postmem.sql;

import java.sql.Connection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files of views and macros below {@code reports/sql}, in an order in which each finds what its {@code --
 * requires:} header names. Files that do not need each other stand in the order of their paths.
 */
public final class SqlModules {
    // CREATE OR REPLACE VIEW ledger AS
    private static final Pattern CREATES = Pattern.compile(
            "^\\s*CREATE\\s+(?:OR\\s+REPLACE\\s+)?(TABLE|VIEW|MACRO|FUNCTION)\\s+(?:IF\\s+NOT\\s+EXISTS\\s+)?\"?(\\w+)\"?",
            Pattern.CASE_INSENSITIVE);
    // -- requires: snapshot, meminfo
    private static final Pattern REQUIRES = Pattern.compile("^--\\s*requires:(.*)$", Pattern.MULTILINE);
    private static final Pattern NAME = Pattern.compile("\\w+");

    private final List<SqlScript> inOrder;

    private SqlModules(List<SqlScript> inOrder) {
        this.inOrder = List.copyOf(inOrder);
    }

    /**
     * Orders scripts.
     *
     * @param present names that exist already: the tables of the schema
     * @throws IllegalStateException when a file requires what nobody makes, two files make one name, or files require
     *     each other in a circle
     */
    public static SqlModules of(List<SqlScript> scripts, Set<String> present) {
        Map<String, SqlScript> makers = new LinkedHashMap<>();
        List<SqlScript> sorted =
                scripts.stream().sorted(Comparator.comparing(SqlScript::path)).toList();
        for (SqlScript script : sorted) {
            for (String name : creates(script)) {
                SqlScript other = makers.put(name, script);
                if (other != null && !other.equals(script)) {
                    throw new IllegalStateException(
                            name + " is made by reports/" + other.path() + " and by reports/" + script.path());
                }
            }
        }
        Ordering ordering = new Ordering(makers, present);
        sorted.forEach(script -> ordering.visit(script, script));
        return new SqlModules(new ArrayList<>(ordering.done));
    }

    public void run(Connection connection) {
        inOrder.forEach(script -> script.run(connection));
    }

    public List<String> paths() {
        return inOrder.stream().map(SqlScript::path).toList();
    }

    /** Names of the tables, views and macros a file makes, in lower case. */
    public static List<String> creates(SqlScript script) {
        List<String> names = new ArrayList<>();
        for (SqlScript.Piece piece : script.pieces()) {
            Matcher made = CREATES.matcher(piece.sql());
            if (made.find()) {
                names.add(made.group(2).toLowerCase(Locale.ROOT));
            }
        }
        return names;
    }

    /** Names in the {@code -- requires:} lines of a file, in lower case. */
    public static List<String> requires(SqlScript script) {
        return REQUIRES.matcher(script.text())
                .results()
                .flatMap(line -> NAME.matcher(line.group(1)).results())
                .map(MatchResult::group)
                .map(name -> name.toLowerCase(Locale.ROOT))
                .toList();
    }

    private static final class Ordering {
        private final Map<String, SqlScript> makers;
        private final Set<String> present;
        private final Set<SqlScript> open = new LinkedHashSet<>();
        private final Set<SqlScript> done = new LinkedHashSet<>();

        Ordering(Map<String, SqlScript> makers, Set<String> present) {
            this.makers = makers;
            this.present = present;
        }

        void visit(SqlScript script, SqlScript asker) {
            if (done.contains(script)) {
                return;
            }
            if (!open.add(script)) {
                throw new IllegalStateException(
                        "reports/" + script.path() + " and reports/" + asker.path() + " require each other");
            }
            for (String name : requires(script)) {
                SqlScript maker = makers.get(name);
                if (maker != null && !maker.equals(script)) {
                    visit(maker, script);
                } else if (maker == null && !present.contains(name)) {
                    throw new IllegalStateException(
                            "reports/" + script.path() + " requires " + name + ", which no file makes");
                }
            }
            open.remove(script);
            done.add(script);
        }
    }
}
