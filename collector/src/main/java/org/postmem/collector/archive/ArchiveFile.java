package org.postmem.collector.archive;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * The few operations the writer needs of a file, so that tests can let each of them fail. All of them throw what the
 * kernel says: no space, a quota, a file system that became read-only, a device that went away.
 */
public interface ArchiveFile extends Closeable {
    /** Writes all the bytes at a place, in one system call where the kernel takes them in one. */
    void write(long position, byte[] bytes, int offset, int length) throws IOException;

    /** Some bytes from a place, -1 behind the end. Through this very file: closing another one of the same name gives its lock away. */
    default int read(long position, byte[] bytes, int offset, int length) throws IOException {
        throw new UnsupportedOperationException("not needed of this file");
    }

    void truncate(long size) throws IOException;

    /** As fdatasync. */
    void sync() throws IOException;

    long size() throws IOException;

    /** Tells other processes that this file is being written; false when another one does. The lock dies with its process. */
    default boolean lock() throws IOException {
        return true;
    }

    /** Which file has this name, as device and inode; null when none has, or nobody can tell. */
    static Object identity(Path path) {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        } catch (IOException e) {
            return null;
        }
    }

    /** A new file that only its owner may read: command lines are in it. */
    static ArchiveFile create(Path path) throws IOException {
        SplittableRandom random = new SplittableRandom();
        byte[] mark = ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(random.nextLong())
                .putLong(random.nextLong())
                .array();
        FileAttribute<?>[] owners =
                path.getFileSystem().supportedFileAttributeViews().contains("posix")
                        ? new FileAttribute<?>[] {
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                        }
                        : new FileAttribute<?>[0];
        Set<OpenOption> fresh = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (SeekableByteChannel made = Files.newByteChannel(path, fresh, owners)) {
            made.write(ByteBuffer.wrap(mark));
        }
        return openMarked(path, mark);
    }

    /**
     * The file that was just made, which is empty then. It is opened by its name a second time, and whoever owns the folder
     * may have put a link there meanwhile: what does not hold the mark is another file, and not touched.
     */
    static ArchiveFile openMarked(Path path, byte[] mark) throws IOException {
        ArchiveFile file = open(path);
        try {
            byte[] found = new byte[mark.length + 1];
            if (file.read(0, found, 0, found.length) != mark.length
                    || !Arrays.equals(found, 0, mark.length, mark, 0, mark.length)) {
                throw new IOException("another file was put in its place as it was made");
            }
            file.truncate(0);
            return file;
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    /** A RandomAccessFile, as a FileChannel closes itself when its thread is interrupted. */
    static ArchiveFile open(Path path) throws IOException {
        RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
        return new ArchiveFile() {
            @Override
            public void write(long position, byte[] bytes, int offset, int length) throws IOException {
                file.seek(position);
                file.write(bytes, offset, length);
            }

            @Override
            public int read(long position, byte[] bytes, int offset, int length) throws IOException {
                file.seek(position);
                return file.read(bytes, offset, length);
            }

            @Override
            public void truncate(long size) throws IOException {
                file.setLength(size);
            }

            @Override
            public void sync() throws IOException {
                file.getChannel().force(false);
            }

            @Override
            public long size() throws IOException {
                return file.length();
            }

            @Override
            public boolean lock() throws IOException {
                try {
                    return file.getChannel().tryLock() != null;
                } catch (OverlappingFileLockException e) {
                    return false;
                }
            }

            @Override
            public void close() throws IOException {
                file.close();
            }
        };
    }
}
