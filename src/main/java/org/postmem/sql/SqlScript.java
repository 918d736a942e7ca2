package org.postmem.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One SQL file, cut into statements that know their line, so that an error names the file and the line a person has to
 * open.
 *
 * @param path below {@code reports/}
 */
public record SqlScript(String path, String text) {
    // LINE 3: SELECT nonsense
    private static final Pattern LINE_OF_ERROR = Pattern.compile("^LINE (\\d+):", Pattern.MULTILINE);

    /**
     * One statement.
     *
     * @param line 1-based line of the file at which it begins
     */
    public record Piece(int line, String sql) {}

    /** Runs every statement. A failure is our own fault: these files are packaged with the program. */
    public void run(Connection connection) {
        for (Piece piece : pieces()) {
            // A failed execute closes its Statement: each gets its own.
            try (Statement statement = connection.createStatement()) {
                statement.execute(piece.sql());
            } catch (SQLException e) {
                throw new IllegalStateException(where(piece, e) + ": " + firstLine(e), e);
            }
        }
    }

    private String where(Piece piece, SQLException e) {
        Matcher line = LINE_OF_ERROR.matcher(String.valueOf(e.getMessage()));
        int offset = line.find() ? Integer.parseInt(line.group(1)) - 1 : 0;
        return "reports/" + path + ":" + (piece.line() + offset);
    }

    private static String firstLine(SQLException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    /** The statements of the file, without the semicolons; comments between statements belong to none. */
    public List<Piece> pieces() {
        List<Piece> pieces = new ArrayList<>();
        int line = 1;
        int start = -1;
        int startLine = 1;
        int at = 0;
        while (at < text.length()) {
            int end = tokenEnd(at);
            char first = text.charAt(at);
            boolean comment = text.startsWith("--", at) || text.startsWith("/*", at);
            if (first == ';') {
                if (start >= 0) {
                    pieces.add(new Piece(startLine, text.substring(start, at)));
                    start = -1;
                }
            } else if (start < 0 && !comment && !Character.isWhitespace(first)) {
                start = at;
                startLine = line;
            }
            line += newlines(at, end);
            at = end;
        }
        if (start >= 0) {
            pieces.add(new Piece(startLine, text.substring(start)));
        }
        return pieces;
    }

    /** End of what begins here and may hold a semicolon that ends nothing: a string, a name in quotes, a comment. */
    private int tokenEnd(int at) {
        char first = text.charAt(at);
        if (first == '\'' || first == '"') {
            return after(text.indexOf(first, at + 1), 1);
        }
        if (text.startsWith("--", at)) {
            return after(text.indexOf('\n', at), 1);
        }
        if (text.startsWith("/*", at)) {
            return after(text.indexOf("*/", at + 2), 2);
        }
        if (text.startsWith("$$", at)) {
            return after(text.indexOf("$$", at + 2), 2);
        }
        return at + 1;
    }

    private int after(int found, int length) {
        return found < 0 ? text.length() : found + length;
    }

    private int newlines(int from, int to) {
        int count = 0;
        for (int i = from; i < to; i++) {
            if (text.charAt(i) == '\n') {
                count++;
            }
        }
        return count;
    }
}
