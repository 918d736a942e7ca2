package org.postmem.collector.archive;

import com.github.luben.zstd.util.Native;

/** How an archive is compressed. */
public enum Compression {
    /** One zstd frame a segment, skippable frames as trailers: {@code .tar.zst}. */
    ZSTD("tar.zst"),
    /** One gzip member a snapshot, for hosts on which zstd's native library cannot load: {@code .tar.gz}. */
    GZIP("tar.gz");

    private final String suffix;

    Compression(String suffix) {
        this.suffix = suffix;
    }

    /** The end of the file's name, without the leading dot. */
    public String suffix() {
        return suffix;
    }

    /**
     * What was chosen.
     *
     * @param fallbackReason why it is not what was asked for, {@code null} when it is
     */
    public record Choice(Compression compression, String fallbackReason) {}

    /** What was asked for where it works on this host, else gzip and the reason. */
    public static Choice choose(Compression wanted) {
        if (wanted == GZIP) {
            return new Choice(GZIP, null);
        }
        String reason = zstdUnusable();
        return reason == null ? new Choice(ZSTD, null) : new Choice(GZIP, reason);
    }

    /**
     * Why zstd cannot be used, {@code null} when it can. A temporary directory that is read-only or mounted noexec fails
     * with one of two kinds of Error (UnsatisfiedLinkError, ExceptionInInitializerError), never with an exception.
     */
    @SuppressWarnings("CatchingUnchecked")
    static String zstdUnusable() {
        try {
            Native.load();
            return null;
        } catch (VirtualMachineError e) {
            throw e;
        } catch (Throwable e) {
            return "zstd's native library cannot be loaded (" + e.getClass().getSimpleName() + ": " + e.getMessage()
                    + "); a writable directory without noexec can be named with -DZstdTempFolder=DIR";
        }
    }
}
