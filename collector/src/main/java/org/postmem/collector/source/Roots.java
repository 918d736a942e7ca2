package org.postmem.collector.source;

import java.nio.file.Path;

/**
 * Where the host's trees lie: {@code /proc}, {@code /sys} and {@code /} on a host, something else in a container that
 * looks at its host, and in tests.
 */
public record Roots(String proc, String sys, String root) {
    public Roots {
        proc = withoutTrailingSlash(proc);
        sys = withoutTrailingSlash(sys);
        root = withoutTrailingSlash(root);
    }

    public static Roots of(Path proc, Path sys, Path root) {
        return new Roots(proc.toString(), sys.toString(), root.toString());
    }

    /** The path of a file in the collector's own view of the host, given as the host names it. */
    public String hostPath(String absolute) {
        if (absolute.equals("/sys") || absolute.startsWith("/sys/")) {
            return sys + absolute.substring("/sys".length());
        }
        return root + absolute;
    }

    private static String withoutTrailingSlash(String path) {
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }
}
