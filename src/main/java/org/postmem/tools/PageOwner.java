package org.postmem.tools;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.procfs.Lines;
import org.postmem.procfs.Parsed;
import org.postmem.units.PageSize;

// 699487 times:
// Page allocated via order 0, mask 0x280da
//   [<ffffffff8116147e>] __alloc_pages_nodemask+0x1de/0xb00
//
// Page allocated via order 0, mask 0x1100cca(GFP_HIGHUSER_MOVABLE), pid 162970 (podman), ts 1097761405537 ns
// PFN 1925700 type Movable Block 3761 type Movable Flags 0x17ffffc00c001c(uptodate|dirty|lru)
//  prep_new_page+0xac/0xe0
//
//  post_alloc_hook+0x177/0x1a0
// nr_base_pages: 16

/**
 * Who allocated each page of the kernel, booted with {@code page_owner=on}: {@code /sys/kernel/debug/page_owner}, what
 * {@code page_owner_sort} makes of it, and {@code page_owner_stacks/show_stacks} (6.10+). Pages of one stack are taken
 * together. The process named there is the one that ran, no owner.
 */
public final class PageOwner {
    static final Pattern PAGE =
            Pattern.compile("Page allocated via order (\\d{1,2}), (?:mask|gfp_mask|migratetype) .*");
    static final Pattern BASE_PAGES = Pattern.compile("\\s*nr_base_pages:? (\\d{1,15})\\s*");
    /** Of {@code page_owner_sort}; newer ones say the pages, too, and those that sum by stack ({@code --cull}) no page. */
    private static final Pattern TIMES =
            Pattern.compile("(\\d{1,15}) times(?:, (\\d{1,15}) pages)?(?:, .*)?(?: \\([A-Z]{1,20}\\))?:\\s*");

    static final Pattern SORTED = Pattern.compile("\\d{1,15} times, \\d{1,15} pages(?:[, ].*)?:\\s*");
    /** Of 6.9 alone: how often, but not how many pages each time. */
    private static final Pattern COUNT = Pattern.compile("\\s*stack_count: (\\d{1,15})\\s*");

    private static final Pattern FRAME =
            Pattern.compile("\\s+(?:\\[<[0-9a-f]{1,16}>\\]\\s*)?([A-Za-z_0-9.$]{1,200}(?:\\+0x[0-9a-f]+)?\\S{0,40}(?:"
                    + " \\[\\S{1,60}\\])?)\\s*");
    /** Between a page and its stack, and after it. */
    private static final Pattern DETAIL = Pattern.compile("PFN .*|FILE_PAGE .*|ANON_PAGE .*|Page has been migrated.*"
            + "|Charged .*to .*memcg.*|Slab cache page|\\s*handle: \\d+\\s*|\\.\\.\\.");

    private static final int LARGEST_ORDER = 20;

    private final Lines lines;
    private final StackBlock block;
    private final PageSize page;
    private final List<String> frames = new ArrayList<>();
    private Long times;
    private Long sortedPages;
    private Integer order;

    private PageOwner(byte[] text, StackBlock block, PageSize page) {
        this.lines = Lines.ofAnyText(text);
        this.block = block;
        this.page = page;
    }

    /** A row a stack and reading. */
    public static Parsed<List<StackAllocation>> parse(byte[] text, PageSize page) {
        return TimedParts.parse(text, (part, block) -> new PageOwner(part, block, page).read());
    }

    private Parsed<List<StackAllocation>> read() {
        while (lines.next()) {
            String line = lines.line();
            Matcher base = BASE_PAGES.matcher(line);
            Matcher heading = TIMES.matcher(line);
            Matcher allocated = PAGE.matcher(line);
            Matcher frame = FRAME.matcher(line);
            if (base.matches()) {
                add(Long.parseLong(base.group(1)), 1);
            } else if (COUNT.matcher(line).matches()) {
                lines.issue(
                        "stack_count is no number of pages; read show_stacks of a kernel 6.10 or newer, or page_owner");
                forget();
            } else if (heading.matches()) {
                end();
                times = Long.valueOf(heading.group(1));
                sortedPages = heading.group(2) == null ? null : Long.valueOf(heading.group(2));
            } else if (allocated.matches()) {
                if (order != null) {
                    end();
                }
                order = Integer.valueOf(allocated.group(1));
            } else if (frame.matches()) {
                frames.add(frame.group(1));
            } else if (line.isBlank()) {
                // A stack may follow its page after an empty line, and show_stacks ends each with one.
                if (!frames.isEmpty()) {
                    end();
                }
            } else if (!DETAIL.matcher(line.strip()).matches()) {
                lines.issue("not a line of page_owner");
            }
        }
        end();
        return lines.parsedRows(block.rows());
    }

    private void end() {
        if (order == null && sortedPages != null && !frames.isEmpty()) {
            add(sortedPages, times);
        } else if (order != null && !frames.isEmpty()) {
            if (order > LARGEST_ORDER) {
                lines.issue("a page of an order that no kernel has");
                forget();
                return;
            }
            long count = times == null ? 1 : times;
            try {
                add(sortedPages == null ? Math.multiplyExact(count, 1L << order) : sortedPages, count);
            } catch (ArithmeticException e) {
                lines.issue("the pages of one stack do not fit into 63 bits");
            }
        }
        forget();
    }

    private void add(long pages, long allocations) {
        if (frames.isEmpty()) {
            lines.issue("pages without a stack");
        } else {
            try {
                block.add(frames, page.toBytes(pages), allocations);
            } catch (ArithmeticException e) {
                lines.issue("the pages of one stack have more bytes than fit into 63 bits");
            }
        }
        forget();
    }

    private void forget() {
        frames.clear();
        order = null;
        times = null;
        sortedPages = null;
    }
}
