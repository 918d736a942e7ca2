package org.postmem.collector.cli;

import java.io.PrintWriter;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionStrategy;
import picocli.CommandLine.ParseResult;

/**
 * Runs the command that was asked for. It is not done when its results could not be printed to their end, and an {@link
 * Error} is a fault of our own like an exception that nobody expected: picocli lets it through, and the machine would end
 * with 1. Who reads a pipe and closes it has read enough: that ends as it does for every other program of a pipeline.
 */
public final class WholeRun implements IExecutionStrategy {
    private final BooleanSupplier readerIsGone;

    /** @param readerIsGone whether what was printed last went into a pipe that nobody reads any more */
    public WholeRun(BooleanSupplier readerIsGone) {
        this.readerIsGone = readerIsGone;
    }

    @Override
    public int execute(ParseResult parsed) {
        CommandLine line = parsed.commandSpec().commandLine();
        PrintWriter err = line.getErr();
        int code;
        try {
            code = new CommandLine.RunLast().execute(parsed);
        } catch (Error e) {
            tellOwnFault(e, err);
            return ExitCode.OWN_FAULT;
        }
        // what wraps System.out does not hear of its errors, and verify prints to it
        boolean cut = line.getOut().checkError() || System.out.checkError();
        if (cut && readerIsGone.getAsBoolean()) {
            return code == ExitCode.DONE ? ExitCode.READER_GONE : code;
        }
        if (cut) {
            err.println("postmem: standard output could not be written to its end; is the disk full?");
            err.flush();
            return Math.max(code, ExitCode.USAGE);
        }
        return code;
    }

    /** Asks for a report of what should never have happened. */
    public static void tellOwnFault(Throwable fault, PrintWriter err) {
        if (fault instanceof OutOfMemoryError) {
            err.println("postmem: the memory of the Java machine is used up, at most "
                    + (Runtime.getRuntime().maxMemory() >> 20)
                    + " MiB; give it more (POSTMEM_JAVA=-Xmx8g) or less to read at once. If that does not help,"
                    + " please report it with these lines:");
        } else {
            err.println("postmem: a fault of postmem itself, please report it with these lines:");
        }
        fault.printStackTrace(err);
        err.flush();
    }
}
