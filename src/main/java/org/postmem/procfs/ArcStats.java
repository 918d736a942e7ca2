package org.postmem.procfs;

// 13 1 0x01 123 33456 7402060102 66478716886640
// name                            type data
// size                            4    33743421984

/**
 * What the cache of ZFS (ARC) says of itself in {@code /proc/spl/kstat/zfs/arcstats}, bytes; {@code null} where this
 * version has no such line. The lines {@code arc_meta_limit} and {@code arc_dnode_limit} ended with OpenZFS 2.2.
 *
 * @param sizeBytes all that it holds: data, metadata, and what manages them
 * @param targetBytes {@code c}: what it wants to hold now; between {@code c_min} and {@code c_max}
 * @param dataBytes of the size what was read from and written to files; lies in pages of its own, as metadata do
 * @param loanedBytes lent to writers
 * @param needFreeBytes what the kernel asked back and did not get yet
 * @param sysFreeBytes what it leaves free for others
 */
public record ArcStats(
        Long sizeBytes,
        Long targetBytes,
        Long leastBytes,
        Long mostBytes,
        Long dataBytes,
        Long metadataBytes,
        Long metaUsedBytes,
        Long metaLimitBytes,
        Long dnodeLimitBytes,
        Long loanedBytes,
        Long needFreeBytes,
        Long sysFreeBytes) {

    /** ZFS's names, in the order of the components. */
    private static final Keys KEYS = new Keys(
            "size",
            "c",
            "c_min",
            "c_max",
            "data_size",
            "metadata_size",
            "arc_meta_used",
            "arc_meta_limit",
            "arc_dnode_limit",
            "arc_loaned_bytes",
            "arc_need_free",
            "arc_sys_free");

    private static final int LINES_OF_HEADER = 2;

    public static Parsed<ArcStats> parse(byte[] text) {
        Lines lines = Lines.of(text);
        Long[] values = new Long[KEYS.size()];
        while (lines.next()) {
            if (lines.number <= LINES_OF_HEADER || !lines.field()) {
                continue;
            }
            int key = KEYS.find(text, lines.fieldStart, lines.fieldEnd);
            if (key != Keys.UNKNOWN) {
                lines.skip(1);
                values[key] = Lines.orNull(lines.count("the value"));
            }
        }
        if (values[0] == null) {
            lines.issueOfText("there is no line size in the text");
        }
        return lines.parsed(new ArcStats(
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
                values[11]));
    }
}
