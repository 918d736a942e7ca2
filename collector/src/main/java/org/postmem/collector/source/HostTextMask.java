package org.postmem.collector.source;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * Masks secrets in texts of the host that hold command lines or what people gave to a mount: the kernel's own command line,
 * which its log repeats, lines that programs wrote to that log, command lines in the records of the audit system there, and
 * tables of mounts. What the kernel itself says is left alone: it is evidence, and names of processes and groups are in it.
 */
final class HostTextMask {
    /** {@code audit: type=1309 audit(1700000000.123:45): argc=2 a0="mysql" a1="-px"}; longer ones are in hexadecimal. */
    private static final Pattern AUDITED = Pattern.compile(
            "((?:proctitle|cmd|(?<=[ \\]])a[0-9]{1,4}(?:\\[[0-9]{1,4}\\])?)=)(?:\"[^\"\\n]*\"|[^ \\n]+)");

    private final CommandLineMask mask;
    private final Ledger ledger;

    HostTextMask(CommandLineMask mask, Ledger ledger) {
        this.mask = mask;
        this.ledger = ledger;
    }

    /** Of the kernel. */
    byte[] commandLine(byte[] bytes, int length) {
        CommandLineMask.Masked masked = mask.mask(bytes, length);
        note("proc/cmdline", masked.masked());
        return masked.bytes();
    }

    /** A table of mounts: {@code https://user:password@dav.example.org/} as a source, {@code password=x} as an option. */
    byte[] mounts(byte[] bytes, int length, String entry) {
        CommandLineMask.Masked masked = mask.maskText(new String(bytes, 0, length, StandardCharsets.ISO_8859_1));
        note(entry, masked.masked());
        return masked.masked() == 0 ? Arrays.copyOf(bytes, length) : masked.bytes();
    }

    /**
     * Records as /dev/kmsg has them.
     *
     * <pre>5,0,0,-;Kernel command line: root=/dev/vda1 rd.password=x
     * 12,801,5123456,-;cloud-init: password=x</pre>
     */
    byte[] log(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        StringBuilder out = null;
        int written = 0;
        int count = 0;
        for (int from = 0; from < text.length(); ) {
            int end = text.indexOf('\n', from);
            end = end < 0 ? text.length() : end;
            CommandLineMask.Masked safe = line(text.substring(from, end));
            if (safe != null && safe.masked() > 0) {
                out = out == null ? new StringBuilder(text.length()) : out;
                out.append(text, written, from).append(new String(safe.bytes(), StandardCharsets.ISO_8859_1));
                written = end;
                count += safe.masked();
            }
            from = end + 1;
        }
        note("dev/kmsg", count);
        return out == null
                ? bytes
                : out.append(text, written, text.length()).toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Null for a line of the kernel's that repeats nobody's words. */
    private CommandLineMask.Masked line(String line) {
        int text = line.indexOf(';') + 1;
        if (line.startsWith("audit", text) || line.startsWith("type=", text)) {
            boolean audited = line.contains("type=1309") || line.contains("type=1327") || line.contains("type=1123");
            return audited
                    ? new CommandLineMask.Masked(
                            AUDITED.matcher(line).replaceAll("$1***").getBytes(StandardCharsets.ISO_8859_1),
                            (int) AUDITED.matcher(line).results().count())
                    : null;
        }
        if (!isOfAProgram(line) && !line.contains("ommand line")) {
            return null;
        }
        byte[] bytes = line.getBytes(StandardCharsets.ISO_8859_1);
        return mask.mask(bytes, bytes.length);
    }

    /** The first number is facility and level; facility 0 is the kernel itself. */
    private static boolean isOfAProgram(String line) {
        int comma = line.indexOf(',');
        return comma > 0
                && comma < 6
                && line.charAt(0) >= '0'
                && line.charAt(0) <= '9'
                && (comma > 1 || line.charAt(0) > '7');
    }

    private void note(String entry, int masked) {
        if (masked > 0) {
            ledger.gap(entry, Outcome.MASKED, masked, "secrets in arguments");
        }
    }
}
