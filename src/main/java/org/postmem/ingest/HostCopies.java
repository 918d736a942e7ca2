package org.postmem.ingest;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.ingest.IssueLog.Severity;
import org.postmem.procfs.CgroupMemory;
import org.postmem.procfs.MemInfo;
import org.postmem.procfs.Pressure;
import org.postmem.procfs.VmStat;
import org.postmem.tools.CgroupFile;

/**
 * Copies of files of the kernel among the texts of a host, each under its path there. {@link HostTables} knows most of
 * them; those of which tools print parts, too, are laid beside what the tools tell.
 */
final class HostCopies {
    private static final Pattern BOOT_TIME = Pattern.compile("(?m)^btime (\\d{1,11})$");
    private static final String PRESSURE = "proc/pressure/";
    private static final Set<String> COUNTED_IN_PAGES = Set.of(
            "proc/zoneinfo",
            "proc/slabinfo",
            "proc/vmallocinfo",
            "proc/buddyinfo",
            "proc/pagetypeinfo",
            "proc/net/sockstat");

    private final int captureId;
    private final CaseTables tables;
    private final IssueLog issues;
    private final HostTables hostTables;
    private final MemoryRows memory;
    private final SharedRows shared;
    private final FirstTold first;
    private final CgroupCopies cgroups = new CgroupCopies();
    private final Map<Integer, Instant> bootTimes = new HashMap<>();
    private String countedInPages;

    HostCopies(
            int captureId,
            CaseTables tables,
            IssueLog issues,
            HostTables hostTables,
            MemoryRows memory,
            SharedRows shared,
            FirstTold first) {
        this.captureId = captureId;
        this.tables = tables;
        this.issues = issues;
        this.hostTables = hostTables;
        this.memory = memory;
        this.shared = shared;
        this.first = first;
    }

    /**
     * Loads a copy.
     *
     * @param boot the number of the boot in which it was made
     * @param path on the host, {@code proc/meminfo}; of a cgroup the name of the file alone will do
     */
    void add(EvidenceSource source, int snapshot, Instant time, int boot, String path, byte[] text) {
        if (path.equals("proc/meminfo")) {
            source.tells("meminfo");
            memory.add(snapshot, time, source.member(), issues.note(null, source.member(), MemInfo.parse(text)));
            return;
        }
        CgroupFile.Place place = CgroupFile.Place.of(path);
        if (place != null) {
            source.tells("cgroup_memory");
            EvidenceSource teller = cgroups.add(snapshot, place, source, text);
            if (teller != source) {
                first.noteAgain(source, "cgroup_memory", teller);
            }
        } else if (path.equals("proc/vmstat")) {
            shared.allCounters(source, snapshot, issues.note(null, source.member(), VmStat.parse(text)));
        } else if (path.startsWith(PRESSURE)) {
            String resource = path.substring(PRESSURE.length());
            shared.pressures(source, snapshot, issues.note(null, source.member(), Pressure.parse(text, resource)));
        } else if (first.isFirstOrNoted(source, path.substring(path.lastIndexOf('/') + 1), subject(path), snapshot)) {
            load(source, snapshot, boot, path, text);
        }
    }

    /** What a tool prints of it, and the same by type and in all. */
    private static String subject(String path) {
        return switch (path) {
            case "proc/pagetypeinfo" -> "proc/buddyinfo";
            case "proc/slabinfo" -> "slab";
            case "proc/sysvipc/shm" -> "shm_segment";
            default -> path;
        };
    }

    private void load(EvidenceSource source, int snapshot, int boot, String path, byte[] text) {
        if (path.equals("proc/stat")) {
            Matcher began = BOOT_TIME.matcher(new String(text, StandardCharsets.ISO_8859_1));
            if (began.find()) {
                bootTimes.put(boot, Instant.ofEpochSecond(Long.parseLong(began.group(1))));
            }
        }
        if (countedInPages == null && COUNTED_IN_PAGES.contains(path)) {
            countedInPages = source.member();
        }
        try {
            if (hostTables.load(snapshot, path, source.member(), text)) {
                source.tells(path.substring(path.lastIndexOf('/') + 1));
            }
        } catch (ArithmeticException e) {
            issues.add(null, source.member(), null, Severity.WARNING, e.getMessage(), null);
        }
    }

    /** All copies are there: writes the rows of the cgroups, of which each has several files. */
    void finish() {
        TableWriter table = tables.table("cgroup_memory");
        RecordColumns<CgroupMemory> columns = RecordColumns.of(CgroupMemory.class, table);
        cgroups.parse(
                issues,
                (group, snapshot) -> columns.set(
                                table.row().set("capture_id", captureId).set("snapshot", snapshot), group)
                        .end());
    }

    /** When the host came up, by the number of the boot; those of which no copy tells are not there. */
    Map<Integer, Instant> bootTimes() {
        return Map.copyOf(bootTimes);
    }

    /** The first file that counts in pages, whose size it does not tell; {@code null} when none does. */
    String countedInPages() {
        return countedInPages;
    }
}
