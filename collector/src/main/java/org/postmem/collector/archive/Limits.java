package org.postmem.collector.archive;

/**
 * What a reader accepts before it calls an archive hostile. What is above a limit is damage, never memory.
 *
 * @param entryBytes of one entry
 * @param snapshotBytes of all entries of one snapshot
 */
public record Limits(int entryBytes, long snapshotBytes, int entriesPerSnapshot, int nameBytes) {
    /** 30,000 processes with every kind of text stay below these. */
    public static final Limits STANDARD = new Limits(256 << 20, 512L << 20, 20_000, 4096);
}
