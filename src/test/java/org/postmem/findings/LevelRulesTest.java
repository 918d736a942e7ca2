package org.postmem.findings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.postmem.findings.SyntheticHost.EACH;
import static org.postmem.findings.SyntheticHost.MIB;

import java.time.LocalDateTime;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.postmem.findings.Finding.Severity;

/** What is full, near its limit or laid out in a way worth a word: each case on rows where it holds, and on rows where it does not. */
class LevelRulesTest {

    @Test
    void aTmpfsThatIsNearlyFullIsSaidAndNoLeak() {
        assertThat(tmpfs(190)).containsExactly("info: The tmpfs /run is 95 % full");
        assertThat(tmpfs(120)).containsExactly("ok: No tmpfs fills");
    }

    @Test
    void aTmpfsThatGrewUntilItWasFullDidNotComeToRest() {
        try (SyntheticHost full = filling(200);
                SyntheticHost resting = filling(150)) {
            Finding first = full.analysed().findings().get(0);
            assertThat(first.kind()).isEqualTo("tmpfs");
            assertThat(first.severity()).isEqualTo(Severity.WARNING);
            assertThat(first.title()).isEqualTo("The tmpfs /run was filled to the end: +200 MiB");
            assertThat(said("R09", resting)).containsExactly("info: The tmpfs /run is 75 % full");
        }
    }

    /** Files in a hugetlbfs outlive who made them, and statvfs shows no size of them. */
    @Test
    void hugePagesThatNoProcessMapsAreInTheFilesOfTheOnlyHugetlbfs() {
        assertThat(hugePages(0, "'/dev/hugepages'"))
                .isEqualTo(
                        "mount /dev/hugepages: Files in /dev/hugepages keep 188 MiB of huge pages that no process maps");
        assertThat(hugePages(4194304, "'/dev/hugepages'"))
                .as("its process has them")
                .isEqualTo("process packetd: 180 MiB were taken into the pool of huge pages");
        assertThat(hugePages(0, "'/mnt/' || i % 2"))
                .as("in which of the two")
                .isEqualTo("kernel hugepages: 180 MiB were taken into the pool of huge pages");
    }

    private static String hugePages(int mappedEach, String mountPoint) {
        try (SyntheticHost host = new SyntheticHost(5, 48).process("packetd", t -> 20 * MIB)) {
            host.takes(null, t -> 0.8 * t * MIB)
                    .sql("UPDATE meminfo SET hugetlb_bytes = snapshot * 4194304, huge_page_size_bytes = 2097152,"
                            + " huge_pages_total = 2 * snapshot, huge_pages_free = 0, huge_pages_rsvd = 0")
                    .sql("UPDATE process_sample SET hugetlb_bytes = snapshot * " + mappedEach)
                    .sql("INSERT INTO filesystem SELECT 1, i, 1, '0:22', 'hugetlbfs', " + mountPoint + ", 0, 0, 0"
                            + EACH);
            Finding first = host.analysed().findings().get(0);
            return first.culprit().type() + " " + first.culprit().name() + ": " + first.title();
        }
    }

    /** Grows for a minute and a half and then stands still, on a mount of 200 MiB. */
    private static SyntheticHost filling(int untilMib) {
        return new SyntheticHost(5, 48)
                .sql("INSERT INTO filesystem SELECT 1, i, 1, '0:22', 'tmpfs', '/run', 209715200, least(i, 18) * "
                        + untilMib + " * 1048576 // 18, 0" + EACH);
    }

    private static List<String> tmpfs(int usedMib) {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.sql("INSERT INTO filesystem SELECT 1, i, 1, '0:22', 'tmpfs', '/run', 209715200, " + usedMib
                    + " * 1048576, 0" + EACH);
            return said("R09", host);
        }
    }

    @Test
    void tasksThatWaitBecauseTheirGroupIsHeldBackAreToldWithTheGroup() {
        String group = "warning: Tasks of control group /apps/tenant wait for memory 60.0 % of the time";
        String host = "warning: Tasks wait for memory 10.0 % of the time";
        assertThat(heldBack(60, 5, 0.5)).containsExactly(group);
        // a big host has other tasks that run: its own numbers say nothing of the group
        assertThat(heldBack(60, 5, 0)).containsExactly(group);
        assertThat(heldBack(60, 0, 0.5)).containsExactly(host);
        assertThat(heldBack(4, 5, 0.5)).containsExactly(host);
        assertThat(heldBack(4, 5, 0)).containsExactly("ok: No task had to wait for memory");
    }

    @Test
    void whoTookMuchAndKeepsItIsNamedBesideTheWaitingOfTheOthers() {
        assertThat(waitingBeside(t -> (t < 60 ? 20 : 420) * MIB))
                .containsExactly(
                        "warning: Tasks wait for memory 10.0 % of the time; ordersvc (pid 1001) took 400 MiB in"
                                + " this capture and keeps it");
        // gives it back, took little, had it before
        String alone = "warning: Tasks wait for memory 10.0 % of the time";
        assertThat(waitingBeside(t -> (t < 60 || t > 120 ? 20 : 420) * MIB)).containsExactly(alone);
        assertThat(waitingBeside(t -> (t < 60 ? 20 : 40) * MIB)).containsExactly(alone);
        assertThat(waitingBeside(t -> 420 * MIB)).containsExactly(alone);
    }

    private static List<String> waitingBeside(DoubleUnaryOperator anonBytes) {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.sql("INSERT INTO pressure SELECT 1, i, 'memory', s, 0, 0, 0, 0.5 * i"
                            + " FROM range(48) AS r(i), (VALUES ('some'), ('full')) AS x(s)")
                    .process("ordersvc", anonBytes);
            return said("R02", host);
        }
    }

    private static List<String> heldBack(int groupPercent, int stops, double waitedSeconds) {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.sql("INSERT INTO pressure SELECT 1, i, 'memory', s, 0, 0, 0, " + waitedSeconds
                            + " * i FROM range(48) AS r(i), (VALUES ('some'), ('full')) AS x(s)")
                    .sql(
                            "INSERT INTO cgroup_memory (capture_id, snapshot, path, version, current_bytes, events_high, events_max,"
                                    + " pressure_some_avg10_percent, pressure_full_avg10_percent) SELECT 1, i, p, 2, 67108864, "
                                    + stops + " * i, 0, " + groupPercent + ", " + groupPercent
                                    + " FROM range(48) AS r(i), (VALUES ('/apps'), ('/apps/tenant')) AS x(p)");
            return said("R02", host);
        }
    }

    @Test
    void whatComesBackFromSwapIsHeldAgainstTheTimeThatIsWaitedForIt() {
        assertThat(swapping(2000, 0)).containsExactly("warning: The host swaps all the time");
        assertThat(swapping(200, 0)).containsExactly("info: The host swaps all the time");
        // a slow disk
        assertThat(swapping(200, 1)).containsExactly("warning: The host swaps all the time");
        assertThat(swapping(200, 0.1)).containsExactly("info: The host swaps all the time");
        assertThat(swapping(2, 1)).containsExactly("ok: Nothing is swapped in or out all the time");
    }

    @Test
    void swapIsReadBeforeTheWaitingThatItCauses() {
        try (SyntheticHost host = swapped(2000, 1)) {
            assertThat(host.analysed().findings())
                    .filteredOn(finding -> finding.severity() == Severity.WARNING)
                    .extracting(Finding::kind)
                    .containsExactly("swap", "pressure");
        }
    }

    @Test
    void aPageThatIsInMemoryAsWellIsNotCountedAsLyingInSwap() {
        try (SyntheticHost host = swapped(2000, 0)
                .sql("UPDATE meminfo SET swap_cached_bytes = 134217728")
                .process("ordersvc", t -> 20 * MIB)
                .sql("UPDATE process_sample SET swap_bytes = 104857600")) {
            assertThat(host.explanationOf("R03")).contains("384 MiB lie in swap and not in memory, 100 MiB of them");
        }
    }

    /** 125 MiB of 128: what of it the kernel gets back at the limit before it kills is memory.stat's and swap's to say. */
    @Test
    void aGroupIsNearItsLimitByWhatCannotBeDroppedAndIsKilledOnceItsSwapIsFull() {
        String near = ": Control group /apps/tenant is close to its limit: ";
        assertThat(atLimit("0, 0, 0", 0)).containsExactly("warning" + near + "125 MiB of 128 MiB");
        assertThat(atLimit("0, 0, 12582912", 0)).containsExactly("info" + near + "113 MiB of 128 MiB");
        assertThat(atLimit("20971520, 4194304, 12582912", 0))
                .containsExactly("ok: No control group is close to its memory limit");
        assertThat(atLimit("NULL, NULL, NULL", 0)).singleElement().asString().startsWith("not_applicable: ");
        // half of the host's swap, a GiB, is free
        assertThat(atLimit("0, 0, 0", 1024)).containsExactly("info" + near + "125 MiB of 128 MiB");
        assertThat(atLimit("0, 0, 0", 1)).containsExactly("warning" + near + "125 MiB of 128 MiB");
    }

    @Test
    void aGroupThatMaySwapIsSaidToSwapBeforeItIsKilled() {
        try (SyntheticHost host = tenant("0, 0, 0", 64)) {
            assertThat(host.analysed().findings())
                    .filteredOn(finding -> finding.rule().equals("R28"))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.advice().get(0))
                            .contains("when 64.0 MiB of swap are used up, too, it kills"));
        }
    }

    /** systemd writes a dash within a name as a backslash and a number, and whoever runs on the host names the rest. */
    @Test
    void whatAGroupIsCalledIsOneWordOfACommand() {
        try (SyntheticHost host = tenant("0, 0, 0", 0)) {
            host.sql("UPDATE cgroup_memory SET path = '/apps/a\\x2db $(reboot)'");
            assertThat(host.analysed().findings())
                    .filteredOn(finding -> finding.rule().equals("R28"))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.nextCommands().get(0))
                            .isEqualTo("grep -sh . /sys/fs/cgroup'/apps/a\\x2db $(reboot)'/memory.stat"
                                    + " /sys/fs/cgroup/memory'/apps/a\\x2db $(reboot)'/memory.stat | head -20"));
        }
    }

    private static List<String> atLimit(String fileShmemAndSlab, int swapMaxMib) {
        try (SyntheticHost host = tenant(fileShmemAndSlab, swapMaxMib)) {
            return said("R28", host);
        }
    }

    private static SyntheticHost tenant(String fileShmemAndSlab, int swapMaxMib) {
        return new SyntheticHost(5, 48)
                .sql("UPDATE meminfo SET swap_total_bytes = 1073741824, swap_free_bytes = 536870912")
                .sql(
                        "INSERT INTO cgroup_memory (capture_id, snapshot, path, version, max_bytes, current_bytes, swap_max_bytes,"
                                + " file_bytes, shmem_bytes, slab_reclaimable_bytes) SELECT 1, i, '/apps/tenant', 2, 134217728, 131072000, "
                                + swapMaxMib + " * 1048576, " + fileShmemAndSlab + EACH);
    }

    private static List<String> swapping(int pagesPerSecond, double waitedSeconds) {
        try (SyntheticHost host = swapped(pagesPerSecond, waitedSeconds)) {
            return said("R03", host);
        }
    }

    private static SyntheticHost swapped(int pagesPerSecond, double waitedSeconds) {
        return new SyntheticHost(5, 48)
                .sql("INSERT INTO pressure SELECT 1, i, 'memory', s, 0, 0, 0, " + waitedSeconds
                        + " * i FROM range(48) AS r(i), (VALUES ('some'), ('full')) AS x(s)")
                .sql("INSERT INTO vmstat SELECT 1, i, n, i * 5 * " + pagesPerSecond
                        + " FROM range(48) AS r(i), (VALUES ('pswpin'), ('pswpout')) AS x(n)")
                .sql("UPDATE meminfo SET swap_total_bytes = 1073741824, swap_free_bytes = 536870912");
    }

    @Test
    void memoryThatFellToPiecesWithinTheCaptureIsSaidOnceThatLastedAMinute() {
        String whole = "ok: Free memory is in blocks large enough";
        assertThat(inPieces(20, 98, 0))
                .containsExactly(
                        "info: Free memory is in small pieces: 98 % of node 0, zone Normal in blocks of 8 pages or fewer");
        assertThat(inPieces(40, 98, 0)).containsExactly(whole);
        assertThat(inPieces(20, 92, 0)).containsExactly(whole);
        assertThat(inPieces(20, 92, 4))
                .containsExactly(
                        "warning: Compaction fails although 200 MiB are free in node 0, zone Normal: they lie in small pieces");
        assertThat(inPieces(20, 85, 4)).containsExactly(whole);
    }

    /** 200 MiB are free, from one snapshot on so many percent of them in single pages. */
    private static List<String> inPieces(int since, int percent, int failed) {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.sql("INSERT INTO buddy SELECT 1, i, 0, 'Normal', o, CASE WHEN o = 0 THEN 512 * p"
                            + " WHEN o = 9 THEN 100 - p ELSE 0 END"
                            + " FROM (SELECT i, CASE WHEN i >= " + since + " THEN " + percent
                            + " ELSE 10 END AS p FROM range(48) AS r(i)), range(11) AS s(o)")
                    .sql("INSERT INTO vmstat SELECT 1, i, 'compact_fail', CASE WHEN i > " + since + " THEN " + failed
                            + " ELSE 0 END" + EACH);
            return said("R26", host);
        }
    }

    @Test
    void segmentsThatNobodyHasAttachedAreSaidAndNoLeak() {
        assertThat(segments(0)).containsExactly("info: 96.0 MiB lie in SysV segments that nobody has attached");
        assertThat(segments(1)).containsExactly("ok: No System V segments pile up among those that were read");
    }

    private static List<String> segments(int attached) {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.sql("INSERT INTO shm_segment (capture_id, snapshot, shmid, creator_pid, attached, uid, rss_bytes)"
                    + " SELECT 1, i, j, 9000 + j, " + attached
                    + ", 0, 33554432 FROM range(48) AS r(i), range(3) AS s(j)");
            return said("R08", host);
        }
    }

    @Test
    void buffersOfTcpAreHeldAgainstTheirLimit() {
        assertThat(tcp(15200)).containsExactly("warning: Socket buffers take 93 % of what TCP may have");
        assertThat(tcp(9000)).containsExactly("info: Socket buffers take 55 % of what TCP may have");
        assertThat(tcp(800)).containsExactly("ok: No sockets pile up");
    }

    private static List<String> tcp(int pages) {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.sql("INSERT INTO host_fact VALUES (1, 0, 'proc/sys/net/ipv4/tcp_mem', '8172\t10897\t16344')")
                    .sql("INSERT INTO sockstat SELECT 1, i, 'TCP', 'mem', " + pages + EACH);
            return said("R23", host);
        }
    }

    @Test
    void aBalloonIsNamedByWhatItCountsItself() {
        assertThat(balloon(1)).containsExactly("warning kernel_pages balloon");
        assertThat(balloon(0)).containsExactly("warning kernel_pages kernel");
    }

    private static List<String> balloon(int inflates) {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.takes(null, t -> 0.4 * t * MIB)
                    .sql("INSERT INTO vmstat SELECT 1, i, 'balloon_inflate', " + inflates + " * i * 512" + EACH)
                    .sql("INSERT INTO vmstat SELECT 1, i, 'balloon_deflate', 0" + EACH);
            return host.analysed().findings().stream()
                    .filter(finding -> finding.rule().equals("R22"))
                    .map(finding -> (finding.severity() == Severity.CRITICAL
                                    ? "warning"
                                    : finding.severity().json()) + " " + finding.kind() + " "
                            + finding.culprit().name())
                    .toList();
        }
    }

    @Test
    void memoryThatIsTakenAwayFromTheHostIsNoLeakOfAProgramAndIsTold() {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.takes(null, t -> 0.8 * t * MIB)
                    .sql(
                            "UPDATE meminfo SET mem_total_bytes = mem_total_bytes - (snapshot * 5 * 0.8 * 1048576)::BIGINT");
            assertThat(kernelPages(host))
                    .containsExactly("warning kernel_pages MemTotal Memory is taken away from this host");
        }
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.sql("UPDATE meminfo SET mem_total_bytes = mem_total_bytes - 134217728,"
                    + " mem_free_bytes = mem_free_bytes - 134217728, mem_available_bytes = mem_available_bytes - 134217728"
                    + " WHERE snapshot > 20");
            assertThat(kernelPages(host))
                    .containsExactly(
                            "info kernel_pages MemTotal Memory was taken away from this host, and no more since");
        }
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.sql("UPDATE meminfo SET mem_total_bytes = mem_total_bytes + 268435456,"
                    + " mem_free_bytes = mem_free_bytes + 268435456, mem_available_bytes = mem_available_bytes + 268435456"
                    + " WHERE snapshot > 20");
            assertThat(kernelPages(host)).as("memory that was plugged in").containsExactly("ok kernel_pages");
        }
    }

    @Test
    void theRingOfFtraceIsNamedByWhatItCountsItself() {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.takes(null, t -> 0.5 * t * MIB)
                    .sql("INSERT INTO host_fact VALUES"
                            + " (1, 1, 'sys/kernel/tracing/buffer_total_size_kb', '7 (expanded: 1408)'),"
                            + " (1, 40, 'sys/kernel/tracing/buffer_total_size_kb', '102400')");
            assertThat(kernelPages(host)).containsExactly("warning kernel_pages ftrace The ring of ftrace grows");
        }
    }

    @Test
    void aBalloonThatWasBlownUpBeforeTheCaptureIsTold() {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.sql("INSERT INTO vmstat SELECT 1, i, 'balloon_inflate', 262144" + EACH)
                    .sql("INSERT INTO vmstat SELECT 1, i, 'balloon_deflate', 65536" + EACH);
            assertThat(host.analysed().findings().stream()
                            .filter(finding -> finding.rule().equals("R41"))
                            .map(Finding::title)
                            .toList())
                    .containsExactly(
                            "The balloon of this guest holds 768 MiB: taken by the hypervisor before this capture");
        }
    }

    @Test
    void memoryOfZramIsAccountedForAndToldOnlyWhereItIsNoSwap() {
        assertThat(zram(0)).containsExactly("warning kernel_pages zram A compressed disk in memory (zram) fills");
        assertThat(zram(1024)).as("as much came in as swap").containsExactly("ok kernel_pages");
    }

    /** Half a MiB a second into zsmalloc, so many kB a second into swap. */
    private static List<String> zram(long swappedKb) {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.takes(null, t -> 0.5 * t * MIB)
                    .sql("INSERT INTO vmstat SELECT 1, i, 'nr_zspages', i * 640" + EACH)
                    .sql(
                            "UPDATE meminfo SET swap_total_bytes = 536870912, swap_free_bytes = 536870912 - snapshot * 5 * 1024 * "
                                    + swappedKb);
            return kernelPages(host);
        }
    }

    private static List<String> kernelPages(SyntheticHost host) {
        return host.analysed().findings().stream()
                .filter(finding -> finding.rule().equals("R22"))
                .map(finding -> finding.severity() == Severity.OK
                        ? "ok " + finding.kind()
                        : (finding.severity() == Severity.INFO ? "info " : "warning ") + finding.kind() + " "
                                + finding.culprit().name() + " "
                                + finding.title().replaceFirst(":.*", ""))
                .toList();
    }

    @Test
    void sharedMemoryThatNobodyIsSeenToHoldIsToldByTheControlGroupThatWasCharged() {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.takes("shmem_bytes", t -> 0.5 * t * MIB)
                    .sql("UPDATE meminfo SET cached_bytes = cached_bytes + (snapshot * 5 * 0.5 * 1048576)::BIGINT")
                    .sql(
                            "INSERT INTO cgroup_memory (capture_id, snapshot, path, version, shmem_bytes) SELECT 1, i, path, 2, i * 2621440"
                                    + " FROM (VALUES ('/'), ('/apps'), ('/apps/media')) AS p(path), range(48) AS r(i)");
            assertThat(host.analysed().findings().stream()
                            .filter(finding -> finding.rule().equals("R07"))
                            .map(finding ->
                                    finding.kind() + " " + finding.culprit().type() + " "
                                            + finding.culprit().name())
                            .toList())
                    .containsExactly("shared_anonymous cgroup /apps/media");
        }
    }

    @Test
    void aModuleIsACandidateWhenItCameShortlyBeforeOrAloneFromOutsideOfTheKernelsTree() {
        assertThat(withModules("(1, 11, 'ext4', ''), (1, 11, 'jbd2', '')"))
                .as("a list read first near the onset tells of no load")
                .isEqualTo("kernel|null|null|null");
        assertThat(withModules("(1, 1, 'ext4', ''), (1, 12, 'ext4', ''), (1, 12, 'xferdrv', '')"))
                .isEqualTo("xferdrv|module loaded near the onset: xferdrv|xferdrv|null");
        assertThat(withModules("(1, 1, 'ext4', ''), (1, 1, 'xferdrv', 'OE')"))
                .isEqualTo("xferdrv|the only module from outside of the kernel's tree|null|xferdrv");
        assertThat(withModules("(1, 1, 'xferdrv', 'OE'), (1, 1, 'vboxdrv', 'OE')"))
                .as("two of them are no culprit")
                .isEqualTo("kernel|null|null|vboxdrv, xferdrv");
    }

    /** Pages that nothing accounts for grow from snapshot 10 on; culprit, detail, modules and outsiders of the finding. */
    private static String withModules(String rows) {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.takes(null, t -> Math.max(0, t - 50) * MIB)
                    .sql("INSERT INTO kernel_module (capture_id, snapshot, name, taints) VALUES " + rows);
            Finding pages = host.analysed().findings().stream()
                    .filter(finding -> finding.rule().equals("R22"))
                    .findFirst()
                    .orElseThrow();
            return String.join(
                    "|",
                    pages.culprit().name(),
                    pages.culprit().detail(),
                    String.valueOf(pages.facts().get("modules")),
                    String.valueOf(pages.facts().get("outsiders")));
        }
    }

    @Test
    void theEndIsReckonedAgainstTheNearestLimit() {
        // 500 MiB of 620 are left below the limit of the control group at 1 MiB a second
        LocalDateTime end = SyntheticHost.START.plusSeconds(235);
        try (SyntheticHost host = leaking()) {
            host.sql(
                    "INSERT INTO cgroup_memory (capture_id, snapshot, path, version, max_bytes, current_bytes) SELECT 1, i, '/apps', 2,"
                            + " 620 * 1048576, (20 + 5 * i) * 1048576" + EACH);
            Finding leak = host.analysed().findings().get(0);
            assertThat(leak.facts()).containsEntry("limit_cgroup", "/apps");
            assertThat(at(leak)).isBetween(end.plusSeconds(350), end.plusSeconds(380));
        }
        try (SyntheticHost host = leaking()) {
            host.sql("INSERT INTO process_limit VALUES (1, 0, 1, 'Max address space', 419430400, NULL, 'bytes')");
            Finding leak = host.analysed().findings().get(0);
            assertThat(leak.facts()).containsEntry("limit_address_space_bytes", 419430400L);
            assertThat(at(leak)).isBetween(end.plusSeconds(70), end.plusSeconds(90));
        }
        try (SyntheticHost host = leaking()) {
            Finding leak = host.analysed().findings().get(0);
            assertThat(leak.facts()).doesNotContainKeys("limit_cgroup", "limit_address_space_bytes");
            assertThat(at(leak)).isBetween(end.plusSeconds(500), end.plusSeconds(530));
        }
    }

    @Test
    void slabThatIsReclaimableIsRoomBelowTheLimitOfAGroup() {
        // 100 MiB more than without
        LocalDateTime end = SyntheticHost.START.plusSeconds(235);
        try (SyntheticHost host = leaking()) {
            host.sql(
                    "INSERT INTO cgroup_memory (capture_id, snapshot, path, version, max_bytes, current_bytes, slab_reclaimable_bytes)"
                            + " SELECT 1, i, '/apps', 2, 620 * 1048576, (20 + 5 * i) * 1048576, 104857600" + EACH);
            assertThat(at(host.analysed().findings().get(0))).isBetween(end.plusSeconds(450), end.plusSeconds(480));
        }
    }

    private static SyntheticHost leaking() {
        return new SyntheticHost(5, 48)
                .process("ordersvc", t -> (20 + t) * MIB)
                .takes("anon_pages_bytes", t -> t * MIB)
                .sql("UPDATE process SET cgroup = '/apps/shop'");
    }

    private static LocalDateTime at(Finding finding) {
        return LocalDateTime.ofInstant(finding.exhaustedFrom(), java.time.ZoneOffset.UTC);
    }

    @Test
    void theRisingHalfOfADayIsAWaveAndALeakOverTheSameHoursIsOne() {
        // twelve hours, read every ten minutes
        try (SyntheticHost host = new SyntheticHost(600, 73)) {
            host.process("sessiond", t -> (20 + 60 - 60 * Math.cos(Math.PI * t / 43200)) * MIB);
            assertThat(host.analysed().verdict().leak()).isFalse();
            assertThat(host.verdictOf("sessiond")).isEqualTo("wave");
        }
        try (SyntheticHost host = new SyntheticHost(600, 73)) {
            host.process("ordersvc", t -> (20 + 120 * t / 43200) * MIB);
            host.analysed();
            assertThat(host.verdictOf("ordersvc")).isEqualTo("leak");
        }
    }

    @Test
    void everySettingThatMakesAShortageWorseIsToldByItself() {
        assertThat(settings(0, 0, 0, 45056, 900)).containsExactly("ok: No setting makes a shortage of memory worse");
        assertThat(settings(0, 0, 1, 45056, 900)).singleElement().asString().startsWith("info: ");
        assertThat(settings(0, 0, 0, 204800, 900)).singleElement().asString().startsWith("info: ");
        assertThat(settings(0, 0, 0, 45056, 2200)).singleElement().asString().startsWith("info: ");
        assertThat(settings(2, 1, 1, 204800, 900)).hasSize(3);
    }

    @Test
    void whatWasPromisedAtMostIsHeldAgainstTheLimit() {
        for (int most : List.of(1900, 1700)) {
            try (SyntheticHost host = new SyntheticHost(5, 48)) {
                host.sql("INSERT INTO host_fact VALUES (1, 0, 'proc/sys/vm/overcommit_memory', '2')")
                        // before snapshot 8 the limit was another one
                        .sql(
                                "UPDATE meminfo SET commit_limit_bytes = CASE WHEN snapshot < 8 THEN 9000 ELSE 2000 END * 1048576::BIGINT,"
                                        + " committed_as_bytes = CASE WHEN snapshot < 8 THEN 1950 WHEN snapshot % 4 = 0 THEN "
                                        + most
                                        + " ELSE 1500 END * 1048576::BIGINT");
                assertThat(said("R30", host))
                        .containsExactly(
                                most == 1900
                                        ? "warning: Requests for memory are about to be refused: 95 % of CommitLimit is promised"
                                        : "ok: No setting makes a shortage of memory worse");
            }
        }
    }

    private static List<String> settings(int overcommit, int panic, int asker, int reserveKb, int promisedMib) {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.sql("INSERT INTO host_fact VALUES (1, 0, 'proc/sys/vm/overcommit_memory', '" + overcommit
                            + "'), (1, 0, 'proc/sys/vm/panic_on_oom', '" + panic
                            + "'), (1, 0, 'proc/sys/vm/oom_kill_allocating_task', '" + asker
                            + "'), (1, 0, 'proc/sys/vm/min_free_kbytes', '" + reserveKb + "')")
                    .sql("UPDATE meminfo SET commit_limit_bytes = 2000 * 1048576::BIGINT, committed_as_bytes = "
                            + promisedMib + " * 1048576::BIGINT");
            return said("R30", host);
        }
    }

    @Test
    void aLeakIsPlacedInArenasOrInMappingsOfItsOwn() {
        assertThat(layout(12, 64)).containsExactly("arenas");
        assertThat(layout(0, 64)).containsExactly("mapped");
        assertThat(layout(12, 900)).containsExactly("mapped");
    }

    /** Anonymous mappings that gain 5 MiB a snapshot, beside so many reservations of so many MiB each. */
    private static List<String> layout(int arenas, int arenaMib) {
        try (SyntheticHost host = leaking()) {
            host.sql(
                            "INSERT INTO mapping (capture_id, snapshot, process_id, name, perms, mappings, size_bytes, anonymous_bytes)"
                                    + " SELECT 1, i, 1, '[anon]', 'rw-p', 12, i * 5242880::BIGINT, i * 5242880::BIGINT"
                                    + EACH)
                    .sql(
                            "INSERT INTO mapping (capture_id, snapshot, process_id, name, perms, mappings, size_bytes, anonymous_bytes)"
                                    + " SELECT 1, i, 1, '[anon]', '---p', " + arenas + ", greatest(0, " + arenas
                                    + " * " + arenaMib + " * 1048576::BIGINT - i * 5242880::BIGINT), 0" + EACH);
            return host.analysed().findings().stream()
                    .filter(finding -> finding.rule().equals("R38"))
                    .map(finding -> finding.title().contains("arenas") ? "arenas" : "mapped")
                    .toList();
        }
    }

    @Test
    void descriptorsThatGrowAreSaidBelowTheLimitAndDescriptorsThatStandStillAreNot() {
        assertThat(descriptors(10)).singleElement().asString().startsWith("info: ordersvc (pid 1001) ");
        assertThat(descriptors(0))
                .containsExactly("ok: No process holds more and more descriptors or is close to its limit");
    }

    private static List<String> descriptors(int more) {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.process("ordersvc", t -> 20 * MIB)
                    .sql("INSERT INTO fd_count SELECT 1, i, 1, 40 + " + more + " * i, 0, 0, 0, 40 + " + more + " * i"
                            + EACH)
                    .sql("INSERT INTO process_limit VALUES (1, 0, 1, 'Max open files', 4096, 4096, 'files')");
            return said("R39", host);
        }
    }

    @Test
    void kernelMemoryThatWasThereBeforeIsToldForEveryBucket() {
        assertThat(taken("page_tables_bytes", 60)).containsExactly(tuple("page_tables", Severity.INFO));
        assertThat(taken("percpu_bytes", 60)).containsExactly(tuple("percpu", Severity.INFO));
        assertThat(taken("vmalloc_used_bytes", 120)).containsExactly(tuple("vmalloc", Severity.INFO));
        assertThat(taken(null, 200)).containsExactly(tuple("kernel_pages", Severity.INFO));
        assertThat(taken("page_tables_bytes", 2)).containsExactly(tuple("kernel_pages", Severity.OK));
    }

    private static List<org.assertj.core.groups.Tuple> taken(String column, int mib) {
        try (SyntheticHost host = new SyntheticHost(5, 48)) {
            host.takes(column, t -> mib * MIB);
            return host.analysed().findings().stream()
                    .filter(finding -> finding.rule().equals("R41"))
                    .map(finding -> tuple(finding.kind(), finding.severity()))
                    .toList();
        }
    }

    private static List<String> said(String rule, SyntheticHost host) {
        Analysis analysis = host.analysed();
        assertThat(analysis.verdict().leak()).isFalse();
        return analysis.findings().stream()
                .filter(finding -> finding.rule().equals(rule))
                .map(finding -> finding.severity().json() + ": " + finding.title())
                .toList();
    }
}
