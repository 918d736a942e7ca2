package org.postmem.ingest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ObjIntConsumer;
import org.postmem.procfs.CgroupMemory;
import org.postmem.procfs.Parsed;
import org.postmem.tools.CgroupFile;

/** Copies of the files of control groups. Those of one group at one moment are one row, whichever evidence holds them. */
final class CgroupCopies {
    private record Moment(int snapshot, String cgroup) {}

    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    private record Copy(EvidenceSource source, byte[] text) {}

    private final Map<Moment, Map<String, Copy>> moments = new LinkedHashMap<>();

    /** Keeps a copy; of two copies of one file at one moment the first. Returns whose it is that was kept. */
    EvidenceSource add(int snapshot, CgroupFile.Place place, EvidenceSource source, byte[] text) {
        return moments.computeIfAbsent(new Moment(snapshot, place.cgroup()), moment -> new TreeMap<>())
                .computeIfAbsent(place.file(), file -> new Copy(source, text))
                .source;
    }

    /** Hands each group's memory at each moment over, with the number of the snapshot. */
    void parse(IssueLog issues, ObjIntConsumer<CgroupMemory> rows) {
        moments.forEach((moment, copies) -> {
            Map<String, byte[]> files = new TreeMap<>();
            copies.forEach((file, copy) -> files.put(file, copy.text));
            CgroupMemory.Result result = CgroupMemory.parse(moment.cgroup(), CgroupFile.version(files), files);
            result.issues()
                    .forEach(found -> issues.note(
                            null,
                            copies.get(found.file()).source.member(),
                            new Parsed<>(null, List.of(found.issue()))));
            rows.accept(result.value(), moment.snapshot());
        });
    }
}
