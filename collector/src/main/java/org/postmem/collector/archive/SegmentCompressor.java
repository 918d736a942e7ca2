package org.postmem.collector.archive;

import com.github.luben.zstd.EndDirective;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Compresses segments into a buffer, one after another. Its memory is had once, before there is trouble: on a host whose
 * promises of memory are used up (vm.overcommit_memory 2) nobody gets any later.
 */
interface SegmentCompressor extends Closeable {
    /** Begins a segment that stands alone, whatever became of the one before. */
    void begin() throws IOException;

    void write(byte[] bytes, int offset, int length) throws IOException;

    /** From here on all bytes written so far can be decoded. */
    void endSnapshot() throws IOException;

    @Override
    void close();

    /** Makes one that compresses into a stream. */
    @FunctionalInterface
    interface Maker {
        SegmentCompressor of(Compression compression, OutputStream out) throws IOException;
    }

    static SegmentCompressor of(Compression compression, OutputStream out) throws IOException {
        try {
            return compression == Compression.ZSTD ? new Zstd(out) : new Gzip(out);
        } catch (IllegalStateException e) {
            // how the library says that malloc gave it nothing
            throw new IOException("no memory to compress with: " + e.getMessage(), e);
        }
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

    /** One frame, flushed after every snapshot. Its end is the seal, so the frame itself is never finished. */
    final class Zstd implements SegmentCompressor {
        private static final int BUFFER_BYTES = 64 << 10;

        /** {@code ZSTD_lazy2} of zstd.h; the jni has no names for them. */
        private static final int LAZY2 = 5;

        private final OutputStream out;
        private final ZstdCompressCtx context = new ZstdCompressCtx();
        private final ByteBuffer text = ByteBuffer.allocateDirect(BUFFER_BYTES);
        private final ByteBuffer compressed = ByteBuffer.allocateDirect(BUFFER_BYTES);
        private final byte[] chunk = new byte[BUFFER_BYTES];

        Zstd(OutputStream out) {
            this.out = out;
        }

        @Override
        public void begin() throws IOException {
            text.clear();
            try {
                context.reset();
                // Lines that differ in a digit or two: looking two bytes further for a longer match takes a quarter off
                // what level 2 makes of them, in tables that are small enough; levels up to 15 take no more off.
                context.setLevel(2).setWindowLog(23).setChecksum(false);
                context.setStrategy(LAZY2);
                context.setHashLog(16);
                context.setChainLog(16);
                context.setSearchLog(4);
                context.setMinMatch(5);
                context.setTargetLength(8);
            } catch (ZstdException e) {
                throw failed(e);
            }
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            int at = offset;
            int end = offset + length;
            while (at < end) {
                int count = Math.min(end - at, text.remaining());
                text.put(bytes, at, count);
                at += count;
                if (!text.hasRemaining()) {
                    compress(EndDirective.CONTINUE);
                }
            }
        }

        @Override
        public void endSnapshot() throws IOException {
            compress(EndDirective.FLUSH);
        }

        private void compress(EndDirective directive) throws IOException {
            text.flip();
            boolean whole;
            do {
                compressed.clear();
                try {
                    whole = context.compressDirectByteBufferStream(compressed, text, directive);
                } catch (ZstdException e) {
                    throw failed(e);
                }
                int count = compressed.flip().remaining();
                compressed.get(chunk, 0, count);
                out.write(chunk, 0, count);
            } while (text.hasRemaining() || (directive == EndDirective.FLUSH && !whole));
            text.clear();
        }

        private static IOException failed(ZstdException e) {
            return new IOException("zstd: " + e.getMessage(), e);
        }

        @Override
        public void close() {
            context.close();
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
        public void begin() {
            deflater.reset();
            crc.reset();
            member = false;
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
