package org.postmem.collector.source;

import java.nio.charset.StandardCharsets;

/**
 * The sizes in {@code /proc/PID/status} that tell who grows. They are those of {@code statm}, in kB instead of pages:
 * size is VmSize, resident VmRSS, shared the sum of RssFile and RssShmem, which kernels have told since 4.5.
 *
 * <pre>
 * VmSize:	  170032 kB
 * VmRSS:	   12744 kB
 * RssAnon:	    3128 kB
 * RssFile:	    9616 kB
 * RssShmem:	       0 kB
 * </pre>
 */
record StatusSizes(long sizeKilobytes, long residentKilobytes, long sharedKilobytes) {
    private static final byte[] SIZE = "VmSize:".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] RESIDENT = "VmRSS:".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FILE = "RssFile:".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SHMEM = "RssShmem:".getBytes(StandardCharsets.US_ASCII);

    /** Returns null when one of them is missing: an older kernel, or a process that has no memory any more. */
    static StatusSizes parse(byte[] text, int length) {
        long size = -1;
        long resident = -1;
        long file = -1;
        long shmem = -1;
        int line = 0;
        while (line < length) {
            if (text[line] == 'V' && startsWith(text, line, length, SIZE)) {
                size = number(text, line + SIZE.length, length);
            } else if (text[line] == 'V' && startsWith(text, line, length, RESIDENT)) {
                resident = number(text, line + RESIDENT.length, length);
            } else if (text[line] == 'R' && startsWith(text, line, length, FILE)) {
                file = number(text, line + FILE.length, length);
            } else if (text[line] == 'R' && startsWith(text, line, length, SHMEM)) {
                shmem = number(text, line + SHMEM.length, length);
                break;
            }
            line = nextLine(text, line, length);
        }
        return size < 0 || resident < 0 || file < 0 || shmem < 0 ? null : new StatusSizes(size, resident, file + shmem);
    }

    /** The number of the line that begins with a word, like {@code Tgid:}; -1 when there is none. */
    static long number(byte[] word, byte[] text, int length) {
        for (int line = 0; line < length; line = nextLine(text, line, length)) {
            if (startsWith(text, line, length, word)) {
                return number(text, line + word.length, length);
            }
        }
        return -1;
    }

    private static int nextLine(byte[] text, int line, int length) {
        int at = line;
        while (at < length && text[at] != '\n') {
            at++;
        }
        return at + 1;
    }

    private static boolean startsWith(byte[] text, int at, int length, byte[] word) {
        if (length - at < word.length) {
            return false;
        }
        for (int i = 0; i < word.length; i++) {
            if (text[at + i] != word[i]) {
                return false;
            }
        }
        return true;
    }

    /** The number behind the blanks; -1 when there is none. */
    private static long number(byte[] text, int from, int length) {
        int at = from;
        while (at < length && (text[at] == ' ' || text[at] == '\t')) {
            at++;
        }
        int digits = at;
        long value = 0;
        while (at < length && text[at] >= '0' && text[at] <= '9') {
            value = value * 10 + (text[at++] - '0');
        }
        return at == digits ? -1 : value;
    }
}
