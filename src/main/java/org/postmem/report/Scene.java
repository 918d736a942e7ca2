package org.postmem.report;

import java.time.Instant;
import java.util.Map;
import org.postmem.sql.SqlValue;

/**
 * What is known of a capture before anything is drawn.
 *
 * @param prefix of the anchors of its part of the page
 * @param span of its snapshots, a row of {@code path_span}; empty when it has none
 * @param memberRange folders of its snapshots in the archive
 */
record Scene(
        int id,
        String prefix,
        Printing printing,
        Instant from,
        Instant to,
        Map<String, Object> span,
        String memberRange) {

    static Scene of(CaseRows rows, Texts texts, int captureId) {
        Map<String, Object> span = rows.row("SELECT * FROM path_span WHERE capture_id = " + captureId);
        Object offset = rows.row("SELECT utc_offset_seconds FROM capture WHERE capture_id = " + captureId)
                .get("utc_offset_seconds");
        Instant from = span.isEmpty() ? Instant.EPOCH : SqlValue.instant(span.get("first_ts"));
        Instant to = span.isEmpty() ? Instant.EPOCH : SqlValue.instant(span.get("last_ts"));
        HostTime time = HostTime.of(offset instanceof Number number ? number.intValue() : null, from, to);
        String range = span.isEmpty()
                ? ""
                : String.format(
                        "%06d \u2026 %06d",
                        CaseRows.integer(span, "first_snapshot"), CaseRows.integer(span, "last_snapshot"));
        return new Scene(captureId, "c" + captureId + "-", new Printing(time, texts), from, to, span, range);
    }

    boolean empty() {
        return span.isEmpty();
    }
}
