package org.postmem.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postmem.findings.Analysis;
import org.postmem.findings.Finding;
import org.postmem.sql.CaseDatabase;
import org.postmem.sql.ReportFiles;

/** The three numbers below the verdict are those in which a leak of that kind shows. */
class ProofTilesTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            pipes              | MemAvailable −121 MiB; unaccounted +116 MiB; accounted for +22.5 MiB
            memcg_oom          | oom_kill /apps/tenant +3; memory.current /apps/tenant −7.59 MiB; MemAvailable +91.1 MiB
            memcg_oom_v1       | oom_kill /apps/tenant +2; memory.usage_in_bytes /apps/tenant +58.4 MiB; MemAvailable +14.5 MiB
            thread_leak_sparse | MemAvailable −55.3 MiB; Threads poolsvc (327) +1 018; KernelStack +14.9 MiB
            file_private_leak  | MemAvailable −132 MiB; RssAnon tablesvc (358) +115 MiB; /var/tmp/table.dat tablesvc (358) +115 MiB
            zombies            | MemAvailable −11.5 MiB; processes jobd +1 119; Slab +28.1 MiB
            fragmented         | free in blocks of up to 8 pages +192 MiB; free in larger blocks −270 MiB; compact_fail +4
            swap_thrash        | MemAvailable −340 MiB; SwapTotal − SwapFree +461 MiB; pswpin +259 587
            memory_high        | high /apps/tenant +3 490; some task waited for memory +85 s; memory.current /apps/tenant +3.12 MiB
            file_locked        | MemAvailable −110 MiB; Mlocked +100 MiB; RssFile searchd (289) +100 MiB
            ramfs              | MemAvailable −131 MiB; Unevictable +115 MiB; page cache +115 MiB
            commit_limit       | Committed_AS +6.98 MiB; CommitLimit −366 MiB; MemAvailable −4.97 MiB
            cgroup_full        | MemAvailable −188 MiB; memory.current /apps/tenant +81.6 MiB; AnonPages +176 MiB
            cyclic_workers     | MemAvailable −243 MiB; RssAnon quoteapp +224 MiB; AnonPages +229 MiB
            index_readers      | MemAvailable −147 MiB; Shmem +143 MiB; RssShmem Search (288) +144 MiB
            none_512mb         | MemAvailable +7.01 MiB; AnonPages −6.84 MiB; Slab +1.20 MiB
            """)
    void aLeakOfAKindIsProvedByTheCountersItShowsIn(String incident, String tiles) {
        assertThat(tilesOf(incident)).isEqualTo(Arrays.asList(tiles.split("; ")));
    }

    @Test
    void readingsOfAProcessThatWasWatchedCountLikeThoseOfAPass() {
        String between = " WHERE (capture_id, process_id, snapshot) IN (SELECT s.capture_id, s.process_id, s.snapshot"
                + " FROM process_sample AS s JOIN process AS p USING (capture_id, process_id)"
                + " WHERE p.name = 'ordersvc' AND s.snapshot NOT IN (p.first_snapshot, p.last_snapshot))";
        assertThat(tilesOf(
                        "heap_leak",
                        "INSERT INTO watched_sample FROM process_sample" + between,
                        "DELETE FROM process_sample" + between))
                .isEqualTo(tilesOf("heap_leak"))
                .contains("RssAnon ordersvc (293) +131 MiB");
    }

    private static List<String> tilesOf(String incident, String... changes) {
        try (CaseDatabase database = KeptIncident.load(incident);
                Statement statement = database.connection().createStatement()) {
            for (String change : changes) {
                statement.execute(change);
            }
            Analysis analysis = KeptIncident.analysis(database);
            Finding main = analysis.findings().stream()
                    .filter(finding -> finding.id().equals(analysis.verdict().findingId()))
                    .findFirst()
                    .orElse(null);
            Printing printing = new Printing(
                    HostTime.of(0, Instant.EPOCH, Instant.EPOCH), Texts.of(ReportFiles.onClassPath(), "en"));
            return new ProofTiles(new CaseRows(database.connection()), printing, 1, "c1-")
                    .tiles(main).stream()
                            .map(tile -> (tile.label() + " " + tile.value())
                                    .replace('\u00a0', ' ')
                                    .replace('\u202f', ' '))
                            .toList();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
