package org.postmem.procfs;

import java.util.Arrays;

// 55b112757000-7ffe94cea000 ---p 00000000 00:00 0                          [rollup]
// Rss:              111848 kB

/**
 * {@code /proc/PID/smaps_rollup} (kernel 4.14+), bytes; {@code null} where this kernel has no such line
 * ({@code Pss_Anon} 5.3+, {@code Pss_Dirty} 6.0+).
 */
public record ProcessMemory(
        Long rssBytes,
        Long pssBytes,
        Long pssAnonBytes,
        Long pssFileBytes,
        Long pssShmemBytes,
        Long pssDirtyBytes,
        Long sharedCleanBytes,
        Long sharedDirtyBytes,
        Long privateCleanBytes,
        Long privateDirtyBytes,
        Long referencedBytes,
        Long anonymousBytes,
        Long lazyFreeBytes,
        Long anonHugePagesBytes,
        Long sharedHugetlbBytes,
        Long privateHugetlbBytes,
        Long swapBytes,
        Long swapPssBytes,
        Long lockedBytes) {

    private static final Keys KEYS = new Keys(
            "Rss",
            "Pss",
            "Pss_Anon",
            "Pss_File",
            "Pss_Shmem",
            "Pss_Dirty",
            "Shared_Clean",
            "Shared_Dirty",
            "Private_Clean",
            "Private_Dirty",
            "Referenced",
            "Anonymous",
            "LazyFree",
            "AnonHugePages",
            "Shared_Hugetlb",
            "Private_Hugetlb",
            "Swap",
            "SwapPss",
            "Locked");

    public static Parsed<ProcessMemory> parse(byte[] text) {
        Lines lines = Lines.of(text);
        long[] v = new long[KEYS.size()];
        Arrays.fill(v, Lines.NONE);
        boolean found = false;
        while (lines.next()) {
            if (lines.start == 0 && lines.end > 0 && !upperCase(text[0])) {
                continue;
            }
            if (!lines.until(':')) {
                if (!lines.isBlank()) {
                    lines.issue("no colon after the name");
                }
                continue;
            }
            int key = KEYS.find(text, lines.fieldStart, lines.fieldEnd);
            if (key != Keys.UNKNOWN) {
                found = true;
                v[key] = lines.kilobytes("the value");
            }
        }
        if (!found) {
            lines.issueOfText("there is no known line in the text");
        }
        return lines.parsed(of(v));
    }

    private static boolean upperCase(byte letter) {
        return letter >= 'A' && letter <= 'Z';
    }

    private static ProcessMemory of(long[] v) {
        return new ProcessMemory(
                Lines.orNull(v[0]),
                Lines.orNull(v[1]),
                Lines.orNull(v[2]),
                Lines.orNull(v[3]),
                Lines.orNull(v[4]),
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
                Lines.orNull(v[18]));
    }
}
