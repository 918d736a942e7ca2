package org.postmem.evidence;

/**
 * How much is read of what nobody has to trust.
 *
 * @param memberBytes of one file, unpacked; kept in memory while it is read
 * @param totalBytes of all files, unpacked
 * @param members files
 * @param nesting archives within archives
 */
public record EvidenceLimits(long memberBytes, long totalBytes, int members, int nesting) {
    public static final EvidenceLimits STANDARD = new EvidenceLimits(256L << 20, 8L << 30, 500_000, 2);

    public EvidenceLimits {
        if (memberBytes < 1 || memberBytes > Integer.MAX_VALUE - 8 || totalBytes < 1 || members < 1 || nesting < 0) {
            throw new IllegalArgumentException("a limit of evidence is out of range");
        }
    }
}
