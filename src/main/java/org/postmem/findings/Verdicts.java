package org.postmem.findings;

import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.postmem.findings.Finding.Severity;

/** From findings to the sentence a reader sees first. */
public final class Verdicts {
    private static final String EVIDENCE_RULE = "R34";
    private static final String HEALTHY_RULE = "R00";
    private static final String SHORTAGE_RULE = "R01";
    private static final String PRIVATE_RULE = "R05";
    private static final String MOVED_RULE = "R06";
    private static final String SHARED_RULE = "R07";
    private static final String CROWD_RULE = "R32";
    private static final String QUALITY_RULE = "R33";
    private static final String OTHERS_RULE = "R43";

    /** Of a leak kind, and of how much there is: that nothing is out of proportion does not say that nothing grows. */
    private static final Set<String> LEVEL_RULES = Set.of("R12", "R18", "R25", "R41");

    /** Confidence of a shortage that is no start-up, no step and no saw: those are below 0.9. */
    private static final double STEADY = 0.9;

    private static final Duration LONG = Duration.ofHours(1);

    private final Wording wording;
    private final CaptureTimes times;
    private final int fewestReadings;

    /** @param fewestReadings with fewer no trend can be told */
    Verdicts(Wording wording, CaptureTimes times, int fewestReadings) {
        this.wording = wording;
        this.times = times;
        this.fewestReadings = fewestReadings;
    }

    /** @param findings in their order, worst first */
    Verdict of(List<Finding> findings) {
        Optional<Finding> leak = findings.stream()
                .filter(f -> f.severity().compareTo(Severity.INFO) < 0 && FindingKinds.LEAKS.contains(f.kind()))
                // of two captures of one host the newer speaks of what is; a worse leak of the older one goes first all
                // the same
                .reduce((first, next) ->
                        next.severity() == first.severity() && times.later(next.captureId(), first.captureId())
                                ? next
                                : first);
        if (leak.isPresent()) {
            return new Verdict(
                    true, ofHost(leak.get(), headline(leak.get())), leak.get().id());
        }
        // Files of other tools answer some of the questions: nothing found is then no clean bill of health.
        boolean partly = findings.stream().anyMatch(f -> f.rule().equals(EVIDENCE_RULE))
                && findings.stream().noneMatch(f -> f.rule().equals(HEALTHY_RULE) && f.severity() == Severity.OK);
        Optional<Finding> worst = findings.stream()
                .filter(f -> f.severity().compareTo(Severity.INFO) < 0)
                .findFirst();
        // nobody to blame is not the same as nothing to fear
        Optional<Finding> shrinking = findings.stream()
                .filter(f -> f.rule().equals(SHORTAGE_RULE)
                        && f.facts().get("left_seconds") != null
                        && f.confidence() != null
                        && f.confidence() >= STEADY)
                .findFirst();
        // a heap that may grow on, or processes that may be warming up, are why memory runs low, and no more than that
        Optional<Finding> shortage =
                worst.isPresent() ? worst.filter(f -> f.rule().equals(SHORTAGE_RULE)) : shrinking;
        Optional<Finding> growing = shortage.flatMap(f -> largest(findings, g -> isGranted(g) || isFirstTurn(g)));
        if (growing.isPresent() && isSlow(growing.get())) {
            // watched for longer it would tell no more before it is full
            return noLeak(
                    "verdict.filling",
                    growing.get(),
                    Map.of("shortage", shortage.get().title()));
        }
        if (growing.isPresent()) {
            return noLeak("verdict.young", growing.get());
        }
        if (worst.isPresent()) {
            return noLeak(partly ? "verdict.trouble_partly" : "verdict.trouble", worst.get());
        }
        // to wait longer shows no more where those who take it are not to be seen from here
        Optional<Finding> unseen = findings.stream()
                .filter(f -> f.rule().equals(OTHERS_RULE) && f.facts().get("listed_bytes") != null)
                .findFirst();
        if (shrinking.isPresent() && unseen.isPresent()) {
            return noLeak("verdict.unseen", unseen.get());
        }
        if (shrinking.isPresent()) {
            return noLeak("verdict.shrinking", shrinking.get());
        }
        // what grew to the very end of the capture, and has not been seen for long enough
        Optional<Finding> young = largest(findings, f -> isYoung(f) || isFirstTurn(f) || (isSmall(f) && !isSlow(f)));
        if (young.isPresent()) {
            return noLeak("verdict.young", young.get());
        }
        Optional<Finding> masked = largest(findings, f -> f.facts().get("masked_bytes") != null);
        if (masked.isPresent()) {
            return noLeak("verdict.masked", masked.get());
        }
        Optional<Finding> slow = largest(findings, Verdicts::isSlow);
        if (slow.isPresent()) {
            return noLeak("verdict.slow", slow.get());
        }
        Optional<Finding> brief = times.captures().size() == 1 && !partly ? shortCapture(findings) : Optional.empty();
        Map<String, Object> values = brief.map(Finding::facts).orElse(Map.of());
        boolean few = values.get("snapshots") instanceof Number read && read.longValue() < fewestReadings;
        // free memory in pieces, or a log without kills, answers nothing about leaks
        boolean answered = findings.stream().anyMatch(f -> f.severity() == Severity.OK && tellsOfLeaks(f));
        String key = partly
                ? answered ? "verdict.partly" : "verdict.untold"
                : few ? "verdict.few" : brief.isPresent() ? "verdict.brief" : "verdict.healthy";
        return new Verdict(false, wording.line(key, values).orElse("No memory leak was found."), null);
    }

    private static boolean tellsOfLeaks(Finding finding) {
        return FindingKinds.LEAKS.contains(finding.kind())
                && !FindingKinds.LASTING.contains(finding.kind())
                && !LEVEL_RULES.contains(finding.rule());
    }

    /** Processes that grew one after the other, of which none had a second turn. */
    private static boolean isFirstTurn(Finding finding) {
        return finding.rule().equals(CROWD_RULE)
                && finding.severity() == Severity.INFO
                && finding.facts().get("turn_processes") != null;
    }

    private boolean isYoung(Finding finding) {
        return finding.rule().equals(MOVED_RULE)
                && "thin".equals(finding.trend())
                && finding.growthBytes() != null
                && times.captures().stream()
                        .anyMatch(c -> c.captureId() == finding.captureId() && c.to().equals(finding.lastSeen()));
    }

    /** A leak of so little that nobody is accused. */
    private static boolean isSmall(Finding finding) {
        // shared memory that is granted is a heap of ZGC
        boolean ofOneProcess = finding.rule().equals(PRIVATE_RULE)
                || (finding.rule().equals(SHARED_RULE) && finding.facts().get("heap_limit_bytes") != null);
        return ofOneProcess
                && finding.severity() == Severity.INFO
                && "leak".equals(finding.trend())
                && finding.growthBytes() != null;
    }

    /** Growth inside what a command line lets a program have. */
    private static boolean isGranted(Finding finding) {
        return isSmall(finding)
                && (finding.facts().get("heap_limit_bytes") != null
                        || finding.facts().get("granted_bytes") != null);
    }

    /** One that was watched for hours, and is far from a shortage on a host of this size. */
    public static boolean isSlow(Finding finding) {
        return isSmall(finding)
                && finding.firstSeen() != null
                && finding.lastSeen() != null
                && Duration.between(finding.firstSeen(), finding.lastSeen()).compareTo(LONG) >= 0;
    }

    private static Optional<Finding> largest(List<Finding> findings, Predicate<Finding> wanted) {
        return findings.stream().filter(wanted).max(Comparator.comparingLong(Finding::growthBytes));
    }

    /** A sentence about the finding that it rests on. */
    private Verdict noLeak(String key, Finding finding) {
        return noLeak(key, finding, Map.of());
    }

    private Verdict noLeak(String key, Finding finding, Map<String, Object> more) {
        Map<String, Object> values = new LinkedHashMap<>(more);
        values.put("title", finding.title());
        String sentence = wording.line(key, values).orElse(finding.title());
        return new Verdict(false, ofHost(finding, sentence), finding.id());
    }

    /** A sentence about one of several hosts says which. */
    private String ofHost(Finding finding, String sentence) {
        boolean several =
                times.captures().stream().map(Analysis.Capture::host).distinct().count() > 1;
        return times.captures().stream()
                .filter(c -> several && c.captureId() == finding.captureId() && c.host() != null)
                .findFirst()
                .flatMap(c -> wording.line("verdict.of_host", Map.of("host", c.host(), "sentence", sentence)))
                .orElse(sentence);
    }

    /** What says that a capture is too short to rule a leak out, where one is. */
    public static Optional<Finding> shortCapture(List<Finding> findings) {
        return findings.stream()
                .filter(f -> f.rule().equals(QUALITY_RULE) && f.facts().get("span_seconds") != null)
                .findFirst();
    }

    /** Kills do not grow, nor does a pool that somebody set aside or memory that the host of a guest takes away. */
    private static boolean grows(Finding finding) {
        return !FindingKinds.LASTING.contains(finding.kind())
                && finding.facts().get("balloon_bytes") == null
                && finding.facts().get("withdrawn_bytes") == null;
    }

    /** Who, what, how much; since when, how fast, which share, how long it lasts: as much of it as is known. */
    private String headline(Finding finding) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("title", finding.title());
        boolean grows = grows(finding);
        values.put(grows ? "first_seen_ts" : "lasting_since_ts", finding.firstSeen());
        values.put("rate_bytes_per_second", finding.rateBytesPerSecond());
        values.put("loss_share", finding.shareOfLoss());
        if (finding.exhaustedFrom() != null
                && finding.exhaustedTo() != null
                && finding.exhaustedFrom().getEpochSecond()
                        == finding.exhaustedTo().getEpochSecond()) {
            values.put("exhausted_at_ts", finding.exhaustedFrom());
        } else {
            values.put("exhausted_from_ts", finding.exhaustedFrom());
            values.put("exhausted_to_ts", finding.exhaustedTo());
        }
        for (String limit : List.of("limit_cgroup", "limit_address_space_bytes", "limit_mount_bytes")) {
            values.put(limit, finding.facts().get(limit));
        }
        if (finding.firstSeen() != null && finding.lastSeen() != null) {
            long millis =
                    finding.lastSeen().toEpochMilli() - finding.firstSeen().toEpochMilli();
            if (millis > 0) {
                values.put(grows ? "growing_seconds" : "lasting_seconds", (double) millis / 1000);
            } else {
                // a single kill is a moment, and no growth
                values.put("moment_ts", finding.firstSeen());
            }
        }
        times.shorten(values, finding.captureId());
        String since = String.join(", ", wording.lines("verdict.leak", values));
        return since + wording.line("verdict.end", values).orElse(".");
    }
}
