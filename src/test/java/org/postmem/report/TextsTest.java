package org.postmem.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postmem.findings.FindingChapters;
import org.postmem.sql.ReportFiles;
import org.postmem.units.Placeholder;

class TextsTest {
    @ParameterizedTest
    @ValueSource(strings = {"report", "findings"})
    void everyTextIsThereInBothLanguages(String file) throws IOException {
        Set<String> english = texts(file, "en").keySet();
        Set<String> chinese = texts(file, "zh").keySet();
        assertThat(without(english, chinese))
                .as("keys that %s.zh.properties lacks", file)
                .isEmpty();
        assertThat(without(chinese, english))
                .as("keys of %s.zh.properties that the English file does not have", file)
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"report", "findings"})
    void everyTextTakesTheSamePlaceholdersInBothLanguages(String file) throws IOException {
        Map<String, Set<String>> english = placeholders(texts(file, "en"));
        Map<String, Set<String>> chinese = placeholders(texts(file, "zh"));
        english.keySet().retainAll(chinese.keySet());
        chinese.keySet().retainAll(english.keySet());
        assertThat(english).isNotEmpty();
        assertThat(chinese).as(file).isEqualTo(english);
    }

    @Test
    void theChaptersOfThePageAreThoseThatRulesMayName() {
        List<String> chapters = new ArrayList<>(
                Chapters.ORDER.stream().map(Chapters.Outline::id).toList());
        chapters.add("quality");
        assertThat(chapters).isEqualTo(FindingChapters.ALL);
    }

    private static Set<String> without(Set<String> all, Set<String> known) {
        Set<String> rest = new TreeSet<>(all);
        rest.removeAll(known);
        return rest;
    }

    private static Map<String, Set<String>> placeholders(Map<String, String> texts) {
        Map<String, Set<String>> found = new TreeMap<>();
        texts.forEach((key, text) -> found.put(
                key,
                Placeholder.PATTERN
                        .matcher(text)
                        .results()
                        .map(result -> Placeholder.of(result).name())
                        .collect(Collectors.toCollection(TreeSet::new))));
        return found;
    }

    private static Map<String, String> texts(String file, String language) throws IOException {
        Properties read = new Properties();
        read.load(
                new StringReader(ReportFiles.onClassPath().text("messages/" + file + "." + language + ".properties")));
        Map<String, String> texts = new TreeMap<>();
        read.stringPropertyNames().forEach(key -> texts.put(key, read.getProperty(key)));
        return texts;
    }
}
