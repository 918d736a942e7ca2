package org.postmem.procfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

/** In the words of systemd 248 to 259 and of earlyoom 1.2 to 1.8. */
class DaemonKillsTest {
    private static List<DaemonKill> kills(String log) {
        return DaemonKills.of(KernelMessage.parseDaemons(
                log.getBytes(StandardCharsets.UTF_8),
                WallClock.of(ZoneOffset.UTC),
                Instant.parse("2026-12-01T00:00:00Z")));
    }

    @Test
    void readsWhomSystemdOomdKilledUnderPressure() {
        assertThat(kills("""
                Nov 24 19:34:55 db7 systemd-oomd[840]: Memory pressure for /user.slice is 51.07% > 50.00% for > 1min 30s with reclaim activity
                Nov 24 19:34:55 db7 systemd-oomd[840]: Considered 97 cgroups for killing, top candidates were:
                Nov 24 19:34:55 db7 systemd-oomd[840]:         Path: /user.slice/user-1000.slice/a.scope
                Nov 24 19:34:56 db7 systemd-oomd[840]: Killed /user.slice/user-1000.slice/a.scope due to memory pressure for /user.slice being 51.07% > 50.00% for > 1min 30s with reclaim activity
                Nov 24 19:34:56 db7 systemd[1837]: a.scope: systemd-oomd killed 12 process(es) in this unit.
                Nov 24 19:35:40 db7 systemd-oomd[840]: Failed to kill any cgroup(s) under /user.slice based on pressure: No such device
                """))
                .containsExactly(new DaemonKill(
                        4,
                        Instant.parse("2026-11-24T19:34:56Z"),
                        null,
                        "systemd-oomd",
                        "pressure",
                        null,
                        "/user.slice/user-1000.slice/a.scope",
                        "/user.slice",
                        51.07,
                        50.0,
                        90.0,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null));
    }

    @Test
    void readsWhomSystemdOomdMarkedWhenMemoryAndSwapWereFull() {
        assertThat(kills("""
                [   77.749670] systemd-oomd[659]: Marked /system.slice/docker-85218894.scope for killing due to memory used (60776927232) / total (66940563456) and swap used (61069553664) / total (67830013952) being more than 90.00%
                2026-11-24T15:51:41+0100 db7 systemd-oomd[709]: Killed /a.scope due to swap used (1900000000) / total (2000000000) being more than 90%
                """))
                .containsExactly(
                        new DaemonKill(
                                1,
                                null,
                                77.74967,
                                "systemd-oomd",
                                "swap",
                                null,
                                "/system.slice/docker-85218894.scope",
                                null,
                                null,
                                90.0,
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                66_940_563_456L,
                                60_776_927_232L,
                                null,
                                67_830_013_952L,
                                61_069_553_664L,
                                null),
                        new DaemonKill(
                                2,
                                Instant.parse("2026-11-24T14:51:41Z"),
                                null,
                                "systemd-oomd",
                                "swap",
                                null,
                                "/a.scope",
                                null,
                                null,
                                90.0,
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                2_000_000_000L,
                                1_900_000_000L,
                                null));
    }

    private static DaemonKill early(
            int line, String time, String signal, Long uid, String name, int pid, int score, long rssMebibytes) {
        return new DaemonKill(
                line,
                time == null ? null : Instant.parse(time),
                null,
                "earlyoom",
                "memory",
                signal,
                null,
                null,
                2.1,
                10.0,
                null,
                pid,
                uid,
                name,
                score,
                rssMebibytes << 20,
                950L << 20,
                null,
                19L << 20,
                1023L << 20,
                null,
                153L << 20);
    }

    @Test
    void countsAProcessThatEarlyoomAsksAndThenKillsOnce() {
        assertThat(kills("""
                Nov 24 06:38:31 db7 earlyoom[1233]: mem avail:   607 of   950 MiB (63.93%), swap free: 1009 of 1023 MiB (98.61%)
                Nov 24 06:39:16 db7 earlyoom[1233]: mem avail:    19 of   950 MiB ( 2.10%), swap free:  153 of 1023 MiB (14.96%)
                Nov 24 06:39:16 db7 earlyoom[1233]: low memory! at or below SIGTERM limits: mem 10.00%, swap 15.00%
                Nov 24 06:39:16 db7 earlyoom[1233]: sending SIGTERM to process 696 uid 1001 "ipfs daemon": badness 757, VmRSS 637 MiB
                Nov 24 06:39:26 db7 earlyoom[1233]: kill failed: Timer expired
                Nov 24 06:39:26 db7 earlyoom[1233]: sending SIGKILL to process 696 uid 1001 "ipfs daemon": badness 799, VmRSS 656 MiB
                Nov 24 06:39:27 db7 earlyoom[1233]: sending SIGTERM to process 700 uid 0 "java": oom_score 801, VmRSS 54 MiB, cmdline "java -jar x"
                """))
                .containsExactly(
                        early(4, "2026-11-24T06:39:16Z", "SIGKILL", 1001L, "ipfs daemon", 696, 757, 637),
                        early(7, "2026-11-24T06:39:27Z", "SIGTERM", 0L, "java", 700, 801, 54));
    }

    @Test
    void readsWhatEarlyoomPrintsOutsideALog() {
        assertThat(kills("""
                mem avail:    19 of   950 MiB ( 2.10 %), swap free:  153 of 1023 MiB (14 %)
                low memory! at or below SIGTERM limits: mem 10 %, swap 15 %
                killing process 27541 "bash" with signal 15: badness 550, VmRSS 7609 MiB
                """)).containsExactly(early(3, null, "SIGTERM", null, "bash", 27541, 550, 7609));
    }

    @Test
    void readsNothingIntoWhatOthersWrote() {
        assertThat(kills("""
                Nov 24 06:39:16 db7 logger: sending SIGTERM to process 696 uid 1001 "ipfs": badness 757, VmRSS 637 MiB
                Nov 24 06:39:17 db7 systemd-oomd[840]: Killed /a.scope due to a reason nobody knows
                Nov 24 06:39:18 db7 kernel: Out of memory: Killed process 27541 (bash) total-vm:8118236kB
                """))
                .containsExactly(new DaemonKill(
                        2,
                        Instant.parse("2026-11-24T06:39:17Z"),
                        null,
                        "systemd-oomd",
                        null,
                        null,
                        "/a.scope",
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null));
    }
}
