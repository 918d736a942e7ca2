package org.postmem.ingest;

import java.time.Instant;
import org.postmem.tools.EvidenceKind;
import org.postmem.tools.Rate;
import org.postmem.tools.Reading;
import org.postmem.units.PageSize;

/** Rows of {@code activity} from texts; sysstat's binary files have theirs from {@link SystemActivityRows}. */
final class ActivityRows {
    private final int captureId;
    private final CaseTables tables;
    private final PageSize page;

    ActivityRows(int captureId, CaseTables tables, PageSize page) {
        this.captureId = captureId;
        this.tables = tables;
        this.page = page;
    }

    /** What a reading of a history, or of rates, tells. */
    void add(EvidenceSource source, Reading reading, Instant time, int boot) {
        if (reading.restart() || reading.comment() != null) {
            if (source.kind() != EvidenceKind.SA_FILE) {
                tables.table("activity_event")
                        .row()
                        .set("capture_id", captureId)
                        .set("member", source.member())
                        .set("ts", time)
                        .set("boot", boot)
                        .set("kind", reading.restart() ? "restart" : "comment")
                        .set("comment", reading.comment())
                        .end();
            }
            return;
        }
        if (source.kind() == EvidenceKind.SA_FILE) {
            return;
        }
        source.tells("activity");
        if (source.kind().isHistory()) {
            reading.memory()
                    .forEach((column, bytes) ->
                            rate(source, time, boot, "memory", MemoryNames.kernelName(column), (double) bytes));
        }
        for (Rate rate : reading.rates()) {
            switch (rate.name()) {
                case "swap_in_bytes" ->
                    rate(source, time, boot, rate.activity(), "pswpin", rate.value() / page.bytes());
                case "swap_out_bytes" ->
                    rate(source, time, boot, rate.activity(), "pswpout", rate.value() / page.bytes());
                default -> rate(source, time, boot, rate.activity(), rate.name(), rate.value());
            }
        }
    }

    private void rate(EvidenceSource source, Instant time, int boot, String activity, String what, double value) {
        tables.table("activity")
                .row()
                .set("capture_id", captureId)
                .set("member", source.member())
                .set("ts", time)
                .set("boot", boot)
                .set("activity", activity)
                .set("item", 0)
                .set("name", what)
                .set("value", value)
                .end();
    }
}
