package org.postmem.collector.source;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Masks secrets in a command line before anything else sees it. What is masked becomes {@code ***}; what is not is
 * passed on byte for byte.
 *
 * <p>Masked are the value of an option or assignment whose name speaks of a secret ({@code --password=x},
 * {@code --token x}, {@code API_KEY=x}, {@code -Dkey.store.password=x}), {@code -pX} of the MySQL tools, user and
 * password in URLs, {@code Authorization:} and like headers, and whatever the site's own rules match.
 */
public final class CommandLineMask {
    private static final String MASK = "***";

    /** A name that speaks of a secret, with the parts a name is made of around it. */
    private static final String SECRET_NAME =
            "[A-Za-z0-9_.\\-]*(?:passw(?:or)?d|passphrase|passwd|pwd|secret|token|credentials?"
                    + "|api[-_.]?key|access[-_.]?key|private[-_.]?key|auth[-_.]?key|encryption[-_.]?key|account[-_.]?key|_key|bearer)"
                    + "[A-Za-z0-9_.\\-]*";

    private static final Pattern ASSIGNMENT = Pattern.compile(
            "((?:^|[\\s,;&?\"'{(:-])" + SECRET_NAME + "[\"']?[=:]\\s*)([^&\\s,;]+)", Pattern.CASE_INSENSITIVE);
    private static final Pattern OPTION = Pattern.compile("--?(?:" + SECRET_NAME + "|pass)", Pattern.CASE_INSENSITIVE);
    private static final Pattern OPTION_ASSIGNMENT =
            Pattern.compile("(--?(?:" + SECRET_NAME + "|pass)=)(.+)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern WHOLE_ASSIGNMENT =
            Pattern.compile("(" + SECRET_NAME + "=)(.+)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern URL_USER = Pattern.compile("([A-Za-z][A-Za-z0-9+.\\-]*://)([^/\\s@]+)@");
    private static final Pattern HEADER = Pattern.compile(
            "((?:proxy-)?authorization|x-api-key|x-auth-token|cookie)(\\s*[:=]\\s*)([^\\r\\n]+)",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern MYSQL_TOOL =
            Pattern.compile("(?:.*/)?(?:mysql|mariadb|mysqld?[-_]?[a-z]*|mytop|innotop).*");
    private static final Pattern USER_AND_PASSWORD = Pattern.compile("([^:\\s]+):(.+)", Pattern.DOTALL);
    private static final Pattern CURL_TOOL = Pattern.compile("(?:.*/)?(?:curl|wget|http|https|ldapsearch|smbclient)");

    private final List<Pattern> ownRules;

    /**
     * A command line without its secrets.
     *
     * @param bytes the command line as it may be stored
     * @param masked how many secrets were taken out
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    public record Masked(byte[] bytes, int masked) {}

    public CommandLineMask(List<Pattern> ownRules) {
        this.ownRules = List.copyOf(ownRules);
    }

    public static CommandLineMask builtIn() {
        return new CommandLineMask(List.of());
    }

    /** Takes {@code /proc/PID/cmdline}: arguments, each ended by a NUL. */
    public Masked mask(byte[] bytes, int length) {
        // one char a byte, so that whatever is not masked comes out as it went in
        String text = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
        List<String> arguments = split(text);
        int masked = 0;
        boolean mysql =
                !arguments.isEmpty() && MYSQL_TOOL.matcher(arguments.get(0)).matches();
        boolean curl =
                !arguments.isEmpty() && CURL_TOOL.matcher(arguments.get(0)).matches();
        StringBuilder out = new StringBuilder(length);
        boolean valueIsSecret = false;
        boolean valueIsUser = false;
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            String safe = argument;
            if (i > 0) {
                if (valueIsSecret && !argument.isEmpty() && !argument.startsWith("--")) {
                    safe = MASK;
                } else if (valueIsUser) {
                    safe = USER_AND_PASSWORD.matcher(argument).replaceFirst("$1:" + MASK);
                } else if (mysql && argument.startsWith("-p") && argument.length() > 2) {
                    safe = "-p" + MASK;
                } else if (OPTION_ASSIGNMENT.matcher(argument).matches()
                        || WHOLE_ASSIGNMENT.matcher(argument).matches()) {
                    safe = argument.substring(0, argument.indexOf('=') + 1) + MASK;
                }
            }
            if (safe.equals(argument)) {
                safe = HEADER.matcher(safe).replaceAll("$1$2" + MASK);
                safe = URL_USER.matcher(safe).replaceAll("$1" + MASK + "@");
                safe = ASSIGNMENT.matcher(safe).replaceAll("$1" + MASK);
            }
            for (Pattern rule : ownRules) {
                safe = applyOwn(rule, safe);
            }
            valueIsSecret = OPTION.matcher(argument).matches();
            valueIsUser = curl && (argument.equals("-u") || argument.equals("--user"));
            if (!safe.equals(argument)) {
                masked++;
            }
            out.append(safe);
            if (i < arguments.size() - 1 || text.endsWith("\0")) {
                out.append('\0');
            }
        }
        if (masked == 0) {
            return new Masked(Arrays.copyOf(bytes, length), 0);
        }
        return new Masked(out.toString().getBytes(StandardCharsets.ISO_8859_1), masked);
    }

    /** A rule with a group hides the group, one without hides the whole match. */
    private static String applyOwn(Pattern rule, String text) {
        Matcher matcher = rule.matcher(text);
        StringBuilder out = new StringBuilder();
        int from = 0;
        while (matcher.find()) {
            int group = matcher.groupCount() > 0 && matcher.start(1) >= 0 ? 1 : 0;
            out.append(text, from, matcher.start(group)).append(MASK);
            from = matcher.end(group);
            if (matcher.end() == matcher.start()) {
                break;
            }
        }
        return out.append(text, from, text.length()).toString();
    }

    private static List<String> split(String text) {
        List<String> arguments = new ArrayList<>();
        int from = 0;
        while (from < text.length()) {
            int end = text.indexOf('\0', from);
            if (end < 0) {
                end = text.length();
            }
            arguments.add(text.substring(from, end));
            from = end + 1;
        }
        return arguments;
    }
}
