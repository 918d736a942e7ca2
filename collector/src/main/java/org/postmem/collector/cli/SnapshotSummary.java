package org.postmem.collector.cli;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.postmem.collector.source.Ledger;
import org.postmem.collector.source.Schedule.Tier;

/**
 * What snapshot.json says of a snapshot.
 *
 * @param begunNanos on the monotonic clock, likewise what {@code durationNanos} is told by
 * @param uptimeSeconds of the host, null when it could not be read
 * @param trigger that fired, null for none
 * @param missedTicks before it
 * @param processes null when they were left out
 * @param cost of the collector
 */
record SnapshotSummary(
        Instant wallClock,
        long begunNanos,
        long durationNanos,
        String bootId,
        Double uptimeSeconds,
        Set<Tier> tiers,
        String trigger,
        long missedTicks,
        Integer processes,
        Map<String, Object> cost,
        Ledger ledger) {

    /** @param safe replaces names in texts that may hold some */
    Map<String, Object> json(UnaryOperator<String> safe) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("wall_clock", wallClock.toString());
        json.put("monotonic_ns", begunNanos);
        json.put("boot_id", bootId);
        json.put("uptime_seconds", uptimeSeconds);
        json.put("duration_ns", durationNanos);
        List<String> names = new ArrayList<>();
        tiers.forEach(tier -> names.add(tier.name().toLowerCase(Locale.ROOT)));
        json.put("tiers", names);
        json.put("trigger", safe.apply(trigger));
        json.put("missed_ticks", missedTicks);
        json.put("processes", processes);
        json.put("cost", cost);
        List<Map<String, Object>> gaps = new ArrayList<>();
        for (Ledger.Gap gap : ledger.gaps()) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("path", gap.path());
            row.put("outcome", gap.outcome());
            row.put("count", gap.count());
            row.put("detail", safe.apply(gap.detail()));
            gaps.add(row);
        }
        Map<String, Object> reads = new LinkedHashMap<>();
        reads.put("ok", ledger.okReads());
        reads.put("carried", ledger.carried());
        reads.put("not_ok", gaps);
        json.put("reads", reads);
        return json;
    }
}
