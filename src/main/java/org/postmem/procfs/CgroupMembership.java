package org.postmem.procfs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

// 4:memory:/app.slice/svc.scope

/**
 * A line of {@code /proc/PID/cgroup} (cgroups(7)).
 *
 * @param hierarchy 0 for the unified hierarchy (version 2)
 * @param controllers empty for the unified hierarchy
 * @param path may hold colons
 */
public record CgroupMembership(int hierarchy, List<String> controllers, String path) {

    public CgroupMembership {
        controllers = List.copyOf(controllers);
    }

    public static Parsed<List<CgroupMembership>> parse(byte[] text) {
        Lines lines = Lines.of(text);
        List<CgroupMembership> rows = new ArrayList<>(12);
        while (lines.next()) {
            if (lines.isBlank()) {
                continue;
            }
            Integer hierarchy = null;
            if (lines.until(':')) {
                hierarchy = Lines.intOrNull(Lines.decimal(text, lines.fieldStart, lines.fieldEnd));
            }
            if (hierarchy == null || !lines.until(':')) {
                lines.issue("does not start with a hierarchy and its controllers");
                continue;
            }
            String controllers = lines.string();
            rows.add(new CgroupMembership(
                    hierarchy,
                    controllers.isEmpty() ? List.of() : List.of(controllers.split(",", -1)),
                    lines.string(lines.position(), lines.end)));
        }
        return lines.parsedRows(rows);
    }

    /** Where the memory of the process is charged: version 1's memory controller, else the unified hierarchy. */
    public static Optional<String> memoryPath(List<CgroupMembership> memberships) {
        Optional<String> version1 = memberships.stream()
                .filter(membership -> membership.controllers().contains("memory"))
                .map(CgroupMembership::path)
                .findFirst();
        return version1.or(() -> memberships.stream()
                .filter(membership ->
                        membership.hierarchy() == 0 && membership.controllers().isEmpty())
                .map(CgroupMembership::path)
                .findFirst());
    }
}
