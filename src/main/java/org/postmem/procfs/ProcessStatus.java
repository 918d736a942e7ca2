package org.postmem.procfs;

import java.util.Arrays;

// VmRSS:	  111848 kB

/**
 * {@code /proc/PID/status} (proc_pid_status(5)); {@code null} where there is no such line: a kernel thread has no
 * {@code Vm…}, a kernel before 4.5 no {@code RssAnon}.
 *
 * @param name as the kernel escapes it ({@code \n}, {@code \\})
 * @param state one letter
 * @param uid the real one
 * @param fdSize slots of the descriptor table, not open descriptors
 * @param queuedSignals of all processes of the real user together; each timer of timer_create(2) holds one for as long as it exists
 */
public record ProcessStatus(
        String name,
        String state,
        Integer pid,
        Integer tgid,
        Integer ppid,
        Long uid,
        Long fdSize,
        Long threads,
        Long queuedSignals,
        Long vmPeakBytes,
        Long vmSizeBytes,
        Long vmLockedBytes,
        Long vmPinnedBytes,
        Long rssPeakBytes,
        Long rssBytes,
        Long rssAnonBytes,
        Long rssFileBytes,
        Long rssShmemBytes,
        Long vmDataBytes,
        Long vmStackBytes,
        Long vmExeBytes,
        Long vmLibBytes,
        Long pteBytes,
        Long pmdBytes,
        Long swapBytes,
        Long hugetlbBytes) {

    private static final Keys KEYS = new Keys(
            "Name",
            "State",
            "Pid",
            "Tgid",
            "PPid",
            "Uid",
            "FDSize",
            "Threads",
            "SigQ",
            "VmPeak",
            "VmSize",
            "VmLck",
            "VmPin",
            "VmHWM",
            "VmRSS",
            "RssAnon",
            "RssFile",
            "RssShmem",
            "VmData",
            "VmStk",
            "VmExe",
            "VmLib",
            "VmPTE",
            "VmPMD",
            "VmSwap",
            "HugetlbPages");
    private static final int NAME = 0;
    private static final int STATE = 1;
    private static final int QUEUED_SIGNALS = 8;
    private static final int FIRST_BYTES = 9;

    public static Parsed<ProcessStatus> parse(byte[] text) {
        Lines lines = Lines.of(text);
        String name = null;
        String state = null;
        long[] values = new long[KEYS.size()];
        Arrays.fill(values, Lines.NONE);
        while (lines.next()) {
            if (!lines.until(':')) {
                if (!lines.isBlank()) {
                    lines.issue("no colon after the name");
                }
                continue;
            }
            int key = KEYS.find(text, lines.fieldStart, lines.fieldEnd);
            if (key == Keys.UNKNOWN) {
                continue;
            }
            if (key >= FIRST_BYTES) {
                values[key] = lines.kilobytes("the value");
            } else if (key == NAME) {
                // One tab, then the name, which may begin with a blank.
                int from = Math.min(lines.position() + 1, lines.end);
                name = lines.string(from, lines.end);
            } else if (key == STATE) {
                state = lines.field() ? lines.string() : null;
            } else if (key == QUEUED_SIGNALS) {
                // 12/7654: how many, and how many there may be
                values[key] = lines.fieldBefore('/') ? lines.fieldAsNumber("the value") : Lines.NONE;
            } else {
                values[key] = lines.count("the value");
            }
        }
        if (lines.number == 0) {
            lines.issueOfText("there is no line in the text");
        }
        return lines.parsed(of(name, state, values));
    }

    private static ProcessStatus of(String name, String state, long[] v) {
        return new ProcessStatus(
                name,
                state,
                Lines.intOrNull(v[2]),
                Lines.intOrNull(v[3]),
                Lines.intOrNull(v[4]),
                Lines.orNull(v[5]),
                Lines.orNull(v[6]),
                Lines.orNull(v[7]),
                Lines.orNull(v[8]),
                Lines.orNull(v[9]),
                Lines.orNull(v[10]),
                Lines.orNull(v[11]),
                Lines.orNull(v[12]),
                Lines.orNull(v[13]),
                Lines.orNull(v[14]),
                Lines.orNull(v[15]),
                Lines.orNull(v[16]),
                Lines.orNull(v[17]),
                Lines.orNull(v[18]),
                Lines.orNull(v[19]),
                Lines.orNull(v[20]),
                Lines.orNull(v[21]),
                Lines.orNull(v[22]),
                Lines.orNull(v[23]),
                Lines.orNull(v[24]),
                Lines.orNull(v[25]));
    }
}
