package org.postmem.ingest;

import java.nio.charset.StandardCharsets;
import org.postmem.collector.archive.Json;
import org.postmem.collector.archive.Json.MalformedJsonException;

/**
 * What {@code capture.json} says, as far as postmem counts with it; {@code null} where it does not say.
 *
 * @param json the whole text, raw
 * @param options JSON
 */
record CaptureFacts(
        Integer formatVersion,
        String collectorVersion,
        Integer collectorPid,
        String host,
        String kernel,
        String machine,
        Long pageBytes,
        Long ticksPerSecond,
        Integer cpuCount,
        Double intervalSeconds,
        Boolean privileged,
        Integer utcOffsetSeconds,
        String options,
        String json) {

    /**
     * Reads the member.
     *
     * @throws MalformedJsonException when it is no JSON object
     */
    static CaptureFacts parse(byte[] text) {
        JsonFields fields = JsonFields.of(text);
        Object options = fields.value("options");
        return new CaptureFacts(
                fields.integer("format"),
                fields.text("collector_version"),
                fields.integer("collector_pid"),
                fields.text("host"),
                fields.text("kernel"),
                fields.text("machine"),
                fields.number("page_bytes"),
                fields.number("ticks_per_second"),
                fields.integer("cpu_count"),
                fields.fraction("interval_seconds"),
                fields.truth("privileged"),
                fields.integer("utc_offset_seconds"),
                options == null ? null : Json.write(options),
                new String(text, StandardCharsets.UTF_8));
    }
}
