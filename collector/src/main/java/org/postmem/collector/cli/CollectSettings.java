package org.postmem.collector.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.postmem.collector.archive.Compression;
import org.postmem.collector.archive.SegmentSigner;
import org.postmem.collector.privacy.PseudonymKey;
import org.postmem.collector.source.Roots;
import org.postmem.collector.watch.TriggerRules;

/**
 * What to collect, how often, how long, whereto.
 *
 * @param duration null for no planned end
 * @param count snapshots, null for no bound
 * @param maxTotalBytes of this archive and those that were there before, null when these are not touched
 * @param keep how old a snapshot may become before it is dropped, null for no bound
 * @param thinAfter how old a snapshot may become before only one in a segment is left, null for no such age
 * @param cpuShare of one core, 0.01 for 1 %
 * @param redactRules the site's own, for command lines
 * @param signer null for no signatures
 * @param pseudonymKey null when names stay what they are
 */
public record CollectSettings(
        Duration interval,
        Duration duration,
        Long count,
        Path output,
        long maxBytes,
        Long maxTotalBytes,
        Duration keep,
        Duration thinAfter,
        Roots roots,
        Compression compression,
        double cpuShare,
        List<Pattern> redactRules,
        boolean sysstatHistory,
        boolean kernelLog,
        TriggerRules triggers,
        SegmentSigner signer,
        PseudonymKey pseudonymKey,
        boolean force) {

    /** How long the capture is going to last, {@link Long#MAX_VALUE} when it has no planned end. */
    public long plannedNanos() {
        long planned = duration == null ? Long.MAX_VALUE : duration.toNanos();
        if (count != null) {
            planned = Math.min(planned, (count - 1) * interval.toNanos());
        }
        return planned;
    }

    /**
     * For capture.json.
     *
     * @param safe what may be told of a path
     */
    Map<String, Object> json(UnaryOperator<String> safe) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("interval_seconds", interval.toNanos() / 1e9);
        json.put("duration_seconds", duration == null ? null : duration.toNanos() / 1e9);
        json.put("count", count);
        json.put("max_size_bytes", maxBytes);
        json.put("max_total_bytes", maxTotalBytes);
        json.put("keep_seconds", keep == null ? null : keep.toNanos() / 1e9);
        json.put("thin_after_seconds", thinAfter == null ? null : thinAfter.toNanos() / 1e9);
        json.put("proc", safe.apply(roots.proc()));
        json.put("sys", safe.apply(roots.sys()));
        json.put("root", roots.root().isEmpty() ? "/" : safe.apply(roots.root()));
        json.put("compress", compression.name().toLowerCase(java.util.Locale.ROOT));
        json.put("cpu_budget_percent", cpuShare * 100);
        json.put("redact_rules", redactRules.size());
        json.put("sysstat_history", sysstatHistory);
        json.put("kernel_log", kernelLog);
        json.put("triggers", triggers.json());
        json.put("sign", signer == null ? null : signer.key());
        json.put("sign_key_exposed", signer == null ? null : signer.exposed());
        json.put("pseudonymize", pseudonymKey != null);
        json.put("force", force);
        return json;
    }
}
