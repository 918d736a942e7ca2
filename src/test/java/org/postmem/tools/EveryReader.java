package org.postmem.tools;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.postmem.evidence.EvidenceFiles;
import org.postmem.evidence.EvidenceLimits;
import org.postmem.evidence.EvidenceMember;
import org.postmem.procfs.KernelMessage;
import org.postmem.procfs.OomReports;
import org.postmem.procfs.WallClock;
import org.postmem.sysstat.SystemActivityException;
import org.postmem.units.PageSize;

/** Each reader of what nobody has to trust, by name: for the tests and for the fuzzer, which must mean the same. */
public final class EveryReader {
    private static final PageSize PAGE = new PageSize(4096);
    private static final Instant NOW = Instant.parse("2026-11-25T00:00:00Z");
    private static final EvidenceLimits LIMITS = new EvidenceLimits(4 << 20, 64 << 20, 1000, 2);

    private EveryReader() {}

    /** Reads, and says nothing; a text that is refused is refused by the exception that says why. */
    @FunctionalInterface
    public interface Reader {
        void read(byte[] text) throws IOException;
    }

    /** All of them. */
    public static Map<String, Reader> byName() {
        Map<String, Reader> readers = new TreeMap<>();
        for (EvidenceKind kind : EvidenceKind.values()) {
            readers.put(kind.name().toLowerCase(Locale.ROOT), text -> texts(kind, text));
        }
        readers.put("unknown", text -> EvidenceOrigin.host(EvidenceKind.of("x", text), text));
        readers.put("memleak", Memleak::parse);
        readers.put("kmemleak", Kmemleak::parse);
        readers.put("strace", text -> Strace.parse(text, PAGE));
        readers.put("page_owner", text -> PageOwner.parse(text, PAGE));
        readers.put("alloc_traces", AllocTraces::parse);
        readers.put("allocinfo", AllocInfo::parse);
        readers.put(
                "kernel_records",
                text -> OomReports.parse(KernelMessage.parseKmsg(text).value(), PAGE));
        readers.put(
                "kernel_log",
                text -> OomReports.parse(
                        KernelMessage.parseText(text, WallClock.of(ZoneOffset.UTC), NOW)
                                .value(),
                        PAGE));
        readers.put("host_file", EveryReader::hostFile);
        readers.put("archive", EveryReader::archive);
        return readers;
    }

    private static void texts(EvidenceKind kind, byte[] text) {
        clues(kind, text);
        try {
            ToolReaders.read(kind, "x", text, SlashDates.Beside.NOTHING);
            ToolReaders.read(kind, "x", text, new SlashDates.Beside(NOW, SlashDates.Order.DAY_FIRST));
        } catch (SystemActivityException e) {
            if (e.getMessage().isBlank()) {
                throw new IllegalStateException("it does not say what is wrong", e);
            }
        }
    }

    /** What is asked of the begin of each file, before any is read. */
    private static void clues(EvidenceKind kind, byte[] text) {
        PageSizeClues pages = new PageSizeClues();
        pages.add(kind, text);
        pages.size();
        SlashDates.of(text).own();
    }

    /** What is no such file never comes to its reader. */
    private static void hostFile(byte[] text) throws IOException {
        clues(EvidenceKind.HOST_FILE, text);
        if (EvidenceKind.of("cpu", text) == EvidenceKind.HOST_FILE) {
            texts(EvidenceKind.HOST_FILE, text);
        }
        HostFile.parse(ProcessFile.COMMAND_LINE, "1/cmdline", text);
        HostFile.parse(ProcessFile.STATUS, "1/status", text);
        HostFile.parse(ProcessFile.SMAPS_FILE, "1/smaps", text);
        HostFile.parse(ProcessFile.SMAPS_ROLLUP, "1/smaps_rollup", text);
        HostFile.parse(ProcessFile.STAT_FILE, "1/stat", text);
    }

    private static void archive(byte[] bytes) throws IOException {
        EvidenceFiles.Visitor visitor = new EvidenceFiles.Visitor() {
            @Override
            public void file(EvidenceMember member) throws IOException {
                if (member.bytes().length > LIMITS.memberBytes()) {
                    throw new IllegalStateException("a file is longer than the limit");
                }
            }

            @Override
            public void refused(String path, String reason) {
                if (reason.isBlank()) {
                    throw new IllegalStateException("no reason is given for leaving out " + path);
                }
            }
        };
        EvidenceFiles.walk("x", null, new ByteArrayInputStream(bytes), LIMITS, visitor);
    }
}
