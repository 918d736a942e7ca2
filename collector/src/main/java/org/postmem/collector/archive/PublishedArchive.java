package org.postmem.collector.archive;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * What of an archive is on the disk. Each write goes over the seal of the one before and brings a seal of its own, so that
 * the file is whole after it; after one that fails it is what it was. For one thread.
 */
final class PublishedArchive {
    private static final byte[] NO_BYTES = {};

    private final Path path;
    private final byte[] seal;
    private final int syncEvery;
    private ArchiveFile file;
    /** Of the file as it was made, so that it is noticed when its name is taken from it. */
    private Object identity;

    /** Where the last published byte ends, seal and trailer included. */
    private long end;
    /** Bytes that the next write must put before its own, from {@link #pendingAt} on: what closes the segment before. */
    private byte[] pending = NO_BYTES;

    private long pendingAt;
    /** The file may hold bytes beyond {@link #end}, or lack its seal. */
    private boolean unclean;

    private int unsynced;
    private final BackgroundSync sync = new BackgroundSync();

    /**
     * An empty file.
     *
     * @param seal the bytes that end what is compressed
     * @param syncEvery fdatasync after so many writes, 0 for never
     */
    PublishedArchive(Path path, ArchiveFile file, byte[] seal, int syncEvery) {
        this.path = path;
        this.file = file;
        this.seal = seal.clone();
        this.syncEvery = syncEvery;
        this.identity = ArchiveFile.identity(path);
        lock();
    }

    /** So that nobody attaches to it meanwhile; a file system without locks does without. */
    private void lock() {
        try {
            file.lock();
        } catch (IOException e) {
            // some network file systems have none
        }
    }

    Path path() {
        return path;
    }

    /** Bytes of the archive as it stands. */
    long end() {
        return end;
    }

    /** See {@link ArchiveWriter#isInPlace}. */
    boolean isInPlace() {
        return identity == null || identity.equals(ArchiveFile.identity(path));
    }

    /** Nothing has to be written for the file to be whole. */
    boolean isComplete() {
        return pending.length == 0 && !unclean;
    }

    /** Puts what is written before all else into the next write. */
    void begin(GroupedText.Bytes out) {
        out.reset();
        out.write(pending, 0, pending.length);
    }

    /** Where in the file the next write begins. */
    long nextWriteAt() {
        return pendingAt;
    }

    /** What closes the segment goes out with the next write. */
    void closeWith(byte[] ending) {
        pending = ending;
    }

    /**
     * Writes over the seal, or behind the last trailer.
     *
     * @param bytes what {@link #begin} put there and more, up to a seal or a trailer
     * @param snapshot that is in it, below 0 for none
     */
    void publish(GroupedText.Bytes bytes, int snapshot) throws ArchiveWriteException {
        long newEnd = pendingAt + bytes.size();
        try {
            file.write(pendingAt, bytes.array(), 0, bytes.size());
            if (unclean && file.size() > newEnd) {
                file.truncate(newEnd);
            }
            unclean = false;
        } catch (IOException e) {
            undo();
            throw new ArchiveWriteException(
                    path + ": " + (snapshot < 0 ? "the trailer" : "snapshot " + snapshot)
                            + " could not be written at byte " + pendingAt + " (" + e.getMessage()
                            + "); the archive is whole up to byte " + end,
                    snapshot,
                    e);
        }
        end = newEnd;
        if (syncEvery > 0 && (++unsynced >= syncEvery || sync.failed())) {
            unsynced = 0;
            sync.request(file);
        }
    }

    /** What was published last ends with a trailer, which stays, or with a seal, which the next write goes over. */
    void goOnBehind(boolean trailer) {
        pending = NO_BYTES;
        pendingAt = trailer ? end : end - seal.length;
    }

    /** Brings the file back to what it was before the write that failed. */
    private void undo() {
        unclean = true;
        try {
            if (file.size() > end) {
                file.truncate(end);
            }
            int overlaid = (int) (end - pendingAt);
            if (overlaid > 0) {
                // These blocks are there already: this needs no space. What closes a segment begins with its seal.
                file.write(pendingAt, seal, 0, overlaid);
            }
            unclean = false;
        } catch (IOException e) {
            // Stays unclean: the next write begins at the seal and repairs it.
        }
    }

    /**
     * Writes what is left to a new file beside the archive, which then takes its place: whenever this is interrupted, the
     * archive is the old one or the new one.
     *
     * @return the segments that are left
     * @throws IOException when that could not be done; the archive is what it was and can be gone on with
     */
    List<SealedSegment> shorten(
            List<SealedSegment> segments, Thinning thinning, ArchiveWriter.Options options, ArchiveWriter.NewFile maker)
            throws IOException {
        if (unclean) {
            throw new IOException(
                    path + " could not be repaired after a write that failed; nothing is dropped from it");
        }
        Path besides = path.resolveSibling(path.getFileName() + ".shortened");
        // never over what is there: whoever put it there wants it
        ArchiveFile shortened = maker.create(besides);
        ShortenedArchive copy = new ShortenedArchive(path, file, shortened, options.compression(), options.signer());
        boolean done = false;
        try {
            copy.write(segments, end, thinning);
            shortened.sync();
            Files.move(besides, path, StandardCopyOption.ATOMIC_MOVE);
            done = true;
        } finally {
            if (!done) {
                shortened.close();
                Files.deleteIfExists(besides);
            }
        }
        ArchiveFile old = file;
        // its descriptor followed the new name
        file = shortened;
        identity = ArchiveFile.identity(path);
        pendingAt -= end - copy.length();
        end = copy.length();
        lock();
        try {
            old.close();
        } catch (IOException e) {
            // the file has no name any more
        }
        syncFolder();
        return copy.segments();
    }

    /** So that the new name outlives a power cut; until then the old file does. */
    private void syncFolder() {
        try (FileChannel folder = FileChannel.open(path.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        } catch (IOException e) {
            // a file system that cannot sync a folder orders such things itself
        }
    }

    /** To be closed when all is written; sync it before. Nothing is synced in the background any more. */
    ArchiveFile last() {
        sync.end();
        return file;
    }
}
