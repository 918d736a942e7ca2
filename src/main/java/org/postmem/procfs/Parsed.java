package org.postmem.procfs;

import java.util.List;

/**
 * What a text says, and where it could not be understood.
 *
 * @param value the rows or the record; a part that could not be read is missing or {@code null} in it, never zero
 * @param issues in the order of the text; at most {@value Issues#KEPT} and one that counts the rest
 */
public record Parsed<T>(T value, List<ParseIssue> issues) {
    public Parsed {
        issues = List.copyOf(issues);
    }
}
