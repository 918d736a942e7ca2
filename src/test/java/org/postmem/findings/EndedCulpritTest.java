package org.postmem.findings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postmem.findings.SyntheticHost.MIB;

import org.junit.jupiter.api.Test;

/** The number of a process that runs no more is nobody's, or somebody else's: no command is told with it. */
class EndedCulpritTest {
    @Test
    void commandsNameTheProcessThatGrowsWhereItStillRuns() {
        try (SyntheticHost host = leaking()) {
            Finding finding = leak(host);
            assertThat(finding.advice())
                    .startsWith("Find the place that allocates: trace outstanding allocations of pid 1001 while it"
                            + " grows.");
            assertThat(finding.nextCommands().get(2)).isEqualTo("pmap -X 1001 | sort -k7 -n | tail");
        }
    }

    @Test
    void commandsWantTheNumberOfWhatRunsNowWhereTheCulpritHasEnded() {
        try (SyntheticHost host = ended()) {
            Finding finding = leak(host);
            assertThat(finding.culprit().pid()).isEqualTo(1001);
            assertThat(finding.advice().subList(0, 2))
                    .containsExactly(
                            "pid 1001 runs no more (last seen at 10:03:40 UTC): set PID to the number of the ordersvc"
                                    + " that runs now before a command that needs it.",
                            "Find the place that allocates: trace outstanding allocations of pid $PID while it grows.");
            assertThat(finding.nextCommands().get(0))
                    .isEqualTo("ps -eo pid,lstart,rss,args | grep -F -- ordersvc  # pid 1001 runs no more: PID= the"
                            + " number of the one that does");
            assertThat(finding.nextCommands().get(1)).startsWith("memleak-bpfcc -p $PID 10 6 > memleak.txt");
            assertThat(finding.nextCommands()).noneMatch(command -> command.contains("-p 1001"));
        }
    }

    @Test
    void commandsAreAboutTheOneOfItsNameThatRanWhenTheCaptureEnded() {
        try (SyntheticHost host = ended().born(46, "ordersvc", t -> 2 * MIB)) {
            Finding finding = leak(host);
            assertThat(finding.culprit().pid()).isEqualTo(1001);
            assertThat(finding.advice().get(0))
                    .isEqualTo("pid 1001 runs no more (last seen at 10:03:40 UTC): the commands are about pid 1003, the"
                            + " youngest ordersvc when the capture ended.");
            assertThat(finding.nextCommands().get(0)).startsWith("memleak-bpfcc -p 1003 10 6 > memleak.txt");
            assertThat(finding.nextCommands()).noneMatch(command -> command.contains("1001"));
        }
    }

    /** What other tools print may leave a process out that lives. */
    @Test
    void aProcessThatATextOfAnotherToolDoesNotListMayStillRun() {
        try (SyntheticHost host = ended().sql("UPDATE capture SET origin = 'evidence'")) {
            assertThat(leak(host).nextCommands()).anyMatch(command -> command.contains("-p 1001 "));
        }
    }

    private static SyntheticHost leaking() {
        return new SyntheticHost(5, 48)
                .process("ordersvc", t -> (20 + t) * MIB)
                .process("other", t -> 30 * MIB)
                .takes("anon_pages_bytes", t -> t * MIB);
    }

    private static SyntheticHost ended() {
        return leaking()
                .sql("DELETE FROM process_sample WHERE process_id = 1 AND snapshot > 44")
                .sql("UPDATE process SET last_snapshot = 44 WHERE process_id = 1");
    }

    private static Finding leak(SyntheticHost host) {
        return host.analysed().findings().stream()
                .filter(finding -> finding.rule().equals("R05"))
                .findFirst()
                .orElseThrow();
    }
}
