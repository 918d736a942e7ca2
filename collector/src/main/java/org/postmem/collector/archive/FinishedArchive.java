package org.postmem.collector.archive;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;

/**
 * An archive that no collector writes to any more. While it is open here it is locked, so that nobody attaches to it. Only its
 * beginning and its trailers are read, however large it is.
 */
public final class FinishedArchive implements Closeable {
    private final Path path;
    private final FileChannel channel;
    private final Compression compression;
    private final Map<String, Object> capture;

    private FinishedArchive(Path path, FileChannel channel, Compression compression, Map<String, Object> capture) {
        this.path = path;
        this.channel = channel;
        this.compression = compression;
        this.capture = capture;
    }

    /**
     * Opens one; no link is followed.
     *
     * @return null when a process holds it, nobody can tell whether one does, or it does not begin as an archive
     */
    public static FinishedArchive open(Path path, Compression compression) {
        FileChannel channel = null;
        FinishedArchive archive = null;
        try {
            channel = FileChannel.open(
                    path, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
            if (channel.tryLock() != null) {
                Map<String, Object> capture = captureJson(channel, compression);
                archive = capture == null ? null : new FinishedArchive(path, channel, compression, capture);
            }
        } catch (IOException | OverlappingFileLockException e) {
            // a file system without locks, a file of others: it may be in use
        } finally {
            if (archive == null && channel != null) {
                closeQuietly(channel);
            }
        }
        return archive;
    }

    /** {@code capture.json} at the beginning of a file; null when it does not begin as an archive. No link is followed. */
    public static Map<String, Object> captureJson(Path path, Compression compression) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            return captureJson(channel, compression);
        } catch (IOException e) {
            return null;
        }
    }

    private static Map<String, Object> captureJson(FileChannel channel, Compression compression) throws IOException {
        return ArchiveHead.captureJson(bytes(channel, 0, ArchiveHead.BYTES), compression);
    }

    private static void closeQuietly(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // nothing was written to it
        }
    }

    /** Its first {@code capture.json}. */
    public Map<String, Object> capture() {
        return capture;
    }

    /**
     * Did its capture end in order, without a trigger having frozen anything that is still in it? Not so when its trailers
     * cannot be followed to the beginning.
     */
    public boolean isUneventful() throws IOException {
        long end = channel.size();
        while (end > 0) {
            long from = Math.max(0, end - Trailer.MOST_BYTES);
            byte[] bytes = bytes(channel, from, (int) (end - from));
            int at = lastTrailer(bytes);
            if (at < 0) {
                return false;
            }
            Trailer trailer =
                    Trailer.parse(bytes, at, bytes.length, compression).trailer();
            if (trailer.frozenFrom() != null) {
                return false;
            }
            end = from + at - trailer.length();
        }
        return end == 0;
    }

    /** Where the trailer begins with which these bytes end, below 0 when they do not end with one. */
    private int lastTrailer(byte[] bytes) {
        byte[] magic = Trailer.magic(compression);
        for (int at = bytes.length - magic.length; at >= 0; at--) {
            if (Arrays.equals(bytes, at, at + magic.length, magic, 0, magic.length)) {
                Trailer.Parsed parsed = Trailer.parse(bytes, at, bytes.length, compression);
                if (parsed != null && at + parsed.bytes() == bytes.length) {
                    return at;
                }
            }
        }
        return -1;
    }

    /** Fewer where the file ends. */
    private static byte[] bytes(FileChannel channel, long from, int most) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.max(0, Math.min(most, channel.size() - from)));
        while (buffer.hasRemaining() && channel.read(buffer, from + buffer.position()) > 0) {
            // until it is full
        }
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    /** Removes it for good. */
    public void remove() throws IOException {
        Files.delete(path);
    }

    @Override
    public void close() {
        closeQuietly(channel);
    }
}
