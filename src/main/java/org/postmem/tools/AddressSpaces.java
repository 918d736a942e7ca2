package org.postmem.tools;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which threads of a trace share their memory: what clone, fork and exec tell of it, and of threads whose beginning the trace
 * does not show the breaks they ask for. One break belongs to all threads of a process.
 */
final class AddressSpaces {
    /** The breaks of two programs lie farther apart than any heap asks for at once: the kernel lays them at random. */
    private static final long FAR_BYTES = 1L << 30;

    private final Map<Integer, Space> spaces = new HashMap<>();
    private final Set<Integer> born = new HashSet<>();
    private final Map<Integer, Long> breaks = new HashMap<>();
    private final List<Space> left = new ArrayList<>();
    private Space attached;

    /** One address space. */
    static final class Space {
        private final Integer process;
        private final Set<Integer> threads = new HashSet<>();
        private Long end;

        private Space(Integer process, Long end) {
            this.process = process;
            this.end = end;
        }

        /** The pid, of a process the trace was attached to that of the thread seen first; {@code null} where none is told. */
        Integer process() {
            return process;
        }
    }

    boolean knows(Integer tid) {
        return spaces.containsKey(tid);
    }

    /** That of a thread; threads of which nothing else is told belong to the process that is traced. */
    Space of(Integer tid) {
        Space space = spaces.get(tid);
        if (space == null) {
            if (attached == null) {
                attached = new Space(tid, null);
            }
            space = attached;
            join(tid, space);
        }
        return space;
    }

    /** strace says which process it was attached to, before any of its threads makes a call. */
    void attachedTo(Integer process) {
        if (attached == null) {
            attached = new Space(process, null);
        }
    }

    /** A clone or fork: a new thread of this memory, or a process with a copy of it. */
    void born(Integer parent, Integer child, boolean shares) {
        Space of = of(parent);
        if (born.add(child)) {
            breaks.remove(child);
            join(child, shares ? of : new Space(child, of.end));
        }
    }

    void exited(Integer tid) {
        Space space = spaces.remove(tid);
        if (space != null) {
            space.threads.remove(tid);
        }
        born.remove(tid);
        breaks.remove(tid);
    }

    /** A new program in place of the old one; one that was made by vfork leaves the memory it shared to its parent. */
    void execed(Integer tid) {
        Space old = of(tid);
        Space space = new Space(old.threads.size() > 1 ? tid : old.process, null);
        join(tid, space);
        if (old.threads.isEmpty()) {
            left.add(old);
            if (old == attached) {
                attached = space;
            }
        }
        breaks.remove(tid);
    }

    /** The spaces that a new program took the place of since this was asked last. */
    List<Space> left() {
        List<Space> all = List.copyOf(left);
        left.clear();
        return all;
    }

    /**
     * What a call of brk added to the space, counted from where its break was seen last by any of its threads.
     *
     * @param asked {@code null} of a call that only asks where the break is, as each program does when it starts
     * @return {@code null} where nothing tells what the break was
     */
    Long breakGrowth(Integer tid, Long asked, long now) {
        Space space = of(tid);
        Long own = breaks.put(tid, now);
        if (asked == null) {
            if (space.end != null && space.end != now) {
                execed(tid);
                breaks.put(tid, now);
                space = of(tid);
            }
            space.end = now;
            return null;
        }
        if (space.end != null && !born.contains(tid) && !fits(space.end, own, asked)) {
            // A forked process, of which the trace shows no fork.
            space = new Space(tid, own);
            join(tid, space);
        }
        Long before = space.end;
        space.end = now;
        return before == null ? null : (Long) (now - before);
    }

    /** Would a thread of this space ask for that break? Another process asks for what is more than its own only. */
    private static boolean fits(long end, Long own, long asked) {
        if (own == null) {
            return asked > end && asked - end < FAR_BYTES;
        }
        return own == end || asked < own || asked > end;
    }

    private void join(Integer tid, Space space) {
        Space old = spaces.put(tid, space);
        if (old != null) {
            old.threads.remove(tid);
        }
        space.threads.add(tid);
    }
}
