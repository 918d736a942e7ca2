package org.postmem.collector.source;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** In which control groups the processes are whose turn it is. */
final class ProcessControlGroups {
    /** Before 6.8 the kernel takes the mutex of all groups for it, which whoever makes one holds while it waits for memory. */
    private static final long DEADLINE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final int AT_ONCE = 128;

    private final Reading kernel;
    private final GroupedEntries grouped;
    private final TextHash hash = new TextHash();
    private final List<ProcessState> due = new ArrayList<>();

    /** @param kernel on the readers for what waits for locks of the kernel's */
    ProcessControlGroups(Reading kernel, GroupedEntries grouped) {
        this.kernel = kernel;
        this.grouped = grouped;
    }

    /** A pass over the processes begins. */
    void begin() {
        due.clear();
    }

    /** It is this one's turn in this pass. */
    void due(ProcessState process) {
        due.add(process);
    }

    /** When one of these reads hangs, all would. */
    void read(EntrySink sink) throws IOException {
        for (int from = 0; from < due.size(); from += AT_ONCE) {
            List<ProcessState> some = due.subList(from, Math.min(from + AT_ONCE, due.size()));
            List<DeadlineReaders.Request<Reading.Text>> requests = new ArrayList<>(some.size());
            for (ProcessState process : some) {
                String path = kernel.folder(process.pid()) + Kind.CGROUP.file();
                requests.add(new DeadlineReaders.Request<>(Kind.CGROUP, own -> {
                    String outcome = own.readShownAtOnce(path);
                    return new Reading.Text(outcome, Arrays.copyOf(own.bytes(), own.length()), own.length());
                }));
            }
            List<DeadlineReaders.Answer<Reading.Text>> answers =
                    kernel.readers().readAll(requests, DEADLINE_NANOS);
            for (int i = 0; i < some.size(); i++) {
                take(sink, some.get(i), answers.get(i));
            }
        }
    }

    private void take(EntrySink sink, ProcessState process, DeadlineReaders.Answer<Reading.Text> answer)
            throws IOException {
        if (answer.outcome() != null) {
            kernel.ledger().gap(Kind.CGROUP.pattern(), answer.outcome());
            return;
        }
        Reading.Text text = answer.value();
        if (kernel.ledger().note(Kind.CGROUP.pattern(), text.outcome())
                && process.changed(Kind.CGROUP, hash.of(text.bytes(), text.length()))) {
            grouped.add(sink, Kind.CGROUP.entry(), Integer.toString(process.pid()), text.bytes(), 0, text.length());
        }
    }
}
