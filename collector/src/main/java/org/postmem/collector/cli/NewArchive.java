package org.postmem.collector.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.postmem.collector.archive.ArchiveWriter;
import org.postmem.collector.archive.Compression;
import org.postmem.collector.archive.Json;
import org.postmem.collector.archive.SegmentListener;
import org.postmem.collector.source.HostIdentity;

/** Begins archives: a capture has one, and a further one when that is moved away while it is written. */
final class NewArchive {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final int NAMES = 100;

    private final CollectSettings settings;
    private final HostIdentity host;
    private final String hostName;
    private final UnaryOperator<String> safe;
    private final Compression.Choice compression;
    private final OwnProcess own;
    private final Clock clock;
    private final Disk disk;
    private final OlderArchives.Removed removed;

    /**
     * @param hostName as it may be told, null when the host has none
     * @param safe what may be told of a text of our own that may hold a name; null of null
     * @param removed to make room for it, null when none were
     */
    NewArchive(
            CollectSettings settings,
            HostIdentity host,
            String hostName,
            UnaryOperator<String> safe,
            Compression.Choice compression,
            OwnProcess own,
            Clock clock,
            Disk disk,
            OlderArchives.Removed removed) {
        this.settings = settings;
        this.host = host;
        this.hostName = hostName;
        this.safe = safe;
        this.compression = compression;
        this.own = own;
        this.clock = clock;
        this.disk = disk;
        this.removed = removed;
    }

    /** Creates one, named after the host and this moment. */
    ArchiveWriter create(SegmentListener listener) throws CollectException {
        Instant startedAt = clock.instant();
        byte[] capture = captureJson(startedAt);
        String stem = hostPart(hostName) + "-" + STAMP.format(startedAt);
        Compression how = compression.compression();
        ArchiveWriter.Options options = ArchiveWriter.Options.standard(how)
                .every(settings.interval())
                .withSegmentBytes(Ring.segmentBytes(settings.maxBytes()))
                .signedBy(settings.signer());
        for (int i = 1; i < NAMES; i++) {
            Path path = settings.output().resolve(stem + (i == 1 ? "" : "-" + i) + "." + how.suffix());
            try {
                return ArchiveWriter.create(path, options, capture, clock, listener, disk::create);
            } catch (FileAlreadyExistsException e) {
                // another collector began in the same second, or the clock was set back: both keep their own
            } catch (IOException e) {
                throw new CollectException("cannot write " + path + ": " + e.getMessage(), e);
            }
        }
        throw new CollectException("too many archives named " + stem + " in " + settings.output());
    }

    /** What an archive's name begins with. */
    static String hostPart(String hostName) {
        return (hostName == null ? "host" : hostName).replaceAll("[^A-Za-z0-9._-]", "_");
    }

    private byte[] captureJson(Instant startedAt) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("format", 1);
        json.put("collector_version", CollectorVersion.text());
        json.put("collector_pid", ProcessHandle.current().pid());
        json.put("host", hostName);
        json.put("kernel", host.kernel());
        json.put("machine", host.machine());
        json.put("cpu_count", host.cpuCount() == 0 ? null : host.cpuCount());
        json.put("boot_id", host.bootId());
        json.put("started_at", startedAt.toString());
        json.put(
                "utc_offset_seconds",
                ZoneId.systemDefault().getRules().getOffset(startedAt).getTotalSeconds());
        json.put("interval_seconds", settings.interval().toNanos() / 1e9);
        json.put("privileged", host.privileged());
        json.put("options", settings.json(safe));
        json.put("clock_source", host.clockSource());
        json.put("compression_fallback", safe.apply(compression.fallbackReason()));
        json.put("removed_archives", removed == null ? null : removed.json());
        json.put("java", System.getProperty("java.version"));
        own.describe(json);
        return Json.write(json).getBytes(StandardCharsets.UTF_8);
    }
}
