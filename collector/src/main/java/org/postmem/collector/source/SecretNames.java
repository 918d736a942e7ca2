package org.postmem.collector.source;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Which names of options, variables and fields speak of a secret. */
final class SecretNames {
    private static final List<String> PARTS = List.of(
            "password",
            "passwd",
            "passphrase",
            "passcode",
            "pwd",
            "secret",
            "token",
            "credential",
            "apikey",
            "accesskey",
            "privatekey",
            "authkey",
            "encryptionkey",
            "accountkey",
            "bearer",
            "signature");

    /** A name's last word: {@code DB_PASS}, {@code smtp.pass}, Azure's {@code sig}. */
    private static final Set<String> LAST_WORDS = Set.of("pass", "psw", "passin", "passout", "sig");

    /** {@code dbpass} is one, these are words. */
    private static final Set<String> WORDS_IN_PASS = Set.of("bypass", "compass", "trespass", "overpass", "underpass");

    private static final Set<String> HEADERS = Set.of("cookie", "set-cookie", "x-api-key", "x-auth-token");

    private static final int LONGEST = 256;

    /** May a name hold that? */
    static boolean isPart(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '_'
                || c == '.'
                || c == '-';
    }

    /** Of a text the part from {@code from} to {@code to}. */
    boolean isSecret(String text, int from, int to) {
        // who hides a name in a kilobyte of others gives it a name nobody reads
        String name = text.substring(Math.max(from, to - LONGEST), to).toLowerCase(Locale.ROOT);
        if (name.contains("_key")) {
            return true;
        }
        String letters = name.replace("-", "").replace("_", "").replace(".", "");
        for (String part : PARTS) {
            if (letters.contains(part)) {
                return true;
            }
        }
        int word = Math.max(name.lastIndexOf('-'), Math.max(name.lastIndexOf('_'), name.lastIndexOf('.'))) + 1;
        String last = name.substring(word);
        return LAST_WORDS.contains(last) || (last.endsWith("pass") && !WORDS_IN_PASS.contains(last));
    }

    /** Of HTTP, those whose whole value is one; {@code -HAuthorization:} as well. */
    boolean isHeader(String text, int from, int to) {
        String name = to - from > LONGEST ? "" : text.substring(from, to).toLowerCase(Locale.ROOT);
        return name.endsWith("authorization") || HEADERS.contains(name);
    }
}
