package org.postmem.report;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.postmem.findings.Finding;
import org.postmem.findings.Finding.Severity;
import org.postmem.findings.Verdict;
import org.postmem.findings.Verdicts;

/** The top of the page: who, what, how much, until when, and what to do first. */
final class VerdictSection {
    private static final List<String> LIMITS =
            List.of("limit_cgroup", "limit_address_space_bytes", "limit_mount_bytes");
    private static final Duration SOON = Duration.ofHours(2);

    private final CaseRows rows;
    private final Texts texts;
    private final Verdict verdict;
    private final List<Finding> findings;

    VerdictSection(CaseRows rows, Texts texts, Verdict verdict, List<Finding> findings) {
        this.rows = rows;
        this.texts = texts;
        this.verdict = verdict;
        this.findings = findings;
    }

    /** @param several captures are in the case */
    ReportModel.VerdictCard card(boolean several) {
        Finding main = findings.stream()
                .filter(f -> f.id().equals(verdict.findingId()))
                .findFirst()
                .orElse(null);
        int captureId = main == null
                ? CaseRows.integer(rows.row("SELECT coalesce(min(capture_id), 0)::INTEGER AS id FROM capture"), "id")
                : main.captureId();
        Scene scene = Scene.of(rows, texts, captureId);
        boolean unknown = main == null && !verdict.leak() && !judged(captureId);
        // nobody is accused, and that is no clean bill of health
        boolean early = !verdict.leak()
                && (main == null
                        ? !unknown
                                && !several
                                && Verdicts.shortCapture(findings).isPresent()
                        : main.severity() == Severity.INFO && !Verdicts.isSlow(main));
        String tone = main != null
                ? Tone.of(main.severity())
                : verdict.leak() ? "bad" : unknown ? "na" : early ? "info" : "ok";
        return new ReportModel.VerdictCard(
                tone,
                texts.text("verdict." + label(main, early, tone, scene)),
                (several && main != null ? rows.hostName(captureId) + ": " : "") + headline(main, unknown, scene),
                main != null ? verdictLines(main, scene) : calmLines(captureId, scene),
                scene.empty()
                        ? List.of()
                        : new ProofTiles(rows, scene.printing(), captureId, scene.prefix()).tiles(main),
                next(main, unknown, captureId, scene),
                main == null ? null : scene.prefix() + main.id());
    }

    private String label(Finding main, boolean early, String tone, Scene scene) {
        if (early) {
            return "early";
        }
        if (main == null) {
            return tone;
        }
        if (!verdict.leak()) {
            return Verdicts.isSlow(main) ? tone : "trouble";
        }
        // a kill at a limit shows that memory ran out there, and not that somebody leaks
        if (main.kind().equals("cgroup_oom") && main.growthBytes() == null) {
            return "killed";
        }
        return tone.equals("warn") && soon(main, scene) ? "soon" : tone;
    }

    /** Is memory used up before anybody has slept over it, by the finding's own forecast or by that of the host? */
    private boolean soon(Finding main, Scene scene) {
        Finding forecast = main.exhaustedFrom() == null ? ofHost(main) : main;
        return forecast != null
                && !scene.empty()
                && Duration.between(scene.to(), forecast.exhaustedFrom()).compareTo(SOON) < 0;
    }

    /** The forecast of the host as a whole; {@code null} where there is none. */
    private Finding ofHost(Finding main) {
        return findings.stream()
                .filter(f -> f.captureId() == main.captureId()
                        && f.kind().equals("host_oom")
                        && f.culprit() != null
                        && f.culprit().type().equals("host")
                        && f.exhaustedFrom() != null
                        && f.exhaustedTo() != null)
                .findFirst()
                .orElse(null);
    }

    /** Is one end of its forecast that of the host, which loses more than what is accused takes? */
    private boolean isOfHost(Finding main) {
        Finding host = ofHost(main);
        return host != null
                && !host.equals(main)
                && (host.exhaustedFrom().equals(main.exhaustedFrom())
                        || host.exhaustedTo().equals(main.exhaustedTo()));
    }

    /** Was enough read to see a trend? The trend wants some snapshots and 20 seconds. */
    boolean judged(int captureId) {
        return !rows.rows(
                        "SELECT 1 FROM path_span WHERE snapshots >= fewest_readings() AND seconds >= 20 AND mem_total_bytes IS NOT NULL"
                                + " AND capture_id = " + captureId)
                .isEmpty();
    }

    /** The host's own time and only what the lines below do not say again. */
    private String headline(Finding main, boolean unknown, Scene scene) {
        if (unknown) {
            Map<String, Object> facts = new LinkedHashMap<>(scene.span());
            facts.put("watched_seconds", facts.get("seconds"));
            String filled = texts.fill("verdict.unknown", facts, scene.printing());
            return scene.empty() || filled == null ? texts.text("verdict.unknown.empty") : filled;
        }
        if (main == null || !verdict.leak() || main.firstSeen() == null) {
            return verdict.headline();
        }
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("title", main.title());
        facts.put("since", scene.printing().time().time(main.firstSeen()));
        if (main.lastSeen() != null && main.lastSeen().isAfter(main.firstSeen())) {
            facts.put("long", secondsBetween(main.firstSeen(), main.lastSeen()));
        }
        facts.put("rate_bytes_per_second", main.rateBytesPerSecond());
        for (String key : List.of("verdict.leaks", "verdict.leaks.norate", "verdict.leaks.since")) {
            String filled = texts.fill(key, facts, scene.printing());
            if (filled != null) {
                return filled;
            }
        }
        return verdict.headline();
    }

    private List<String> verdictLines(Finding main, Scene scene) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("loss_share", main.shareOfLoss());
        facts.put("low_rate", beside(main, main.rateLow()));
        facts.put("high_rate", beside(main, main.rateHigh()));
        HostTime time = scene.printing().time();
        String left = "verdict.left.open";
        // what is counted, as sockets and threads are, has no forecast of its own
        Finding host = verdict.leak() && main.exhaustedFrom() == null && !scene.empty() ? ofHost(main) : null;
        Finding forecast = host == null ? main : host;
        if (forecast.exhaustedFrom() != null && forecast.exhaustedTo() != null) {
            String from = time.roughly(forecast.exhaustedFrom(), scene.to());
            String to = time.roughly(forecast.exhaustedTo(), scene.to());
            String soon = secondsBetween(scene.to(), forecast.exhaustedFrom());
            String late = secondsBetween(scene.to(), forecast.exhaustedTo());
            left = host != null
                    ? "verdict.left.host"
                    : from.equals(to) ? "verdict.left.about" : isOfHost(main) ? "verdict.left.either" : "verdict.left";
            facts.put("from", from);
            facts.put("to", to);
            facts.put("zone", time.zone());
            facts.put("span", soon.equals(late) ? soon : soon + " \u2013 " + late);
        } else if (main.exhaustedFrom() != null) {
            facts.put("not_before", time.roughly(main.exhaustedFrom(), scene.to()));
            facts.put("zone", time.zone());
        }
        // which limit that is about, where it is not the host's memory
        for (String limit : LIMITS) {
            facts.put(limit, main.facts().get(limit));
        }
        if (facts.get("zone") != null && LIMITS.stream().allMatch(limit -> facts.get(limit) == null)) {
            facts.put("swap_free_bytes", swapFree(main.captureId()));
        }
        List<String> lines = new ArrayList<>();
        for (String key : List.of(
                "verdict.share",
                "verdict.rate",
                left,
                "verdict.swap",
                "verdict.limit.cgroup",
                "verdict.limit.address_space",
                "verdict.limit.mount")) {
            String line = texts.fill(key, facts, scene.printing());
            // a rate that is known to three digits stands above already
            boolean exact = key.equals("verdict.rate") && Objects.equals(facts.get("low_rate"), facts.get("high_rate"));
            if (line != null && !exact) {
                lines.add(line);
            }
        }
        return lines;
    }

    /** Bytes at the last snapshot; {@code null} where there are none. */
    private Object swapFree(int captureId) {
        return rows.row("SELECT nullif(arg_max(swap_free_bytes, snapshot), 0) AS free FROM meminfo WHERE capture_id = "
                        + captureId)
                .get("free");
    }

    private static String beside(Finding main, Double end) {
        Double rate = main.rateBytesPerSecond();
        return end == null ? null : Quantity.bytesPerSecondBeside(rate == null ? end : rate, end);
    }

    /** What "no leak" rests on: how long was looked, what was checked, what could not be. */
    private List<String> calmLines(int captureId, Scene scene) {
        if (scene.empty()) {
            return List.of(texts.text("verdict.collect"));
        }
        List<String> lines = new ArrayList<>();
        Map<String, Object> facts =
                new LinkedHashMap<>(rows.row("SELECT * FROM lead_meminfo WHERE capture_id = " + captureId));
        facts.putAll(scene.span());
        facts.put("watched_seconds", scene.span().get("seconds"));
        lines.add(texts.fill("verdict.looked", facts, scene.printing()));
        lines.add(texts.fill("verdict.available", facts, scene.printing()));
        long unchecked = findings.stream()
                .filter(f -> f.captureId() == captureId && f.severity() == Severity.NOT_APPLICABLE)
                .count();
        if (unchecked > 0) {
            lines.add(texts.counted("verdict.unchecked", unchecked));
        }
        if (!longEnough(captureId)) {
            lines.add(texts.text("verdict.short"));
        }
        lines.removeIf(line -> line == null);
        return lines;
    }

    /** A slow leak stays below the floors for minutes: half an hour is what rules most of them out. */
    private boolean longEnough(int captureId) {
        return !rows.rows("SELECT 1 FROM path_span WHERE seconds >= 1800 AND capture_id = " + captureId)
                .isEmpty();
    }

    private ReportModel.Command next(Finding main, boolean unknown, int captureId, Scene scene) {
        if (main != null) {
            return main.nextCommands().isEmpty()
                    ? null
                    : new ReportModel.Command(
                            texts.text("verdict.next"), main.nextCommands().get(0), null);
        }
        return unknown || scene.empty() || !longEnough(captureId)
                ? new ReportModel.Command(
                        texts.text("verdict.collect.intro"), texts.text("verdict.collect.command"), null)
                : null;
    }

    private static String secondsBetween(Instant from, Instant to) {
        return Quantity.seconds(Duration.between(from, to).toMillis() / 1000.0);
    }
}
