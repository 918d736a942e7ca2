package org.postmem.collector.source;

import org.apache.commons.codec.digest.MurmurHash3;

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
    private long statTold;
    private long residentPagesTold;
    private int ticksUntold;
    private long toldNanos;
    private int commHash;
    private boolean identityDue = true;

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
        lastSnapshot = snapshot;
        // a new name means a new program; a process may be seen first between its fork and its exec
        if (stat.commHash() != commHash || snapshot == firstSnapshot + 1) {
            commHash = stat.commHash();
            identityDue = true;
        }
    }

    /** It could not be read now, and has not gone. */
    void stillThere(int snapshot) {
        lastSnapshot = snapshot;
    }

    void forgetStored() {
        storedKinds = 0;
        told = false;
        identityDue = true;
    }

    /** Is this text another one than that stored last? Remembers it as stored. */
    @SuppressWarnings("EnumOrdinal") // a slot of one run's array, thousands of times over; stored nowhere
    boolean changed(Kind kind, byte[] bytes, int length) {
        long hash = hash(bytes, length);
        int bit = 1 << kind.ordinal();
        if ((storedKinds & bit) != 0 && stored[kind.ordinal()] == hash) {
            return false;
        }
        storedKinds |= bit;
        stored[kind.ordinal()] = hash;
        return true;
    }

    private static long hash(byte[] bytes, int length) {
        return MurmurHash3.hash128x64(bytes, 0, length, 0x706d656d)[0];
    }

    /**
     * Has the process done anything since it was told of last? The stat line is another as soon as it has run for a clock
     * tick, taken a page fault, been given or lost a page, or asked for address space. Remembers the line.
     */
    boolean stirred(byte[] stat, int length) {
        long hash = hash(stat, length);
        boolean same = told && hash == statTold;
        statTold = hash;
        return !same;
    }

    /** The process has been read as a whole. */
    void told(long nanos) {
        told = true;
        ticksUntold = 0;
        toldNanos = nanos;
    }

    /** One more tick at which it was not; returns how many in a row. */
    int untold() {
        return ++ticksUntold;
    }

    boolean neverTold() {
        return !told;
    }

    long toldNanos() {
        return toldNanos;
    }

    /** Its size has moved so far since its score was read that the score may be another one. Remembers the size. */
    boolean grownOrShrunkBy(long pages, long residentPagesNow) {
        if (Math.abs(residentPagesNow - residentPagesTold) < pages) {
            return false;
        }
        residentPagesTold = residentPagesNow;
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
