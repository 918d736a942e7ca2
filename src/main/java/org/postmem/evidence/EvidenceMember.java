package org.postmem.evidence;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Arrays;

/** A file that was found; it can be read while it is shown, and once only. */
public final class EvidenceMember {
    private static final int CHUNK_BYTES = 1 << 16;

    private final String path;
    private final Instant modified;
    private final byte[] head;
    private final InputStream rest;
    private final long mostBytes;

    EvidenceMember(String path, Instant modified, byte[] head, InputStream rest, long mostBytes) {
        this.path = path;
        this.modified = modified;
        this.head = head;
        this.rest = rest;
        this.mostBytes = mostBytes;
    }

    /**
     * One that is in memory already.
     *
     * @param modified {@code null} when nobody knows
     */
    public static EvidenceMember of(String path, Instant modified, byte[] bytes) {
        byte[] head = Arrays.copyOf(bytes, Math.min(bytes.length, CHUNK_BYTES));
        InputStream rest = new ByteArrayInputStream(bytes, head.length, bytes.length - head.length);
        return new EvidenceMember(path, modified, head, rest, Math.max(1, bytes.length));
    }

    /** Where it was found, archives by their names: {@code sosreport.tar.xz/host/proc/meminfo}. A label, never opened. */
    public String path() {
        return path;
    }

    /** As the archive or the file system says; {@code null} when it does not. */
    public Instant modified() {
        return modified;
    }

    /** Its first bytes, at most 64 KiB. */
    public byte[] head() {
        return head.clone();
    }

    /**
     * All of it.
     *
     * @throws EvidenceLimitException when it is longer than the limit
     */
    public byte[] bytes() throws IOException {
        byte[] whole = head;
        int length = head.length;
        byte[] chunk = new byte[CHUNK_BYTES];
        for (int read = rest.read(chunk); read >= 0; read = rest.read(chunk)) {
            if (length + (long) read > mostBytes) {
                throw new EvidenceLimitException("it is longer than " + mostBytes + " bytes; raise --max-file");
            }
            if (length + read > whole.length) {
                long larger = Math.min(mostBytes, Math.max(2L * whole.length, length + (long) read));
                whole = Arrays.copyOf(whole, (int) larger);
            }
            System.arraycopy(chunk, 0, whole, length, read);
            length += read;
        }
        return length == whole.length ? whole : Arrays.copyOf(whole, length);
    }
}
