package org.postmem.collector.source;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;

/** How a read ended, in the words of the ledger: the kernel's error names, and those of the collector's own refusals. */
public final class Outcome {
    public static final String TRUNCATED = "TRUNCATED";
    public static final String TIMEOUT = "TIMEOUT";
    public static final String QUARANTINED = "QUARANTINED";
    public static final String SKIPPED_BUDGET = "SKIPPED_BUDGET";
    public static final String SKIPPED_SIZE = "SKIPPED_SIZE";
    public static final String SKIPPED_NETWORK = "SKIPPED_NETWORK";
    public static final String HIDDEN_MOUNT = "HIDDEN_MOUNT";
    public static final String OTHER_NAMESPACE = "OTHER_NAMESPACE";
    public static final String MASKED = "MASKED";
    public static final String ENOENT = "ENOENT";
    public static final String EACCES = "EACCES";
    public static final String ESRCH = "ESRCH";
    public static final String STRETCHED = "STRETCHED";

    private Outcome() {}

    /** Was something read all the same? */
    public static boolean hasBytes(String outcome) {
        return outcome == null || outcome.equals(TRUNCATED);
    }

    /** Did the read fail for want of something on our side, so that it says nothing of what was to be read? */
    public static boolean isPassing(String outcome) {
        return "EMFILE".equals(outcome)
                || "ENFILE".equals(outcome)
                || "ENOMEM".equals(outcome)
                || "EINTR".equals(outcome);
    }

    /**
     * The kernel's name of an error. The JDK hands on only its text, so that is what is looked at; a text in another
     * language becomes {@code EUNKNOWN}, never a success.
     */
    public static String of(IOException e) {
        if (e instanceof NoSuchFileException) {
            return ENOENT;
        }
        if (e instanceof AccessDeniedException) {
            return EACCES;
        }
        if (e instanceof NotLinkException) {
            return "EINVAL";
        }
        if (e instanceof NotDirectoryException) {
            return "ENOTDIR";
        }
        String text = e instanceof FileSystemException fs ? fs.getReason() : e.getMessage();
        if (text == null) {
            return "EUNKNOWN";
        }
        if (text.contains("No such file or directory")) {
            return ENOENT;
        } else if (text.contains("Permission denied")) {
            return EACCES;
        } else if (text.contains("No such process")) {
            return ESRCH;
        } else if (text.contains("Operation not permitted")) {
            return "EPERM";
        } else if (text.contains("Input/output error")) {
            return "EIO";
        } else if (text.contains("No such device")) {
            return "ENODEV";
        } else if (text.contains("Invalid argument")) {
            return "EINVAL";
        } else if (text.contains("Too many open files in system")) {
            return "ENFILE";
        } else if (text.contains("Too many open files")) {
            return "EMFILE";
        } else if (text.contains("Cannot allocate memory")) {
            return "ENOMEM";
        } else if (text.contains("Is a directory")) {
            return "EISDIR";
        } else if (text.contains("Not a directory")) {
            return "ENOTDIR";
        } else if (text.contains("Interrupted system call")) {
            return "EINTR";
        } else if (text.contains("not supported")) {
            return "EOPNOTSUPP";
        } else if (text.contains("Too many levels of symbolic links")) {
            return "ELOOP";
        } else if (text.contains("File name too long")) {
            return "ENAMETOOLONG";
        }
        return "EUNKNOWN";
    }
}
