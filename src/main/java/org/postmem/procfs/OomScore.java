package org.postmem.procfs;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whom the kernel would kill: {@code oom_badness()} of mm/oom_kill.c, from a process's own numbers.
 *
 * <p>The rule changed with the kernel: from 5.9 points may be negative and {@code oom_score} lies between 0 and 2000
 * with 666 for an idle process; from 4.17 to 5.8 points are at least 1 for whoever may be killed; before 4.17 root had
 * a bonus of 3 %; before 3.0 other heuristics ruled, which are not predicted.
 *
 * @param totalPages of the OOM domain: RAM and swap of the host, or the limit of the cgroup
 */
public record OomScore(int kernelMajor, int kernelMinor, long totalPages) {

    private static final int NEVER = -1000;
    private static final Pattern RELEASE = Pattern.compile("(\\d{1,4})\\.(\\d{1,4}).*");

    /**
     * What the rule looks at.
     *
     * @param rssPages anonymous, file and shmem
     * @param pageTablePages pte, pmd and pud
     * @param root is it root's (CAP_SYS_ADMIN)? asked only for a kernel before 4.17
     */
    public record Footprint(long rssPages, long swapPages, long pageTablePages, int oomScoreAdj, boolean root) {}

    public OomScore {
        if (totalPages < 0) {
            throw new IllegalArgumentException("total pages are negative: " + totalPages);
        }
    }

    /**
     * Of a kernel release as {@code uname -r} prints it.
     *
     * @throws IllegalArgumentException when it does not begin with two numbers
     */
    public static OomScore of(String kernelRelease, long totalPages) {
        Matcher release = RELEASE.matcher(kernelRelease);
        if (!release.matches()) {
            throw new IllegalArgumentException("not a kernel release: " + kernelRelease);
        }
        return new OomScore(Integer.parseInt(release.group(1)), Integer.parseInt(release.group(2)), totalPages);
    }

    /** Does a text begin like a kernel release, with two numbers? */
    public static boolean isRelease(String text) {
        return RELEASE.matcher(text).matches();
    }

    /** Can this kernel's choice be predicted at all? */
    public boolean isPredictable() {
        return atLeast(3, 0);
    }

    /** The highest wins; empty for a process that is never killed, and for a kernel that is not predicted. */
    public OptionalLong points(Footprint process) {
        if (!isPredictable() || process.oomScoreAdj() == NEVER) {
            return OptionalLong.empty();
        }
        long points = process.rssPages() + process.swapPages() + process.pageTablePages();
        // Divided first, as the kernel does: it is an integer.
        long perMille = totalPages / 1000;
        if (atLeast(4, 17)) {
            points += process.oomScoreAdj() * perMille;
            return OptionalLong.of(atLeast(5, 9) ? points : Math.max(points, 1));
        }
        long adjustment = process.oomScoreAdj();
        if (process.root()) {
            // Since 3.14 3 % of the points; before that 30 per mille of all memory, folded into the adjustment.
            if (atLeast(3, 14)) {
                points -= points * 3 / 100;
            } else {
                adjustment -= 30;
            }
        }
        points += adjustment * perMille;
        return OptionalLong.of(Math.max(points, 1));
    }

    /** What {@code /proc/PID/oom_score} shows; empty where {@link #points} is, but 0 for a process never killed. */
    public OptionalLong score(Footprint process) {
        if (!isPredictable() || totalPages == 0) {
            return OptionalLong.empty();
        }
        if (process.oomScoreAdj() == NEVER) {
            return OptionalLong.of(0);
        }
        long points = points(process).orElseThrow();
        if (!atLeast(5, 9)) {
            return OptionalLong.of(points * 1000 / totalPages);
        }
        return OptionalLong.of(Math.max(0, (1000 + points * 1000 / totalPages) * 2 / 3));
    }

    private boolean atLeast(int major, int minor) {
        return kernelMajor > major || (kernelMajor == major && kernelMinor >= minor);
    }
}
