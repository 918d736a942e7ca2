package org.postmem.collector.source;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.postmem.collector.source.ControlGroupTree.Found;
import org.postmem.collector.source.ControlGroupTree.Group;

/**
 * The memory files of control groups, version 1, 2 and both side by side, found through mountinfo. A group that goes
 * away while it is read answers ENODEV or ENOENT; that is no fault. All of it waits for locks that all groups share, and that
 * somebody who is held back for want of memory may keep: it is read with a deadline.
 */
final class ControlGroups {
    private static final List<String> V2_EVERY_TICK =
            List.of("memory.current", "memory.swap.current", "memory.events", "memory.stat", "memory.pressure");
    private static final List<String> V2_SLOW = List.of(
            "memory.max",
            "memory.high",
            "memory.low",
            "memory.min",
            "memory.swap.max",
            "memory.zswap.current",
            "memory.peak",
            "memory.events.local",
            "cgroup.stat");
    private static final List<String> V1_EVERY_TICK = List.of(
            "memory.usage_in_bytes",
            "memory.memsw.usage_in_bytes",
            "memory.kmem.usage_in_bytes",
            "memory.failcnt",
            "memory.stat");
    private static final List<String> V1_SLOW = List.of(
            "memory.limit_in_bytes",
            "memory.soft_limit_in_bytes",
            "memory.memsw.limit_in_bytes",
            "memory.max_usage_in_bytes",
            "memory.kmem.limit_in_bytes",
            "memory.kmem.tcp.usage_in_bytes",
            "memory.oom_control");

    /** Up to here the files that change are read at every tick. */
    private static final int FEW_GROUPS = 40;

    /** The root's memory.stat of version 1 has been seen to take seconds. */
    private static final long SLOW_STAT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long SEARCH_DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(3);

    /** One reader is woken for all of them; a memory.stat has up to five kilobytes. */
    private static final int FILES_AT_ONCE = 128;

    private final Reading reading;
    private final GroupedEntries grouped;
    private List<Group> groups = List.of();
    private boolean rootStatTooSlow;

    /** A file of a group. */
    private record Wanted(Group group, String name) {
        boolean rootStat() {
            return group.key().equals("/") && name.equals("memory.stat");
        }

        String pattern() {
            return (group.unified() ? "cgroup/" : "cgroup/v1/") + name;
        }

        String path() {
            return group.folder() + "/" + name;
        }

        /** What hangs when it hangs: a lock of all groups, but for the one that may just take its time. */
        String subject() {
            return rootStat() ? path() : "cgroup";
        }
    }

    /** @param reading on readers that may be lost */
    ControlGroups(Reading reading, GroupedEntries grouped) {
        this.reading = reading;
        this.grouped = grouped;
    }

    /** Looks for the groups there are; the list stands until the next call that finds one. */
    void discover() {
        DeadlineReaders.Answer<Found> answer = reading.readers()
                .read("cgroup tree", SEARCH_DEADLINE_NANOS, own -> new ControlGroupTree(reading.roots(), own).search());
        if (answer.outcome() != null) {
            reading.ledger().gap("cgroup", answer.outcome(), 1, "the groups could not be looked for");
            return;
        }
        for (Ledger.Gap gap : answer.value().gaps()) {
            reading.ledger().gap(gap.path(), gap.outcome(), gap.count(), gap.detail());
        }
        if (answer.value().groups() != null) {
            groups = answer.value().groups();
        }
    }

    /** With few groups what changes is read at every tick: a trend needs the points. */
    void everyTick(EntrySink sink, boolean slow) throws IOException {
        if (!slow && groups.size() > FEW_GROUPS) {
            return;
        }
        List<Wanted> wanted = new ArrayList<>();
        for (Group group : groups) {
            want(wanted, group, group.unified() ? V2_EVERY_TICK : V1_EVERY_TICK);
            if (slow) {
                want(wanted, group, group.unified() ? V2_SLOW : V1_SLOW);
            }
            if (wanted.size() >= FILES_AT_ONCE) {
                read(sink, wanted);
                wanted.clear();
            }
        }
        read(sink, wanted);
    }

    private void want(List<Wanted> wanted, Group group, List<String> names) {
        for (String name : names) {
            Wanted one = new Wanted(group, name);
            if (one.rootStat() && rootStatTooSlow) {
                reading.ledger().gap(one.pattern(), Outcome.SKIPPED_BUDGET, 1, "/");
            } else {
                wanted.add(one);
            }
        }
    }

    private void read(EntrySink sink, List<Wanted> wanted) throws IOException {
        List<DeadlineReaders.Request<Reading.Text>> requests = new ArrayList<>(wanted.size());
        for (Wanted one : wanted) {
            requests.add(new DeadlineReaders.Request<>(one.subject(), own -> {
                String outcome = own.read(one.path());
                return new Reading.Text(outcome, Arrays.copyOf(own.bytes(), own.length()), own.length());
            }));
        }
        List<DeadlineReaders.Answer<Reading.Text>> answers = reading.readers().readAll(requests, DEADLINE_NANOS);
        for (int i = 0; i < wanted.size(); i++) {
            Wanted one = wanted.get(i);
            DeadlineReaders.Answer<Reading.Text> answer = answers.get(i);
            rootStatTooSlow |=
                    one.rootStat() && (answer.nanos() > SLOW_STAT_NANOS || Outcome.TIMEOUT.equals(answer.outcome()));
            if (answer.outcome() != null) {
                reading.ledger().gap(one.pattern(), answer.outcome());
                continue;
            }
            Reading.Text text = answer.value();
            // the root has few of these files, an older kernel fewer, and a group that was removed none
            if (!Outcome.ENOENT.equals(text.outcome()) && reading.ledger().note(one.pattern(), text.outcome())) {
                grouped.add(sink, one.pattern(), one.group().key(), text.bytes(), 0, text.length());
            }
        }
    }
}
