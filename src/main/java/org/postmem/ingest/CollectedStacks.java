package org.postmem.ingest;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.postmem.tools.AllocTraces;
import org.postmem.tools.EvidenceKind;
import org.postmem.tools.PageOwner;
import org.postmem.tools.StackAllocation;
import org.postmem.units.PageSize;

/**
 * What debugfs told the collector of who holds the kernel's memory: pages by stack, objects of slab caches by stack. Each
 * reading is a moment of its snapshot, so that readings make a series as those of an attached file do.
 */
final class CollectedStacks {
    /**
     * Before the outermost frame of what asked for objects of a cache: not every snapshot has the same caches, so the sum
     * over those it has would be no series.
     */
    private static final String CACHE_FRAME = "slab:";

    private final int captureId;
    private final CaseTables tables;
    private final IssueLog issues;
    private final PageSize page;
    private byte[] slabinfo = {};

    CollectedStacks(int captureId, CaseTables tables, IssueLog issues, PageSize page) {
        this.captureId = captureId;
        this.tables = tables;
        this.issues = issues;
        this.page = page;
    }

    /** The sizes of objects come with {@code /proc/slabinfo}, which the collector stores first. */
    void slabinfo(byte[] text) {
        slabinfo = text;
    }

    /**
     * Takes a member if it is one of these.
     *
     * @param name path within the snapshot, without the number of its part: {@code slab/alloc_traces}
     */
    boolean add(int snapshot, String name, String member, Instant time, byte[] text) {
        switch (name) {
            case "slab/alloc_traces" ->
                issues.blocks(
                        snapshot, member, text, (cache, block) -> allocTraces(snapshot, member, time, cache, block));
            case "sys/kernel/debug/page_owner_stacks/show_stacks" -> pageOwner(snapshot, member, time, text);
            default -> {
                return false;
            }
        }
        return true;
    }

    /** {@code page_owner_stacks/show_stacks} of one snapshot. */
    private void pageOwner(int snapshot, String member, Instant time, byte[] text) {
        write(member, EvidenceKind.PAGE_OWNER, time, "", issues.note(snapshot, member, PageOwner.parse(text, page)));
    }

    /** {@code alloc_traces} of one cache and snapshot. */
    private void allocTraces(int snapshot, String member, Instant time, String cache, byte[] text) {
        write(
                member,
                EvidenceKind.ALLOC_TRACES,
                time,
                cacheFrame(cache),
                issues.note(snapshot, member, AllocTraces.parse(text, AllocTraces.objectBytes(slabinfo, cache))));
    }

    /** The frame a cache stands in, before those of who asked for its objects. */
    static String cacheFrame(String cache) {
        return CACHE_FRAME + cache.replace(';', ',');
    }

    private void write(String member, EvidenceKind kind, Instant time, String outermost, List<StackAllocation> rows) {
        TableWriter table = tables.table("stack_allocation");
        RecordColumns<StackAllocation> columns = RecordColumns.of(StackAllocation.class, table, "time", "clockSecond");
        for (StackAllocation row : rows) {
            columns.set(table.row(), outermost.isEmpty() ? row : row.under(outermost))
                    .set("capture_id", captureId)
                    .set("member", member)
                    .set("tool", kind.name().toLowerCase(Locale.ROOT))
                    .set("ts", time)
                    .end();
        }
    }
}
