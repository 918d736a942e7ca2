package org.postmem.ingest;

import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.postmem.procfs.KernelMessage;
import org.postmem.tools.Banner;
import org.postmem.tools.EvidenceKind;

/** A file of evidence, and what came of it: a row of {@code evidence_source}. */
final class EvidenceSource {
    private final int number;
    private final String member;
    private final EvidenceKind kind;
    private final Instant modified;
    private final long bytes;
    private final Set<String> tables = new TreeSet<>();
    private Banner banner;
    private int readings;
    private Instant from;
    private Instant to;
    private String timeFrom = "text";

    /** @param modified the date of the file, {@code null} when it has none */
    EvidenceSource(int number, String member, EvidenceKind kind, Instant modified, long bytes) {
        this.number = number;
        this.member = member;
        this.kind = kind;
        this.modified = modified;
        this.bytes = bytes;
    }

    /** Among the files of its capture. */
    int number() {
        return number;
    }

    String member() {
        return member;
    }

    EvidenceKind kind() {
        return kind;
    }

    Instant modified() {
        return modified;
    }

    void banner(Banner read) {
        banner = read;
    }

    void tells(String table) {
        tables.add(table);
    }

    void readings(int more) {
        readings += more;
    }

    /** What tells its moments, when the text does not. */
    void timeFrom(String teller) {
        timeFrom = teller;
    }

    void spans(Instant time) {
        from = from == null || time.isBefore(from) ? time : from;
        to = to == null || time.isAfter(to) ? time : to;
    }

    void spans(KernelMessage message) {
        if (message.time() != null) {
            spans(message.time());
        }
    }

    void write(int captureId, TableWriter table) {
        table.row()
                .set("capture_id", captureId)
                .set("member", member)
                .set("kind", kind.name().toLowerCase(Locale.ROOT))
                .set("host", banner == null ? null : banner.host())
                .set("tool_version", banner == null ? null : banner.version())
                .set("bytes", bytes)
                .set("readings", readings)
                .set("from_ts", from)
                .set("to_ts", to)
                .set("time_from", timeFrom)
                .set("tables", tables.isEmpty() ? null : String.join(" ", tables))
                .end();
    }
}
