package org.postmem.tools;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import org.postmem.procfs.Lines;
import org.postmem.procfs.Parsed;

// 21:05:29    kbmemfree   kbavail kbmemused  %memused kbbuffers  kbcached  kbcommit   %commit  kbactive …
// 21:05:30     20398600  23975788    323328      1.31     36236   3544296   2363392      9.57    404532 …

/**
 * What {@code sar} prints, by the names of its headings: clocks of 24 and 12 hours, decimal commas, several blocks a day
 * and several days a text. Blocks without a column that tells of memory are passed over, and so are averages.
 */
public final class SarText {
    private record Block(ColumnHeader header, boolean wanted, RollingDay day) {}

    private final Lines lines;
    private final Supplier<SlashDates> dates;
    private final SlashDates.Beside beside;
    private final Map<LocalDateTime, Reading.Draft> drafts = new TreeMap<>();
    private final Map<List<String>, Block> blocks = new HashMap<>();
    private SarColumns columns = new SarColumns();
    private Banner banner = Banner.NONE;
    private SysstatLine.Date date;
    private Block block;

    private SarText(byte[] text, SlashDates.Beside beside) {
        this.lines = Lines.ofAnyText(text);
        this.dates = SlashDates.later(text);
        this.beside = beside;
    }

    /** Reads a text; what it cannot place is an issue. */
    public static Parsed<ToolText> parse(byte[] text, SlashDates.Beside beside) {
        SarText sar = new SarText(text, beside);
        while (sar.lines.next()) {
            if (!sar.lines.isBlank()) {
                sar.line(sar.lines.line());
            }
        }
        sar.columns.finish();
        List<Reading> readings = new ArrayList<>(sar.drafts.size());
        sar.drafts.values().forEach(draft -> readings.add(draft.done()));
        return sar.lines.parsed(new ToolText(sar.banner, readings));
    }

    private void line(String line) {
        Matcher heading = SysstatLine.BANNER.matcher(line);
        if (line.startsWith("Linux ") && heading.matches()) {
            begin(heading);
            return;
        }
        SysstatLine.Clock clock = SysstatLine.clock(line);
        if (clock == null || date == null) {
            // Average:, Durchschn.:, and whatever a shell wrote between
            return;
        }
        String rest = line.substring(clock.end());
        String told = rest.strip();
        if (told.startsWith("LINUX RESTART") || told.startsWith("LINUX-RESTART")) {
            draft(clock).restart = true;
            return;
        }
        if (told.startsWith("COM ")) {
            draft(clock).comment = told.substring(4).strip();
            return;
        }
        List<String> words = ColumnHeader.words(rest, 0);
        if (words.stream().allMatch(word -> Amount.fraction(word) == null)) {
            block = blocks.computeIfAbsent(
                    words,
                    names -> new Block(
                            ColumnHeader.of(names),
                            names.stream().anyMatch(SarColumns::knows),
                            new RollingDay(date.day())));
            if (block.day().last() == null) {
                // The clock of a heading is that of the row before the first, which may be yesterday's.
                block.day().next(clock.time());
            }
            return;
        }
        if (block == null || !block.wanted()) {
            return;
        }
        if (words.size() != block.header().names().size()) {
            lines.issue("not as many fields as the heading has");
            return;
        }
        Map<String, String> cells = new LinkedHashMap<>();
        for (int i = 0; i < words.size(); i++) {
            cells.put(block.header().names().get(i), words.get(i));
        }
        columns.row(cells, draft(clock));
    }

    private void begin(Matcher heading) {
        SysstatLine.Date told = SysstatLine.date(heading.group(3), dates, beside);
        if (told == null) {
            lines.issue("the date is in no order that is known; the times below it are left out");
        } else if (told.doubt() != null) {
            lines.issue(told.doubt());
        }
        // Another day, or another file behind the first: its total is found from its own rows.
        columns.finish();
        columns = new SarColumns();
        banner = SysstatLine.banner(heading).or(banner);
        date = told;
        block = null;
        blocks.clear();
    }

    private Reading.Draft draft(SysstatLine.Clock clock) {
        LocalDateTime time = block == null
                ? LocalDateTime.of(date.day(), clock.time())
                : block.day().next(clock.time());
        return drafts.computeIfAbsent(time, t -> new Reading.Draft(Stamp.of(t)));
    }
}
