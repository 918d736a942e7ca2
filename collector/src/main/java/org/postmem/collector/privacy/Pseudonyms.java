package org.postmem.collector.privacy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
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
    private static final int MAX_NAMES = 20_000;

    private static final String HOST_NAME = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\\.[A-Za-z0-9-]+)*";

    /** {@code https://db.example.org:8080/}, {@code ftp://web-7}; who is in front of an @ is masked elsewhere. */
    private static final Pattern URL = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://(?:[^/\\s@]*@)?(" + HOST_NAME + ")");

    /** {@code alice@web-7}, but not {@code alice@pts/0}, {@code getty@tty1.service}, {@code left-pad@1.3.0}. */
    private static final Pattern AT = Pattern.compile("(?<![A-Za-z0-9@])([A-Za-z_][A-Za-z0-9_.-]*)@"
            + "(?!pts/|tty|notty)(?![0-9.]+(?![A-Za-z0-9-]))(" + HOST_NAME + ")");

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
    /** In lower case, to their pseudonyms. */
    private final Map<String, String> names = new HashMap<>();

    private final String host;
    private Pattern known;
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

    private String learn(String kind, String name) {
        String small = name.toLowerCase(Locale.ROOT);
        boolean address = name.matches("[0-9.]+") || IPV6.matcher(name).matches();
        if (name.length() < SHORTEST_NAME || address || PSEUDONYM.matcher(small).matches()) {
            return names.getOrDefault(small, name);
        }
        return know(kind, name);
    }

    private String know(String kind, String name) {
        String small = name.toLowerCase(Locale.ROOT);
        if (small.isEmpty() || small.startsWith("localhost") || names.size() >= MAX_NAMES) {
            return names.getOrDefault(small, name);
        }
        return names.computeIfAbsent(small, n -> {
            known = null;
            return key.pseudonym(kind, n);
        });
    }

    private void learn(String text) {
        learnAll(URL, text, "host");
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
        if (text.indexOf('@') < 0) {
            return text;
        }
        Matcher matcher = AT.matcher(text);
        StringBuilder out = new StringBuilder(text.length() + 64);
        while (matcher.find()) {
            String user = matcher.group(1).toLowerCase(Locale.ROOT);
            String where = matcher.group(2).toLowerCase(Locale.ROOT);
            if (UNIT.matcher(where).matches() || PSEUDONYM.matcher(user).matches()) {
                continue;
            }
            replaced += 2;
            String at = where.matches("(?:ip|mac)6?-[0-9a-f]{10}")
                    ? where
                    : names.getOrDefault(where, key.pseudonym("host", where));
            matcher.appendReplacement(out, names.getOrDefault(user, key.pseudonym("user", user)) + "@" + at);
        }
        return matcher.appendTail(out).toString();
    }

    /** Does it hold a name or an address that is known? */
    boolean holdsAny(String text) {
        return (!names.isEmpty() && known().matcher(text).find())
                || IPV4.matcher(text).find();
    }

    private Pattern known() {
        if (known == null) {
            StringBuilder any = new StringBuilder();
            // the longest first: web-7.example.org before web-7
            names.keySet().stream()
                    .sorted((a, b) -> a.length() != b.length() ? b.length() - a.length() : a.compareTo(b))
                    .forEach(name -> any.append(any.length() == 0 ? "" : "|").append(Pattern.quote(name)));
            known = Pattern.compile("(?<![A-Za-z0-9])(?:" + any + ")(?![A-Za-z0-9])", Pattern.CASE_INSENSITIVE);
        }
        return known;
    }

    private String names(String text) {
        if (names.isEmpty()) {
            return text;
        }
        Matcher matcher = known().matcher(text);
        if (!matcher.find()) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length() + 64);
        do {
            replaced++;
            matcher.appendReplacement(out, names.get(matcher.group().toLowerCase(Locale.ROOT)));
        } while (matcher.find());
        return matcher.appendTail(out).toString();
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
