package org.postmem.procfs;

// 1106.68 2018.23

/**
 * {@code /proc/uptime}.
 *
 * @param uptimeSeconds since boot, sleep included; {@code null} when it could not be read
 * @param idleSeconds of all CPUs; {@code null} likewise
 */
public record Uptime(Double uptimeSeconds, Double idleSeconds) {

    public static Parsed<Uptime> parse(byte[] text) {
        Lines lines = Lines.of(text);
        if (!lines.next()) {
            if (text.length == 0) {
                lines.issueOfText("there is no line in the text");
            }
            return lines.parsed(new Uptime(null, null));
        }
        return lines.parsed(new Uptime(lines.fraction("the uptime"), lines.fraction("the idle time")));
    }
}
