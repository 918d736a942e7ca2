package org.postmem.ingest;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.ingest.IssueLog.Severity;
import org.postmem.tools.Reading;

/** A file whose text names no moment: it is read, and waits until the span of the others is known. */
record UndatedFile(EvidenceSource source, List<Reading> readings) {
    /** 2026_11_22_21_05_16-ps */
    private static final Pattern STAMPED_NAME = Pattern.compile("(?:.*/)?(\\d{4}(?:_\\d\\d){5})-[^/]+");

    private static final DateTimeFormatter NAME_STAMP = DateTimeFormatter.ofPattern("uuuu_MM_dd_HH_mm_ss", Locale.ROOT);
    /** 2026-11-28_20-35-43/meminfo, ps.20261128-2035.txt: a script that keeps what it reads in files and folders of their own. */
    private static final Pattern DATE_OF_NAME =
            Pattern.compile("(?<!\\d)(20\\d\\d)([-_.]?)(\\d\\d)\\2(\\d\\d)(?:[-_.T ]|_?at_?)?"
                    + "(\\d\\d)([-_.:]?)(\\d\\d)(?:\\6(\\d\\d))?(?!\\d)");
    /** meminfo.1795896943 */
    private static final Pattern EPOCH_OF_NAME = Pattern.compile("(?<!\\d)1[5-9]\\d{8}(?!\\d)");
    /** A file is written within so much of the time that its name tells; the date of the file is then the finer one. */
    private static final Duration WRITTEN_WITHIN = Duration.ofMinutes(1);

    private static final Duration CLOSE = Duration.ofHours(1);
    /** Among more days than that a clock alone says nothing. */
    private static final int MOST_DAYS = 400;

    /** Readings with their moments. */
    record Dated(List<Reading> readings, List<Instant> times) {
        static final Dated NONE = new Dated(List.of(), List.of());
    }

    /**
     * Gives the readings moments, and notes what told them.
     *
     * @param from of the other files, likewise {@code to}; {@code null} when there are none
     * @return none of those that could not be placed, which is an issue
     */
    Dated dated(HostZone zone, Instant from, Instant to, IssueLog issues) {
        boolean clocks = readings.stream().allMatch(reading -> reading.stamp().clock() != null);
        if (clocks) {
            LocalDate day = firstDay(zone, from, to);
            if (day == null) {
                return unread(issues, "its clock has no date, and neither has the file; it was not read");
            }
            return new Dated(readings, times(day, zone));
        }
        Instant time = timeOfFile(zone, from, to);
        if (time == null) {
            return unread(issues, "neither the text nor its file has a date; it was not read");
        }
        if (readings.size() > 1) {
            issues.add(
                    null,
                    source.member(),
                    null,
                    Severity.WARNING,
                    "it holds " + readings.size()
                            + " print-outs and no time of any: only the last one was read, as of the"
                            + " time of the file; a line of time above each makes them a series: date; ps aux",
                    null);
        }
        return new Dated(List.of(readings.get(readings.size() - 1)), List.of(time));
    }

    private Dated unread(IssueLog issues, String why) {
        issues.add(null, source.member(), null, Severity.WARNING, why, null);
        return Dated.NONE;
    }

    /** The moment of a text without any: the date of its file where that lies by the others, else the end of the others. */
    private Instant timeOfFile(HostZone zone, Instant from, Instant to) {
        LocalDateTime named = stampOfName();
        if (named != null) {
            source.timeFrom("file name");
            return zone.instant(named);
        }
        Instant modified = source.modified();
        // a file that was written to for long is named by when that began, and its last print-out is of when it ended
        Instant told = readings.size() > 1 && modified != null ? null : timeOfName(zone);
        if (told != null
                && (modified == null || Duration.between(told, modified).abs().compareTo(WRITTEN_WITHIN) > 0)) {
            source.timeFrom("file name");
            return told;
        }
        if (modified != null && (from == null || isClose(modified, from, to))) {
            source.timeFrom("file date");
            return modified;
        }
        if (to != null) {
            source.timeFrom("unknown, laid at the end");
        }
        return to;
    }

    private static boolean isClose(Instant time, Instant from, Instant to) {
        return !time.isBefore(from.minus(CLOSE)) && !time.isAfter(to.plus(CLOSE));
    }

    /** The last moment in the path of the file; {@code null} where there is none. */
    private Instant timeOfName(HostZone zone) {
        Matcher date = DATE_OF_NAME.matcher(source.member());
        LocalDateTime local = null;
        while (date.find()) {
            try {
                local = LocalDateTime.of(
                        number(date, 1),
                        number(date, 3),
                        number(date, 4),
                        number(date, 5),
                        number(date, 7),
                        date.group(8) == null ? 0 : number(date, 8));
            } catch (DateTimeException e) {
                local = null; // digits that are no date
            }
        }
        if (local != null) {
            return zone.instant(local);
        }
        Matcher epoch = EPOCH_OF_NAME.matcher(source.member());
        return epoch.find() ? Instant.ofEpochSecond(Long.parseLong(epoch.group())) : null;
    }

    private static int number(Matcher matched, int group) {
        return Integer.parseInt(matched.group(group));
    }

    /** What pt-stalk puts before the name of each file; {@code null} where there is none. */
    private LocalDateTime stampOfName() {
        Matcher stamp = STAMPED_NAME.matcher(source.member());
        if (!stamp.matches()) {
            return null;
        }
        try {
            return LocalDateTime.parse(stamp.group(1), NAME_STAMP);
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** The day of the first clock: that on which it lies beside the other files, else that of the file. */
    private LocalDate firstDay(HostZone zone, Instant from, Instant to) {
        LocalTime first = clock(0);
        LocalDateTime named = stampOfName();
        if (named != null) {
            source.timeFrom("clock, day of the file name");
            // pt-stalk names the file when it begins to write it
            LocalDateTime at = first.atDate(named.toLocalDate());
            boolean next = at.isBefore(named.minusHours(12));
            boolean before = at.isAfter(named.plusHours(12));
            return named.toLocalDate().plusDays(next ? 1 : before ? -1 : 0);
        }
        List<LocalDate> beside = daysBesideOthers(first, zone, from, to);
        if (beside.size() == 1) {
            source.timeFrom("clock, day of the others");
            return beside.get(0);
        }
        if (source.modified() == null) {
            return null;
        }
        source.timeFrom("clock, day of the file");
        return dayWrittenToTheEndAt(zone.clock(source.modified()));
    }

    private static List<LocalDate> daysBesideOthers(LocalTime first, HostZone zone, Instant from, Instant to) {
        List<LocalDate> days = new ArrayList<>();
        if (from != null && Duration.between(from, to).toDays() < MOST_DAYS) {
            LocalDate last = zone.clock(to).toLocalDate().plusDays(1);
            for (LocalDate d = zone.clock(from).toLocalDate().minusDays(1); !d.isAfter(last); d = d.plusDays(1)) {
                if (isClose(zone.candidate(d.atTime(first)), from, to)) {
                    days.add(d);
                }
            }
        }
        return days;
    }

    private LocalDate dayWrittenToTheEndAt(LocalDateTime written) {
        int size = readings.size();
        LocalDateTime end = clock(size - 1).atDate(written.toLocalDate());
        LocalDate day = (end.isAfter(written.plusHours(1)) ? end.minusDays(1) : end).toLocalDate();
        for (int i = size - 1; i > 0; i--) {
            boolean midnight = clock(i).isBefore(clock(i - 1)) && clock(i - 1).getHour() > 12;
            day = midnight ? day.minusDays(1) : day;
        }
        return day;
    }

    private LocalTime clock(int reading) {
        return readings.get(reading).stamp().clock();
    }

    private List<Instant> times(LocalDate firstDay, HostZone zone) {
        List<Instant> times = new ArrayList<>();
        LocalDate day = firstDay;
        LocalDateTime last = null;
        for (Reading reading : readings) {
            LocalDateTime at = reading.stamp().clock().atDate(day);
            if (last != null && at.isBefore(last.minusHours(12))) {
                day = day.plusDays(1);
                at = at.plusDays(1);
            }
            last = at;
            times.add(zone.instant(at));
        }
        return times;
    }
}
