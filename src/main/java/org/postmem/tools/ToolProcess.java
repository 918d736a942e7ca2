package org.postmem.tools;

import java.time.LocalDateTime;
import org.postmem.procfs.ProcessMemory;
import org.postmem.procfs.ProcessStatus;

/**
 * A process in the list of a tool; {@code null} where the tool does not print it. Bytes.
 *
 * @param pid {@code null} where neither a text nor its name says whose it is: the copy of a smaps
 * @param uid number of the owner; {@code null} when the tool prints a name
 * @param comm the kernel's name, at most 15 characters; {@code null} when the tool prints the command line
 * @param command the command line, as far as it was printed
 * @param started wall clock of the host
 * @param rssAnonBytes resident without files and shared memory
 * @param rssSharedBytes resident of files and shared memory together, as top's SHR
 * @param ussBytes memory that would come back if it ended (smem)
 * @param copied more of it, where the text is a copy of its files
 */
public record ToolProcess(
        Integer pid,
        Integer ppid,
        Long uid,
        String comm,
        String command,
        String state,
        LocalDateTime started,
        boolean kernelThread,
        Long threads,
        Long vmSizeBytes,
        Long rssBytes,
        Long rssAnonBytes,
        Long rssSharedBytes,
        Long swapBytes,
        Long pssBytes,
        Long ussBytes,
        Copied copied) {

    /**
     * What no tool prints of a process, but its own files tell; {@code null} what was not copied.
     *
     * @param memory of its smaps_rollup
     * @param oomScore of its own file, or as a script printed it above the status, like {@code oomScoreAdj}
     * @param cgroup where its memory is charged
     * @param startTicks of its stat: after the boot of the host
     */
    public record Copied(
            ProcessStatus status,
            ProcessMemory memory,
            Integer oomScore,
            Integer oomScoreAdj,
            String cgroup,
            Long startTicks) {

        static Copied ofMemory(ProcessMemory memory) {
            return new Copied(null, memory, null, null, null, null);
        }

        static Copied ofOomScore(int score) {
            return new Copied(null, null, score, null, null, null);
        }

        static Copied ofOomScoreAdj(int adj) {
            return new Copied(null, null, null, adj, null, null);
        }

        static Copied ofCgroup(String cgroup) {
            return new Copied(null, null, null, null, cgroup, null);
        }

        static Copied ofStart(Long ticks) {
            return new Copied(null, null, null, null, null, ticks);
        }
    }

    /** One that is told piece by piece, as each tool prints another few of them. */
    public static final class Draft {
        private final Integer pid;
        private Integer ppid;
        private Long uid;
        private String comm;
        private String command;
        private String state;
        private LocalDateTime started;
        private boolean kernelThread;
        private Long threads;
        private Long vmSizeBytes;
        private Long rssBytes;
        private Long rssAnonBytes;
        private Long rssSharedBytes;
        private Long swapBytes;
        private Long pssBytes;
        private Long ussBytes;
        private Copied copied;

        private Draft(Integer pid) {
            this.pid = pid;
        }

        public Draft ppid(Integer value) {
            ppid = value;
            return this;
        }

        public Draft uid(Long value) {
            uid = value;
            return this;
        }

        public Draft comm(String value) {
            comm = value;
            return this;
        }

        public Draft command(String value) {
            command = value;
            return this;
        }

        public Draft state(String value) {
            state = value;
            return this;
        }

        public Draft started(LocalDateTime value) {
            started = value;
            return this;
        }

        public Draft kernelThread(boolean value) {
            kernelThread = value;
            return this;
        }

        public Draft threads(Long value) {
            threads = value;
            return this;
        }

        public Draft vmSizeBytes(Long value) {
            vmSizeBytes = value;
            return this;
        }

        public Draft rssBytes(Long value) {
            rssBytes = value;
            return this;
        }

        public Draft rssAnonBytes(Long value) {
            rssAnonBytes = value;
            return this;
        }

        public Draft rssSharedBytes(Long value) {
            rssSharedBytes = value;
            return this;
        }

        public Draft swapBytes(Long value) {
            swapBytes = value;
            return this;
        }

        public Draft pssBytes(Long value) {
            pssBytes = value;
            return this;
        }

        public Draft ussBytes(Long value) {
            ussBytes = value;
            return this;
        }

        public Draft copied(Copied value) {
            copied = value;
            return this;
        }

        public ToolProcess told() {
            return new ToolProcess(
                    pid,
                    ppid,
                    uid,
                    comm,
                    command,
                    state,
                    started,
                    kernelThread,
                    threads,
                    vmSizeBytes,
                    rssBytes,
                    rssAnonBytes,
                    rssSharedBytes,
                    swapBytes,
                    pssBytes,
                    ussBytes,
                    copied);
        }
    }

    private static final int COMM_CHARACTERS = 15;

    public static Draft of(Integer pid) {
        return new Draft(pid);
    }

    /** The same process by its command line, which went on behind a newline of its own. */
    ToolProcess withCommand(String line) {
        return of(pid).ppid(ppid)
                .uid(uid)
                .command(line)
                .state(state)
                .started(started)
                .kernelThread(kernelThread)
                .threads(threads)
                .vmSizeBytes(vmSizeBytes)
                .rssBytes(rssBytes)
                .rssAnonBytes(rssAnonBytes)
                .rssSharedBytes(rssSharedBytes)
                .swapBytes(swapBytes)
                .pssBytes(pssBytes)
                .ussBytes(ussBytes)
                .copied(copied)
                .told();
    }

    /** What stands under COMMAND: the kernel's name, or a command line. A name has no slash and is never longer. */
    static boolean isCommandLine(String text) {
        return text.length() > COMM_CHARACTERS || (text.indexOf('/') >= 0 && !text.startsWith("kworker/"));
    }

    /** {@code [kthreadd]}: how ps and top show a process that has no command line. */
    static boolean isBracketed(String text) {
        return text.length() > 2 && text.startsWith("[") && text.endsWith("]");
    }
}
