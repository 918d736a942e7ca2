package org.postmem.collector.archive;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * What one zstd frame or one gzip member decodes to. Whatever decodes is delivered, up to the byte that does not; then
 * {@link #read} says -1 and {@link #problem} why.
 */
abstract class RawRun implements Closeable {
    /** A reader that asks for more loses what was decoded in the call that fails. */
    static final int READ_BYTES = 64 << 10;

    private String problem;
    private boolean cut;

    /** Some bytes, or -1 at the end of what can be decoded. */
    abstract int read(byte[] target, int offset, int length) throws IOException;

    /** The byte of the file behind the last block that was decoded; the next one is not touched before it is asked for. */
    abstract long boundary();

    /** Where the run ended in the file; right only after {@link #read} said -1 and there was no problem. */
    abstract long end();

    /** {@code null} while all is well. */
    String problem() {
        return problem;
    }

    /** Did the file end within the run? */
    boolean cut() {
        return cut;
    }

    final void broken(String reason) {
        if (problem == null) {
            problem = reason;
        }
    }

    final void endedEarly() {
        cut = true;
        broken("the file ends in the middle of it");
    }

    @Override
    public abstract void close() throws IOException;

    /** Uncompressed tar. */
    static final class Plain extends RawRun {
        private final FileWindow file;

        Plain(FileWindow file) {
            this.file = file;
        }

        @Override
        int read(byte[] target, int offset, int length) throws IOException {
            return file.read(target, offset, length);
        }

        @Override
        long boundary() {
            return file.position();
        }

        @Override
        long end() {
            return file.position();
        }

        @Override
        public void close() {}
    }

    /** One frame. The decoder is fed block by block, so it is known which block a byte came from. */
    static final class Zstd extends RawRun {
        static final byte[] MAGIC = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};
        private static final int MAX_WINDOW_LOG = 23;
        private static final int MAX_BLOCK = 128 << 10;
        private final FileWindow file;
        private final Feeder feeder;
        private ZstdInputStreamNoFinalizer stream;

        /** @throws ArchiveException when the frame asks for more memory than this format ever does */
        Zstd(FileWindow file) throws IOException {
            this.file = file;
            this.feeder = new Feeder();
            if (feeder.header()) {
                stream = decoder(feeder);
            }
        }

        /** Takes what the input has; frames that ask for more memory than this format ever does it does not read. */
        static ZstdInputStreamNoFinalizer decoder(InputStream in) throws IOException {
            ZstdInputStreamNoFinalizer decoder = new ZstdInputStreamNoFinalizer(in);
            decoder.setContinuous(true);
            decoder.setLongMax(MAX_WINDOW_LOG);
            return decoder;
        }

        @Override
        int read(byte[] target, int offset, int length) throws IOException {
            if (stream == null || (problem() != null && !cut())) {
                return -1;
            }
            try {
                return stream.read(target, offset, Math.min(length, READ_BYTES));
            } catch (IOException e) {
                broken("it cannot be decoded (" + e.getMessage() + ")");
                return -1;
            }
        }

        @Override
        long boundary() {
            return file.position();
        }

        @Override
        long end() {
            return file.position();
        }

        @Override
        public void close() throws IOException {
            if (stream != null) {
                stream.close();
            }
        }

        /** Gives the decoder whole blocks only, one at a time. */
        private final class Feeder extends InputStream {
            private byte[] chunk = new byte[MAX_BLOCK + 3];
            private int chunkAt;
            private int chunkLength;
            private boolean last;
            private boolean checksum;

            boolean header() throws IOException {
                int got = file.readFully(chunk, 0, 5);
                if (got < 5) {
                    endedEarly();
                    return false;
                }
                int descriptor = chunk[4] & 0xff;
                boolean single = (descriptor & 0x20) != 0;
                checksum = (descriptor & 4) != 0;
                int dictionaryBytes = new int[] {0, 1, 2, 4}[descriptor & 3];
                int sizeBytes = new int[] {single ? 1 : 0, 2, 4, 8}[descriptor >> 6];
                int rest = (single ? 0 : 1) + dictionaryBytes + sizeBytes;
                if (file.readFully(chunk, 5, rest) < rest) {
                    endedEarly();
                    return false;
                }
                if (!single && 10 + (chunk[5] >> 3 & 31) > MAX_WINDOW_LOG) {
                    broken("it asks for a window of 2^" + (10 + (chunk[5] >> 3 & 31)) + " bytes, more than 2^"
                            + MAX_WINDOW_LOG);
                    return false;
                }
                chunkLength = 5 + rest;
                return true;
            }

            private boolean next() throws IOException {
                chunkAt = 0;
                chunkLength = 0;
                if (last) {
                    if (!checksum) {
                        return false;
                    }
                    checksum = false;
                    chunkLength = file.readFully(chunk, 0, 4);
                    if (chunkLength < 4) {
                        endedEarly();
                    }
                    return chunkLength > 0;
                }
                if (file.remaining() < 3) {
                    endedEarly();
                    return false;
                }
                long start = file.position();
                chunkLength = file.readFully(chunk, 0, 3);
                int header = (chunk[0] & 0xff) | (chunk[1] & 0xff) << 8 | (chunk[2] & 0xff) << 16;
                int type = header >> 1 & 3;
                int size = type == 1 ? 1 : header >> 3;
                if (type == 3 || size > MAX_BLOCK) {
                    file.seek(start);
                    broken("no block begins at byte " + start);
                    return false;
                }
                if (file.readFully(chunk, 3, size) < size) {
                    file.seek(start);
                    endedEarly();
                    return false;
                }
                chunkLength = 3 + size;
                last = (header & 1) != 0;
                return true;
            }

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                if (chunkAt == chunkLength && !next()) {
                    return -1;
                }
                int count = Math.min(length, chunkLength - chunkAt);
                System.arraycopy(chunk, chunkAt, target, offset, count);
                chunkAt += count;
                return count;
            }

            /** Nothing: so the decoder hands out what it has before it asks for the next block. */
            @Override
            public int available() {
                return 0;
            }
        }
    }

    /** One gzip member. */
    static final class Gzip extends RawRun {
        static final byte[] MAGIC = {0x1f, (byte) 0x8b, 8};
        private static final int MAX_HEADER_TEXT = 64 << 10;
        private final FileWindow file;
        private final Inflater inflater = new Inflater(true);
        private final CRC32 crc = new CRC32();
        private final byte[] input = new byte[16 << 10];
        private long boundary;
        private boolean over;

        Gzip(FileWindow file) throws IOException {
            this.file = file;
            over = !header();
        }

        private boolean header() throws IOException {
            byte[] head = new byte[10];
            if (file.readFully(head, 0, 10) < 10) {
                endedEarly();
                return false;
            }
            int flags = head[3];
            boolean whole = true;
            if ((flags & 4) != 0) {
                int low = file.read();
                int high = file.read();
                whole = high >= 0 && file.remaining() >= (low | high << 8);
                file.seek(whole ? file.position() + (low | high << 8) : file.position());
            }
            whole = whole && ((flags & 8) == 0 || zeroTerminated());
            whole = whole && ((flags & 16) == 0 || zeroTerminated());
            whole = whole && ((flags & 2) == 0 || file.readFully(head, 0, 2) == 2);
            if (!whole) {
                endedEarly();
            }
            return whole;
        }

        private boolean zeroTerminated() throws IOException {
            for (int i = 0; i < MAX_HEADER_TEXT; i++) {
                int b = file.read();
                if (b <= 0) {
                    return b == 0;
                }
            }
            return false;
        }

        @Override
        int read(byte[] target, int offset, int length) throws IOException {
            if (over) {
                return -1;
            }
            try {
                while (true) {
                    int count = inflater.inflate(target, offset, Math.min(length, READ_BYTES));
                    if (count > 0) {
                        crc.update(target, offset, count);
                        return count;
                    }
                    if (inflater.finished()) {
                        over = true;
                        file.seek(file.position() - inflater.getRemaining());
                        check();
                        return -1;
                    }
                    if (inflater.needsDictionary()) {
                        throw new DataFormatException("a dictionary is wanted");
                    }
                    int got = file.read(input, 0, input.length);
                    if (got < 0) {
                        over = true;
                        endedEarly();
                        return -1;
                    }
                    inflater.setInput(input, 0, got);
                }
            } catch (DataFormatException e) {
                over = true;
                broken("it cannot be decoded (" + e.getMessage() + ")");
                return -1;
            }
        }

        private void check() throws IOException {
            byte[] sums = new byte[8];
            if (file.readFully(sums, 0, 8) < 8) {
                endedEarly();
                return;
            }
            boundary = file.position();
            if (little(sums, 0) != (int) crc.getValue() || little(sums, 4) != (int) inflater.getBytesWritten()) {
                broken("its CRC does not hold");
            }
        }

        private static int little(byte[] b, int at) {
            return (b[at] & 0xff) | (b[at + 1] & 0xff) << 8 | (b[at + 2] & 0xff) << 16 | (b[at + 3] & 0xff) << 24;
        }

        @Override
        long boundary() {
            return boundary;
        }

        @Override
        long end() {
            return file.position();
        }

        @Override
        public void close() {
            inflater.end();
        }
    }
}
