package org.postmem.findings;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/** The documentation of rules, made of their headers and texts. */
public final class RuleDocument {
    private final Wording wording;

    public RuleDocument(Wording wording) {
        this.wording = wording;
    }

    /** One line of a list of rules: id, kind, what it finds, which files it needs. */
    public List<String> line(RuleFile rule) {
        return List.of(rule.id(), rule.kind(), rule.title(), files(rule));
    }

    /** A row of the table in the project's README. */
    public String row(RuleFile rule) {
        return "| `" + rule.kind() + "` (" + rule.id() + ") | " + rule.title() + " | " + String.join(", ", rule.needs())
                + " |";
    }

    /** Everything the header says, as a chapter of Markdown that ends with a blank line. */
    public String markdown(RuleFile rule) {
        StringBuilder out = new StringBuilder();
        out.append("## ").append(rule.id()).append(": ").append(rule.title()).append("\n\n");
        out.append("kind `")
                .append(rule.kind())
                .append("`, chapter `")
                .append(rule.chapter())
                .append("`, ");
        out.append(rule.needs().isEmpty() ? "needs nothing" : "needs " + files(rule));
        out.append("; ").append(rule.path()).append("\n\n");
        if (!rule.thresholds().isEmpty()) {
            out.append("| threshold | value | unit | reason |\n|---|---|---|---|\n");
            for (RuleFile.Threshold threshold : rule.thresholds()) {
                out.append("| `").append(threshold.name()).append("` | ");
                out.append(new BigDecimal(String.valueOf(threshold.value()))
                        .stripTrailingZeros()
                        .toPlainString());
                out.append(" | ")
                        .append(threshold.unit())
                        .append(" | ")
                        .append(threshold.reason())
                        .append(" |\n");
            }
            out.append('\n');
        }
        return out.toString();
    }

    private String files(RuleFile rule) {
        return String.join(
                ", ",
                rule.needs().stream()
                        .map(table -> wording.line("table." + table, Map.of()).orElse(table))
                        .toList());
    }
}
