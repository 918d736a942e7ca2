package org.postmem.collector.cli;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.collector.archive.Compression;
import org.postmem.collector.archive.FinishedArchive;

/**
 * What earlier collectors left in the output directory. Each start begins an archive of its own, so a service that is started
 * again and again would fill the disk: with {@code --max-total} the oldest go.
 *
 * <p>Only what is known to be such an archive counts, and may go: a file with the name that this collector gives, of the same
 * user, no link, that nobody writes to, and whose {@code capture.json} names this host and says that it was itself collected
 * with {@code --max-total}. So whoever collects by hand into the same directory loses nothing, nor does whoever renames what
 * is to stay.
 */
final class OlderArchives {
    private static final String SHORTENED = ".shortened";

    private final Path folder;
    private final String host;
    private final Pattern name;
    private final Consumer<String> progress;

    /**
     * Those that were removed.
     *
     * @param first name of the oldest of them, likewise last
     */
    record Removed(int count, long bytes, String first, String last) {
        /** For capture.json. */
        Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("count", count);
            json.put("bytes", bytes);
            json.put("first", first);
            json.put("last", last);
            return json;
        }
    }

    /** A file that has the name of one. */
    private record Candidate(Path path, Compression compression, FileTime written, long bytes) {}

    /** One that is known to be such an archive. */
    private record Older(Candidate file, boolean uneventful) {}

    /** @param host as archives name it; null when it has no name */
    OlderArchives(Path folder, String host, Consumer<String> progress) {
        this.folder = folder;
        this.host = host;
        this.name = Pattern.compile(Pattern.quote(NewArchive.hostPart(host))
                + "-\\d{8}T\\d{6}Z(?:-\\d{1,2})?\\.(tar\\.(?:zst|gz))" + "(" + Pattern.quote(SHORTENED) + ")?");
        this.progress = progress;
    }

    /**
     * Removes the copies that collectors left that were killed while they dropped old snapshots: the archive itself is whole.
     * A file of that name that does not begin as this host's archive stays.
     */
    void removeUnfinishedCopies() {
        for (Candidate copy : candidates(true)) {
            String copyName = copy.path().getFileName().toString();
            Path archive = copy.path().resolveSibling(copyName.substring(0, copyName.length() - SHORTENED.length()));
            try (FinishedArchive of = isOwnFile(archive) ? FinishedArchive.open(archive, copy.compression()) : null) {
                if (of == null
                        || !isOfThisHost(of.capture())
                        || !isOfThisHost(FinishedArchive.captureJson(copy.path(), copy.compression()))) {
                    continue;
                }
                Files.delete(copy.path());
                progress.accept("postmem: removed " + copy.path()
                        + ", an unfinished copy that a killed collector left; the archive itself is whole");
            } catch (IOException e) {
                progress.accept(
                        "postmem: " + copy.path() + ", an unfinished copy that a killed collector left, could not be"
                                + " removed: " + e.getMessage());
            }
        }
    }

    /**
     * Removes the oldest until all together have no more than so many bytes. When it has to be done, three quarters are left,
     * so that it is seldom. First go those that ended in order and in which no trigger froze anything.
     *
     * @return null when none had to go
     */
    Removed keepWithin(long mostBytes) {
        List<Candidate> candidates = candidates(false);
        if (bytes(candidates) <= mostBytes) {
            return null;
        }
        List<Older> archives = new ArrayList<>();
        for (Candidate candidate : candidates) {
            Older archive = archive(candidate);
            if (archive != null) {
                archives.add(archive);
            }
        }
        long left = bytes(archives.stream().map(Older::file).toList());
        if (left <= mostBytes) {
            return null;
        }
        archives.sort(Comparator.comparing((Older archive) -> !archive.uneventful())
                .thenComparing(archive -> archive.file().written())
                .thenComparing(archive -> archive.file().path()));
        List<Candidate> removed = new ArrayList<>();
        for (Older archive : archives) {
            if (left <= mostBytes - mostBytes / 4) {
                break;
            }
            if (remove(archive.file())) {
                removed.add(archive.file());
                left -= archive.file().bytes();
            }
        }
        return removed.isEmpty() ? null : told(removed);
    }

    private Removed told(List<Candidate> candidates) {
        List<String> names = candidates.stream()
                .sorted(Comparator.comparing(Candidate::written).thenComparing(Candidate::path))
                .map(candidate -> candidate.path().getFileName().toString())
                .toList();
        Removed removed = new Removed(names.size(), bytes(candidates), names.get(0), names.get(names.size() - 1));
        progress.accept("postmem: --max-total is reached in " + folder + ": removed " + removed.count()
                + (removed.count() == 1 ? " older archive" : " older archives") + " of this host, " + removed.bytes()
                + " bytes: "
                + removed.first() + (removed.count() == 1 ? "" : " to " + removed.last()));
        return removed;
    }

    /** Null when it is not known to be one. */
    private Older archive(Candidate candidate) {
        try (FinishedArchive archive = FinishedArchive.open(candidate.path(), candidate.compression())) {
            return archive != null && isOfThisHost(archive.capture()) && wasBounded(archive.capture())
                    ? new Older(candidate, archive.isUneventful())
                    : null;
        } catch (IOException e) {
            return null;
        }
    }

    /** Looks at it once more: somebody may hold it now, or have put another in its place. */
    private boolean remove(Candidate candidate) {
        try (FinishedArchive archive = FinishedArchive.open(candidate.path(), candidate.compression())) {
            if (archive == null || !wasBounded(archive.capture())) {
                return false;
            }
            archive.remove();
            return true;
        } catch (IOException e) {
            progress.accept(
                    "postmem: " + candidate.path() + " could not be removed for --max-total: " + e.getMessage());
            return false;
        }
    }

    private boolean isOfThisHost(Map<String, Object> capture) {
        return capture != null && Objects.equals(capture.get("host"), host);
    }

    private static boolean wasBounded(Map<String, Object> capture) {
        return capture.get("options") instanceof Map<?, ?> options && options.get("max_total_bytes") instanceof Long;
    }

    private static long bytes(List<Candidate> candidates) {
        return candidates.stream().mapToLong(Candidate::bytes).sum();
    }

    private List<Candidate> candidates(boolean shortened) {
        List<Candidate> candidates = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path path : files) {
                Matcher matcher = name.matcher(path.getFileName().toString());
                if (matcher.matches() && (matcher.group(2) != null) == shortened && isOwnFile(path)) {
                    candidates.add(new Candidate(
                            path,
                            matcher.group(1).endsWith(Compression.GZIP.suffix()) ? Compression.GZIP : Compression.ZSTD,
                            Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS),
                            Files.size(path)));
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // a folder that cannot be listed: what is in it stays
        }
        return candidates;
    }

    /** A file, no link to one, of the user that this collector runs as. */
    private static boolean isOwnFile(Path path) {
        try {
            return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                    && Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS)
                            .equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }
}
