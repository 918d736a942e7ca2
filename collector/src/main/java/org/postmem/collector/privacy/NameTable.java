package org.postmem.collector.privacy;

/**
 * Names with their pseudonyms, found in a text wherever they stand between characters that are neither letters nor digits;
 * of several that begin at one place the longest. Large and small letters of ASCII are the same. How long a search takes does
 * not grow with the number of names, and with the length of the text as such: whoever writes a command line writes names, too.
 */
final class NameTable {
    private static final int LONGEST = 255;

    private String[] names = new String[256];
    private String[] pseudonyms = new String[256];
    private int size;
    /** Characters of ASCII and Latin-1 that a name begins with, and that are in one. */
    private final boolean[] begins = new boolean[256];

    private final boolean[] holds = new boolean[256];

    /** Takes what is found. */
    interface Found {
        void name(int from, int to, String pseudonym);
    }

    int size() {
        return size;
    }

    /** A name as it is kept: in small letters. */
    static String key(String name) {
        StringBuilder key = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            key.append(small(name.charAt(i)));
        }
        return key.toString();
    }

    /** Null when it is not known. */
    String get(String key) {
        int slot = slot(key.hashCode());
        while (names[slot] != null) {
            if (names[slot].equals(key)) {
                return pseudonyms[slot];
            }
            slot = (slot + 1) & (names.length - 1);
        }
        return null;
    }

    /** Takes a name that is not known yet; one that is too long for a name, or has other characters, is none. */
    void put(String key, String pseudonym) {
        if (key.isEmpty() || key.length() > LONGEST || key.chars().anyMatch(c -> c > 255)) {
            return;
        }
        if (2 * ++size > names.length) {
            String[] oldNames = names;
            String[] oldPseudonyms = pseudonyms;
            names = new String[2 * oldNames.length];
            pseudonyms = new String[names.length];
            for (int i = 0; i < oldNames.length; i++) {
                if (oldNames[i] != null) {
                    store(oldNames[i], oldPseudonyms[i]);
                }
            }
        }
        store(key, pseudonym);
        begins[key.charAt(0)] = true;
        key.chars().forEach(c -> holds[c] = true);
    }

    private void store(String key, String pseudonym) {
        int slot = slot(key.hashCode());
        while (names[slot] != null) {
            slot = (slot + 1) & (names.length - 1);
        }
        names[slot] = key;
        pseudonyms[slot] = pseudonym;
    }

    private int slot(int hash) {
        return (hash ^ (hash >>> 16)) & (names.length - 1);
    }

    /** Hands on each name in the text, from left to right; {@code found} null to stop at the first. Returns whether there was one. */
    boolean find(String text, Found found) {
        boolean any = false;
        boolean within = false;
        for (int at = 0; at < text.length(); at++) {
            char c = small(text.charAt(at));
            boolean starts = c < 256 && begins[c] && (!within || isBehindEscape(text, at));
            within = isLetterOrDigit(c);
            int slot = starts ? longest(text, at) : -1;
            if (slot >= 0) {
                if (found == null) {
                    return true;
                }
                any = true;
                int end = at + names[slot].length();
                found.name(at, end, pseudonyms[slot]);
                at = end - 1;
                within = isLetterOrDigit(text.charAt(at));
            }
        }
        return any;
    }

    /** {@code /srv/of\040alice} in tables of mounts: the digits are a blank. */
    private static boolean isBehindEscape(String text, int at) {
        return at >= 4
                && text.charAt(at - 4) == '\\'
                && isOctal(text.charAt(at - 3))
                && isOctal(text.charAt(at - 2))
                && isOctal(text.charAt(at - 1));
    }

    private static boolean isOctal(char c) {
        return c >= '0' && c <= '7';
    }

    /** The slot of the longest name that begins there, -1 when none does. */
    private int longest(String text, int at) {
        int best = -1;
        int hash = 0;
        int end = Math.min(text.length(), at + LONGEST);
        for (int i = at; i < end; i++) {
            char c = small(text.charAt(i));
            if (c > 255 || !holds[c]) {
                break;
            }
            // as String.hashCode, of the name up to here
            hash = 31 * hash + c;
            if (i + 1 == text.length() || !isLetterOrDigit(text.charAt(i + 1))) {
                int slot = slotOf(text, at, i + 1, hash);
                best = slot < 0 ? best : slot;
            }
        }
        return best;
    }

    private int slotOf(String text, int from, int to, int hash) {
        int slot = slot(hash);
        while (names[slot] != null) {
            if (names[slot].length() == to - from && same(names[slot], text, from)) {
                return slot;
            }
            slot = (slot + 1) & (names.length - 1);
        }
        return -1;
    }

    private static boolean same(String key, String text, int from) {
        for (int i = 0; i < key.length(); i++) {
            if (key.charAt(i) != small(text.charAt(from + i))) {
                return false;
            }
        }
        return true;
    }

    private static char small(char c) {
        return c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c;
    }

    static boolean isLetterOrDigit(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }
}
