package org.postmem.collector.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/**
 * Reads small files whole, one after another, into one buffer that is used again: kernel files tell no size, so the
 * buffer grows until the file ends or the cap is met.
 */
public final class WholeFile {
    /** The JDK copies larger reads through memory it allocates anew each time; the kernel gives a page at once anyway. */
    private static final int CHUNK_BYTES = 8192;

    private static final int KEPT_BYTES = 1 << 20;

    private final int capBytes;
    private byte[] bytes = new byte[8 * CHUNK_BYTES];
    private int length;

    private final FileCalls plain = new StreamCalls();
    /** Null where this JVM has no quicker way. */
    private final FileCalls quick;

    public WholeFile(int capBytes) {
        this(capBytes, NativeCalls.isAvailable());
    }

    WholeFile(int capBytes, boolean quick) {
        this.capBytes = Math.max(capBytes, CHUNK_BYTES);
        this.quick = quick ? new NativeCalls() : null;
    }

    public byte[] bytes() {
        return bytes;
    }

    public int length() {
        return length;
    }

    /** Replaces what is held, for texts that are not read from a file. */
    public void set(byte[] text) {
        bytes = text.length > bytes.length ? text.clone() : bytes;
        System.arraycopy(text, 0, bytes, 0, text.length);
        length = text.length;
    }

    /**
     * Reads a file up to the cap.
     *
     * @return null when the file was read to its end, else the {@link Outcome}; {@link Outcome#TRUNCATED} keeps the
     *     bytes up to the cap, every other one keeps nothing
     */
    public String read(String path) {
        return read(path, capBytes);
    }

    public String read(String path, int cap) {
        return read(path, cap, false, WholeFile::never);
    }

    /**
     * Reads a file that the kernel shows in one piece ({@code single_open} of fs/seq_file.c, as all small files of
     * {@code /proc/PID} are): what is shorter than the buffer has ended, and asking once more would only cost another
     * call. For files made of records, like vmstat or smaps, a short answer says nothing; those need {@link #read}.
     */
    public String readShownAtOnce(String path) {
        return read(path, capBytes, true, WholeFile::never);
    }

    /**
     * Reads a file that may cost more than expected.
     *
     * @param givenUp asked before every piece; {@link Outcome#SKIPPED_BUDGET} once it says so, and nothing is kept
     */
    String read(String path, BooleanSupplier givenUp) {
        return read(path, capBytes, false, givenUp);
    }

    /** Both: {@link #readShownAtOnce(String)} of a file that may cost more than expected. */
    String readShownAtOnce(String path, BooleanSupplier givenUp) {
        return read(path, capBytes, true, givenUp);
    }

    /** Reads a file that is open, from its start; see {@link #read(String)}. */
    String read(FileChannel channel) {
        begin();
        try {
            while (true) {
                int wanted = room(capBytes);
                int read = channel.read(ByteBuffer.wrap(bytes, length, wanted), length);
                if (read <= 0) {
                    return null;
                }
                length += read;
                if (length > capBytes) {
                    length = capBytes;
                    return Outcome.TRUNCATED;
                }
            }
        } catch (IOException e) {
            length = 0;
            return Outcome.of(e);
        }
    }

    private void begin() {
        length = 0;
        if (bytes.length > KEPT_BYTES) {
            bytes = new byte[8 * CHUNK_BYTES];
        }
    }

    /** Makes room for the next piece; returns how much of it is wanted. */
    private int room(int cap) {
        if (bytes.length - length < CHUNK_BYTES) {
            bytes = Arrays.copyOf(bytes, bytes.length * 2);
        }
        return Math.min(CHUNK_BYTES, cap + 1 - length);
    }

    private String read(String path, int cap, boolean shownAtOnce, BooleanSupplier givenUp) {
        begin();
        FileCalls in = quick != null && NativeCalls.takes(path) ? quick : plain;
        try {
            in.open(path);
            try {
                return rest(in, cap, shownAtOnce, givenUp);
            } finally {
                in.close();
            }
        } catch (IOException e) {
            length = 0;
            return Outcome.of(e);
        }
    }

    private String rest(FileCalls in, int cap, boolean shownAtOnce, BooleanSupplier givenUp) throws IOException {
        while (true) {
            if (givenUp.getAsBoolean()) {
                length = 0;
                return Outcome.SKIPPED_BUDGET;
            }
            int wanted = room(cap);
            int read = in.read(bytes, length, wanted);
            if (read <= 0) {
                return null;
            }
            length += read;
            if (shownAtOnce && read < wanted) {
                return null;
            }
            if (length > cap) {
                length = cap;
                return Outcome.TRUNCATED;
            }
        }
    }

    private static boolean never() {
        return false;
    }
}
