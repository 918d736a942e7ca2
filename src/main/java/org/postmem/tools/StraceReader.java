package org.postmem.tools;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

// 4653  21:17:12.405527 mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7fdd2a88f000
// <0.000013>
// [pid  4653] 21:17:12 (+     0.000022) [00007fdd2a79e7a7] <... mmap resumed>) = 0x7fdd2a88f000

/** Line by line what strace writes: which thread made which call and when, one that was interrupted as a whole. */
final class StraceReader {
    static final Pattern CALL =
            Pattern.compile("([a-z][a-z0-9_]{1,40})\\((.*)\\)\\s+= (-?\\d{1,20}|0x[0-9a-f]{1,16}|\\?)(?:[\\s<].*)?");
    /**
     * The thread, with its name ({@code -Y}); the clock ({@code -t}, {@code -tt}, {@code -ttt}); the time since the call
     * before ({@code -r}); the number of the call ({@code -n}) and where the program stood ({@code -i}).
     */
    static final Pattern PREFIX =
            Pattern.compile("(?:\\[pid\\s+(\\d{1,9})(?:<[^>]{0,64}>)?\\]\\s+|(\\d{1,9})(?:<[^>]{0,64}>)?\\s+)?"
                    + "(?:(\\d\\d):(\\d\\d):(\\d\\d)(?:\\.\\d{1,9})?\\s+|\\s*(\\d{1,12})\\.\\d{1,9}\\s+)?"
                    + "(?:\\(\\+\\s*\\d{1,12}(?:\\.\\d{1,9})?\\)\\s+)?(?:\\[\\s*[0-9a-f]{1,16}\\]\\s+){0,2}");

    private static final Pattern UNFINISHED =
            Pattern.compile("([a-z][a-z0-9_]{1,40})\\((.*?)\\s*<unfinished \\.\\.\\.>");
    private static final Pattern RESUMED = Pattern.compile("<\\.\\.\\. ([a-z][a-z0-9_]{1,40}) resumed>(.*)");
    /** Of threads that come and go; older ones write it without their name. */
    private static final Pattern ATTACHED =
            Pattern.compile("(?:strace: )?Process (\\d{1,9}) (?:attached|detached|suspended|resumed)(.*)");

    private static final Pattern EXITED = Pattern.compile("\\+\\+\\+ (?:exited|killed) .*");
    private static final Pattern COMMA = Pattern.compile(",\\s*");
    private static final Set<String> BIRTHS = Set.of("clone", "clone2", "clone3", "fork", "vfork");
    private static final Set<String> EXECS = Set.of("execve", "execveat");
    /** {@code -r} prints the seconds since the call before; nobody traced anything before 2001. */
    private static final long FIRST_EPOCH_SECOND = 1_000_000_000L;

    /**
     * A call that came to its end.
     *
     * @param result as it stands there; one that failed begins with {@code -}
     */
    record Call(Integer tid, Integer clockSecond, Instant time, String name, String arguments, String result) {
        boolean failed() {
            return result.startsWith("-");
        }

        List<String> split() {
            return List.of(COMMA.split(arguments, -1));
        }
    }

    private final AddressSpaces spaces = new AddressSpaces();
    private final ClockOfDay clock = new ClockOfDay();
    private final Map<Integer, String> unfinished = new HashMap<>();
    private boolean understood;

    /** Which threads share their memory, after the line read last. */
    AddressSpaces spaces() {
        return spaces;
    }

    /** Was the line read last one that strace writes? */
    boolean understood() {
        return understood;
    }

    /** Is it a line of a trace, apart from what stands before the call? */
    static boolean isCall(String event) {
        return CALL.matcher(event).matches();
    }

    /** The call that ends in a line; {@code null} where none does, or where the process did not live to see its result. */
    Call read(String line) {
        Matcher prefix = PREFIX.matcher(line);
        if (!prefix.lookingAt()) {
            throw new IllegalStateException("a prefix may be empty");
        }
        String number = prefix.group(1) == null ? prefix.group(2) : prefix.group(1);
        Integer tid = number == null ? null : Integer.valueOf(number);
        Integer second = prefix.group(3) == null ? null : clock.next(prefix.group(3), prefix.group(4), prefix.group(5));
        long epoch = prefix.group(6) == null ? 0 : Long.parseLong(prefix.group(6));
        Instant time = epoch < FIRST_EPOCH_SECOND ? null : Instant.ofEpochSecond(epoch);
        String event = line.substring(prefix.end());
        understood = true;

        Matcher interrupted = UNFINISHED.matcher(event);
        Matcher resumed = RESUMED.matcher(event);
        if (interrupted.matches()) {
            born(tid);
            unfinished.put(tid, interrupted.group(1) + "(" + interrupted.group(2));
            return null;
        }
        if (resumed.matches()) {
            String begun = unfinished.remove(tid);
            boolean known = begun != null && begun.startsWith(resumed.group(1) + "(");
            event = (known ? begun : resumed.group(1) + "(") + resumed.group(2);
        }
        Matcher call = CALL.matcher(event);
        if (!call.matches()) {
            other(tid, event);
            return null;
        }
        born(tid);
        Call whole = new Call(tid, second, time, call.group(1), call.group(2), call.group(3));
        lives(whole);
        return whole.result().equals("?") ? null : whole;
    }

    private void other(Integer tid, String event) {
        Matcher attached = ATTACHED.matcher(event);
        if (EXITED.matcher(event).matches()) {
            unfinished.remove(tid);
            spaces.exited(tid);
        } else if (attached.matches()) {
            if (attached.group(2).startsWith(" with ")) {
                spaces.attachedTo(Integer.valueOf(attached.group(1)));
            }
        } else {
            understood = event.startsWith("+++ ") || event.startsWith("--- ") || event.startsWith("strace: ");
        }
    }

    /** The first call of a child may stand before the end of the clone that made it. */
    private void born(Integer tid) {
        if (spaces.knows(tid)) {
            return;
        }
        Integer parent = null;
        int births = 0;
        for (Map.Entry<Integer, String> begun : unfinished.entrySet()) {
            if (BIRTHS.contains(name(begun.getValue()))) {
                parent = begun.getKey();
                births++;
            }
        }
        if (births == 1) {
            String begun = unfinished.get(parent);
            spaces.born(parent, tid, shares(name(begun), begun));
        }
    }

    private void lives(Call call) {
        if (call.failed() || call.result().equals("?")) {
            return;
        }
        if (EXECS.contains(call.name())) {
            spaces.execed(call.tid());
        } else if (BIRTHS.contains(call.name()) && call.result().matches("[1-9]\\d{0,8}")) {
            spaces.born(call.tid(), Integer.valueOf(call.result()), shares(call.name(), call.arguments()));
        }
    }

    private static String name(String begun) {
        return begun.substring(0, begun.indexOf('('));
    }

    private static boolean shares(String name, String arguments) {
        return name.equals("vfork") || arguments.contains("CLONE_VM");
    }
}
