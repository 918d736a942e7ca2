package org.postmem.collector.source;

/**
 * The few fields of {@code /proc/PID/stat} the collector itself needs; the name may hold blanks and parentheses, so
 * fields are counted from the last one.
 *
 * <pre>1 (systemd) S 0 1 1 0 -1 4194560 14210 1187 15 88 31 103 5 5 20 0 1 0 3 174108672 3180 …</pre>
 *
 * @param flags field 9, PF_* of the kernel
 * @param startTicks field 22, clock ticks after boot
 * @param residentPages field 24; -1 when it is missing
 */
record StatLine(char state, long flags, long startTicks, long residentPages, int commHash) {
    /** Returns null for a text that is no stat line. */
    static StatLine parse(byte[] text, int length) {
        int open = -1;
        int close = -1;
        for (int i = 0; i < length; i++) {
            if (text[i] == '(' && open < 0) {
                open = i;
            } else if (text[i] == ')') {
                close = i;
            }
        }
        if (open < 0 || close < open || close + 2 >= length) {
            return null;
        }
        int commHash = 1;
        for (int i = open; i < close; i++) {
            commHash = 31 * commHash + text[i];
        }
        char state = (char) text[close + 2];
        long flags = -1;
        long startTicks = -1;
        int field = 3;
        long value = 0;
        for (int i = close + 3; i < length; i++) {
            int c = text[i];
            if (c >= '0' && c <= '9') {
                value = value * 10 + (c - '0');
            } else if (c == ' ' || c == '\n') {
                if (field == 9) {
                    flags = value;
                } else if (field == 22) {
                    startTicks = value;
                } else if (field == 24) {
                    return new StatLine(state, flags, startTicks, value, commHash);
                }
                field++;
                value = 0;
            }
        }
        return startTicks < 0 ? null : new StatLine(state, flags, startTicks, -1, commHash);
    }
}
