package org.postmem.tools;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

// zzz ***Sun Nov 22 21:00:00 UTC 2026
// top - 21:05:25 up 22 min,  0 user,  load average: 4.24, 5.09, 3.11
//  00:17:12 up 10:39,  0 user,  load average: 3.20, 1.87, 1.45

/**
 * How long a host had been up at a time that stands above what {@code top}, {@code uptime} or {@code w} printed: where that
 * falls from one time to the next, the host was started anew between them.
 *
 * @param up whole minutes, as they print it
 */
public record UpTime(Stamp stamp, Duration up) {
    private static final Pattern LINE = Pattern.compile(
            "(?:top -)? ?\\d\\d:\\d\\d:\\d\\d up +(?:(\\d{1,5}) days?, +)?(?:(\\d{1,2}):(\\d\\d)|(\\d{1,2}) min),.*");
    private static final String TOP = "top - ";
    private static final int CLOCK_AND_WORD = "00:00:00 up".length();
    private static final int LONGEST_LINE = 200;

    /**
     * All of them in a text of times with print-outs below each, in its order.
     *
     * @param beside what tells the order of a date that may be two
     */
    public static List<UpTime> of(byte[] text, SlashDates.Beside beside) {
        List<UpTime> told = new ArrayList<>();
        for (Frames.Frame frame :
                Frames.of(text, SlashDates.ofFrames(text, beside).order())) {
            Duration up = frame.stamp().dated() ? first(frame.text()) : null;
            if (up != null) {
                told.add(new UpTime(frame.stamp(), up));
            }
        }
        return told;
    }

    /** Does a line of it stand in the beginning of a file? */
    public static boolean isIn(byte[] head) {
        return first(head) != null;
    }

    private static Duration first(byte[] text) {
        for (int at = 0; at < text.length; ) {
            int end = TextBytes.lineEnd(text, at);
            if (looksLikeOne(text, at, end)) {
                Matcher line = LINE.matcher(new String(text, at, end - at, StandardCharsets.UTF_8));
                if (line.matches()) {
                    return Duration.ofDays(number(line, 1))
                            .plusHours(number(line, 2))
                            .plusMinutes(number(line, 3) + number(line, 4));
                }
            }
            at = end + 1;
        }
        return null;
    }

    /** Two colons of a clock and the word behind it, for most lines of a gigabyte are of processes. */
    private static boolean looksLikeOne(byte[] text, int at, int end) {
        int clock = at;
        if (end - at > TOP.length() && text[at] == 't') {
            clock += TOP.length();
        } else if (end > at && text[at] == ' ') {
            clock++;
        }
        return end - clock > CLOCK_AND_WORD
                && end - at < LONGEST_LINE
                && text[clock + 2] == ':'
                && text[clock + 5] == ':'
                && text[clock + 9] == 'u'
                && text[clock + 10] == 'p';
    }

    private static int number(Matcher matched, int group) {
        return matched.group(group) == null ? 0 : Integer.parseInt(matched.group(group));
    }
}
