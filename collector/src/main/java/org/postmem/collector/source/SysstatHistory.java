package org.postmem.collector.source;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** sysstat's own binary history, where the host keeps one: evidence from before the collector was started. */
public final class SysstatHistory {
    private static final List<String> FOLDERS = List.of("/var/log/sa", "/var/log/sysstat");
    private static final long CAP_BYTES = 20L << 20;
    private static final int FILE_CAP_BYTES = 8 << 20;

    private final Roots roots;

    public SysstatHistory(Roots roots) {
        this.roots = roots;
    }

    /** Hands on the files as {@code host/sa/<name>}, the newest first, up to 20 MB in all. */
    public void read(EntrySink sink, Ledger ledger) throws IOException {
        List<File> files = new ArrayList<>();
        for (String folder : FOLDERS) {
            File[] found =
                    new File(roots.root() + folder).listFiles((where, name) -> name.matches("sa[0-9]{2}|sa[0-9]{8}"));
            if (found != null) {
                files.addAll(List.of(found));
            }
        }
        files.sort(Comparator.comparingLong(File::lastModified).reversed().thenComparing(File::getName));
        WholeFile file = new WholeFile(FILE_CAP_BYTES);
        long total = 0;
        for (File one : files) {
            if (!one.isFile()) {
                continue;
            }
            if (total + one.length() > CAP_BYTES || one.length() > FILE_CAP_BYTES) {
                ledger.gap("host/sa/*", Outcome.SKIPPED_SIZE, 1, one.getName());
                continue;
            }
            if (ledger.note("host/sa/*", file.read(one.getPath())) && file.length() > 0) {
                sink.entry("host/sa/" + one.getName(), file.bytes(), 0, file.length());
                total += file.length();
            }
        }
    }
}
