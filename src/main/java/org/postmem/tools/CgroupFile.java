package org.postmem.tools;

import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

// /sys/fs/cgroup/system.slice/db.service/memory.current

/**
 * Names of the files of a cgroup about its memory: where one is mounted, as its path tells, and which it is of. A text that
 * gives the name of the file alone tells of a cgroup without a name.
 */
public final class CgroupFile {
    /** What a cgroup is called of which a text says no more. */
    public static final String UNNAMED = "(unnamed)";

    /** Those of version 2, then those of version 1; others tell nothing that a table has. */
    static final String NAME = "(?:memory\\.(?:current|max|high|peak|stat|events|pressure|swap\\.current|swap\\.max"
            + "|usage_in_bytes|limit_in_bytes|max_usage_in_bytes|failcnt|oom_control|memsw\\.usage_in_bytes"
            + "|memsw\\.limit_in_bytes|kmem\\.usage_in_bytes|kmem\\.tcp\\.usage_in_bytes)|cgroup\\.stat)";

    private static final Pattern PATH = Pattern.compile("(?:.{0,4000}/)?sys/fs/cgroup/(.{1,4000}/)?(" + NAME + ")");
    private static final Pattern ALONE = Pattern.compile(NAME);
    /** Files that version 2 does not have. */
    private static final Set<String> VERSION_1 = Set.of(
            "memory.usage_in_bytes",
            "memory.limit_in_bytes",
            "memory.max_usage_in_bytes",
            "memory.failcnt",
            "memory.oom_control");

    private CgroupFile() {}

    /** Is it a copy of one below the mount point? */
    static boolean isPath(String name) {
        return name.contains("sys/fs/cgroup/") && PATH.matcher(name).matches();
    }

    /** The path on the host, {@code sys/fs/cgroup/system.slice/memory.stat}. */
    static String path(String name) {
        return name.substring(name.indexOf("sys/fs/cgroup/"));
    }

    /**
     * The cgroup and its file.
     *
     * @param cgroup {@code /system.slice/db.service}, {@code /} for the root, {@value #UNNAMED}
     */
    public record Place(String cgroup, String file) {
        /** Of a path on the host or the name of a file alone; {@code null} when it is neither. */
        public static Place of(String path) {
            if (ALONE.matcher(path).matches()) {
                return new Place(UNNAMED, path);
            }
            Matcher matcher = PATH.matcher(path);
            if (!matcher.matches()) {
                return null;
            }
            String folder = matcher.group(1) == null ? "" : matcher.group(1);
            // version 1 has a tree for each controller
            String cgroup = folder.startsWith("memory/") ? folder.substring("memory/".length()) : folder;
            return new Place("/" + cgroup.replaceFirst("/$", ""), matcher.group(2));
        }
    }

    /** The version whose files these are, by name. */
    public static int version(Map<String, byte[]> files) {
        return files.keySet().stream().anyMatch(VERSION_1::contains) ? 1 : 2;
    }
}
