package org.postmem.collector.source;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * Finds secrets by what stands around them, wherever they stand in a text: values behind a name and {@code =} or {@code :}
 * (quoted, in JSON, in a query, in mount options), headers, users and passwords in URLs, tokens that are known by their
 * shape. Every character is looked at a fixed number of times: who writes a text must not be able to make this slow.
 */
final class SecretText {
    /** What tokens of a kind begin with, and how many characters of a token follow at least. */
    private record Shape(String prefix, int least) {}

    private static final List<Shape> SHAPES = List.of(
            new Shape("AKIA", 16),
            new Shape("ASIA", 16),
            new Shape("AIza", 30),
            new Shape("AGE-SECRET-KEY-", 20),
            new Shape("GOCSPX-", 20),
            new Shape("SG.", 30),
            new Shape("dop_v1_", 30),
            new Shape("eyJ", 30),
            new Shape("ghp_", 20),
            new Shape("gho_", 20),
            new Shape("ghu_", 20),
            new Shape("ghs_", 20),
            new Shape("ghr_", 20),
            new Shape("github_pat_", 20),
            new Shape("glpat-", 16),
            new Shape("glrt-", 16),
            new Shape("hf_", 30),
            new Shape("hvb.", 20),
            new Shape("hvs.", 20),
            new Shape("npm_", 30),
            new Shape("pypi-", 30),
            new Shape("rk_live_", 16),
            new Shape("shpat_", 20),
            new Shape("sk-", 20),
            new Shape("sk_live_", 16),
            new Shape("sk_test_", 16),
            new Shape("xapp-", 10),
            new Shape("xoxa-", 10),
            new Shape("xoxb-", 10),
            new Shape("xoxp-", 10),
            new Shape("xoxr-", 10),
            new Shape("xoxs-", 10),
            new Shape("ya29.", 20));

    /** First letters of {@link #SHAPES}, so that most places are passed by at a glance. */
    private static final String SHAPES_BEGIN = "AGSdeghnprsxy";

    private static final String PRIVATE_KEY = "PRIVATE KEY-----";
    private static final String ORACLE = "jdbc:oracle:";

    /** Before a name that a colon follows: {@code /x/my-secret:} is a path. */
    private static final String LEAD = "\0\\ \t\r\n,;&?\"'{([:";

    private static final int LEAST_BEARER = 12;

    private final SecretNames names = new SecretNames();

    /**
     * Looks for all of them.
     *
     * @param colons do values follow a colon, too? Not in lists of paths
     */
    void find(String text, boolean colons, SecretRanges found) {
        values(text, colons, found);
        urls(text, found);
        tokens(text, found);
        oracle(text, found);
        int key = text.indexOf(PRIVATE_KEY);
        if (key >= 0) {
            int end = text.indexOf("-----END", key);
            found.add(key + PRIVATE_KEY.length(), end < 0 ? text.length() : end);
        }
    }

    private void values(String text, boolean colons, SecretRanges found) {
        int done = 0;
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (at < done || (c != '=' && !(c == ':' && colons))) {
                continue;
            }
            int end = at;
            // {"password":"x"}, and the same within quotes: {\"password\":\"x\"}
            if (end > 0 && (text.charAt(end - 1) == '"' || text.charAt(end - 1) == '\'')) {
                end -= end > 1 && text.charAt(end - 2) == '\\' ? 2 : 1;
            }
            // password = x
            if (end == at && end > 0 && text.charAt(end - 1) == ' ') {
                end--;
            }
            int begin = end;
            while (begin > done && SecretNames.isPart(text.charAt(begin - 1))) {
                begin--;
            }
            if (begin == end || (c == ':' && begin > 0 && LEAD.indexOf(text.charAt(begin - 1)) < 0)) {
                continue;
            }
            if (names.isHeader(text, begin, end)) {
                done = header(text, begin, at + 1, found);
            } else if (names.isSecret(text, begin, end)) {
                done = value(text, at + 1, c, found);
            }
        }
    }

    /** The rest of the line, or up to the quote that its name stands in. Returns where it ends. */
    private static int header(String text, int name, int from, SecretRanges found) {
        int begin = blanks(text, from);
        char before = name > 0 ? text.charAt(name - 1) : ' ';
        if (begin < text.length() && isQuote(text, begin)) {
            return value(text, begin, ':', found);
        }
        int end = begin;
        while (end < text.length()
                && text.charAt(end) != 0
                && text.charAt(end) != '\n'
                && text.charAt(end) != '\r'
                && !((before == '"' || before == '\'') && text.charAt(end) == before)) {
            end++;
        }
        found.add(begin, end);
        return end;
    }

    private static int blanks(String text, int from) {
        int at = from;
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
        return at;
    }

    private static boolean isQuote(String text, int at) {
        char c = text.charAt(at);
        return c == '"'
                || c == '\''
                || (c == '\\' && at + 1 < text.length() && (text.charAt(at + 1) == '"' || text.charAt(at + 1) == '\''));
    }

    /** Hides the value that begins there, behind blanks, or nothing; returns where it ends. */
    private static int value(String text, int from, char sign, SecretRanges found) {
        int begin = blanks(text, from);
        if (begin == text.length() || text.charAt(begin) == 0) {
            return begin;
        }
        int end;
        if (isQuote(text, begin)) {
            int open = text.charAt(begin) == '\\' ? 2 : 1;
            String quote = text.substring(begin, begin + open);
            begin += open;
            end = closing(text, begin, quote);
        } else if (text.charAt(begin) == '{' || text.charAt(begin) == '[') {
            end = bracket(text, begin);
        } else {
            end = plain(text, begin, sign);
        }
        found.add(begin, end);
        return end;
    }

    private static int closing(String text, int from, String quote) {
        int at = from;
        while (at < text.length() && text.charAt(at) != 0 && !text.startsWith(quote, at)) {
            at += text.charAt(at) == '\\' ? 2 : 1;
        }
        return Math.min(at, text.length());
    }

    private static int bracket(String text, int from) {
        char open = text.charAt(from);
        char close = open == '{' ? '}' : ']';
        int depth = 0;
        for (int at = from; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == 0) {
                return at;
            }
            depth += c == open ? 1 : c == close ? -1 : 0;
            if (depth == 0) {
                return at + 1;
            }
        }
        return text.length();
    }

    /** Up to a blank, or to what parts it from a further name with a value: a secret may hold a comma, and end in {@code =}. */
    private static int plain(String text, int from, char sign) {
        int parted = -1;
        for (int at = from; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c <= ' ') {
                return at;
            } else if (c == ',' || c == ';' || c == '&') {
                parted = at;
            } else if (parted >= 0 && (c == '=' || c == sign) && isValueBehind(text, at)) {
                return parted;
            }
        }
        return text.length();
    }

    private static boolean isValueBehind(String text, int at) {
        return at + 1 < text.length() && text.charAt(at + 1) > ' ' && text.charAt(at + 1) != '=';
    }

    private static void urls(String text, SecretRanges found) {
        int at = text.indexOf("://");
        while (at >= 0) {
            int from = at + 3;
            int user = userEnd(text, from);
            if (user > from && at > 0 && SecretNames.isPart(text.charAt(at - 1))) {
                found.add(from, user);
            }
            at = text.indexOf("://", Math.max(from, user));
        }
    }

    /** Where user and password of a URL end, at an {@code @}; -1 when there are none. */
    private static int userEnd(String text, int from) {
        int lastAt = -1;
        int colon = -1;
        boolean port = true;
        boolean path = false;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c == '"' || c == '\'' || c == '<' || c == '>' || text.startsWith("://", i)) {
                break;
            }
            if (c == '/' || c == '?' || c == '#') {
                // a password may hold it, where what is behind the colon is no port
                if (lastAt >= 0 || colon < 0 || port || text.charAt(from) == '[') {
                    break;
                }
                path = true;
            } else if (c == '@') {
                lastAt = i;
                if (path) {
                    break;
                }
            } else if (c == ':' && colon < 0) {
                colon = i;
            } else if (colon >= 0 && (c < '0' || c > '9')) {
                port = false;
            }
        }
        return lastAt;
    }

    private static boolean isToken(char c) {
        return SecretNames.isPart(c) || c == '+' || c == '/' || c == '=' || c == '~';
    }

    private static void tokens(String text, SecretRanges found) {
        boolean inside = false;
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (letter && !inside) {
                int end = SHAPES_BEGIN.indexOf(c) >= 0 ? shape(text, at) : at;
                if (end == at && (c == 'B' || c == 'b')) {
                    end = afterScheme(text, at, found);
                } else if (end > at) {
                    found.add(at, end);
                }
                if (end > at) {
                    at = end - 1;
                }
            }
            inside = letter;
        }
    }

    /** Where the token that begins there ends; {@code at} when none does. */
    private static int shape(String text, int at) {
        for (Shape shape : SHAPES) {
            if (text.startsWith(shape.prefix(), at)) {
                int from = at + shape.prefix().length();
                int end = from;
                boolean digit = false;
                while (end < text.length() && end - from < shape.least() && SecretNames.isPart(text.charAt(end))) {
                    digit |= text.charAt(end) >= '0' && text.charAt(end) <= '9';
                    end++;
                }
                if (!digit || end - from < shape.least()) {
                    return at;
                }
                while (end < text.length() && isToken(text.charAt(end))) {
                    end++;
                }
                return end;
            }
        }
        return at;
    }

    /** {@code Bearer abc…}, {@code Basic dXNlcjpwYXNz}. */
    private static int afterScheme(String text, int at, SecretRanges found) {
        boolean bearer = text.regionMatches(true, at, "bearer ", 0, 7);
        if (!bearer && !text.regionMatches(true, at, "basic ", 0, 6)) {
            return at;
        }
        int from = blanks(text, at + 6);
        int end = from;
        while (end < text.length() && isToken(text.charAt(end))) {
            end++;
        }
        if (bearer ? end - from < LEAST_BEARER : !isUserAndPassword(text.substring(from, end))) {
            return at;
        }
        found.add(from, end);
        return end;
    }

    private static boolean isUserAndPassword(String base64) {
        if (base64.length() < 4 || base64.length() % 4 != 0) {
            return false;
        }
        try {
            return new String(Base64.getDecoder().decode(base64), StandardCharsets.ISO_8859_1).indexOf(':') > 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** {@code jdbc:oracle:thin:scott/tiger@//db:1521/shop} */
    private static void oracle(String text, SecretRanges found) {
        int at = text.indexOf(ORACLE);
        while (at >= 0) {
            int slash = -1;
            int i = at + ORACLE.length();
            for (; i < text.length() && text.charAt(i) > ' ' && text.charAt(i) != '@'; i++) {
                slash = slash < 0 && text.charAt(i) == '/' ? i : slash;
            }
            if (slash >= 0 && i < text.length() && text.charAt(i) == '@') {
                found.add(slash + 1, i);
            }
            at = text.indexOf(ORACLE, i);
        }
    }
}
