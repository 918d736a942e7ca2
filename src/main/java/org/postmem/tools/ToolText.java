package org.postmem.tools;

import java.util.List;

/** A text of a tool, read: whose it is, and what it says at which moments, in the order of the text. */
public record ToolText(Banner banner, List<Reading> readings) {
    public ToolText {
        readings = List.copyOf(readings);
    }

    static ToolText of(List<Reading.Draft> drafts) {
        return new ToolText(
                Banner.NONE, drafts.stream().map(Reading.Draft::done).toList());
    }
}
