package org.postmem.collector.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackgroundSyncTest {
    @TempDir
    Path folder;

    /** A disk whose syncs take until they are let through. */
    private static final class Busy extends ArchiveFileAround {
        private final AtomicInteger begun = new AtomicInteger();
        private final Semaphore begins = new Semaphore(0);
        private final CountDownLatch through = new CountDownLatch(1);
        private volatile boolean fails;

        Busy(Path path) throws IOException {
            super(ArchiveFile.create(path));
        }

        @Override
        public void sync() throws IOException {
            begun.incrementAndGet();
            begins.release();
            try {
                assertThat(through.await(1, TimeUnit.MINUTES)).isTrue();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            if (fails) {
                throw new IOException("Input/output error");
            }
            super.sync();
        }

        boolean syncs(int times) throws InterruptedException {
            return begins.tryAcquire(times, 1, TimeUnit.MINUTES);
        }
    }

    @Test
    void aSyncThatTakesLongHoldsUpNoSnapshotAndAnotherFollowsIt() throws Exception {
        Path path = folder.resolve("a.tar.zst");
        Busy disk = new Busy(path);
        ArchiveWriter writer = writer(path, disk, 1);
        Archives.write(writer, 1);
        // those asked for before it begins are one
        assertThat(disk.syncs(1)).isTrue();
        for (int i = 2; i <= 5; i++) {
            Archives.write(writer, i);
        }
        assertThat(Archives.readable(path)).isEqualTo(Archives.expected(1, 2, 3, 4, 5));
        assertThat(disk.begun).hasValue(1);
        disk.through.countDown();
        assertThat(disk.syncs(1)).isTrue();
        assertThat(disk.begun).hasValue(2);
        writer.close();
        assertThat(disk.begun).hasValue(3);
    }

    @Test
    void oneThatFailsIsDoneAgainWithTheNextSnapshot() throws Exception {
        Path path = folder.resolve("b.tar.zst");
        Busy disk = new Busy(path);
        disk.fails = true;
        disk.through.countDown();
        ArchiveWriter writer = writer(path, disk, 100);
        for (int i = 1; i <= 100; i++) {
            Archives.write(writer, i);
        }
        assertThat(disk.syncs(1)).isTrue();
        // until the failure is known
        for (int i = 101; disk.begun.get() < 2 && i < 10_000; i++) {
            Archives.write(writer, i);
        }
        assertThat(disk.begun.get()).isGreaterThanOrEqualTo(2);
        disk.fails = false;
        writer.close();
    }

    private static ArchiveWriter writer(Path path, ArchiveFile file, int syncEvery) {
        ArchiveWriter.Options options = new ArchiveWriter.Options(Compression.ZSTD, 1000, syncEvery);
        return new ArchiveWriter(path, file, options, Archives.CAPTURE, Archives.CLOCK, segment -> {});
    }
}
