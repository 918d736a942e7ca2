package org.postmem.procfs;

/** {@code Node 0, zone    DMA32}, as buddyinfo and zoneinfo open a line with it. */
record ZoneLine(int node, String zone) {

    /** Reads it from the start of the line; {@code null} and an issue where it is not. */
    static ZoneLine read(Lines lines) {
        if (!lines.field() || !lines.fieldIs("Node") || !lines.until(',')) {
            lines.issue("does not start with a node and a zone");
            return null;
        }
        // until() took " 0": the blank before the number.
        int from = lines.fieldStart;
        while (from < lines.fieldEnd && lines.text[from] == ' ') {
            from++;
        }
        Integer node = Lines.intOrNull(Lines.decimal(lines.text, from, lines.fieldEnd));
        if (node == null || !lines.field() || !lines.fieldIs("zone") || !lines.field()) {
            lines.issue("does not start with a node and a zone");
            return null;
        }
        return new ZoneLine(node, lines.string());
    }
}
