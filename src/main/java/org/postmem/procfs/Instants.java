package org.postmem.procfs;

/** What the parsers take for a moment. */
final class Instants {
    /** 9999-12-31T23:59:59Z: what is later was never a time stamp, and no database column holds it. */
    static final long LAST_EPOCH_SECOND = 253402300799L;

    private Instants() {}
}
