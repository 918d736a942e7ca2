package org.postmem.sysstat;

import java.nio.BufferUnderflowException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The records of a file, in their order, up to where it ends or is damaged; a restart begins another boot. */
final class SysstatRecords {
    static final int STATISTICS = 1;
    static final int RESTART = 2;
    static final int LAST_STATISTICS = 3;
    static final int COMMENT = 4;
    private static final int COMMENT_BYTES = 64;

    /** Whose file it is, as its header says, and when it was begun: seconds since 1970. */
    record Header(String host, String kernel, String machine, String version, long createdSeconds) {}

    /** Reads the record that begins at the position. */
    interface Next {
        /**
         * Takes it and moves the position behind it.
         *
         * @throws SystemActivityException when what stands there is no record
         */
        void read() throws SystemActivityException;
    }

    private final SysstatBytes in;
    private final List<SystemActivity.Sample> samples = new ArrayList<>();
    private int boot;

    SysstatRecords(SysstatBytes in) {
        this.in = in;
    }

    /**
     * Reads all of them. What came before a record that the file ends in, or before damage, is kept.
     *
     * @throws SystemActivityException when the file is damaged and nothing came before
     */
    SystemActivity all(Header header, Next next) throws SystemActivityException {
        Long truncatedAt = null;
        String damage = null;
        while (in.hasRemaining()) {
            int start = in.position();
            try {
                next.read();
            } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
                truncatedAt = (long) start;
                break;
            } catch (SystemActivityException e) {
                damage = damaged(e, start);
                break;
            }
        }
        return new SystemActivity(
                header.host(),
                header.kernel(),
                header.machine(),
                header.version(),
                SysstatBytes.instant(header.createdSeconds()),
                samples,
                truncatedAt,
                damage);
    }

    void statistics(
            Instant ts,
            double uptimeSeconds,
            List<SystemActivity.Value> values,
            List<SystemActivity.FileSystem> fileSystems) {
        samples.add(new SystemActivity.Sample(
                ts, uptimeSeconds, SystemActivity.Sample.Kind.STATISTICS, boot, null, values, fileSystems));
    }

    void restart(Instant ts, double uptimeSeconds) {
        boot++;
        samples.add(new SystemActivity.Sample(
                ts, uptimeSeconds, SystemActivity.Sample.Kind.RESTART, boot, null, List.of(), List.of()));
    }

    void comment(Instant ts, double uptimeSeconds) {
        int at = in.position();
        in.moveTo(at + (long) COMMENT_BYTES);
        String comment = in.text(at, COMMENT_BYTES);
        samples.add(new SystemActivity.Sample(
                ts, uptimeSeconds, SystemActivity.Sample.Kind.COMMENT, boot, comment, List.of(), List.of()));
    }

    /**
     * After a power cut a file may hold zeros, or half a record and then those of the next boot. What came before is kept.
     *
     * @throws SystemActivityException when nothing did
     */
    private String damaged(SystemActivityException e, int start) throws SystemActivityException {
        if (samples.isEmpty()) {
            throw e;
        }
        return e.getMessage() + "; the file is damaged there, and what stands behind offset " + start + " was not read";
    }
}
