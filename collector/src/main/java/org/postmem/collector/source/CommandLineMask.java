package org.postmem.collector.source;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Masks secrets in a command line before anything else sees it. What is masked becomes {@code ***}; what is not is
 * passed on byte for byte.
 *
 * <p>Masked are what {@link SecretOptions} and {@link SecretText} find, and whatever the site's own rules match. It takes
 * time by the length of the command line alone, but for the rules of one's own: its author is anybody on the host.
 */
public final class CommandLineMask {
    private static final String MASK = "***";

    /** Where a command line that was cut may be cut once more: what stands behind the last of them may be half a secret. */
    private static final String SEPARATORS = "\0 \t\r\n/,;:&?=";

    private final List<Pattern> ownRules;
    private final SecretText texts = new SecretText();
    private final SecretOptions options = new SecretOptions();
    private final SecretRanges found = new SecretRanges();

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
        return mask(bytes, length, false);
    }

    /** @param cut is it longer than this? Then it ends where a secret can be told from what is none */
    Masked mask(byte[] bytes, int length, boolean cut) {
        // one char a byte, so that whatever is not masked comes out as it went in
        String text = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
        if (cut) {
            text = text.substring(0, sureEnd(text));
        }
        options.find(text, found);
        texts.find(text, true, found);
        if (found.isEmpty() && ownRules.isEmpty()) {
            return new Masked(Arrays.copyOf(bytes, text.length()), 0);
        }
        return masked(text);
    }

    /** Takes a text of which no word is an option: a value follows {@code =} in it, never a blank or a colon. */
    Masked maskText(String text) {
        texts.find(text, false, found);
        return masked(text);
    }

    private Masked masked(String text) {
        StringBuilder out = new StringBuilder(text.length());
        int masked = found.write(text, out);
        String safe = out.toString();
        for (Pattern rule : ownRules) {
            String[] arguments = safe.split("\0", -1);
            for (int i = 0; i < arguments.length; i++) {
                out.setLength(0);
                masked += applyOwn(rule, arguments[i], out);
                arguments[i] = out.toString();
            }
            safe = String.join("\0", arguments);
        }
        return new Masked(safe.getBytes(StandardCharsets.ISO_8859_1), masked);
    }

    private static int sureEnd(String text) {
        int end = text.length();
        while (end > 0 && SEPARATORS.indexOf(text.charAt(end - 1)) < 0) {
            end--;
        }
        int url = text.lastIndexOf("://", end);
        for (int at = url + 3; url >= 0 && at < text.length(); at++) {
            if (text.charAt(at) <= ' ' || text.charAt(at) == '@') {
                return end;
            }
        }
        return url < 0 ? end : Math.min(end, url + 3);
    }

    /** A rule with a group hides the group, one without hides the whole match; returns how often it did. */
    private static int applyOwn(Pattern rule, String bytes, StringBuilder out) {
        // the rules are text, so what is text is matched as such
        String decoded = new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        boolean whole = decoded.indexOf('\ufffd') < 0;
        String text = whole ? decoded : bytes;
        Matcher matcher = rule.matcher(text);
        StringBuilder safe = new StringBuilder();
        int from = 0;
        int hidden = 0;
        while (matcher.find()) {
            int group = matcher.groupCount() > 0 && matcher.start(1) >= 0 ? 1 : 0;
            if (matcher.end(group) > matcher.start(group)) {
                safe.append(text, from, matcher.start(group)).append(MASK);
                from = matcher.end(group);
                hidden++;
            }
        }
        safe.append(text, from, text.length());
        out.append(
                whole
                        ? new String(safe.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1)
                        : safe.toString());
        return hidden;
    }
}
