package org.postmem.report;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Moments in the host's own time zone, which is known as an offset only.
 *
 * @param severalDays does the capture cross midnight? Then a time of day alone would be ambiguous
 */
record HostTime(ZoneOffset offset, boolean severalDays) {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
    private static final DateTimeFormatter MINUTE = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);
    private static final DateTimeFormatter DAY_TIME = DateTimeFormatter.ofPattern("MM-dd HH:mm", Locale.ROOT);
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("yyyy-MM-dd", Locale.ROOT);
    private static final DateTimeFormatter UTC = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT);

    static HostTime of(Integer offsetSeconds, Instant from, Instant to) {
        ZoneOffset offset = ZoneOffset.ofTotalSeconds(offsetSeconds == null ? 0 : offsetSeconds);
        LocalDate first = from.atOffset(offset).toLocalDate();
        return new HostTime(offset, !first.equals(to.atOffset(offset).toLocalDate()));
    }

    /** The same zone, for moments of many days. */
    HostTime overDays() {
        return new HostTime(offset, true);
    }

    String time(Instant moment) {
        return local(moment).format(severalDays ? DAY_TIME : TIME);
    }

    /** For predictions, which know no seconds; with the day where it is another than {@code now}'s. */
    String roughly(Instant moment, Instant now) {
        boolean sameDay = local(moment).toLocalDate().equals(local(now).toLocalDate());
        return local(moment).format(sameDay ? MINUTE : DAY_TIME);
    }

    String date(Instant moment) {
        return local(moment).format(DATE);
    }

    String utc(Instant moment) {
        return moment.atOffset(ZoneOffset.UTC).format(UTC);
    }

    String utcTime(Instant moment) {
        return moment.atOffset(ZoneOffset.UTC).format(severalDays ? DAY_TIME : TIME);
    }

    /** UTC+08:00. */
    String zone() {
        return offset.equals(ZoneOffset.UTC) ? "UTC" : "UTC" + offset.getId();
    }

    boolean isUtc() {
        return offset.equals(ZoneOffset.UTC);
    }

    private OffsetDateTime local(Instant moment) {
        return moment.atOffset(offset);
    }
}
