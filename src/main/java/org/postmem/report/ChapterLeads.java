package org.postmem.report;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.postmem.findings.Finding;

/** What each chapter says first: of whom its rows tell, and where one is accused, of that one. */
final class ChapterLeads {
    private final CaseRows rows;
    private final Texts texts;

    ChapterLeads(CaseRows rows, Texts texts) {
        this.rows = rows;
        this.texts = texts;
    }

    /** The one thing a chapter shows here: as a sentence, and in the few words of the path. */
    record Lead(String whole, String brief, boolean told) {}

    Lead of(Chapters.Outline outline, Scene scene, List<Finding> accusing) {
        String id = outline.id();
        Map<String, Object> facts = rows.row("SELECT * FROM lead_" + id + " WHERE capture_id = " + scene.id());
        if (outline.aboutProcesses()) {
            facts = aboutAccused(facts, outline, scene, accusing);
        } else if (id.equals("meminfo")) {
            facts = aboutAccusedBucket(facts, "path_ledger", scene, accusing);
        } else if (id.equals("kernel")) {
            facts = aboutAccusedBucket(facts, "path_kernel_side", scene, accusing);
        }
        String whole = sentence(id, "", facts, scene);
        return new Lead(
                whole, sentence(id, ".short", facts, scene), !whole.equals(texts.text("lead." + id + ".nothing")));
    }

    /** Where a finding marks a process that grew, its chapter tells of that one, whoever else grew or touched more. */
    private Map<String, Object> aboutAccused(
            Map<String, Object> lead, Chapters.Outline outline, Scene scene, List<Finding> accusing) {
        Finding finding = accusing.stream()
                .filter(f -> f.culprit() != null && f.culprit().processId() != null && outline.shows(f.kind()))
                .findFirst()
                .orElse(null);
        if (finding == null) {
            return ofCrowd(lead, outline, accusing);
        }
        if (Objects.equals(lead.get("pid"), finding.culprit().pid())) {
            return sinceOnset(lead, outline, scene, finding);
        }
        Finding.Culprit culprit = finding.culprit();
        Map<String, Object> accused = rows.row("SELECT 'accused' AS text, p.name, s.* FROM path_" + outline.id()
                + " AS s JOIN process AS p USING (capture_id, process_id) WHERE capture_id = " + scene.id()
                + " AND process_id = " + culprit.processId());
        Object growth = accused.getOrDefault("growth_bytes", accused.get("rate_growth_bytes_per_second"));
        if (growth instanceof Number grown && grown.doubleValue() > 0) {
            if (Boolean.FALSE.equals(accused.get("keeps"))) {
                // it gives back most of what it touches, and leaks the rest: its faults say nothing of that
                Map<String, Object> rate = new LinkedHashMap<>(accused);
                rate.remove("minflt_per_second");
                return rate;
            }
            return sinceOnset(accused, outline, scene, finding);
        }
        if (!finding.kind().equals("address_space") || accused.isEmpty()) {
            return lead;
        }
        // what is asked for and never touched is in no RSS; whoever grew beside it did nothing
        Map<String, Object> virtual = new LinkedHashMap<>(accused);
        virtual.put("text", "virtual");
        return virtual;
    }

    /** Where many are accused together, whoever else grew or touched more did nothing. */
    private static Map<String, Object> ofCrowd(
            Map<String, Object> lead, Chapters.Outline outline, List<Finding> accusing) {
        for (Finding finding : accusing) {
            Map<String, Object> facts = finding.facts();
            // no row of top is that of a unit or of a user
            boolean named = facts.get("unit") == null && facts.get("uid") == null;
            boolean listed = named || !outline.id().equals("top");
            if (finding.culprit() == null
                    || !finding.culprit().type().equals("group")
                    || !outline.shows(finding.kind())
                    || !listed) {
                continue;
            }
            String name = finding.culprit().name();
            if ("anon".equals(LeakBand.of(finding)) && finding.growthBytes() != null) {
                return Map.of("text", "group", "name", name, "growth_bytes", finding.growthBytes());
            }
            // what they cost lies in the kernel
            if (facts.get("processes") != null) {
                return Map.of("text", "crowd", "name", name, "processes", facts.get("processes"));
            }
        }
        return lead;
    }

    /** Likewise of the line in which lies what is accused: beside a leak of the kernel programs may have started. */
    private Map<String, Object> aboutAccusedBucket(
            Map<String, Object> lead, String buckets, Scene scene, List<Finding> accusing) {
        String band = accusing.stream()
                .filter(finding -> finding.growthBytes() != null)
                .map(LeakBand::of)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        if (band == null
                || lead.isEmpty()
                || "taken".equals(lead.get("text"))
                || band.equals(Balance.band(String.valueOf(lead.get("bucket_label"))))) {
            return lead;
        }
        Map<String, Object> grew = rows
                .rows("SELECT bucket_label, growth_bytes FROM " + buckets + " WHERE capture_id = " + scene.id()
                        + " AND growth_bytes > 0 ORDER BY growth_bytes DESC, position")
                .stream()
                .filter(row -> band.equals(Balance.band(String.valueOf(row.get("bucket_label")))))
                .findFirst()
                .orElse(null);
        if (grew == null) {
            return lead;
        }
        Map<String, Object> accused = new LinkedHashMap<>(lead);
        accused.put("text", "accused");
        accused.put("most_bucket_label", lead.get("bucket_label"));
        accused.put("most_growth_bytes", lead.get("growth_bytes"));
        accused.putAll(grew);
        return accused;
    }

    /** Of the accused top tells what it gained since the moment that the finding counts from, not in all of its life. */
    private Map<String, Object> sinceOnset(
            Map<String, Object> lead, Chapters.Outline outline, Scene scene, Finding finding) {
        if (!outline.id().equals("top") || finding.firstSeen() == null || finding.lastSeen() == null) {
            return lead;
        }
        Map<String, Object> gained = rows.row("SELECT arg_max(r.rss_bytes, s.snapshot) FILTER (WHERE within)"
                + " - arg_min(r.rss_bytes, s.snapshot) FILTER (WHERE within) AS growth_bytes,"
                + " min(s.ts) FILTER (WHERE within) AS since_ts, max(s.ts) FILTER (WHERE within) AS until_ts, max(s.ts) AS last_ts"
                + " FROM process_reading AS r JOIN (SELECT *, ts BETWEEN TIMESTAMP '" + utc(finding.firstSeen())
                + "' AND TIMESTAMP '" + utc(finding.lastSeen())
                + "' AS within FROM snapshot) AS s USING (capture_id, snapshot) WHERE r.rss_bytes IS NOT NULL AND capture_id = "
                + scene.id() + " AND r.process_id = " + finding.culprit().processId());
        if (!(gained.get("growth_bytes") instanceof Number grown) || grown.longValue() <= 0) {
            return lead;
        }
        Map<String, Object> since = new LinkedHashMap<>(lead);
        since.putAll(gained);
        if (!Objects.equals(gained.get("until_ts"), gained.get("last_ts"))
                || !rows.ended(scene.id(), finding.culprit().processId()).isEmpty()) {
            // what it holds at its last reading is not what it had grown to by then, or it holds nothing any more
            since.put("text", "until");
        }
        return since;
    }

    private static String utc(Instant moment) {
        return moment.atOffset(ZoneOffset.UTC).toLocalDateTime().toString();
    }

    private String sentence(String id, String suffix, Map<String, Object> facts, Scene scene) {
        if (!facts.isEmpty()) {
            String key = "lead." + id + "." + facts.get("text");
            // what other tools print may leave out the total, or what is shared: the rest is told all the same
            for (String told : List.of(key + suffix, key + ".partly" + suffix)) {
                String filled = texts.has(told) ? texts.fill(told, facts, scene.printing()) : null;
                if (filled != null) {
                    return filled;
                }
            }
        }
        return texts.text("lead." + id + ".nothing" + suffix);
    }
}
