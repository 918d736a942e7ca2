package org.postmem.findings;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postmem.collector.archive.Json;

/**
 * {@code findings.json}, schema 1: one object a case, as {@code reports/findings.schema.json} describes it. Members that a
 * finding has no answer for are {@code null}; instants are ISO 8601 in UTC.
 */
public final class FindingsJson {
    public static final int SCHEMA = 1;

    private FindingsJson() {}

    /** The whole document, indented, with a newline at its end. */
    public static String of(Analysis analysis) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("schema", SCHEMA);
        document.put(
                "captures",
                analysis.captures().stream().map(FindingsJson::capture).toList());
        document.put("verdict", verdict(analysis.verdict()));
        document.put(
                "findings",
                analysis.findings().stream().map(FindingsJson::finding).toList());
        StringBuilder out = new StringBuilder();
        write(document, 0, out);
        return out.append('\n').toString();
    }

    private static Map<String, Object> capture(Analysis.Capture capture) {
        Map<String, Object> o = new LinkedHashMap<>();
        o.put("source", capture.source());
        o.put("host", capture.host());
        o.put("kernel", capture.kernel());
        o.put("from", capture.from());
        o.put("to", capture.to());
        o.put("snapshots", capture.snapshots());
        o.put("gaps", capture.gaps().stream().map(FindingsJson::gap).toList());
        return o;
    }

    private static Map<String, Object> gap(Analysis.Gap gap) {
        Map<String, Object> o = new LinkedHashMap<>();
        o.put("from", gap.from());
        o.put("to", gap.to());
        return o;
    }

    private static Map<String, Object> verdict(Verdict verdict) {
        Map<String, Object> o = new LinkedHashMap<>();
        o.put("leak", verdict.leak());
        o.put("headline", verdict.headline());
        o.put("finding", verdict.findingId());
        return o;
    }

    private static Map<String, Object> finding(Finding f) {
        Map<String, Object> o = new LinkedHashMap<>();
        o.put("id", f.id());
        o.put("rule", f.rule());
        o.put("capture", f.captureId());
        o.put("severity", f.severity().json());
        o.put("score", f.score());
        o.put("confidence", f.confidence());
        o.put("kind", f.kind());
        o.put("chapter", f.chapter());
        o.put("title", f.title());
        o.put("explanation", f.explanation());
        o.put("advice", f.advice());
        o.put("next_commands", f.nextCommands());
        o.put("culprit", f.culprit() == null ? null : culprit(f.culprit()));
        o.put("trend", f.trend());
        o.put("growth_bytes", f.growthBytes());
        o.put("rate_bytes_per_second", f.rateBytesPerSecond());
        o.put("rate_low", f.rateLow());
        o.put("rate_high", f.rateHigh());
        o.put("share_of_loss", f.shareOfLoss());
        o.put("first_seen", f.firstSeen());
        o.put("last_seen", f.lastSeen());
        o.put("exhausted_from", f.exhaustedFrom());
        o.put("exhausted_to", f.exhaustedTo());
        o.put("facts", f.facts());
        o.put("evidence", f.evidence().stream().map(FindingsJson::evidence).toList());
        return o;
    }

    private static Map<String, Object> culprit(Finding.Culprit culprit) {
        Map<String, Object> o = new LinkedHashMap<>();
        o.put("type", culprit.type());
        o.put("name", culprit.name());
        o.put("pid", culprit.pid());
        o.put("start_time", culprit.startTime());
        o.put("command", culprit.command());
        o.put("detail", culprit.detail());
        return o;
    }

    private static Map<String, Object> evidence(Finding.Evidence evidence) {
        Map<String, Object> o = new LinkedHashMap<>();
        o.put("sql", evidence.sql());
        o.put("members", evidence.members());
        return o;
    }

    private static void write(Object value, int depth, StringBuilder out) {
        if (value instanceof Map<?, ?> object) {
            writeAll(object.entrySet().iterator(), '{', '}', depth, out);
        } else if (value instanceof List<?> array) {
            writeAll(array.iterator(), '[', ']', depth, out);
        } else if (value instanceof Map.Entry<?, ?> member) {
            Json.quote(String.valueOf(member.getKey()), out);
            out.append(": ");
            write(member.getValue(), depth, out);
        } else if (value == null || value instanceof Boolean) {
            out.append(String.valueOf(value));
        } else if (value instanceof Number number) {
            out.append(number(number));
        } else if (value instanceof Instant instant) {
            Json.quote(instant.toString(), out);
        } else {
            Json.quote(value.toString(), out);
        }
    }

    private static void writeAll(Iterator<?> parts, char open, char close, int depth, StringBuilder out) {
        out.append(open);
        boolean any = parts.hasNext();
        while (parts.hasNext()) {
            newline(depth + 1, out);
            write(parts.next(), depth + 1, out);
            if (parts.hasNext()) {
                out.append(',');
            }
        }
        if (any) {
            newline(depth, out);
        }
        out.append(close);
    }

    private static void newline(int depth, StringBuilder out) {
        out.append('\n').append("  ".repeat(depth));
    }

    /** Whole numbers whole, others with 6 digits: more would be noise of the arithmetic. JSON has no NaN or infinity. */
    private static String number(Number number) {
        if (number instanceof Double || number instanceof Float) {
            double value = number.doubleValue();
            if (!Double.isFinite(value)) {
                return "null";
            }
            return new BigDecimal(value)
                    .round(new MathContext(6))
                    .stripTrailingZeros()
                    .toPlainString();
        }
        return number.toString();
    }
}
