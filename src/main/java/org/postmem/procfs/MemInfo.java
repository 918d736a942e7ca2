package org.postmem.procfs;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

// MemTotal:         480288 kB

/**
 * {@code /proc/meminfo} (proc_meminfo(5)), bytes; {@code null} where this kernel has no such line. {@code hugePages…}
 * without a unit are counts of huge pages.
 *
 * @param others lines of a kernel that is newer, or patched: bytes where the line has kB, else the bare number
 */
public record MemInfo(
        Long memTotalBytes,
        Long memFreeBytes,
        Long memAvailableBytes,
        Long buffersBytes,
        Long cachedBytes,
        Long swapCachedBytes,
        Long activeBytes,
        Long inactiveBytes,
        Long activeAnonBytes,
        Long inactiveAnonBytes,
        Long activeFileBytes,
        Long inactiveFileBytes,
        Long unevictableBytes,
        Long mlockedBytes,
        Long swapTotalBytes,
        Long swapFreeBytes,
        Long zswapBytes,
        Long zswappedBytes,
        Long dirtyBytes,
        Long writebackBytes,
        Long anonPagesBytes,
        Long mappedBytes,
        Long shmemBytes,
        Long kreclaimableBytes,
        Long slabBytes,
        Long sreclaimableBytes,
        Long sunreclaimBytes,
        Long kernelStackBytes,
        Long pageTablesBytes,
        Long secPageTablesBytes,
        Long nfsUnstableBytes,
        Long bounceBytes,
        Long writebackTmpBytes,
        Long commitLimitBytes,
        Long committedAsBytes,
        Long vmallocTotalBytes,
        Long vmallocUsedBytes,
        Long vmallocChunkBytes,
        Long percpuBytes,
        Long hardwareCorruptedBytes,
        Long anonHugePagesBytes,
        Long shmemHugePagesBytes,
        Long shmemPmdMappedBytes,
        Long fileHugePagesBytes,
        Long filePmdMappedBytes,
        Long cmaTotalBytes,
        Long cmaFreeBytes,
        Long unacceptedBytes,
        Long balloonBytes,
        Long hugePagesTotal,
        Long hugePagesFree,
        Long hugePagesRsvd,
        Long hugePagesSurp,
        Long hugePageSizeBytes,
        Long hugetlbBytes,
        Long directMap4kBytes,
        Long directMap2mBytes,
        Long directMap1gBytes,
        Map<String, Long> others) {

    /** The kernel's names, in the order of the components. */
    private static final Keys KEYS = new Keys(
            "MemTotal",
            "MemFree",
            "MemAvailable",
            "Buffers",
            "Cached",
            "SwapCached",
            "Active",
            "Inactive",
            "Active(anon)",
            "Inactive(anon)",
            "Active(file)",
            "Inactive(file)",
            "Unevictable",
            "Mlocked",
            "SwapTotal",
            "SwapFree",
            "Zswap",
            "Zswapped",
            "Dirty",
            "Writeback",
            "AnonPages",
            "Mapped",
            "Shmem",
            "KReclaimable",
            "Slab",
            "SReclaimable",
            "SUnreclaim",
            "KernelStack",
            "PageTables",
            "SecPageTables",
            "NFS_Unstable",
            "Bounce",
            "WritebackTmp",
            "CommitLimit",
            "Committed_AS",
            "VmallocTotal",
            "VmallocUsed",
            "VmallocChunk",
            "Percpu",
            "HardwareCorrupted",
            "AnonHugePages",
            "ShmemHugePages",
            "ShmemPmdMapped",
            "FileHugePages",
            "FilePmdMapped",
            "CmaTotal",
            "CmaFree",
            "Unaccepted",
            "Balloon",
            "HugePages_Total",
            "HugePages_Free",
            "HugePages_Rsvd",
            "HugePages_Surp",
            "Hugepagesize",
            "Hugetlb",
            "DirectMap4k",
            "DirectMap2M",
            "DirectMap1G");

    private static final int FIRST_COUNT = 49;
    private static final int LAST_COUNT = 52;

    public MemInfo {
        others = Collections.unmodifiableMap(new LinkedHashMap<>(others));
    }

    public static Parsed<MemInfo> parse(byte[] text) {
        Lines lines = Lines.of(text);
        Long[] values = new Long[KEYS.size()];
        Map<String, Long> others = new LinkedHashMap<>();
        boolean empty = true;
        while (lines.next()) {
            if (lines.isBlank()) {
                continue;
            }
            empty = false;
            if (!lines.until(':')) {
                lines.issue("no colon after the name");
                continue;
            }
            int from = lines.fieldStart;
            int to = lines.fieldEnd;
            int key = KEYS.find(text, from, to);
            if (key == Keys.UNKNOWN) {
                String name = lines.string();
                boolean bare = !hasUnit(lines);
                Long value = Lines.orNull(bare ? lines.count(name) : lines.kilobytes(name));
                if (value != null) {
                    others.put(name, value);
                }
            } else if (values[key] != null) {
                lines.issue("a second line of this name; the first one is kept");
            } else if (key >= FIRST_COUNT && key <= LAST_COUNT) {
                values[key] = Lines.orNull(lines.count("the number of huge pages"));
            } else {
                values[key] = Lines.orNull(lines.kilobytes("the value"));
            }
        }
        if (empty) {
            lines.issueOfText("there is no line in the text");
        }
        return lines.parsed(of(values, others));
    }

    private static boolean hasUnit(Lines lines) {
        return lines.end - lines.start > 3 && lines.text[lines.end - 1] == 'B';
    }

    private static MemInfo of(Long[] values, Map<String, Long> others) {
        return new MemInfo(
                values[0],
                values[1],
                values[2],
                values[3],
                values[4],
                values[5],
                values[6],
                values[7],
                values[8],
                values[9],
                values[10],
                values[11],
                values[12],
                values[13],
                values[14],
                values[15],
                values[16],
                values[17],
                values[18],
                values[19],
                values[20],
                values[21],
                values[22],
                values[23],
                values[24],
                values[25],
                values[26],
                values[27],
                values[28],
                values[29],
                values[30],
                values[31],
                values[32],
                values[33],
                values[34],
                values[35],
                values[36],
                values[37],
                values[38],
                values[39],
                values[40],
                values[41],
                values[42],
                values[43],
                values[44],
                values[45],
                values[46],
                values[47],
                values[48],
                values[49],
                values[50],
                values[51],
                values[52],
                values[53],
                values[54],
                values[55],
                values[56],
                values[57],
                others);
    }
}
