package org.postmem.collector.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.postmem.collector.archive.ArchiveReader;
import org.postmem.collector.archive.Compression;
import org.postmem.collector.archive.Snapshot;
import org.postmem.collector.privacy.PseudonymKey;
import org.postmem.collector.source.Roots;
import org.postmem.collector.watch.TriggerRules;

/** Settings of captures in tests, and what came of them. */
final class Captures {
    private Captures() {}

    static CollectSettings settings(Path output, Roots roots, Duration interval, Long count) {
        return settings(output, roots, interval, count, true);
    }

    static CollectSettings settings(Path output, Roots roots, Duration interval, Long count, boolean force) {
        return settings(output, roots, interval, count, null, force);
    }

    static CollectSettings settings(
            Path output, Roots roots, Duration interval, Long count, PseudonymKey key, boolean force) {
        return settings(output, roots, interval, count, 500_000_000, null, key, force);
    }

    /** An archive of so many bytes at most, and with those of before it of so many, where that is not null. */
    static CollectSettings bounded(
            Path output, Roots roots, Duration interval, Long count, long maxBytes, Long maxTotalBytes) {
        return settings(output, roots, interval, count, maxBytes, maxTotalBytes, null, true);
    }

    private static CollectSettings settings(
            Path output,
            Roots roots,
            Duration interval,
            Long count,
            long maxBytes,
            Long maxTotalBytes,
            PseudonymKey key,
            boolean force) {
        return new CollectSettings(
                interval,
                null,
                count,
                output,
                maxBytes,
                maxTotalBytes,
                null,
                null,
                roots,
                Compression.ZSTD,
                0.01,
                List.of(),
                false,
                false,
                TriggerRules.STANDARD,
                null,
                key,
                force);
    }

    static List<Snapshot> snapshots(Path archive) throws IOException {
        List<Snapshot> snapshots = new ArrayList<>();
        try (ArchiveReader reader = ArchiveReader.open(archive)) {
            for (Snapshot snapshot = reader.next(); snapshot != null; snapshot = reader.next()) {
                snapshots.add(snapshot);
            }
        }
        return snapshots;
    }

    /** Rows of the ledger as {@code path outcome count detail}. */
    static List<String> ledger(Snapshot snapshot) {
        List<String> rows = new ArrayList<>();
        Map<?, ?> reads = (Map<?, ?>) snapshot.summary().get("reads");
        for (Object row : (List<?>) reads.get("not_ok")) {
            Map<?, ?> gap = (Map<?, ?>) row;
            rows.add(gap.get("path") + " " + gap.get("outcome") + " " + gap.get("count") + " " + gap.get("detail"));
        }
        return rows;
    }
}
