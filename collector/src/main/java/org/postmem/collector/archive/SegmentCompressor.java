package org.postmem.collector.archive;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Compresses one segment into a buffer. */
interface SegmentCompressor extends Closeable {
    void write(byte[] bytes, int offset, int length) throws IOException;

    /** From here on all bytes written so far can be decoded. */
    void endSnapshot() throws IOException;

    @Override
    void close() throws IOException;

    static SegmentCompressor of(Compression compression, OutputStream out) throws IOException {
        return compression == Compression.ZSTD ? new Zstd(out) : new Gzip(out);
    }

    /** What makes a whole file of the segment as it stands, overlaid by the next snapshot: an empty last block. */
    static byte[] seal(Compression compression) {
        return compression == Compression.ZSTD ? new byte[] {1, 0, 0} : new byte[0];
    }

    /** A whole frame, or member, in which there is nothing. The library writes no frame for it. */
    static byte[] nothing(Compression compression) {
        return compression == Compression.ZSTD
                // magic, a frame header that says 0 bytes, an empty last block
                ? new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0x20, 0, 1, 0, 0}
                : new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    }

    /** One frame, flushed after every snapshot. Its end is the seal, so the stream itself is never finished. */
    final class Zstd implements SegmentCompressor {
        private final ZstdOutputStreamNoFinalizer stream;
        private final Gate gate;

        Zstd(OutputStream out) throws IOException {
            gate = new Gate(out);
            stream = new ZstdOutputStreamNoFinalizer(gate);
            stream.setLevel(2).setWindowLog(23).setChecksum(false).setCloseFrameOnFlush(false);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            stream.write(bytes, offset, length);
        }

        @Override
        public void endSnapshot() throws IOException {
            stream.flush();
        }

        @Override
        public void close() throws IOException {
            gate.open = false;
            stream.close();
        }
    }

    /** Swallows what the stream says at its end. */
    final class Gate extends OutputStream {
        private final OutputStream out;
        private boolean open = true;

        Gate(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            if (open) {
                out.write(b);
            }
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (open) {
                out.write(bytes, offset, length);
            }
        }
    }

    /** A member a snapshot: each has its own CRC, so damage stays where it is. */
    final class Gzip implements SegmentCompressor {
        private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};
        private final OutputStream out;
        private final Deflater deflater = new Deflater(6, true);
        private final CRC32 crc = new CRC32();
        private final byte[] buffer = new byte[64 << 10];
        private boolean member;

        Gzip(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (!member) {
                out.write(HEADER);
                member = true;
            }
            crc.update(bytes, offset, length);
            deflater.setInput(bytes, offset, length);
            while (!deflater.needsInput()) {
                out.write(buffer, 0, deflater.deflate(buffer));
            }
        }

        @Override
        public void endSnapshot() throws IOException {
            deflater.finish();
            while (!deflater.finished()) {
                out.write(buffer, 0, deflater.deflate(buffer));
            }
            out.write(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt((int) crc.getValue())
                    .putInt((int) deflater.getBytesRead())
                    .array());
            deflater.reset();
            crc.reset();
            member = false;
        }

        @Override
        public void close() {
            deflater.end();
        }
    }
}
