package org.postmem.collector.source;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.postmem.collector.archive.UnchangedText;

/**
 * The processes. At every tick {@code stat} of each, and of those that have done anything since {@code status} as well:
 * the line of one that has neither run for a clock tick nor taken a fault nor won or lost a page is the same to the byte,
 * and most processes of a host sleep: of them it is stored that they live ({@link UnchangedText}). All the same each is read as a whole every sixth tick or every minute, in turns so
 * that no tick has them all: a page moved by the kernel alone, a new control group. Where the CPU budget does not afford
 * that, some are watched ({@link WatchedProcesses}). No text touches another process's memory map. Who it is (command
 * line, program, limits) once and when it may have changed.
 */
final class ProcessSource {
    /** What other people or the kernel set, not the process itself. */
    private static final Kind[] IN_TURN = {Kind.OOM_SCORE_ADJ};

    private static final int TURN_PASSES = 6;

    /** A little less than a minute: ticks are never on the nanosecond. */
    private static final long TURN_NANOS = TimeUnit.SECONDS.toNanos(57);

    /** On a host of 1.5 GiB one point of the score; on larger ones less. */
    private static final long SCORE_BYTES = 1 << 20;

    private static final Kind[] KERNEL_THREAD_ONCE = {Kind.STATUS};
    /** Before 6.8 the kernel takes the mutex of all groups for it, which whoever makes one holds while it waits for memory. */
    private static final long CGROUP_DEADLINE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final int CGROUPS_AT_ONCE = 128;
    private static final long IDENTITY_DEADLINE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long LONGEST_IDENTITIES_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int IDENTITIES_AT_ONCE = 16;
    private static final String IDENTITY = "proc/*/{cmdline,exe,limits}";
    private static final int CMDLINE_CAP_BYTES = 64 << 10;

    private final Reading reading;
    private final Reading kernel;
    private final GroupedEntries grouped;
    private final CommandLineMask mask;
    private final long pageBytes;
    private final Map<Integer, ProcessState> processes = new HashMap<>();
    private final TextHash hash = new TextHash();
    private final UnchangedText.Writer unchanged = new UnchangedText.Writer();
    /** Whose control group is to be read in this pass. */
    private final List<ProcessState> cgroupDue = new ArrayList<>();

    private int passes;
    /** Numbers of the snapshots that had the pass before and have this one. */
    private int passBefore;

    private int passNow;

    /** Command line, program and limits of a process, as far as they could be read. */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    private record Identity(
            byte[] cmdline,
            String cmdlineOutcome,
            String exe,
            String exeOutcome,
            byte[] limits,
            String limitsOutcome) {}

    /**
     * @param kernel on the readers for what waits for locks of the kernel's
     * @param pageBytes of the host
     */
    ProcessSource(Reading reading, Reading kernel, GroupedEntries grouped, CommandLineMask mask, long pageBytes) {
        this.reading = reading;
        this.kernel = kernel;
        this.grouped = grouped;
        this.mask = mask;
        this.pageBytes = pageBytes;
    }

    /** Those seen in the last snapshot read. */
    List<ProcessState> living() {
        return new ArrayList<>(processes.values());
    }

    /** Takes over processes that were found between two passes: the next tells how far they have grown since. */
    void adopt(Collection<ProcessState> newborn) {
        for (ProcessState process : newborn) {
            processes.put(process.pid(), process);
        }
    }

    /**
     * Reads all processes.
     *
     * @param whole each of them as a whole, whosever turn it is
     * @return how many there are, -1 when the list itself could not be read
     */
    int everyTick(EntrySink sink, int snapshot, boolean segmentStart, boolean whole) throws IOException {
        if (segmentStart) {
            processes.values().forEach(ProcessState::forgetStored);
        }
        String[] names = new File(reading.roots().proc() + "/").list();
        if (names == null) {
            reading.ledger()
                    .gap(
                            "proc",
                            Reading.whyNotListed(reading.roots().proc()),
                            1,
                            "the list of processes could not be read");
            return -1;
        }
        unchanged.reset();
        cgroupDue.clear();
        passes++;
        passBefore = passNow;
        passNow = snapshot;
        int living = 0;
        long now = reading.nanos();
        boolean first = false;
        for (String name : names) {
            int pid = pid(name);
            first |= pid == 1;
            if (pid > 0 && one(sink, pid, name, snapshot, now, whole)) {
                living++;
            }
        }
        cgroups(sink);
        if (unchanged.length() > 0) {
            sink.entry(UnchangedText.ENTRY, unchanged.array(), 0, unchanged.length());
        }
        processes.values().removeIf(process -> process.lastSnapshot() != snapshot);
        if (!first) {
            // every namespace of processes has a first one, or dies with it
            reading.ledger().gap("proc", Outcome.EACCES, 1, "process 1 is hidden, and with it those of other users");
        }
        return living;
    }

    /** Was it there when all were read last? */
    boolean knows(int pid) {
        return processes.containsKey(pid);
    }

    private boolean one(EntrySink sink, int pid, String name, int snapshot, long now, boolean whole)
            throws IOException {
        WholeFile file = reading.file();
        String folder = reading.roots().proc() + "/" + name + "/";
        String outcome = file.readShownAtOnce(folder + Kind.STAT.file());
        if (!reading.ledger().note(Kind.STAT.pattern(), outcome)) {
            ProcessState unread = Outcome.isPassing(outcome) ? processes.get(pid) : null;
            if (unread != null) {
                unread.stillThere(snapshot);
            }
            return false;
        }
        long line = hash.of(file.bytes(), file.length());
        ProcessState process = processes.get(pid);
        boolean changed = process == null || !process.isStored(Kind.STAT, line);
        if (changed) {
            grouped.add(sink, Kind.STAT.entry(), name, file.bytes(), 0, file.length());
            StatLine stat = StatLine.parse(file.bytes(), file.length());
            if (stat == null) {
                reading.ledger().gap(Kind.STAT.pattern(), "EFORMAT");
                return true;
            }
            if (process == null || process.startTicks() != stat.startTicks()) {
                process = new ProcessState(pid, stat, snapshot);
                processes.put(pid, process);
            }
            process.seen(stat, snapshot);
            process.statStored(line, snapshot);
        } else {
            process.seenUnchanged(snapshot);
            unchanged.add(pid, process.statSnapshot());
        }
        if (process.kernelThread()) {
            // has no memory of its own: who it is once, that it lives at every tick
            if (process.identityDue()) {
                for (Kind kind : KERNEL_THREAD_ONCE) {
                    copy(sink, process, name, folder, kind);
                }
                cgroupDue.add(process);
                process.identityRead();
            }
            return true;
        }
        // its line is another as soon as it has run for a clock tick, taken a fault, won or lost a page, or asked for
        // address space
        boolean stirred = changed || process.neverTold();
        tell(sink, process, name, folder, new Due(stirred, whole || itsTurn(process, now)), now);
        if (process.state() == 'D') {
            copy(sink, process, name, folder, Kind.WCHAN);
        }
        return true;
    }

    /** What of a process is read at this tick. */
    private record Due(boolean stirred, boolean whole) {}

    private boolean itsTurn(ProcessState process, long now) {
        // a process may be seen first between its fork and its exec, and be moved into its control group after that
        return process.firstSnapshot() >= passBefore
                || process.neverTold()
                || (passes + process.pid()) % TURN_PASSES == 0
                || (!passesAreRare() && now - process.toldNanos() >= TURN_NANOS);
    }

    /** Then it is because they are dear, and one that reads everything would make them rarer still. */
    private boolean passesAreRare() {
        return passNow > passBefore + 1;
    }

    /** Reads the texts of a process that are due; when it is gone the others would only say so again. */
    private void tell(EntrySink sink, ProcessState process, String name, String folder, Due due, long now)
            throws IOException {
        int carried = 0;
        if (due.stirred() || due.whole()) {
            if (!copy(sink, process, name, folder, Kind.STATUS) || !measure(sink, process, name, folder)) {
                return;
            }
        } else {
            carried++;
        }
        if (process.grownOrShrunkBy(SCORE_BYTES / pageBytes) || due.whole()) {
            if (!copy(sink, process, name, folder, Kind.OOM_SCORE)) {
                return;
            }
        } else {
            carried++;
        }
        if (due.whole()) {
            for (Kind kind : IN_TURN) {
                if (!copy(sink, process, name, folder, kind)) {
                    return;
                }
            }
            cgroupDue.add(process);
            process.told(now);
        } else {
            carried += IN_TURN.length + 1;
        }
        reading.ledger().carried(carried);
    }

    /** Notes how large a process is; of kernels whose status does not tell enough, statm is evidence, too. */
    private boolean measure(EntrySink sink, ProcessState process, String name, String folder) throws IOException {
        WholeFile file = reading.file();
        StatusSizes sizes = StatusSizes.parse(file.bytes(), file.length());
        if (sizes != null) {
            process.measure(sizes, pageBytes);
            return true;
        }
        boolean there = copy(sink, process, name, folder, Kind.STATM);
        process.measure(file.bytes(), file.length());
        return there;
    }

    /** Returns whether the process is still there. */
    private boolean copy(EntrySink sink, ProcessState process, String name, String folder, Kind kind)
            throws IOException {
        WholeFile file = reading.file();
        String outcome = file.readShownAtOnce(folder + kind.file());
        if (!reading.ledger().note(kind.pattern(), outcome)) {
            return !Outcome.ENOENT.equals(outcome) && !Outcome.ESRCH.equals(outcome);
        }
        if (process.changed(kind, hash.of(file.bytes(), file.length()))) {
            grouped.add(sink, kind.entry(), name, file.bytes(), 0, file.length());
        }
        return true;
    }

    /** In which control groups those are whose turn it is. When one of these reads hangs, all would. */
    private void cgroups(EntrySink sink) throws IOException {
        for (int from = 0; from < cgroupDue.size(); from += CGROUPS_AT_ONCE) {
            List<ProcessState> due = cgroupDue.subList(from, Math.min(from + CGROUPS_AT_ONCE, cgroupDue.size()));
            List<DeadlineReaders.Request<Reading.Text>> requests = new ArrayList<>(due.size());
            for (ProcessState process : due) {
                String path = folder(process) + Kind.CGROUP.file();
                requests.add(new DeadlineReaders.Request<>(Kind.CGROUP, own -> {
                    String outcome = own.readShownAtOnce(path);
                    return new Reading.Text(outcome, copyOf(own), own.length());
                }));
            }
            List<DeadlineReaders.Answer<Reading.Text>> answers =
                    kernel.readers().readAll(requests, CGROUP_DEADLINE_NANOS);
            for (int i = 0; i < due.size(); i++) {
                cgroup(sink, due.get(i), answers.get(i));
            }
        }
    }

    private void cgroup(EntrySink sink, ProcessState process, DeadlineReaders.Answer<Reading.Text> answer)
            throws IOException {
        if (answer.outcome() != null) {
            reading.ledger().gap(Kind.CGROUP.pattern(), answer.outcome());
        } else if (reading.ledger().note(Kind.CGROUP.pattern(), answer.value().outcome())) {
            store(
                    sink,
                    process,
                    Kind.CGROUP,
                    Integer.toString(process.pid()),
                    answer.value().bytes());
        }
    }

    /** Who the processes are that are new, or may be another program than before. */
    void identities(EntrySink sink, boolean last) throws IOException {
        List<ProcessState> due = new ArrayList<>();
        for (ProcessState process : processes.values()) {
            if (process.identityDue() && !process.kernelThread()) {
                due.add(process);
            }
        }
        // of tens of thousands those first that matter
        due.sort(Comparator.comparingLong((ProcessState process) -> -process.residentPages())
                .thenComparingInt(ProcessState::pid));
        long end = reading.nanos() + LONGEST_IDENTITIES_NANOS;
        for (int i = 0; i < due.size(); i += IDENTITIES_AT_ONCE) {
            if (!last && reading.nanos() - end > 0) {
                reading.ledger().gap(IDENTITY, Outcome.SKIPPED_BUDGET, (long) due.size() - i, "left to the next ticks");
                return;
            }
            identities(sink, due.subList(i, Math.min(i + IDENTITIES_AT_ONCE, due.size())));
        }
    }

    private void identities(EntrySink sink, List<ProcessState> due) throws IOException {
        List<DeadlineReaders.Request<Identity>> requests = new ArrayList<>(due.size());
        for (ProcessState process : due) {
            String folder = folder(process);
            requests.add(new DeadlineReaders.Request<>(process, file -> readIdentity(folder, file)));
        }
        List<DeadlineReaders.Answer<Identity>> answers = reading.readers().readAll(requests, IDENTITY_DEADLINE_NANOS);
        for (int i = 0; i < due.size(); i++) {
            identity(sink, due.get(i), answers.get(i));
        }
    }

    private String folder(ProcessState process) {
        return reading.roots().proc() + "/" + process.pid() + "/";
    }

    private void identity(EntrySink sink, ProcessState process, DeadlineReaders.Answer<Identity> answer)
            throws IOException {
        if (answer.outcome() != null) {
            stuck(process, folder(process), answer.outcome(), IDENTITY);
            return;
        }
        Identity identity = answer.value();
        if (!Outcome.isPassing(identity.cmdlineOutcome())
                && !Outcome.isPassing(identity.exeOutcome())
                && !Outcome.isPassing(identity.limitsOutcome())) {
            process.identityRead();
        }
        String key = Integer.toString(process.pid());
        if (reading.ledger().note(Kind.CMDLINE.pattern(), identity.cmdlineOutcome())) {
            boolean cut = Outcome.TRUNCATED.equals(identity.cmdlineOutcome());
            CommandLineMask.Masked masked = mask.mask(identity.cmdline(), identity.cmdline().length, cut);
            if (masked.masked() > 0) {
                reading.ledger().gap(Kind.CMDLINE.pattern(), Outcome.MASKED, masked.masked(), "secrets in arguments");
            }
            store(sink, process, Kind.CMDLINE, key, masked.bytes());
        }
        if (identity.exe() != null) {
            reading.ledger().ok();
            store(sink, process, Kind.EXE, key, identity.exe().getBytes(StandardCharsets.UTF_8));
        } else {
            reading.ledger().note(Kind.EXE.pattern(), identity.exeOutcome());
        }
        if (reading.ledger().note(Kind.LIMITS.pattern(), identity.limitsOutcome())) {
            store(sink, process, Kind.LIMITS, key, identity.limits());
        }
    }

    /** A process that does not answer: what it waits for can be read without touching its memory. */
    void stuck(ProcessState process, String folder, String outcome, String pattern) {
        String detail = "";
        if (outcome.equals(Outcome.TIMEOUT)) {
            WholeFile file = reading.file();
            StringBuilder text = new StringBuilder("pid ").append(process.pid());
            if (file.read(folder + "stat") == null) {
                StatLine stat = StatLine.parse(file.bytes(), file.length());
                text.append(" state ").append(stat == null ? '?' : stat.state());
            }
            if (file.read(folder + "wchan") == null) {
                text.append(" wchan ")
                        .append(new String(file.bytes(), 0, file.length(), StandardCharsets.UTF_8).trim());
            }
            detail = text.toString();
        }
        reading.ledger().gap(pattern, outcome, 1, detail);
    }

    private void store(EntrySink sink, ProcessState process, Kind kind, String key, byte[] bytes) throws IOException {
        if (process.changed(kind, hash.of(bytes, bytes.length))) {
            grouped.add(sink, kind.entry(), key, bytes, 0, bytes.length);
        }
    }

    private static Identity readIdentity(String folder, WholeFile file) {
        String cmdlineOutcome = file.read(folder + Kind.CMDLINE.file(), CMDLINE_CAP_BYTES);
        byte[] cmdline = copyOf(file);
        String exe = null;
        String exeOutcome = null;
        try {
            exe = Files.readSymbolicLink(Path.of(folder + Kind.EXE.file())).toString();
        } catch (IOException e) {
            exeOutcome = Outcome.of(e);
        }
        String limitsOutcome = file.read(folder + Kind.LIMITS.file(), CMDLINE_CAP_BYTES);
        return new Identity(cmdline, cmdlineOutcome, exe, exeOutcome, copyOf(file), limitsOutcome);
    }

    private static byte[] copyOf(WholeFile file) {
        return java.util.Arrays.copyOf(file.bytes(), file.length());
    }

    /** Returns 0 for a name that is no pid. */
    private static int pid(String name) {
        if (name.isEmpty() || name.length() > 9) {
            return 0;
        }
        int pid = 0;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c < '0' || c > '9') {
                return 0;
            }
            pid = pid * 10 + (c - '0');
        }
        return pid;
    }
}
