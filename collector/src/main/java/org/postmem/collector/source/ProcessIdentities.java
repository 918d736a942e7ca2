package org.postmem.collector.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Who the processes are: command line, program and limits, read once and when they may have changed. A command line lies in
 * the process's own memory, for which whoever reads it may have to wait: all of it is read on readers that may be lost.
 */
final class ProcessIdentities {
    private static final long DEADLINE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int AT_ONCE = 16;
    private static final int CAP_BYTES = 64 << 10;
    private static final String PATTERN = "proc/*/{cmdline,exe,limits}";

    private final Reading reading;
    private final GroupedEntries grouped;
    private final CommandLineMask mask;
    private final TextHash hash = new TextHash();

    /** Command line, program and limits of a process, as far as they could be read. */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    private record Identity(
            byte[] cmdline,
            String cmdlineOutcome,
            String exe,
            String exeOutcome,
            byte[] limits,
            String limitsOutcome) {}

    ProcessIdentities(Reading reading, GroupedEntries grouped, CommandLineMask mask) {
        this.reading = reading;
        this.grouped = grouped;
        this.mask = mask;
    }

    /**
     * Reads those that are new, or may be another program than before.
     *
     * @param last of the capture: however long it takes
     */
    void read(EntrySink sink, Collection<ProcessState> living, boolean last) throws IOException {
        List<ProcessState> due = new ArrayList<>();
        for (ProcessState process : living) {
            if (process.identityDue() && !process.kernelThread()) {
                due.add(process);
            }
        }
        // of tens of thousands those first that matter
        due.sort(Comparator.comparingLong((ProcessState process) -> -process.residentPages())
                .thenComparingInt(ProcessState::pid));
        long end = reading.nanos() + LONGEST_NANOS;
        for (int i = 0; i < due.size(); i += AT_ONCE) {
            if (!last && reading.nanos() - end > 0) {
                reading.ledger().gap(PATTERN, Outcome.SKIPPED_BUDGET, (long) due.size() - i, "left to the next ticks");
                return;
            }
            read(sink, due.subList(i, Math.min(i + AT_ONCE, due.size())));
        }
    }

    private void read(EntrySink sink, List<ProcessState> due) throws IOException {
        List<DeadlineReaders.Request<Identity>> requests = new ArrayList<>(due.size());
        for (ProcessState process : due) {
            String folder = reading.folder(process.pid());
            requests.add(new DeadlineReaders.Request<>(process, file -> identity(folder, file)));
        }
        List<DeadlineReaders.Answer<Identity>> answers = reading.readers().readAll(requests, DEADLINE_NANOS);
        for (int i = 0; i < due.size(); i++) {
            take(sink, due.get(i), answers.get(i));
        }
    }

    private static Identity identity(String folder, WholeFile file) {
        String cmdlineOutcome = file.read(folder + Kind.CMDLINE.file(), CAP_BYTES);
        byte[] cmdline = Arrays.copyOf(file.bytes(), file.length());
        String exe = null;
        String exeOutcome = null;
        try {
            exe = Files.readSymbolicLink(Path.of(folder + Kind.EXE.file())).toString();
        } catch (IOException e) {
            exeOutcome = Outcome.of(e);
        }
        String limitsOutcome = file.read(folder + Kind.LIMITS.file(), CAP_BYTES);
        byte[] limits = Arrays.copyOf(file.bytes(), file.length());
        return new Identity(cmdline, cmdlineOutcome, exe, exeOutcome, limits, limitsOutcome);
    }

    private void take(EntrySink sink, ProcessState process, DeadlineReaders.Answer<Identity> answer)
            throws IOException {
        if (answer.outcome() != null) {
            reading.unanswered(process, answer.outcome(), PATTERN);
            return;
        }
        Identity identity = answer.value();
        if (!Outcome.isPassing(identity.cmdlineOutcome())
                && !Outcome.isPassing(identity.exeOutcome())
                && !Outcome.isPassing(identity.limitsOutcome())) {
            process.identityRead();
        }
        if (reading.ledger().note(Kind.CMDLINE.pattern(), identity.cmdlineOutcome())) {
            boolean cut = Outcome.TRUNCATED.equals(identity.cmdlineOutcome());
            CommandLineMask.Masked masked = mask.mask(identity.cmdline(), identity.cmdline().length, cut);
            if (masked.masked() > 0) {
                reading.ledger().gap(Kind.CMDLINE.pattern(), Outcome.MASKED, masked.masked(), "secrets in arguments");
            }
            store(sink, process, Kind.CMDLINE, masked.bytes());
        }
        if (identity.exe() != null) {
            reading.ledger().ok();
            store(sink, process, Kind.EXE, identity.exe().getBytes(StandardCharsets.UTF_8));
        } else {
            reading.ledger().note(Kind.EXE.pattern(), identity.exeOutcome());
        }
        if (reading.ledger().note(Kind.LIMITS.pattern(), identity.limitsOutcome())) {
            store(sink, process, Kind.LIMITS, identity.limits());
        }
    }

    private void store(EntrySink sink, ProcessState process, Kind kind, byte[] bytes) throws IOException {
        if (process.changed(kind, hash.of(bytes, bytes.length))) {
            grouped.add(sink, kind.entry(), Integer.toString(process.pid()), bytes, 0, bytes.length);
        }
    }
}
