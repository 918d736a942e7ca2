package org.postmem.collector.source;

/** The texts of a process; each is one grouped entry {@code pid/<file>} of a snapshot. */
public enum Kind {
    STAT("stat"),
    STATM("statm"),
    STATUS("status"),
    OOM_SCORE("oom_score"),
    OOM_SCORE_ADJ("oom_score_adj"),
    CGROUP("cgroup"),
    CMDLINE("cmdline"),
    EXE("exe"),
    LIMITS("limits"),
    SMAPS_ROLLUP("smaps_rollup"),
    SMAPS("smaps"),
    FD("fd"),
    WCHAN("wchan"),
    MOUNTINFO("mountinfo");

    static final int COUNT = values().length;

    private final String file;
    private final String entry;
    private final String watchedEntry;
    private final String pattern;

    Kind(String file) {
        this.file = file;
        this.entry = "pid/" + file;
        this.watchedEntry = "pid/watched/" + file;
        this.pattern = "proc/*/" + file;
    }

    /** Name below {@code /proc/PID}. */
    public String file() {
        return file;
    }

    public String entry() {
        return entry;
    }

    /** The same of the few that are read where a pass over all of them is not afforded. */
    public String watchedEntry() {
        return watchedEntry;
    }

    /** Name in the ledger. */
    public String pattern() {
        return pattern;
    }
}
