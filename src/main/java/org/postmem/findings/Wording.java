package org.postmem.findings;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.sql.ReportFiles;
import org.postmem.units.Human;
import org.postmem.units.Placeholder;

/**
 * The texts of the findings in one language. A placeholder {@code {growth_bytes}} is printed by the unit that ends its
 * name; a line with a placeholder that has no value is left out.
 */
public final class Wording {
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter TIME_OF_DAY =
            DateTimeFormatter.ofPattern("HH:mm:ss 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final int MOST_LINES = 12;
    /** The number of a process behind its name. */
    private static final Pattern PID = Pattern.compile(" \\(pid \\{pid}\\)|（pid \\{pid}）");

    private final Properties texts;
    private final Properties fallback;

    private Wording(Properties texts, Properties fallback) {
        this.texts = texts;
        this.fallback = fallback;
    }

    /** The texts of a language; what it lacks is said in English. */
    public static Wording of(ReportFiles reports, String language) {
        Properties english = properties(reports, "en");
        boolean known = reports.list("messages", ".properties").contains(file(language));
        return new Wording(known ? properties(reports, language) : english, english);
    }

    /** These texts and those that rules bring along; a language they lack is said in English. */
    public Wording with(List<RuleFile> rules, String language) {
        Properties more = new Properties();
        more.putAll(texts);
        Properties english = new Properties();
        english.putAll(fallback);
        for (RuleFile rule : rules) {
            rule.texts().forEach((key, text) -> {
                int colon = key.indexOf(':');
                if (key.substring(0, colon).equals("en")) {
                    english.putIfAbsent(key.substring(colon + 1), text);
                }
                if (key.substring(0, colon).equals(language)) {
                    more.putIfAbsent(key.substring(colon + 1), text);
                }
            });
        }
        return new Wording(more, english);
    }

    private static Properties properties(ReportFiles reports, String language) {
        Properties read = new Properties();
        try {
            read.load(new StringReader(reports.text(file(language))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return read;
    }

    private static String file(String language) {
        return "messages/findings." + language + ".properties";
    }

    /** The text of a key with its placeholders filled in; empty when there is no such text or a value is missing. */
    public Optional<String> line(String key, Map<String, Object> values) {
        String text = texts.getProperty(key, fallback.getProperty(key));
        return text == null ? Optional.empty() : filled(text, values);
    }

    /** The lines {@code key}, {@code key.1}, {@code key.2} … that there are and that have all their values. */
    public List<String> lines(String key, Map<String, Object> values) {
        List<String> lines = new ArrayList<>();
        line(key, values).ifPresent(lines::add);
        for (int i = 1; i <= MOST_LINES; i++) {
            line(key + "." + i, values).ifPresent(lines::add);
        }
        return lines;
    }

    /** Is there a text of this key at all? */
    public boolean knows(String key) {
        return texts.getProperty(key, fallback.getProperty(key)) != null;
    }

    private static Optional<String> filled(String text, Map<String, Object> values) {
        // a copy of a file that does not say whose it is tells of a process all the same
        String said = values.get("pid") == null ? PID.matcher(text).replaceAll("") : text;
        Matcher found = Placeholder.PATTERN.matcher(said);
        StringBuilder out = new StringBuilder();
        while (found.find()) {
            Placeholder placeholder = Placeholder.of(found);
            Object value = values.get(placeholder.name());
            if (value == null) {
                return Optional.empty();
            }
            found.appendReplacement(
                    out, Matcher.quoteReplacement(placeholder.filled(value, printed(placeholder.name(), value))));
        }
        found.appendTail(out);
        return Optional.of(out.toString());
    }

    /** 10:42:05 UTC. */
    static String timeOfDay(Instant instant) {
        return TIME_OF_DAY.format(instant);
    }

    /** A value as its name asks for: bytes, rates, shares, spans and times for people. */
    public static String printed(String name, Object value) {
        if (value instanceof Instant instant) {
            return CLOCK.format(instant);
        }
        if (value instanceof Number number) {
            if (name.endsWith("_bytes_per_second")) {
                return Human.rate(number.doubleValue());
            }
            if (name.endsWith("_bytes")) {
                return Human.bytes(number.doubleValue());
            }
            if (name.endsWith("_seconds")) {
                return Human.duration(number.doubleValue());
            }
            if (name.endsWith("_share") || name.equals("share_of_loss") || name.equals("confidence")) {
                return Math.round(100 * number.doubleValue()) + " %";
            }
            if (number instanceof Double || number instanceof Float) {
                return Human.threeDigits(number.doubleValue());
            }
        }
        return String.valueOf(value);
    }
}
