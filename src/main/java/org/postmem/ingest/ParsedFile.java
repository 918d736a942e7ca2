package org.postmem.ingest;

import java.util.List;
import org.postmem.procfs.ParseIssue;
import org.postmem.procfs.Parsed;
import org.postmem.sysstat.SystemActivity;
import org.postmem.sysstat.SystemActivityException;
import org.postmem.sysstat.SystemActivityReader;
import org.postmem.tools.EvidenceKind;
import org.postmem.tools.SaFile;
import org.postmem.tools.SlashDates;
import org.postmem.tools.ToolReaders;
import org.postmem.tools.ToolText;

/**
 * What the parser of a file made of it.
 *
 * @param history of sysstat's binary files, {@code null} for others
 * @param text {@code null} when it could not be read, and for the kinds that {@link EvidenceCapture#load} keeps or reads
 *     itself
 * @param refusal why it could not be read, {@code null} when it could
 */
record ParsedFile(SystemActivity history, Parsed<ToolText> text, String refusal) {
    /** Of a kind that is not parsed ahead. */
    private static final ParsedFile LATER = new ParsedFile(null, null, null);

    /**
     * Parses a file; asks nothing but its bytes, so that any thread may do it.
     *
     * @param beside what is known of the order of its dates
     */
    static ParsedFile of(EvidenceKind kind, String member, byte[] text, SlashDates.Beside beside) {
        try {
            return switch (kind) {
                case MEMLEAK, KMEMLEAK, STRACE, PAGE_OWNER, ALLOC_TRACES, ALLOCINFO, KERNEL_RECORDS, KERNEL_LOG ->
                    LATER;
                case SA_FILE -> {
                    SystemActivity history = SystemActivityReader.read(text);
                    List<ParseIssue> damage =
                            history.damage() == null ? List.of() : List.of(new ParseIssue(0, 0, history.damage(), ""));
                    yield new ParsedFile(history, new Parsed<>(SaFile.of(history), damage), null);
                }
                default -> new ParsedFile(null, ToolReaders.read(kind, member, text, beside), null);
            };
        } catch (SystemActivityException e) {
            return new ParsedFile(null, null, e.getMessage());
        }
    }
}
