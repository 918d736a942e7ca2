package org.postmem.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.postmem.sql.CaseDatabase;

/** The page lists shared memory by who holds it: of a hundred pieces of one process none moves much. */
class SharedOwnersTest {
    @Test
    void memfdsAndSegmentsOfAProcessAreOneOwner() {
        assertThat(owners("two_leaks"))
                .containsExactly("anon ordersvc (288) 329310208", "shmem memfd · mailer (284) 50331648");
        assertThat(owners("shm_sysv")).startsWith("shmem SysV · frames (335) 101232640");
    }

    @Test
    void aCacheInWhichSocketsPileUpSaysSo() {
        assertThat(owners("sockets")).startsWith("slab sockets · kmalloc-cg-4k 104595456");
    }

    @Test
    void whatWasReadOnceIsNotTakenForGrowth() {
        assertThat(owners("memfd_many")).noneMatch(owner -> owner.contains("frames"));
    }

    /** The two that moved most. */
    private static List<String> owners(String incident) {
        try (CaseDatabase database = KeptIncident.load(incident)) {
            database.makeViews();
            return new CaseRows(database.connection())
                    .rows("SELECT bucket, owner, growth_bytes FROM path_heat_owner ORDER BY place LIMIT 2").stream()
                            .map(row -> row.get("bucket") + " " + row.get("owner") + " " + row.get("growth_bytes"))
                            .toList();
        }
    }
}
