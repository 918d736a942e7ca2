package org.postmem.tools;

import java.time.LocalDateTime;

/**
 * A process in the list of a tool; {@code null} where the tool does not print it. Bytes.
 *
 * @param uid number of the owner; {@code null} when the tool prints a name
 * @param comm the kernel's name, at most 15 characters; {@code null} when the tool prints the command line
 * @param command the command line, as far as it was printed
 * @param started wall clock of the host
 * @param rssAnonBytes resident without files and shared memory
 * @param rssSharedBytes resident of files and shared memory together, as top's SHR
 * @param ussBytes memory that would come back if it ended (smem)
 */
public record ToolProcess(
        int pid,
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
        Long ussBytes) {

    private static final int COMM_CHARACTERS = 15;

    /** What stands under COMMAND: the kernel's name, or a command line. A name has no slash and is never longer. */
    static boolean isCommandLine(String text) {
        return text.length() > COMM_CHARACTERS || (text.indexOf('/') >= 0 && !text.startsWith("kworker/"));
    }

    /** {@code [kthreadd]}: how ps and top show a process that has no command line. */
    static boolean isBracketed(String text) {
        return text.length() > 2 && text.startsWith("[") && text.endsWith("]");
    }
}
