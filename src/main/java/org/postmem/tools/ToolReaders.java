package org.postmem.tools;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.postmem.procfs.ParseIssue;
import org.postmem.procfs.Parsed;
import org.postmem.sysstat.SystemActivityException;
import org.postmem.sysstat.SystemActivityReader;

/** Which parser reads which kind of text. */
public final class ToolReaders {
    private static final int FRAME_HEAD_BYTES = 8 << 10;
    private static final int KEPT_ISSUES = 200;
    private static final int QUARTER_HOUR_SECONDS = 900;
    /** {@code vmstat 1 3} and {@code top -n 2} of OSWatcher: the first of them tells of the time since the start. */
    private static final int OF_ONE_MOMENT = 5;

    private ToolReaders() {}

    /**
     * Reads a text as a series of readings.
     *
     * @param beside what tells the order of a date that may be two
     * @return {@code null} for the kinds that are no readings: logs, stacks, memory calls, and what nobody knows
     * @throws SystemActivityException when the header of a file of sysstat cannot be trusted
     */
    public static Parsed<ToolText> read(EvidenceKind kind, String name, byte[] text, SlashDates.Beside beside)
            throws SystemActivityException {
        return switch (kind) {
            case SA_FILE -> new Parsed<>(SaFile.of(SystemActivityReader.read(text)), List.of());
            case SAR -> SarText.parse(text, beside);
            case SADF -> SadfText.parse(text);
            case SADF_JSON -> SadfJson.parse(text);
            case SADF_XML -> SadfXml.parse(text);
            case PIDSTAT -> PidstatText.parse(text, beside);
            case TOP -> TopText.parse(text);
            case PS -> PsText.parse(text);
            case PMAP -> PmapText.parse(text);
            case FREE -> FreeText.parse(name, text);
            case VMSTAT -> VmstatText.parse(text);
            case VMSTAT_TOTALS -> VmstatText.parseTotals(text);
            case VMSTAT_SLABS -> SlabtopText.parseVmstat(text);
            case SLABTOP -> SlabtopText.parse(text);
            case DF -> DfText.parse(text);
            case IPCS -> IpcsText.parse(text);
            case SMEM -> SmemText.parse(text);
            case SMEM_SYSTEM -> SmemText.parseSystem(text);
            case ATOP -> AtopText.parse(text);
            case HOST_FILE -> hostFile(name, text);
            case HOST_NAME ->
                new Parsed<>(
                        new ToolText(new Banner(EvidenceOrigin.host(kind, text), null, null, null, null), List.of()),
                        List.of());
            case HOST_FILES -> HostFile.parseTitled(GrepText.matches(firstLine(text)) ? GrepText.titled(text) : text);
            case FRAMES -> frames(name, text, beside);
            case MEMLEAK, KMEMLEAK, STRACE, PAGE_OWNER, ALLOC_TRACES, ALLOCINFO, KERNEL_RECORDS, KERNEL_LOG, UNKNOWN ->
                null;
        };
    }

    private static String head(byte[] text) {
        return new String(text, 0, Math.min(text.length, EvidenceKind.HEAD_BYTES), StandardCharsets.UTF_8);
    }

    /** The first with anything on it. */
    private static String firstLine(byte[] text) {
        return head(text).lines().filter(line -> !line.isBlank()).findFirst().orElse("");
    }

    private static Parsed<ToolText> hostFile(String name, byte[] text) {
        String head = head(text);
        String first = firstLine(text);
        String path = ProcessFile.isCommandLine(name)
                ? ProcessFile.COMMAND_LINE
                : HostPath.of(name, first.stripTrailing(), head);
        return path == null
                ? new Parsed<>(
                        new ToolText(Banner.NONE, List.of()),
                        List.of(new ParseIssue(0, 0, "neither the text nor its name says of which file it is", "")))
                : HostFile.parse(path, name, text);
    }

    private static Parsed<ToolText> frames(String name, byte[] text, SlashDates.Beside beside)
            throws SystemActivityException {
        List<Reading> readings = new ArrayList<>();
        List<ParseIssue> issues = new ArrayList<>();
        Banner banner = Banner.NONE;
        EvidenceKind only = null;
        int leftOut = 0;
        SlashDates.OfFrames dates = SlashDates.ofFrames(text, beside);
        if (dates.doubt() != null) {
            issues.add(new ParseIssue(0, 0, dates.doubt(), ""));
        }
        for (Frames.Frame frame : Frames.of(text, dates.order())) {
            byte[] head = Arrays.copyOf(frame.text(), Math.min(frame.text().length, FRAME_HEAD_BYTES));
            EvidenceKind kind = EvidenceKind.of(name, head);
            only = kind == EvidenceKind.UNKNOWN ? only : kind;
            if (kind == EvidenceKind.FRAMES || kind == EvidenceKind.SA_FILE) {
                continue;
            }
            for (PrintOuts.PrintOut part : PrintOuts.of(name, frame.text(), kind)) {
                Parsed<ToolText> parsed = read(part.kind(), name, part.text(), beside(frame.stamp(), beside));
                int line = frame.line() + part.line();
                if (parsed == null) {
                    boolean blank = new String(head, StandardCharsets.UTF_8).isBlank();
                    if (!blank) {
                        keep(
                                issues,
                                new ParseIssue(
                                        line, 0, "below this time stands the text of no tool that is known", ""));
                    }
                    continue;
                }
                parsed.issues()
                        .forEach(issue -> keep(
                                issues,
                                new ParseIssue(
                                        issue.line() == 0 ? line : issue.line() + line - 1,
                                        issue.column(),
                                        issue.reason(),
                                        issue.excerpt())));
                banner = banner.or(parsed.value().banner());
                leftOut += place(frame.stamp(), parsed.value().readings(), readings);
            }
        }
        if (leftOut > 0) {
            issues.add(new ParseIssue(
                    0,
                    0,
                    leftOut + " print-outs more stand below a time that is not theirs: of those below one time only the"
                            + " last was read; a time above each makes them a series",
                    ""));
        }
        return new Parsed<>(new ToolText(banner, readings), issues);
    }

    /** Of a print-out, whose time stands above it. */
    private static SlashDates.Beside beside(Stamp stamp, SlashDates.Beside file) {
        if (!stamp.dated()) {
            return file;
        }
        Instant time = stamp.instant() == null ? stamp.local().toInstant(ZoneOffset.UTC) : stamp.instant();
        return new SlashDates.Beside(time, file.others());
    }

    private static void keep(List<ParseIssue> issues, ParseIssue issue) {
        if (issues.size() < KEPT_ISSUES) {
            issues.add(issue);
        }
    }

    /**
     * A command that was run under a time has that time; of several print-outs without a date the last one has it.
     *
     * @return how many are left out, where they are more than a script takes of one moment
     */
    private static int place(Stamp stamp, List<Reading> from, List<Reading> into) {
        Reading undated = null;
        int without = 0;
        for (Reading reading : from) {
            if (reading.stamp().instant() != null) {
                into.add(reading);
            } else if (reading.stamp().local() != null) {
                into.add(reading.at(zoned(reading.stamp(), stamp)));
            } else {
                undated = reading;
                without++;
            }
        }
        if (undated != null) {
            into.add(undated.at(stamp));
        }
        return without > OF_ONE_MOMENT ? without - 1 : 0;
    }

    /** A wall clock beside a moment that is known tells the zone, which is a multiple of a quarter of an hour. */
    private static Stamp zoned(Stamp wall, Stamp known) {
        if (known.instant() == null) {
            return wall;
        }
        LocalDateTime utc = LocalDateTime.ofInstant(known.instant(), ZoneOffset.UTC);
        long seconds = Duration.between(utc, wall.local()).toSeconds();
        long quarters = Math.round((double) seconds / QUARTER_HOUR_SECONDS);
        long offset = quarters * QUARTER_HOUR_SECONDS;
        if (Math.abs(offset) > ZoneOffset.MAX.getTotalSeconds()) {
            return wall;
        }
        return Stamp.of(wall.local().toInstant(ZoneOffset.ofTotalSeconds((int) offset)));
    }
}
