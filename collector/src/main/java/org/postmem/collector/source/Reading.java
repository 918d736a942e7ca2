package org.postmem.collector.source;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * What every source works with: where the host lies, the buffer, the ledger of the snapshot, the readers that may hang,
 * the monotonic clock.
 */
record Reading(Roots roots, WholeFile file, Ledger ledger, DeadlineReaders readers, Clocks clocks) {
    /** The same with other readers. */
    Reading on(DeadlineReaders others) {
        return new Reading(roots, file, ledger, others, clocks);
    }

    /** Reads one file and hands it on under {@code entry}; notes how it went under the same name. */
    boolean copy(EntrySink sink, String path, String entry) throws IOException {
        String outcome = file.read(path);
        if (!ledger.note(entry, outcome)) {
            return false;
        }
        sink.entry(entry, file.bytes(), 0, file.length());
        return true;
    }

    /** Like {@link #copy} of a file that is kept open. */
    boolean copy(EntrySink sink, KeptFile kept, String entry) throws IOException {
        if (!ledger.note(entry, kept.read(file))) {
            return false;
        }
        sink.entry(entry, file.bytes(), 0, file.length());
        return true;
    }

    /**
     * Reads a file that waits for a lock of the kernel's, on a reader that may be lost.
     *
     * @param optional a file that this kernel may simply not have
     * @return the text, also one that was cut; null when there is none, and why stands in the ledger
     */
    Text within(long deadlineNanos, String path, int capBytes, String entry, boolean optional) {
        DeadlineReaders.Answer<Text> answer = readers.read(path, deadlineNanos, own -> {
            String outcome = own.read(path, capBytes);
            return new Text(outcome, own.bytes(), own.length());
        });
        if (answer.outcome() != null) {
            ledger.gap(entry, answer.outcome());
            return null;
        }
        Text text = answer.value();
        if ((optional && Outcome.ENOENT.equals(text.outcome())) || !ledger.note(entry, text.outcome())) {
            return null;
        }
        return text;
    }

    /** The same of a file that is kept open, and that is always there. */
    Text within(long deadlineNanos, KeptFile kept, String entry) {
        DeadlineReaders.Answer<Text> answer = readers.read(kept, deadlineNanos, own -> {
            String outcome = kept.read(own);
            return new Text(outcome, own.bytes(), own.length());
        });
        if (answer.outcome() != null) {
            ledger.gap(entry, answer.outcome());
            return null;
        }
        return ledger.note(entry, answer.value().outcome()) ? answer.value() : null;
    }

    /** A text in its reader's own buffer: that reader is idle until the next read. */
    @SuppressWarnings("ArrayRecordComponent") // the buffer itself, on purpose
    record Text(String outcome, byte[] bytes, int length) {}

    /** Like {@link #listed}, and nothing where it could not be listed. */
    List<String> names(String folder, String entry) {
        List<String> names = listed(folder, entry);
        return names == null ? List.of() : names;
    }

    /** The names in a folder, sorted; none where it does not exist; null, and a gap, where it could not be listed. */
    List<String> listed(String folder, String entry) {
        String[] names = new File(folder).list();
        if (names != null) {
            Arrays.sort(names);
            return Arrays.asList(names);
        }
        String outcome = whyNotListed(folder);
        if (outcome.equals(Outcome.ENOENT) || outcome.equals("ENOTDIR")) {
            return List.of();
        }
        ledger.gap(entry, outcome, 1, "the folder could not be listed");
        return null;
    }

    /** The JDK's quick way to list a folder does not say why it failed; opening it once more does. */
    static String whyNotListed(String folder) {
        String outcome = new WholeFile(0).read(folder);
        if (Outcome.hasBytes(outcome)) {
            return "ENOTDIR";
        }
        return outcome.equals("EISDIR") ? "EUNKNOWN" : outcome;
    }

    /** {@code /proc/4242/} */
    String folder(int pid) {
        return roots.proc() + "/" + pid + "/";
    }

    /** Notes a process that does not answer: what it waits for can be read without touching its memory. */
    void unanswered(ProcessState process, String outcome, String pattern) {
        String detail = "";
        if (outcome.equals(Outcome.TIMEOUT)) {
            String folder = folder(process.pid());
            StringBuilder text = new StringBuilder("pid ").append(process.pid());
            if (file.read(folder + Kind.STAT.file()) == null) {
                StatLine stat = StatLine.parse(file.bytes(), file.length());
                text.append(" state ").append(stat == null ? '?' : stat.state());
            }
            if (file.read(folder + Kind.WCHAN.file()) == null) {
                text.append(" wchan ")
                        .append(new String(file.bytes(), 0, file.length(), StandardCharsets.UTF_8).trim());
            }
            detail = text.toString();
        }
        ledger.gap(pattern, outcome, 1, detail);
    }

    long nanos() {
        return clocks.monotonic().getAsLong();
    }
}
