package org.postmem.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many bytes a new process can take here without hurting anyone: {@code MemAvailable} of {@code /proc/meminfo}, and
 * less where a cgroup of version 2 above us has less left ({@code memory.max} - {@code memory.current}).
 */
final class Headroom {
    // MemAvailable:   23737936 kB
    private static final Pattern AVAILABLE = Pattern.compile("(?m)^MemAvailable:\\s+(\\d+) kB$");
    // 0::/user.slice/user-1000.slice
    private static final Pattern UNIFIED = Pattern.compile("(?m)^0::(/.*)$");

    private final Path proc;
    private final Path cgroups;

    Headroom(Path proc, Path cgroups) {
        this.proc = proc;
        this.cgroups = cgroups;
    }

    /** Empty where there is no {@code /proc/meminfo}, or none that says. */
    OptionalLong bytes() {
        Matcher available = AVAILABLE.matcher(text(proc.resolve("meminfo")));
        if (!available.find()) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(Math.min(Long.parseLong(available.group(1)) * 1024, leftInControlGroups()));
    }

    private long leftInControlGroups() {
        long left = Long.MAX_VALUE;
        Matcher own = UNIFIED.matcher(text(proc.resolve("self/cgroup")));
        if (!own.find()) {
            return left;
        }
        Path group = cgroups.resolve(own.group(1).substring(1)).normalize();
        while (group != null && group.startsWith(cgroups)) {
            String max = text(group.resolve("memory.max")).strip();
            String current = text(group.resolve("memory.current")).strip();
            if (isNumber(max) && isNumber(current)) {
                left = Math.min(left, Math.max(0, Long.parseLong(max) - Long.parseLong(current)));
            }
            group = group.getParent();
        }
        return left;
    }

    /** {@code max} is no number: no limit. */
    private static boolean isNumber(String text) {
        return text.matches("\\d{1,18}");
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }
}
