package org.postmem.procfs;

import org.postmem.units.PageSize;

// 25945 25822 163 120 0 25775 0

/** {@code /proc/PID/statm}, pages there; {@code null} where a field could not be read. */
public record ProcessStatm(Long sizeBytes, Long rssBytes, Long sharedBytes, Long textBytes, Long dataBytes) {

    public static Parsed<ProcessStatm> parse(byte[] text, PageSize page) {
        Lines lines = Lines.of(text);
        if (!lines.next()) {
            if (text.length == 0) {
                lines.issueOfText("there is no line in the text");
            }
            return lines.parsed(new ProcessStatm(null, null, null, null, null));
        }
        Long size = Lines.orNull(lines.pages("the size", page));
        Long rss = Lines.orNull(lines.pages("the resident pages", page));
        Long shared = Lines.orNull(lines.pages("the shared pages", page));
        Long code = Lines.orNull(lines.pages("the text pages", page));
        lines.skip(1);
        Long data = Lines.orNull(lines.pages("the data pages", page));
        return lines.parsed(new ProcessStatm(size, rss, shared, code, data));
    }
}
