package org.postmem.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SqlScriptTest {
    @Test
    void cutsAtSemicolonsOutsideStringsAndComments() {
        SqlScript script = new SqlScript(
                "x.sql", "-- one; two\nSELECT ';', \"a;b\", $$;$$;\n/* ; */\n\nSELECT 'it''s;' -- ;\n;SELECT 3");

        assertThat(script.pieces())
                .containsExactly(
                        new SqlScript.Piece(2, "SELECT ';', \"a;b\", $$;$$"),
                        new SqlScript.Piece(5, "SELECT 'it''s;' -- ;\n"),
                        new SqlScript.Piece(6, "SELECT 3"));
    }

    @Test
    void namesFileAndLineOfAnError() {
        SqlScript script = new SqlScript("sql/path/top.sql", "-- Tops.\nSELECT 1;\n\nSELECT\n  1,\n  nonsense\n;");
        try (CaseDatabase database = CaseDatabase.inMemory()) {
            assertThatThrownBy(() -> script.run(database.connection()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("reports/sql/path/top.sql:6: Binder Error: ")
                    .hasMessageContaining("nonsense");
        }
    }

    @Test
    void ordersModulesByWhatTheyRequire() {
        SqlScript top = new SqlScript("sql/a/top.sql", "-- requires: growth, snapshot\nCREATE VIEW top AS SELECT 1");
        SqlScript growth = new SqlScript("sql/b/growth.sql", "CREATE OR REPLACE VIEW growth AS SELECT 1");
        SqlScript alone = new SqlScript("sql/c/alone.sql", "CREATE MACRO alone(x) AS x");

        assertThat(SqlModules.of(List.of(alone, top, growth), java.util.Set.of("snapshot"))
                        .paths())
                .containsExactly("sql/b/growth.sql", "sql/a/top.sql", "sql/c/alone.sql");
    }

    @Test
    void refusesModulesThatCannotBeOrdered() {
        SqlScript one = new SqlScript("sql/one.sql", "-- requires: two\nCREATE VIEW one AS SELECT 1");
        SqlScript two = new SqlScript("sql/two.sql", "-- requires: one\nCREATE VIEW two AS SELECT 1");
        SqlScript again = new SqlScript("sql/zwei.sql", "CREATE VIEW two AS SELECT 2");

        assertThatThrownBy(() -> SqlModules.of(List.of(one), java.util.Set.of()))
                .hasMessage("reports/sql/one.sql requires two, which no file makes");
        assertThatThrownBy(() -> SqlModules.of(List.of(one, two), java.util.Set.of()))
                .hasMessage("reports/sql/one.sql and reports/sql/two.sql require each other");
        assertThatThrownBy(() -> SqlModules.of(List.of(two, again), java.util.Set.of()))
                .hasMessage("two is made by reports/sql/two.sql and by reports/sql/zwei.sql");
    }
}
