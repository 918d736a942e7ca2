package org.postmem.report;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import org.postmem.sql.ReportFiles;
import org.postmem.units.Placeholder;

/**
 * The page's own words in one language, from {@code reports/messages/report.LANG.properties}. A placeholder is printed
 * by the unit that ends its name.
 */
public final class Texts {

    private final String language;
    private final Map<String, String> byKey;
    private final Map<String, String> findings;

    private Texts(String language, Map<String, String> byKey, Map<String, String> findings) {
        this.language = language;
        this.byKey = byKey;
        this.findings = findings;
    }

    /** Reads the texts of a language, {@code en} or {@code zh}. */
    public static Texts of(ReportFiles reports, String language) {
        return new Texts(language, read(reports, "report", language), read(reports, "findings", language));
    }

    private static Map<String, String> read(ReportFiles reports, String name, String language) {
        Properties read = new Properties();
        try {
            read.load(new StringReader(reports.text("messages/" + name + "." + language + ".properties")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> byKey = new TreeMap<>();
        read.stringPropertyNames().forEach(key -> byKey.put(key, read.getProperty(key)));
        return byKey;
    }

    /**
     * What a finding says to run next, with what it costs: {@code strace -f -p {pid}  # slow}. The page says no other
     * command than the finding.
     *
     * @param key of findings.en.properties, R05.next.4
     */
    String next(String key) {
        return Objects.requireNonNull(findings.get(key), key);
    }

    public String language() {
        return language;
    }

    Map<String, String> byKey() {
        return byKey;
    }

    /** @throws IllegalStateException when there is no such text: our own fault */
    String text(String key) {
        String text = byKey.get(key);
        if (text == null) {
            throw new IllegalStateException("no text " + key + " in report." + language + ".properties");
        }
        return text;
    }

    boolean has(String key) {
        return byKey.containsKey(key);
    }

    String textOr(String key, String otherwise) {
        return byKey.getOrDefault(key, otherwise);
    }

    /** What people call a bucket, a severity, a kind; itself where nobody named it. */
    String label(String value) {
        return textOr("label." + value, value);
    }

    /**
     * A text with its placeholders filled.
     *
     * @return {@code null} when a fact it needs is not known
     */
    String fill(String key, Map<String, ?> facts, Printing printing) {
        Matcher found = Placeholder.PATTERN.matcher(text(key));
        StringBuilder filled = new StringBuilder();
        while (found.find()) {
            Placeholder placeholder = Placeholder.of(found);
            Object fact = facts.get(placeholder.name());
            if (fact == null) {
                return null;
            }
            found.appendReplacement(
                    filled,
                    Matcher.quoteReplacement(placeholder.filled(fact, printing.text(placeholder.name(), fact))));
        }
        return found.appendTail(filled).toString();
    }

    /** A text with {@code {n}} filled; what else it has stays to be filled. */
    String counted(String key, long n) {
        return Placeholder.PATTERN.matcher(text(key)).replaceAll(found -> {
            Placeholder placeholder = Placeholder.of(found);
            return Matcher.quoteReplacement(
                    placeholder.name().equals("n") ? placeholder.filled(n, Long.toString(n)) : found.group());
        });
    }
}
