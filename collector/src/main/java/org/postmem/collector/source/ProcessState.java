package org.postmem.collector.source;

/**
 * What the collector keeps of a process between snapshots: one (pid, start time), never a pid. It knows what was stored
 * last, by hash, how large the process was when first seen and is now, and whether a read of it hung.
 */
final class ProcessState {
    /** {@code PF_KTHREAD} of include/linux/sched.h. */
    private static final long KERNEL_THREAD_FLAG = 0x00200000L;

    private final int pid;
    private final long startTicks;
    private final boolean kernelThread;
    private final int firstSnapshot;
    /** Of the text of each kind that was stored last, by the kind's number; valid where {@link #storedKinds} has its bit. */
    private final long[] stored = new long[Kind.COUNT];

    private int storedKinds;

    private int lastSnapshot;
    private boolean told;
    private int statSnapshot;
    private char state;
    private long statResidentPages;
    private long residentPagesTold;
    private long toldNanos;
    private int commHash;
    private boolean identityDue = true;
    private boolean descriptorsDue = true;

    private boolean measured;
    private long sizePages;
    private long residentPages;
    private long sharedPages;
    private long firstSizePages;
    private long firstResidentPages;
    private long firstSharedPages;

    private int mappings;
    private long cutScanNanos;
    private long mountNamespace;
    private int namespaceLooks;

    ProcessState(int pid, StatLine stat, int snapshot) {
        this.pid = pid;
        this.startTicks = stat.startTicks();
        this.kernelThread = (stat.flags() & KERNEL_THREAD_FLAG) != 0;
        this.firstSnapshot = snapshot;
        this.commHash = stat.commHash();
    }

    int pid() {
        return pid;
    }

    long startTicks() {
        return startTicks;
    }

    boolean kernelThread() {
        return kernelThread;
    }

    int firstSnapshot() {
        return firstSnapshot;
    }

    int lastSnapshot() {
        return lastSnapshot;
    }

    boolean identityDue() {
        return identityDue;
    }

    void identityRead() {
        identityDue = false;
    }

    void seen(StatLine stat, int snapshot) {
        state = stat.state();
        statResidentPages = stat.residentPages();
        descriptorsDue = true;
        // a new name means a new program
        if (stat.commHash() != commHash) {
            commHash = stat.commHash();
            identityDue = true;
        }
        seenUnchanged(snapshot);
    }

    /** Seen with the same stat as before. */
    void seenUnchanged(int snapshot) {
        lastSnapshot = snapshot;
        // a process may be seen first between its fork and its exec
        identityDue |= snapshot == firstSnapshot + 1;
    }

    /** {@code R}, {@code S}, {@code D} … of its stat. */
    char state() {
        return state;
    }

    /** It could not be read now, and has not gone. */
    void stillThere(int snapshot) {
        lastSnapshot = snapshot;
    }

    void forgetStored() {
        storedKinds = 0;
        told = false;
        identityDue = true;
        descriptorsDue = true;
    }

    /** It has run since what is behind its descriptors was read last, or that is not in this segment. */
    boolean descriptorsDue() {
        return descriptorsDue;
    }

    void descriptorsRead() {
        descriptorsDue = false;
    }

    /**
     * Is this text another one than that stored last? Remembers it as stored.
     *
     * @param hash of the text, see {@link TextHash}
     */
    boolean changed(Kind kind, long hash) {
        if (isStored(kind, hash)) {
            return false;
        }
        storedKinds |= 1 << slot(kind);
        stored[slot(kind)] = hash;
        return true;
    }

    /** Is this the text of the kind that was stored last in this segment? */
    boolean isStored(Kind kind, long hash) {
        return (storedKinds & 1 << slot(kind)) != 0 && stored[slot(kind)] == hash;
    }

    @SuppressWarnings("EnumOrdinal") // a slot of one run's array, thousands of times over; stored nowhere
    private static int slot(Kind kind) {
        return kind.ordinal();
    }

    /** Its stat was stored in this snapshot. */
    void statStored(long hash, int snapshot) {
        changed(Kind.STAT, hash);
        statSnapshot = snapshot;
    }

    /** The snapshot its stat was stored in last; one of this segment where {@link #isStored} says that it is the same. */
    int statSnapshot() {
        return statSnapshot;
    }

    /** The process has been read as a whole. */
    void told(long nanos) {
        told = true;
        toldNanos = nanos;
    }

    boolean neverTold() {
        return !told;
    }

    long toldNanos() {
        return toldNanos;
    }

    /** Its size has moved so far since its score was read that the score may be another one. Remembers the size. */
    boolean grownOrShrunkBy(long pages) {
        if (Math.abs(statResidentPages - residentPagesTold) < pages) {
            return false;
        }
        residentPagesTold = statResidentPages;
        return true;
    }

    /** Takes {@code 12345 678 90 …} of statm: size, resident, shared, in pages. */
    void measure(byte[] statm, int length) {
        long size = -1;
        long resident = -1;
        long shared = -1;
        int field = 0;
        long value = 0;
        for (int i = 0; i < length && field < 3; i++) {
            int c = statm[i];
            if (c >= '0' && c <= '9') {
                value = value * 10 + (c - '0');
            } else {
                if (field == 0) {
                    size = value;
                } else if (field == 1) {
                    resident = value;
                } else {
                    shared = value;
                }
                field++;
                value = 0;
            }
        }
        if (shared >= 0) {
            measure(size, resident, shared);
        }
    }

    /** Takes the sizes of status, in kB there. */
    void measure(StatusSizes sizes, long pageBytes) {
        long pageKilobytes = pageBytes / 1024;
        measure(
                sizes.sizeKilobytes() / pageKilobytes,
                sizes.residentKilobytes() / pageKilobytes,
                sizes.sharedKilobytes() / pageKilobytes);
    }

    /** Takes its sizes now, in pages. */
    private void measure(long size, long resident, long shared) {
        sizePages = size;
        residentPages = resident;
        sharedPages = shared;
        if (!measured) {
            measured = true;
            firstSizePages = size;
            firstResidentPages = resident;
            firstSharedPages = shared;
        }
    }

    long residentPages() {
        return residentPages;
    }

    long anonymousGrowthPages() {
        return (residentPages - sharedPages) - (firstResidentPages - firstSharedPages);
    }

    long sharedGrowthPages() {
        return sharedPages - firstSharedPages;
    }

    long sizeGrowthPages() {
        return sizePages - firstSizePages;
    }

    int mappings() {
        return mappings;
    }

    void mappings(int count) {
        mappings = count;
    }

    /** How long a scan of its map had gone on when it was given up; 0 when none was. */
    long cutScanNanos() {
        return cutScanNanos;
    }

    void scanWasCut(long nanos) {
        cutScanNanos = Math.max(cutScanNanos, nanos);
    }

    long mountNamespace() {
        return mountNamespace;
    }

    /** How often it was asked for its namespace. */
    int namespaceLooks() {
        return namespaceLooks;
    }

    void mountNamespace(long inode) {
        mountNamespace = inode;
        namespaceLooks++;
    }
}
