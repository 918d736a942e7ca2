package org.postmem.collector.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Adds evidence to an archive that is closed: a segment of its own at the end, with {@code attached/NAME} entries and a
 * trailer that names the segment before. No byte that was there changes. What goes wrong on the way is cut off again.
 */
public final class ArchiveAttachment {
    /** A reader keeps all that was attached in memory. */
    private static final long CAP_BYTES = 100L << 20;

    private static final int LONGEST_NAME = 120;
    private static final int CHUNK_BYTES = 64 << 10;

    private ArchiveAttachment() {}

    /** One file, as it was stored. */
    public record Attached(Path source, String name, long bytes) {}

    private record Target(Compression compression, long size, Trailer last, Map<String, Long> attached) {}

    /**
     * Attaches files.
     *
     * @throws ArchiveException when the archive cannot take them or one of them cannot be attached; nothing was then
     */
    public static List<Attached> attach(Path archive, List<Path> files, Clock clock) throws IOException {
        return attach(archive, files, clock, null);
    }

    /** The same with a signature; {@code null} for none. */
    public static List<Attached> attach(Path archive, List<Path> files, Clock clock, SegmentSigner signer)
            throws IOException {
        Target target = target(archive);
        List<Attached> plan = plan(archive, files, target);
        try (ArchiveFile out = ArchiveFile.open(archive)) {
            if (!out.lock() || out.size() != target.size()) {
                throw new ArchiveException(archive + " is still being written; attach when the capture has ended");
            }
            boolean done = false;
            try {
                write(out, target, plan, clock.instant(), signer);
                out.sync();
                done = true;
            } finally {
                if (!done) {
                    out.truncate(target.size());
                }
            }
        }
        return plan;
    }

    private static Target target(Path archive) throws IOException {
        Compression compression;
        Map<String, Long> attached = new LinkedHashMap<>();
        try (ArchiveReader reader = ArchiveReader.open(archive)) {
            compression = reader.compression();
            while (reader.next() != null) {
                // only the attachments are wanted, and they may lie anywhere
            }
            reader.attachments().forEach((name, text) -> attached.put(name, (long) text.length));
        }
        if (compression == null) {
            throw new ArchiveException(
                    archive + " is a plain tar; attach to the .tar.zst or .tar.gz that the collector wrote");
        }
        try (FileChannel channel = FileChannel.open(archive, StandardOpenOption.READ)) {
            List<Region> regions = Region.of(channel, compression);
            Region last = regions.get(regions.size() - 1);
            if (!last.proven()) {
                throw new ArchiveException(archive + " has no closed end, from byte " + last.from()
                        + " on: it is still being written, or its collector was killed; attach when the capture has"
                        + " ended, and to a killed one not at all: keep the file beside it");
            }
            return new Target(compression, channel.size(), last.trailer(), attached);
        }
    }

    private static List<Attached> plan(Path archive, List<Path> files, Target target) throws IOException {
        Set<String> taken = new HashSet<>(target.attached().keySet());
        long total =
                target.attached().values().stream().mapToLong(Long::longValue).sum();
        List<Attached> plan = new ArrayList<>();
        for (Path file : files) {
            if (!Files.exists(file)) {
                throw new ArchiveException(file + ": no such file");
            }
            if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
                throw new ArchiveException(file + " is not a file that can be read; attach files one by one");
            }
            if (Files.isSameFile(file, archive)) {
                throw new ArchiveException(file + " is the archive itself");
            }
            long size = Files.size(file);
            total += size;
            if (total > CAP_BYTES) {
                throw new ArchiveException(file + " of " + size + " bytes: with it more than " + (CAP_BYTES >> 20)
                        + " MiB would be attached to " + archive + "; attach the part that matters");
            }
            String name = "attached/" + safe(file.getFileName().toString());
            plan.add(new Attached(file, free(name, taken), size));
        }
        return plan;
    }

    /** A file's name as an entry's: no control or formatting characters, nothing that leads elsewhere. */
    static String safe(String name) {
        String plain = name.replaceAll("[\\p{Cntrl}\\p{Cf}\\p{Zl}\\p{Zp}/\\\\\\ufffd]", "_");
        if (plain.isBlank() || plain.equals(".") || plain.equals("..")) {
            plain = "_";
        }
        if (plain.length() <= LONGEST_NAME) {
            return plain;
        }
        int end = Character.isHighSurrogate(plain.charAt(LONGEST_NAME - 1)) ? LONGEST_NAME - 1 : LONGEST_NAME;
        return plain.substring(0, end);
    }

    /** {@code dmesg.txt}, {@code dmesg-2.txt} …: what is there already stays. */
    private static String free(String name, Set<String> taken) {
        int dot = name.lastIndexOf('.');
        int cut = dot > name.indexOf('/') + 1 ? dot : name.length();
        String free = name;
        for (int i = 2; !taken.add(free); i++) {
            free = name.substring(0, cut) + "-" + i + name.substring(cut);
        }
        return free;
    }

    private static void write(ArchiveFile out, Target target, List<Attached> plan, Instant now, SegmentSigner signer)
            throws IOException {
        Pieces pieces = new Pieces(out, target.size());
        long seconds = now.truncatedTo(ChronoUnit.SECONDS).getEpochSecond();
        try (SegmentCompressor compressor = SegmentCompressor.of(target.compression(), pieces.buffer)) {
            compressor.begin();
            byte[] chunk = new byte[CHUNK_BYTES];
            for (Attached one : plan) {
                byte[] header = TarHeader.bytes(one.name(), one.bytes(), seconds);
                compressor.write(header, 0, header.length);
                try (InputStream in = Files.newInputStream(one.source())) {
                    long left = one.bytes();
                    while (left > 0) {
                        int count = in.read(chunk, 0, (int) Math.min(chunk.length, left));
                        if (count < 0) {
                            throw new ArchiveException(
                                    one.source() + " became shorter while it was read; nothing was attached");
                        }
                        compressor.write(chunk, 0, count);
                        pieces.flush();
                        left -= count;
                    }
                }
                byte[] padding = new byte[TarHeader.padding(one.bytes())];
                compressor.write(padding, 0, padding.length);
            }
            compressor.endSnapshot();
        }
        byte[] seal = SegmentCompressor.seal(target.compression());
        pieces.buffer.write(seal, 0, seal.length);
        pieces.flush();
        Trailer before = target.last();
        Trailer trailer = new Trailer(
                before.segment() + 1,
                ArchiveWriter.FORMAT,
                before.lastSnapshot(),
                before.lastSnapshot(),
                now.toString(),
                now.toString(),
                pieces.at - target.size(),
                pieces.digest.hex(),
                before.chainSha256(),
                false);
        byte[] bytes = trailer.bytes(target.compression(), signer);
        out.write(pieces.at, bytes, 0, bytes.length);
    }

    /** Compressed bytes on their way to the end of the file. */
    private static final class Pieces {
        private final ArchiveFile out;
        private final GroupedText.Bytes buffer = new GroupedText.Bytes();
        private final Sha256 digest = new Sha256();
        private long at;

        Pieces(ArchiveFile out, long at) {
            this.out = out;
            this.at = at;
        }

        void flush() throws IOException {
            out.write(at, buffer.array(), 0, buffer.size());
            digest.update(buffer.array(), 0, buffer.size());
            at += buffer.size();
            buffer.reset();
        }
    }
}
