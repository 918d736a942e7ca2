package org.postmem.collector.privacy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces the names of hosts, users and addresses in texts. Known from the start are the host's own name and its users
 * (those of {@code /etc/passwd} from uid 1000 on: names of services say what runs, not who); learned on the way are hosts
 * in URLs and in mount sources, {@code user@host}, and folders below {@code /home}. A name is replaced wherever it stands
 * between characters that are neither letters nor digits, IPv4, IPv6 and MAC addresses wherever they stand; loopback and
 * "any" addresses stay. One thread.
 */
public final class Pseudonyms {
    private static final int FIRST_PERSON = 1000;
    private static final int NOBODY = 65534;
    private static final int SHORTEST_NAME = 3;
    private static final int LONGEST_NAME = 255;
    private static final int MAX_NAMES = 20_000;

    /**
     * Nothing is tried twice ({@code *+}): the JDK keeps what it could still try on the stack, and a name of ten thousand
     * labels, in anybody's command line, would be the end of it.
     */
    private static final String HOST_NAME = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\\.[A-Za-z0-9-]+)*+";

    /** Behind the slashes of {@code https://db.example.org:8080/}, {@code ftp://web-7}. */
    private static final Pattern URL_HOST = Pattern.compile(HOST_NAME);

    /** Behind the @ of {@code alice@web-7}, but not {@code alice@pts/0}, {@code getty@tty1.service}, {@code left-pad@1.3.0}. */
    private static final Pattern AT_HOST =
            Pattern.compile("(?!pts/|tty|notty)(?![0-9.]+(?![A-Za-z0-9-]))(" + HOST_NAME + ")");

    private static final Pattern UNIT =
            Pattern.compile(".*\\.(?:service|socket|slice|mount|timer|scope|device|target|swap|path)");

    private static final Pattern HOME = Pattern.compile("/home/([A-Za-z_][A-Za-z0-9_.-]*)(?=[/\\s\\00:]|$)");
    /** {@code sshd: alice@pts/0}, {@code session opened for user alice} */
    private static final Pattern USER = Pattern.compile("\\b(?:sshd: |for user |USER=|LOGNAME=)([a-z_][a-z0-9_-]*)");

    /** {@code --host=db1}, {@code --bootstrap-servers kafka1:9092,kafka2:9092} */
    private static final Pattern OPTION = Pattern.compile(
            "(?:^|[\\s\\00])-{1,2}[A-Za-z0-9_.-]*(?:host|hostname|server|servers|broker|brokers|peer|peers|node|endpoint)"
                    + "[=\\s\\00]+([^\\s\\00]+)");

    private static final Pattern HOSTS = Pattern.compile("(?<![A-Za-z0-9.-])(" + HOST_NAME + ")(?=[:,/]|$)");

    /** {@code filer1:/export}, {@code //filer1/share} as the source of a mount; {@code server filer1 not responding}. */
    private static final Pattern MOUNT =
            Pattern.compile(" - (?:nfs4?|cifs|smb3?|ceph|fuse\\.sshfs) (?:[^ @]*@)?(?://)?(" + HOST_NAME + ")[:/]");

    private static final Pattern SERVER = Pattern.compile("nfs: server (" + HOST_NAME + ") ");

    private static final Pattern IPV4 = Pattern.compile("(?<![A-Za-z0-9.])(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)\\.){3}"
            + "(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?![A-Za-z0-9]|\\.\\d)");

    private static final Pattern MAC =
            Pattern.compile("(?<![A-Za-z0-9:])[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}(?![A-Za-z0-9:])");

    /** Global, unique local, link-local and multicast; a shorter form is told from {@code 0::/} and {@code a::b} by nothing. */
    private static final Pattern IPV6 =
            Pattern.compile("(?<![A-Za-z0-9:.])(?:[23][0-9A-Fa-f]{3}|[fF][c-fC-F][0-9A-Fa-f]{2})"
                    + "(?::[0-9A-Fa-f]{0,4}){2,7}(?![A-Za-z0-9:])");

    private static final Pattern PSEUDONYM = Pattern.compile("(?:host|user|domain)-[0-9a-f]{10}");

    private final PseudonymKey key;
    /** Of this host and its users, to their pseudonyms. */
    private final Map<String, String> own = new LinkedHashMap<>();
    /** Those and what was learned on the way: when that is too much it is forgotten, and learned anew where it stands. */
    private NameTable names = new NameTable();

    private final String host;
    private long replaced;

    private Pseudonyms(PseudonymKey key, String host) {
        this.key = key;
        this.host = host == null ? null : learnOwn(host);
    }

    /**
     * Of a host.
     *
     * @param hostName as the kernel tells it; null when it does not
     * @param passwd the host's {@code /etc/passwd}; a file that cannot be read names nobody
     */
    public static Pseudonyms of(PseudonymKey key, String hostName, Path passwd) {
        Pseudonyms pseudonyms = new Pseudonyms(key, hostName);
        List<String> lines;
        try {
            lines = Files.readAllLines(passwd, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            lines = List.of();
        }
        for (String line : lines) {
            String[] fields = line.split(":", -1);
            if (fields.length > 2 && fields[2].matches("\\d{1,9}")) {
                int uid = Integer.parseInt(fields[2]);
                if (uid >= FIRST_PERSON && uid != NOBODY) {
                    pseudonyms.know("user", fields[0]);
                }
            }
        }
        return pseudonyms;
    }

    /** What the host is called from now on; null when its name is not known. */
    public String host() {
        return host;
    }

    /** How many names were replaced since the last call. */
    public long takeReplaced() {
        long count = replaced;
        replaced = 0;
        return count;
    }

    /** The host's own name, with and without its domain; of the domain only what no word is alike. */
    private String learnOwn(String name) {
        int dot = name.indexOf('.');
        if (dot > 0) {
            know("host", name.substring(0, dot));
            if (name.indexOf('.', dot + 1) > 0) {
                know("domain", name.substring(dot + 1));
            }
        }
        return know("host", name);
    }

    private void learn(String kind, String name) {
        String small = NameTable.key(name);
        boolean address = name.matches("[0-9.]+") || IPV6.matcher(name).matches();
        if (name.length() < SHORTEST_NAME
                || name.length() > LONGEST_NAME
                || address
                || PSEUDONYM.matcher(small).matches()
                || small.startsWith("localhost")
                || names.get(small) != null) {
            return;
        }
        if (names.size() >= MAX_NAMES + own.size()) {
            names = new NameTable();
            own.forEach(names::put);
        }
        names.put(small, key.pseudonym(kind, small));
    }

    /** Takes a name of this host; returns its pseudonym. */
    private String know(String kind, String name) {
        String small = NameTable.key(name);
        if (small.isEmpty() || small.startsWith("localhost")) {
            return name;
        }
        return own.computeIfAbsent(small, n -> {
            String pseudonym = key.pseudonym(kind, n);
            names.put(n, pseudonym);
            return pseudonym;
        });
    }

    private void learn(String text) {
        urls(text);
        learnAll(HOME, text, "user");
        learnAll(USER, text, "user");
        learnAll(MOUNT, text, "host");
        learnAll(SERVER, text, "host");
        Matcher option = OPTION.matcher(text);
        while (option.find()) {
            Matcher hosts = HOSTS.matcher(option.group(1));
            while (hosts.find()) {
                learn("host", hosts.group(1));
            }
        }
    }

    /** {@code scheme://host}, {@code scheme://***@host}: found from the slashes on, as a scheme may be as long as the text. */
    private void urls(String text) {
        Matcher host = null;
        for (int at = text.indexOf("://"); at >= 0; at = text.indexOf("://", at + 3)) {
            char before = at == 0 ? ' ' : text.charAt(at - 1);
            if (!NameTable.isLetterOrDigit(before) && before != '+' && before != '.' && before != '-') {
                continue;
            }
            int from = at + 3;
            for (int i = from; i < text.length() && text.charAt(i) > ' ' && text.charAt(i) != '/'; i++) {
                if (text.charAt(i) == '@') {
                    from = i + 1;
                    break;
                }
            }
            host = host == null ? URL_HOST.matcher(text) : host;
            if (host.region(from, text.length()).lookingAt()) {
                learn("host", host.group());
            }
        }
    }

    private void learnAll(Pattern pattern, String text, String kind) {
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            learn(kind, matcher.group(1));
        }
    }

    /** The text with pseudonyms; the same object when nothing had to be replaced. One char a byte will do. */
    public String replace(String text) {
        learn(text);
        String out = addresses(IPV4, "ip", text);
        out = addresses(MAC, "mac", out);
        out = addresses(IPV6, "ip6", out);
        return names(accounts(out));
    }

    /** Both sides of an @; not learned, for {@code git} is a program elsewhere. */
    private String accounts(String text) {
        int at = text.indexOf('@');
        if (at < 0) {
            return text;
        }
        Matcher host = AT_HOST.matcher(text);
        StringBuilder out = new StringBuilder(text.length() + 64);
        int written = 0;
        for (; at >= 0; at = text.indexOf('@', at + 1)) {
            int from = accountBegin(text, written, at);
            if (from == at || !host.region(at + 1, text.length()).lookingAt()) {
                continue;
            }
            String user = NameTable.key(text.substring(from, at));
            String where = NameTable.key(host.group(1));
            if (UNIT.matcher(where).matches() || PSEUDONYM.matcher(user).matches()) {
                continue;
            }
            replaced += 2;
            String whereTo = where.matches("(?:ip|mac)6?-[0-9a-f]{10}") ? where : pseudonymOf("host", where);
            out.append(text, written, from)
                    .append(pseudonymOf("user", user))
                    .append('@')
                    .append(whereTo);
            written = host.end(1);
        }
        return out.append(text, written, text.length()).toString();
    }

    /** Where the name before an @ begins; the @ itself where there is none. */
    private static int accountBegin(String text, int least, int at) {
        int from = at;
        while (from > least && isOfAccount(text.charAt(from - 1))) {
            from--;
        }
        // not in the middle of a word, nor with a digit or a dot
        while (from < at) {
            char c = text.charAt(from);
            char before = from == 0 ? ' ' : text.charAt(from - 1);
            boolean letter = NameTable.isLetterOrDigit(c) && !(c >= '0' && c <= '9');
            if ((letter || c == '_') && !NameTable.isLetterOrDigit(before) && before != '@') {
                return from;
            }
            from++;
        }
        return at;
    }

    private static boolean isOfAccount(char c) {
        return NameTable.isLetterOrDigit(c) || c == '_' || c == '.' || c == '-';
    }

    private String pseudonymOf(String kind, String small) {
        String pseudonym = names.get(small);
        return pseudonym == null ? key.pseudonym(kind, small) : pseudonym;
    }

    /** Does it hold a name or an address that is known? */
    boolean holdsAny(String text) {
        return names.find(text, null) || IPV4.matcher(text).find();
    }

    private String names(String text) {
        StringBuilder out = new StringBuilder(0);
        int[] written = {0};
        boolean any = names.find(text, (from, to, pseudonym) -> {
            replaced++;
            out.append(text, written[0], from).append(pseudonym);
            written[0] = to;
        });
        return any ? out.append(text, written[0], text.length()).toString() : text;
    }

    private String addresses(Pattern pattern, String kind, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length() + 64);
        do {
            String address = matcher.group().toLowerCase(Locale.ROOT);
            if (speaksOfNobody(address)) {
                matcher.appendReplacement(out, Matcher.quoteReplacement(matcher.group()));
            } else {
                replaced++;
                matcher.appendReplacement(out, key.pseudonym(kind, address));
            }
        } while (matcher.find());
        return matcher.appendTail(out).toString();
    }

    private static boolean speaksOfNobody(String address) {
        return address.startsWith("127.")
                || address.startsWith("0.")
                || address.startsWith("255.255.")
                || address.equals("::")
                || address.equals("::1")
                || address.equals("00:00:00:00:00:00")
                || address.equals("ff:ff:ff:ff:ff:ff");
    }
}
