package org.postmem.tools;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.collector.archive.Json;
import org.postmem.collector.archive.Json.MalformedJsonException;

// {"__REALTIME_TIMESTAMP":"1795341611025432","SYSLOG_IDENTIFIER":"kernel","MESSAGE":"eat invoked oom-killer: …", …}
// {"log":"[   11.025432] eat invoked oom-killer: …\n","stream":"stdout","time":"2026-11-22T10:00:11.025432111Z"}
// {"dmesg": [ { "pri": 4, "time": 11.025432, "msg": "eat invoked oom-killer: …" }, …
// __REALTIME_TIMESTAMP=1795341611025432 … MESSAGE=eat invoked oom-killer: … (journalctl -o export)
// Sun 2026-11-22 10:00:11.025432 UTC [s=5d…;t=64419f18be89d;…] and below it     MESSAGE=eat … (journalctl -o verbose)

/**
 * Logs whose entries are records of several fields: what {@code journalctl -o json}, {@code json-pretty}, {@code export} and
 * {@code verbose} print, {@code dmesg --json}, and Docker's files of what a container printed. They become the lines that syslog
 * would have written, each at the line where its record begins.
 */
public final class StructuredLog {
    private static final Pattern JSON = Pattern.compile(
            "[\\s\\x1e]{0,9}\\{(?:\\s{0,99}\"dmesg\"\\s{0,9}:|\\s{0,9}\"log\"\\s{0,9}:.*|[^{}]*\"MESSAGE\"\\s{0,9}:.*|.*\"__CURSOR\".*)",
            Pattern.DOTALL);
    private static final Pattern FIELDS = Pattern.compile(
            "(?:[A-Z][a-z]{2} \\d{4}-\\d\\d-\\d\\d [\\d:.]{8,18} \\S{1,6} \\[s=[0-9a-f]{1,40};|__CURSOR=|__REALTIME_TIMESTAMP=).*",
            Pattern.DOTALL);
    private static final Pattern FIELD = Pattern.compile("\\s{0,8}([A-Z_][A-Z0-9_]{0,63})=(.*)");
    private static final Pattern HEADING = Pattern.compile("[A-Z][a-z]{2} \\d{4}-.*;t=([0-9a-f]{1,15});.*");
    private static final int LONGEST_START = 4000;
    private static final long MILLION = 1_000_000;

    private StructuredLog() {}

    /** Is it such a log, by its begin? */
    static boolean matches(String text) {
        String start = text.substring(0, Math.min(text.length(), LONGEST_START));
        return JSON.matcher(start).lookingAt() || FIELDS.matcher(start).lookingAt();
    }

    /** The lines; any other text as it is. */
    public static byte[] lines(byte[] text) {
        String start = new String(text, 0, Math.min(text.length, LONGEST_START), StandardCharsets.UTF_8);
        if (!matches(start)) {
            return text;
        }
        Lines lines = new Lines();
        if (FIELDS.matcher(start).lookingAt()) {
            fields(text, lines);
        } else {
            objects(text, lines);
        }
        return lines.text.toByteArray();
    }

    /** Lines, with empty ones between so that each stands where its record did. */
    private static final class Lines {
        private final ByteArrayOutputStream text = new ByteArrayOutputStream();
        private int line = 1;

        void add(int at, String told) {
            if (told == null) {
                return;
            }
            for (; line < at; line++) {
                text.write('\n');
            }
            text.writeBytes(told.getBytes(StandardCharsets.UTF_8));
            text.write('\n');
            line++;
        }
    }

    /** An object without another in it is a record; one that is cut off is none. */
    private static void objects(byte[] text, Lines into) {
        int from = -1;
        int fromLine = 0;
        int line = 1;
        boolean quoted = false;
        for (int at = 0; at < text.length; at++) {
            byte b = text[at];
            if (b == '\n') {
                line++;
                // no string of JSON holds one: the record before was cut off
                quoted = false;
            } else if (quoted) {
                if (b == '\\') {
                    at++;
                } else if (b == '"') {
                    quoted = false;
                }
            } else if (b == '"') {
                quoted = true;
            } else if (b == '{') {
                from = at;
                fromLine = line;
            } else if (b == '}' && from >= 0) {
                into.add(fromLine, object(new String(text, from, at + 1 - from, StandardCharsets.UTF_8)));
                from = -1;
            }
        }
    }

    private static String object(String json) {
        Map<String, Object> record;
        try {
            record = Json.readObject(json);
        } catch (MalformedJsonException e) {
            return null;
        }
        if (record.get("log") instanceof String log) {
            String said = log.stripTrailing();
            return record.get("time") instanceof String time ? time + " stdout F " + said : said;
        }
        if (record.get("msg") instanceof String message) {
            return kernelStamp(
                            record.get("pri"),
                            record.get("time") instanceof Number seconds ? seconds.doubleValue() : null)
                    + oneLine(message);
        }
        Map<String, String> fields = new HashMap<>();
        record.forEach((name, value) -> {
            String told = value instanceof List<?> bytes ? ofBytes(bytes) : value == null ? null : value.toString();
            if (told != null) {
                fields.put(name, told);
            }
        });
        return entry(fields);
    }

    /** Of a message with bytes that are no text, {@code "MESSAGE":[101,97,10,116]}. */
    private static String ofBytes(List<?> numbers) {
        byte[] bytes = new byte[numbers.size()];
        for (int i = 0; i < bytes.length; i++) {
            if (!(numbers.get(i) instanceof Long number)) {
                return null;
            }
            bytes[i] = number.byteValue();
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static void fields(byte[] text, Lines into) {
        Map<String, String> fields = new HashMap<>();
        int began = 1;
        int number = 0;
        String[] lines = new String(text, StandardCharsets.UTF_8).split("\n", -1);
        for (String line : lines) {
            number++;
            Matcher heading = HEADING.matcher(line);
            if (line.isBlank() || heading.matches()) {
                into.add(began, entry(fields));
                fields.clear();
                began = number;
                if (!line.isBlank()) {
                    fields.put("__REALTIME_TIMESTAMP", String.valueOf(Long.parseLong(heading.group(1), 16)));
                }
                continue;
            }
            Matcher field = FIELD.matcher(line);
            if (field.matches()) {
                began = fields.isEmpty() ? number : began;
                fields.putIfAbsent(field.group(1), field.group(2).stripTrailing());
            }
        }
        into.add(began, entry(fields));
    }

    /** An entry of the journal. */
    private static String entry(Map<String, String> fields) {
        String message = fields.get("MESSAGE");
        if (message == null) {
            return null;
        }
        boolean kernel = "kernel".equals(fields.get("_TRANSPORT"));
        String program = fields.getOrDefault("SYSLOG_IDENTIFIER", kernel ? "kernel" : fields.get("_COMM"));
        Long micros = Amount.whole(
                fields.getOrDefault("_SOURCE_REALTIME_TIMESTAMP", fields.getOrDefault("__REALTIME_TIMESTAMP", "")));
        Long uptime = kernel ? Amount.whole(fields.getOrDefault("_SOURCE_MONOTONIC_TIMESTAMP", "")) : null;
        String stamp = uptime == null ? "" : kernelStamp(null, uptime.doubleValue() / MILLION);
        String time = micros == null
                ? ""
                : Instant.EPOCH.plusSeconds(micros / MILLION).plusNanos(micros % MILLION * 1000) + " ";
        // who chose the fields himself may have asked for the message alone
        String writer = program == null ? "" : word(fields.getOrDefault("_HOSTNAME", "-")) + " " + word(program) + ": ";
        return time + writer + stamp + oneLine(message);
    }

    private static String kernelStamp(Object priority, Double seconds) {
        return (priority instanceof Long level && level >= 0 && level < 1000 ? "<" + level + ">" : "")
                + (seconds == null ? "" : String.format(Locale.ROOT, "[%12.6f] ", seconds));
    }

    private static String word(String text) {
        return text.isBlank() ? "-" : text.strip().replaceAll("[\\s:]+", "_");
    }

    private static String oneLine(String text) {
        return text.replace("\n", "#012");
    }
}
