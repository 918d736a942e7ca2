package org.postmem.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.postmem.tools.ToolTexts.bytes;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.postmem.collector.archive.Json;
import org.postmem.procfs.DaemonKills;
import org.postmem.procfs.KernelMessage;
import org.postmem.procfs.OomReport;
import org.postmem.procfs.OomReports;
import org.postmem.procfs.Parsed;
import org.postmem.procfs.WallClock;
import org.postmem.units.PageSize;

/** A genuine report of the kernel as each tool and each collector of logs frames it. */
class LogFramingsTest {
    private static final Instant BOOT = Instant.parse("2026-11-22T10:00:00Z");
    private static final Instant LATEST = Instant.parse("2026-12-01T00:00:00Z");
    private static final Pattern LINE = Pattern.compile("\\[\\s*(\\d+\\.\\d+)\\] ?(.*)");
    private static final String KILL_TIME = "2026-11-22T10:00:11.025432Z";
    private static final String TO_THE_SECOND = "2026-11-22T10:00:11Z";

    private record Message(double uptime, String text) {
        String time(String pattern) {
            return time(pattern, ZoneOffset.UTC);
        }

        String time(String pattern, ZoneId zone) {
            return DateTimeFormatter.ofPattern(pattern, Locale.ROOT)
                    .format(BOOT.plusNanos(Math.round(uptime * 1e6) * 1000).atZone(zone));
        }

        String iso() {
            return time("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'000Z'");
        }

        String stamp() {
            return String.format(Locale.ROOT, "[%12.6f]", uptime);
        }

        long micros() {
            return BOOT.getEpochSecond() * 1_000_000 + Math.round(uptime * 1e6);
        }
    }

    private static List<Message> sample() throws Exception {
        List<Message> messages = new ArrayList<>();
        Path path = Path.of(System.getProperty("postmem.root"), "testdata", "oom", "debian-6.1.176-memcg.txt");
        for (String line : Files.readAllLines(path)) {
            Matcher matcher = LINE.matcher(line);
            if (matcher.matches()) {
                messages.add(new Message(Double.parseDouble(matcher.group(1)), matcher.group(2)));
            }
        }
        return messages;
    }

    private static List<KernelMessage> messages(byte[] text) {
        return KernelMessage.parseText(StructuredLog.lines(text), WallClock.of(ZoneOffset.UTC), LATEST)
                .value();
    }

    private static Parsed<List<OomReport>> reports(String text) {
        return OomReports.parse(messages(bytes(text)), new PageSize(4096));
    }

    private static Arguments framing(String name, String time, Double uptime, Function<Message, String> frame) {
        return Arguments.of(name, time, uptime, frame);
    }

    static Stream<Arguments> framings() {
        double uptime = 11.025432;
        return Stream.of(
                framing("dmesg", null, uptime, m -> m.stamp() + " " + m.text),
                framing("dmesg -T", TO_THE_SECOND, null, m -> m.time("'['EEE MMM d HH:mm:ss yyyy'] '") + m.text),
                framing(
                        "dmesg -xT",
                        TO_THE_SECOND,
                        null,
                        m -> "kern  :warn  : " + m.time("'['EEE MMM d HH:mm:ss yyyy'] '") + m.text),
                framing("dmesg -d", null, uptime, m -> m.stamp().replace("]", " <    0.000021>] ") + m.text),
                framing("dmesg --time-format delta", null, null, m -> "[<    0.000021>] " + m.text),
                framing(
                        "dmesg -H",
                        null,
                        null,
                        m -> (m.text.contains("invoked") ? "[Nov22 10:00] " : "[  +0.000021] ") + m.text),
                framing(
                        "dmesg --json",
                        null,
                        uptime,
                        m -> (m.text.contains("invoked") ? "{\n   \"dmesg\": [\n" : "")
                                + "{\n   \"pri\": 4,\n   \"time\": " + m.uptime + ",\n   \"msg\": " + Json.write(m.text)
                                + "\n},"),
                framing("journalctl", TO_THE_SECOND, null, m -> m.time("MMM dd HH:mm:ss") + " db1 kernel: " + m.text),
                framing(
                        "short-precise",
                        TO_THE_SECOND,
                        null,
                        m -> m.time("MMM dd HH:mm:ss.SSSSSS") + " db1 kernel: " + m.text),
                framing(
                        "short-full in another zone",
                        TO_THE_SECOND,
                        null,
                        m -> m.time("EEE yyyy-MM-dd HH:mm:ss 'CET'", ZoneId.of("Europe/Berlin")) + " db1 kernel: "
                                + m.text),
                framing(
                        "short-unix",
                        KILL_TIME,
                        null,
                        m -> String.format(
                                        Locale.ROOT, "%d.%06d db1 kernel: ", m.micros() / 1000000, m.micros() % 1000000)
                                + m.text),
                framing("short-monotonic", null, uptime, m -> m.stamp() + " db1 kernel: " + m.text),
                framing(
                        "short-delta",
                        null,
                        uptime,
                        m -> m.stamp().replace("]", " <    0.000021 >] db1 kernel: ") + m.text),
                framing("journalctl -o json", KILL_TIME, uptime, LogFramingsTest::journal),
                framing(
                        "journalctl -o json-pretty",
                        KILL_TIME,
                        uptime,
                        m -> journal(m).replace("\",\"", "\",\n\t\"").replace("}", "\n}")),
                framing(
                        "journalctl -o export",
                        KILL_TIME,
                        uptime,
                        m -> "__CURSOR=s=5d\n__REALTIME_TIMESTAMP=" + m.micros() + "\n_TRANSPORT=kernel\n"
                                + "_SOURCE_MONOTONIC_TIMESTAMP=" + Math.round(m.uptime * 1e6) + "\nMESSAGE=" + m.text
                                + "\n"),
                framing(
                        "journalctl -o verbose",
                        KILL_TIME,
                        null,
                        m -> m.time("EEE yyyy-MM-dd HH:mm:ss.SSSSSS 'UTC'") + " [s=5d3c;i=1f;b=ab;m=a8;t="
                                + Long.toHexString(m.micros()) + ";x=1]\n    _HOSTNAME=db1\n"
                                + "    SYSLOG_IDENTIFIER=kernel\n    MESSAGE=" + m.text),
                framing(
                        "RFC 5424",
                        KILL_TIME,
                        uptime,
                        m -> "<4>1 " + m.iso().replace("000Z", "Z") + " db1 kernel - - - " + m.stamp() + " " + m.text),
                framing(
                        "grep",
                        TO_THE_SECOND,
                        uptime,
                        m -> "/var/log/messages:" + m.time("MMM dd HH:mm:ss") + " db1 kernel: " + m.stamp() + " "
                                + m.text),
                // when a container printed it is not when the kernel said it
                framing("containerd", null, uptime, m -> m.iso() + " stdout F " + m.stamp() + " " + m.text),
                framing(
                        "containerd, of a syslog",
                        TO_THE_SECOND,
                        null,
                        m -> m.iso() + " stderr F " + m.time("MMM dd HH:mm:ss") + " db1 kernel: " + m.text),
                framing("containerd, without stamps", KILL_TIME, null, m -> m.iso() + " stdout F " + m.text),
                framing("kubectl logs --timestamps", null, uptime, m -> m.iso() + " " + m.stamp() + " " + m.text),
                framing(
                        "Docker",
                        null,
                        uptime,
                        m -> "{\"log\":" + Json.write(m.stamp() + " " + m.text + "\n")
                                + ",\"stream\":\"stdout\",\"time\":\"" + m.iso() + "\"}"));
    }

    private static String journal(Message m) {
        return "{\"__CURSOR\":\"s=5d\",\"__REALTIME_TIMESTAMP\":\"" + m.micros()
                + "\",\"_TRANSPORT\":\"kernel\",\"PRIORITY\":\"4\",\"SYSLOG_IDENTIFIER\":\"kernel\","
                + "\"_SOURCE_MONOTONIC_TIMESTAMP\":\"" + Math.round(m.uptime * 1e6)
                + "\",\"_HOSTNAME\":\"db1\",\"MESSAGE\":"
                + Json.write(m.text) + "}";
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("framings")
    void readsTheSameReportInEveryFraming(String name, String time, Double uptime, Function<Message, String> frame)
            throws Exception {
        String plain = String.join("\n", sample().stream().map(Message::text).toList());
        String framed = String.join("\n", sample().stream().map(frame).toList());
        Parsed<List<OomReport>> parsed = reports(framed);

        assertThat(EvidenceKind.of("x.txt", bytes(framed))).isEqualTo(EvidenceKind.KERNEL_LOG);
        assertThat(parsed.issues()).isEmpty();
        assertThat(parsed.value())
                .extracting(report -> withoutPlace(report), OomReport::time, OomReport::uptimeSeconds)
                .containsExactly(tuple(
                        withoutPlace(reports(plain).value().get(0)),
                        time == null ? null : Instant.parse(time),
                        uptime));
    }

    private static String withoutPlace(OomReport report) {
        return report.toString().replaceFirst("line=\\d+, time=\\S+, uptimeSeconds=\\S+, ", "");
    }

    @Test
    void keepsTheLineAtWhichARecordBegins() {
        assertThat(messages(bytes("""
                        {
                        	"MESSAGE" : "one"
                        }
                        {
                        	"MESSAGE" : [116, 119, 111],
                        	"SYSLOG_IDENTIFIER" : "kernel"
                        }
                        { "MESSAGE" : "torn
                        { "MESSAGE" : "three", "_TRANSPORT" : "kernel" }
                        """)))
                .extracting(KernelMessage::line, KernelMessage::text)
                .containsExactly(tuple(1, "one"), tuple(4, "two"), tuple(9, "three"));
    }

    @Test
    void findsTheKillsOfDaemonsInAJournalOfRecords() {
        String text = "{\"__REALTIME_TIMESTAMP\":\"1795341611025432\",\"SYSLOG_IDENTIFIER\":\"systemd-oomd\","
                + "\"MESSAGE\":\"Killed /user.slice/a.scope due to memory pressure for /user.slice being 51.07% > 50.00%"
                + " for > 20s with reclaim activity\"}\n";

        assertThat(DaemonKills.of(KernelMessage.parseDaemons(
                        StructuredLog.lines(bytes(text)), WallClock.of(ZoneOffset.UTC), LATEST)))
                .extracting(kill -> kill.time().toString(), kill -> kill.victimCgroup())
                .containsExactly(tuple("2026-11-22T10:00:11.025432Z", "/user.slice/a.scope"));
    }

    @Test
    void datesOfALogFollowTheSummerTimeOfItsHost() {
        String text = """
                Oct 20 10:00:00 db1 kernel: in summer
                Nov 20 10:00:00 db1 kernel: in winter
                """;

        assertThat(KernelMessage.parseText(bytes(text), WallClock.of(ZoneId.of("Europe/Berlin")), LATEST)
                        .value())
                .extracting(message -> message.time().toString())
                .containsExactly("2026-10-20T08:00:00Z", "2026-11-20T09:00:00Z");
    }

    @Test
    void whatAnApplicationPrintsInAContainerIsNoKernelLog() {
        String text = "2026-11-22T10:00:11.025432111Z stdout F GET /health 200\n".repeat(5);

        assertThat(EvidenceKind.of("0.log", bytes(text))).isEqualTo(EvidenceKind.UNKNOWN);
        assertThat(EvidenceKind.of("x-json.log", bytes("{\"log\":\"GET /health 200\\n\",\"stream\":\"stdout\"}\n")))
                .isEqualTo(EvidenceKind.UNKNOWN);
    }

    @Test
    void readsTextsThatWindowsMarkedOrWroteInUtf16() {
        byte[] free = ToolTexts.sample("free.txt");
        String text = new String(free, StandardCharsets.UTF_8);

        assertThat(PlainText.of(bytes("\ufeff" + text))).isEqualTo(free);
        assertThat(PlainText.of(("\ufeff" + text).getBytes(StandardCharsets.UTF_16LE)))
                .isEqualTo(free);
        assertThat(PlainText.of(("\ufeff" + text).getBytes(StandardCharsets.UTF_16BE)))
                .isEqualTo(free);
        assertThat(PlainText.of(bytes(text.replace("\n", "\r\n")))).isEqualTo(free);
        assertThat(PlainText.of(bytes(text.replace("\n", "\r\r\n")))).isEqualTo(free);
        assertThat(PlainText.of(free)).isSameAs(free);
    }

    @Test
    void leavesFilesOfNumbersAsTheyAre() {
        byte[] numbers = {0, 0, '\r', '\n', 1, '\r', '\n'};

        assertThat(PlainText.of(numbers)).isSameAs(numbers);
    }
}
