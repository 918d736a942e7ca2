package org.postmem.tools;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.procfs.Lines;
import org.postmem.procfs.Parsed;

// [21:17:46] Top 10 stacks with outstanding allocations:
// 	614400 bytes in 2 allocations from stack
// 		0x000055a2eea4a1e8	leak_big+0x18 [leak]

/**
 * What memleak prints, that of bcc (with addresses and without, {@code -a}, {@code --combined-only}) and that of
 * libbpf-tools. It counts what was allocated since it began to trace; with {@code -s} only a sample of that.
 */
public final class Memleak {
    static final Pattern HEADING =
            Pattern.compile("\\[(\\d{1,2}):(\\d{1,2}):(\\d{1,2})\\] Top \\d+ stacks with outstanding allocations:");
    private static final Pattern TARGET = Pattern.compile("Attaching to pid (\\d{1,9})\\b.*");
    private static final Pattern KERNEL_TARGET = Pattern.compile("Attaching to kernel allocators\\b.*");
    private static final Pattern STACK =
            Pattern.compile("\\s*(\\d{1,18}) bytes in (\\d{1,18}) allocations from stack\\s*");
    private static final Pattern ADDRESS = Pattern.compile("\\s*addr = (?:0x)?[0-9a-f]+ size = \\d+\\s*");
    private static final Pattern BCC_FRAME = Pattern.compile("\\s+0x([0-9a-f]{1,16})\\s+(\\S.*)");
    private static final Pattern LIBBPF_FRAME = Pattern.compile("\\s+\\d+ \\[<([0-9a-f]{1,16})>\\]\\s*(\\S.*)");
    private static final Pattern NAMELESS = Pattern.compile("\\[unknown\\].*|<null sym>.*");

    private final Lines lines;
    private final ClockOfDay clock = new ClockOfDay();
    private final List<StackAllocation> rows = new ArrayList<>();
    private final List<String> frames = new ArrayList<>();
    private Integer pid;
    private StackBlock block;
    private boolean inStack;
    private long bytes;
    private long allocations;

    private Memleak(byte[] text) {
        this.lines = Lines.ofAnyText(text);
    }

    /** A row a stack and block; a stack that a block does not name is missing there, not zero. */
    public static Parsed<List<StackAllocation>> parse(byte[] text) {
        return new Memleak(text).read();
    }

    private Parsed<List<StackAllocation>> read() {
        int blocks = 0;
        while (lines.next()) {
            String line = lines.line();
            Matcher heading = HEADING.matcher(line.strip());
            Matcher target = TARGET.matcher(line);
            Matcher stack = STACK.matcher(line);
            if (heading.matches()) {
                endBlock();
                Integer second = clock.next(heading.group(1), heading.group(2), heading.group(3));
                if (second == null) {
                    lines.issue("not a time of the day");
                }
                block = new StackBlock(++blocks, null, second, pid);
            } else if (target.matches()) {
                // Another run in the same file: its blocks go on counting, its stacks are another process'.
                endBlock();
                pid = Integer.valueOf(target.group(1));
            } else if (KERNEL_TARGET.matcher(line).matches()) {
                endBlock();
                pid = null;
            } else if (block != null && stack.matches()) {
                endStack();
                inStack = true;
                bytes = Long.parseLong(stack.group(1));
                allocations = Long.parseLong(stack.group(2));
            } else if (block != null
                    && !line.isBlank()
                    && !ADDRESS.matcher(line).matches()) {
                // Before the first block stand compiler warnings and "Attaching to kernel allocators".
                if (inStack && Character.isWhitespace(line.charAt(0))) {
                    frames.add(frame(line));
                } else {
                    lines.issue("not a line of memleak");
                }
            }
        }
        endBlock();
        return lines.parsedRows(rows);
    }

    /** A function without a name is told by its address: two of them are not one. */
    private static String frame(String line) {
        Matcher bcc = BCC_FRAME.matcher(line);
        Matcher libbpf = LIBBPF_FRAME.matcher(line);
        Matcher addressed = bcc.matches() ? bcc : libbpf.matches() ? libbpf : null;
        if (addressed == null) {
            return line.strip();
        }
        String symbol = addressed.group(2).strip();
        return NAMELESS.matcher(symbol).matches() ? "0x" + addressed.group(1) + " " + symbol : symbol;
    }

    private void endStack() {
        if (!inStack) {
            return;
        }
        inStack = false;
        if (frames.isEmpty()) {
            lines.issue("block " + block.number() + " has a stack without frames; it was not read");
            return;
        }
        try {
            block.add(frames, bytes, allocations);
        } catch (ArithmeticException e) {
            lines.issue("block " + block.number() + " has more bytes than fit into 63 bits");
        }
        frames.clear();
    }

    private void endBlock() {
        endStack();
        if (block != null) {
            rows.addAll(block.rows());
            block = null;
        }
    }
}
