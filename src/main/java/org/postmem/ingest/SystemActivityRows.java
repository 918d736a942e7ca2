package org.postmem.ingest;

import org.postmem.sysstat.SystemActivity;
import org.postmem.sysstat.SystemActivity.Sample;
import org.postmem.sysstat.SystemActivity.Value;
import org.postmem.units.Kilobytes;

/** Lays sysstat's history into {@code activity} and {@code activity_event}; units are converted here, once. */
final class SystemActivityRows {

    private final TableWriter values;
    private final TableWriter events;
    private final int captureId;

    SystemActivityRows(CaseTables tables, int captureId) {
        this.values = tables.table("activity");
        this.events = tables.table("activity_event");
        this.captureId = captureId;
    }

    void add(String member, SystemActivity history) {
        for (Sample sample : history.records()) {
            if (sample.kind() == Sample.Kind.STATISTICS) {
                for (Value value : sample.values()) {
                    values.row()
                            .set("capture_id", captureId)
                            .set("member", member)
                            .set("ts", sample.ts())
                            .set("boot", sample.boot())
                            .set("activity", value.activity())
                            .set("item", value.item())
                            .set("name", value.name())
                            .set("value", converted(value))
                            .end();
                }
            } else {
                events.row()
                        .set("capture_id", captureId)
                        .set("member", member)
                        .set("ts", sample.ts())
                        .set("boot", sample.boot())
                        .set("kind", sample.kind() == Sample.Kind.RESTART ? "restart" : "comment")
                        .set("comment", sample.comment())
                        .end();
            }
        }
    }

    private static double converted(Value value) {
        // a DOUBLE column: a corrupt counter becomes a huge number to be seen, never a wrapped one
        return switch (value.activity()) {
            case "memory", "huge" -> (double) value.value() * Kilobytes.toBytes(1);
            case "pressure_cpu", "pressure_io", "pressure_memory" ->
                value.name().endsWith("_total") ? value.value() / 1e6 : value.value() / 100.0;
            case "queue" -> value.name().startsWith("load_avg") ? value.value() / 100.0 : value.value();
            default -> value.value();
        };
    }
}
