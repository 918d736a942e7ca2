package org.postmem.ingest;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.postmem.procfs.Pressure;
import org.postmem.procfs.VmStat;

/** Rows of tables of which several files of a host may tell at one moment: nothing of them is written twice. */
final class SharedRows {
    private final int captureId;
    private final CaseTables tables;
    private final FirstTold first;
    private final Map<String, RecordColumns<?>> columns = new HashMap<>();
    /** Names of those of vmstat that sar, vmstat and the like printed, by snapshot. */
    private final Map<Integer, Set<String>> countersOfTools = new HashMap<>();

    SharedRows(int captureId, CaseTables tables, FirstTold first) {
        this.captureId = captureId;
        this.tables = tables;
        this.first = first;
    }

    /** Rows of a table whose snapshot one file fills: a second one tells the same again. */
    <R extends Record> void whole(EvidenceSource source, String table, int snapshot, Class<R> type, List<R> rows) {
        if (!rows.isEmpty() && first.isFirstOrNoted(source, table, table, snapshot)) {
            write(source, table, snapshot, type, rows);
        }
    }

    /** Rows of file systems: a history tells of those on a device, df beside it of those in memory too. */
    <R extends Record> void mounts(
            EvidenceSource source,
            String table,
            int snapshot,
            Class<R> type,
            List<R> rows,
            Function<R, String> mountPoint) {
        Set<String> toldElsewhere = new HashSet<>();
        for (String mount : rows.stream().map(mountPoint).collect(Collectors.toSet())) {
            if (!first.isFirstOrNoted(source, table, table + ' ' + mount, snapshot)) {
                toldElsewhere.add(mount);
            }
        }
        write(
                source,
                table,
                snapshot,
                type,
                rows.stream()
                        .filter(row -> !toldElsewhere.contains(mountPoint.apply(row)))
                        .toList());
    }

    /** Rows of resources of which nothing was told yet at this moment: sysstat has all of them, a copy is of one. */
    void pressures(EvidenceSource source, int snapshot, List<Pressure> rows) {
        Map<String, List<Pressure>> byResource =
                rows.stream().collect(Collectors.groupingBy(Pressure::resource, TreeMap::new, Collectors.toList()));
        byResource.forEach((resource, told) -> {
            source.tells("pressure");
            if (first.isFirst(source, "pressure " + resource, snapshot)) {
                write(source, "pressure", snapshot, Pressure.class, told);
            }
        });
    }

    /** Rows of those counters that a tool prints, where no copy of the file of the kernel has all of them. */
    void countersOfTool(EvidenceSource source, int snapshot, List<VmStat> rows) {
        if (rows.isEmpty()) {
            return;
        }
        source.tells("vmstat");
        if (!first.isTold("vmstat", snapshot)) {
            untoldCounters(source, snapshot, rows);
            Set<String> told = countersOfTools.computeIfAbsent(snapshot, s -> new HashSet<>());
            rows.forEach(row -> told.add(row.name()));
        }
    }

    /** Rows of a copy of the file of the kernel, but for those that a tool told at this moment. */
    void allCounters(EvidenceSource source, int snapshot, List<VmStat> rows) {
        if (rows.isEmpty()) {
            return;
        }
        source.tells("vmstat");
        if (first.isFirst(source, "vmstat", snapshot)) {
            untoldCounters(source, snapshot, rows);
        }
    }

    private void untoldCounters(EvidenceSource source, int snapshot, List<VmStat> rows) {
        Set<String> told = countersOfTools.getOrDefault(snapshot, Set.of());
        write(
                source,
                "vmstat",
                snapshot,
                VmStat.class,
                rows.stream().filter(row -> !told.contains(row.name())).toList());
    }

    private <R extends Record> void write(
            EvidenceSource source, String table, int snapshot, Class<R> type, List<R> rows) {
        if (rows.isEmpty()) {
            return;
        }
        source.tells(table);
        RecordColumns<R> columnsOfType = columns(type, table);
        for (R row : rows) {
            columnsOfType.set(tables.row(table, captureId, snapshot), row).end();
        }
    }

    @SuppressWarnings("unchecked") // of one table and one type, always
    private <R extends Record> RecordColumns<R> columns(Class<R> type, String table) {
        return (RecordColumns<R>) columns.computeIfAbsent(table, name -> RecordColumns.of(type, tables.table(name)));
    }
}
