package org.postmem.collector.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postmem.collector.archive.ArchiveFile;
import org.postmem.collector.archive.ArchiveFileAround;
import org.postmem.collector.archive.ArchiveVerifier;
import org.postmem.collector.archive.Snapshot;

/** Pitfall 6: the disk is full, read-only, over its quota or gone while a capture runs. */
class TroubledDiskTest {
    private static final long PLENTY = 1L << 40;

    @TempDir
    Path top;

    private final List<String> lines = new ArrayList<>();
    private Path output;
    private FakeProc host;

    /** What the kernel says to a write, null for nothing; tests change it while a capture runs. */
    private String error;

    private long free = PLENTY;
    private int writes;

    @BeforeEach
    void begin() throws IOException {
        output = Files.createDirectory(top.resolve("output"));
        host = new FakeProc(top.resolve("host"));
    }

    private final class Faulty implements Disk {
        @Override
        public long freeBytes(Path folder) {
            return free;
        }

        @Override
        public ArchiveFile create(Path path) throws IOException {
            ArchiveFile file = ArchiveFile.create(path);
            return new ArchiveFileAround(file) {
                @Override
                public void write(long position, byte[] bytes, int offset, int length) throws IOException {
                    writes++;
                    if (error != null) {
                        // a part of it arrives
                        file.write(position, bytes, offset, length / 2);
                        throw new IOException(error);
                    }
                    file.write(position, bytes, offset, length);
                }

                @Override
                public void truncate(long size) throws IOException {
                    if (error != null && error.startsWith("Read-only")) {
                        throw new IOException(error);
                    }
                    file.truncate(size);
                }

                @Override
                public void sync() throws IOException {
                    if (error != null) {
                        throw new IOException(error);
                    }
                    file.sync();
                }
            };
        }
    }

    /** Ticks are a tenth of a second; {@code atRead} is called with a number whenever the free space is asked for, twice a tick. */
    private Collection.Outcome capture(long count, Consumer<Integer> atRead) throws Exception {
        int[] tick = {0};
        Clock clock = Clock.systemUTC();
        CollectSettings settings = Captures.settings(output, host.roots(), Duration.ofMillis(100), count);
        Disk disk = new Faulty();
        // the free space is asked for at every tick
        Disk ticking = new Disk() {
            @Override
            public long freeBytes(Path folder) {
                atRead.accept(tick[0]++);
                return disk.freeBytes(folder);
            }

            @Override
            public ArchiveFile create(Path path) throws IOException {
                return disk.create(path);
            }
        };
        return new Collection(settings, clock, System::nanoTime, ticking, lines::add, line -> {}).run(new StopSignal());
    }

    /** What is left is copied for it: on a disk that has room for a snapshot and not for that the capture must not end. */
    @Test
    void anArchiveFromWhichNothingCanBeDroppedForWantOfSpaceWaitsUntilThereIsSome() throws Exception {
        CollectSettings small = Captures.bounded(output, host.roots(), Duration.ofMillis(100), 130L, 18_000, null);
        free = (64L << 20) + 5_000;
        Consumer<String> progress = line -> {
            lines.add(line);
            if (line.contains("paused")) {
                // somebody has tidied up
                free = PLENTY;
            }
        };
        Collection.Outcome outcome = new Collection(
                        small, Clock.systemUTC(), System::nanoTime, new Faulty(), progress, line -> {})
                .run(new StopSignal());
        assertThat(lines.subList(1, lines.size()))
                .satisfiesExactly(
                        line -> assertThat(line)
                                .startsWith("postmem: paused, the archive has reached --max-size 18000 bytes, and with"
                                        + " 64 MiB free in " + output + " old snapshots cannot be dropped"),
                        line -> assertThat(line).startsWith("postmem: keeps the newest snapshots from now on"),
                        line -> assertThat(line).startsWith("postmem: goes on, "));
        assertThat(outcome.lost()).isEqualTo(1);
        assertThat(Files.size(outcome.archive())).isLessThanOrEqualTo(18_000);
        List<Snapshot> snapshots = Captures.snapshots(outcome.archive());
        assertThat(snapshots.get(snapshots.size() - 1).number()).isEqualTo(outcome.snapshots());
        assertThat(ArchiveVerifier.verify(outcome.archive()).whole()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"No space left on device", "Disk quota exceeded", "Read-only file system", "Input/output error"})
    void writesThatFailForAWhileCostTheirOwnSnapshotsAndOneLine(String reason) throws Exception {
        int[] failing = {0};
        Collection.Outcome outcome = capture(12, ask -> {
            boolean trouble = ask >= 6 && ask < 14;
            failing[0] += trouble ? 1 : 0;
            error = trouble ? reason : null;
        });
        assertThat(outcome.lost()).isBetween(3L, 5L);
        assertThat(outcome.snapshots() + outcome.lost()).isEqualTo(12);
        assertThat(lines.subList(1, lines.size())).hasSize(2);
        assertThat(lines.get(1))
                .contains("could not be written")
                .contains(reason)
                .contains("the archive is whole up to byte");
        assertThat(lines.get(2)).startsWith("postmem: writing again, with snapshot ");
        List<Integer> numbers = new ArrayList<>();
        Captures.snapshots(outcome.archive()).forEach(snapshot -> numbers.add(snapshot.number()));
        assertThat(numbers).hasSize(outcome.snapshots()).contains(1, 12);
        ArchiveVerifier.Result result = ArchiveVerifier.verify(outcome.archive());
        assertThat(result.damages()).isEmpty();
        assertThat(result.whole()).isTrue();
    }

    @Test
    void aDiskThatNeverTakesAnythingLeavesNoFileAndNoArchive() throws Exception {
        error = "Read-only file system";
        Collection.Outcome outcome = capture(5, ask -> {});
        assertThat(outcome).isEqualTo(new Collection.Outcome(null, 0, 5));
        // the command makes of it: exit code 3
        assertThat(output.toFile().list()).isEmpty();
        assertThat(lines).hasSize(2);
    }

    @Test
    void pausesBeforeTheDiskIsFullAndGoesOnWhenThereIsRoom() throws Exception {
        Collection.Outcome outcome = capture(8, ask -> free = ask >= 6 && ask < 11 ? 64L << 20 : PLENTY);
        assertThat(outcome.snapshots()).isEqualTo(8);
        assertThat(outcome.lost()).isBetween(2L, 5L);
        assertThat(lines.subList(1, lines.size()))
                .containsExactly(
                        "postmem: paused, only 64 MiB are free in " + output + "; goes on when there is more",
                        "postmem: goes on, " + (PLENTY >> 20) + " MiB are free in " + output);
        List<String> pauses = new ArrayList<>();
        for (Snapshot snapshot : Captures.snapshots(outcome.archive())) {
            Captures.ledger(snapshot).stream()
                    .filter(row -> row.startsWith("archive "))
                    .forEach(pauses::add);
        }
        assertThat(pauses)
                .containsExactly("archive PAUSED " + outcome.lost() + " ticks for which there was nowhere to write");
        assertThat(ArchiveVerifier.verify(outcome.archive()).whole()).isTrue();
    }

    @Test
    void aFolderThatVanishesIsNotMadeAgainAndCollectingGoesOnWhenSomebodyMakesIt() throws Exception {
        boolean[] madeByOthers = {false};
        Thread again = new Thread(() -> {
            try {
                Thread.sleep(700);
                madeByOthers[0] = Files.exists(output);
                Files.createDirectories(output);
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        Collection.Outcome outcome = capture(10, ask -> {
            try {
                if (ask == 6) {
                    try (var files = Files.list(output)) {
                        for (Path file : files.toList()) {
                            Files.delete(file);
                        }
                    }
                    Files.delete(output);
                    again.start();
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        again.join();
        assertThat(madeByOthers[0]).isFalse();
        assertThat(outcome.lost()).isPositive();
        assertThat(lines.subList(1, lines.size())).hasSize(2);
        assertThat(lines.get(1)).contains("was moved or removed; goes on in a new archive when there is one");
        assertThat(lines.get(2)).isEqualTo("postmem: goes on in " + outcome.archive());
        assertThat(ArchiveVerifier.verify(outcome.archive()).whole()).isTrue();
        assertThat(Captures.snapshots(outcome.archive())).isNotEmpty();
    }

    @Test
    void anArchiveThatIsMovedAwayIsWholeWhereItIsAndAnotherBegins() throws Exception {
        Path elsewhere = Files.createDirectory(top.resolve("elsewhere"));
        Collection.Outcome outcome = capture(8, ask -> {
            if (ask == 7) {
                try (var files = Files.list(output)) {
                    for (Path file : files.toList()) {
                        Files.move(file, elsewhere.resolve(file.getFileName()));
                    }
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }
        });
        Path moved = elsewhere.toFile().listFiles()[0].toPath();
        assertThat(ArchiveVerifier.verify(moved).whole()).isTrue();
        assertThat(ArchiveVerifier.verify(outcome.archive()).whole()).isTrue();
        assertThat(Captures.snapshots(moved).size()
                        + Captures.snapshots(outcome.archive()).size())
                .isEqualTo(8);
        assertThat(outcome.snapshots()).isEqualTo(8);
    }

    @Test
    void aDiskThatIsFullEveryOtherSecondFillsNoLog() throws Exception {
        capture(40, ask -> error = ask / 4 % 2 == 1 ? "No space left on device" : null);
        // where it collects, the first failure, its end
        assertThat(lines.size()).isLessThanOrEqualTo(3);
        assertThat(writes).isGreaterThan(20);
    }
}
