package org.postmem.tools;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.procfs.Lines;
import org.postmem.procfs.Parsed;

// unreferenced object 0xffff888105a65340 (size 64):
//   comm "mount", pid 710, jiffies 4302851558 (age 58.239s)
//   backtrace:
//     [<ffffffff859c45e5>] kmem_cache_alloc_trace+0x475/0x8a0

/**
 * {@code /sys/kernel/debug/kmemleak}: objects of the kernel that nothing points to any more. Those of one stack are taken
 * together; all are one block. The process named there is the one that ran when the kernel allocated, no owner.
 */
public final class Kmemleak {
    static final Pattern OBJECT = Pattern.compile("unreferenced (?:percpu )?object (.*)\\(size (\\d{1,18})\\):\\s*");
    private static final Pattern BACKTRACE = Pattern.compile("\\s+backtrace(?: \\(crc [0-9a-f]+\\))?:\\s*");
    private static final Pattern FRAME = Pattern.compile("\\s+(?:\\[<([0-9a-f]{1,16})>\\]\\s*)?(\\S.*)");
    /** Before the backtrace: {@code comm}, {@code hex dump}, the bytes of the object. */
    private static final Pattern DETAIL = Pattern.compile("\\s.*");

    private static final long NONE = -1;
    /** Of an object that was counted already. */
    private static final long TOLD = -2;

    private Kmemleak() {}

    /** A row a stack and reading. */
    public static Parsed<List<StackAllocation>> parse(byte[] text) {
        return TimedParts.parse(text, Kmemleak::reading);
    }

    private static Parsed<List<StackAllocation>> reading(byte[] text, StackBlock block) {
        Lines lines = Lines.ofAnyText(text);
        List<String> frames = new ArrayList<>();
        Set<String> addresses = new HashSet<>();
        boolean twice = false;
        long bytes = NONE;
        boolean inBacktrace = false;
        while (lines.next()) {
            String line = lines.line();
            Matcher object = OBJECT.matcher(line);
            Matcher frame = FRAME.matcher(line);
            if (object.matches()) {
                end(lines, block, frames, bytes);
                // An object lies there once: the file was read again, and nothing tells when.
                boolean met = !addresses.add(object.group(1));
                if (met && !twice) {
                    lines.issue("an object that stands here before: it was counted once; print a line with the time"
                            + " before each reading");
                    twice = true;
                }
                bytes = met ? TOLD : Long.parseLong(object.group(2));
                inBacktrace = false;
            } else if (bytes != NONE && BACKTRACE.matcher(line).matches()) {
                inBacktrace = true;
            } else if (inBacktrace && frame.matches()) {
                frames.add(frame.group(2).strip());
            } else if (!line.isBlank()
                    && !(bytes != NONE && DETAIL.matcher(line).matches())) {
                lines.issue("not a line of kmemleak");
            }
        }
        end(lines, block, frames, bytes);
        return lines.parsedRows(block.rows());
    }

    private static void end(Lines lines, StackBlock block, List<String> frames, long bytes) {
        if (bytes < 0) {
            frames.clear();
            return;
        }
        if (frames.isEmpty()) {
            lines.issue("an object of " + bytes + " bytes has no backtrace; it was not read");
            return;
        }
        try {
            block.add(frames, bytes, 1);
        } catch (ArithmeticException e) {
            lines.issue("the objects of one stack have more bytes than fit into 63 bits");
        }
        frames.clear();
    }
}
