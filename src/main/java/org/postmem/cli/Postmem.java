package org.postmem.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.function.Predicate;
import org.postmem.UserException;
import org.postmem.collector.cli.AttachCommand;
import org.postmem.collector.cli.CollectCommand;
import org.postmem.collector.cli.StandardOutput;
import org.postmem.collector.cli.VerifyCommand;
import org.postmem.collector.cli.WholeRun;
import org.postmem.demo.DemoCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code postmem} command. Results go to stdout, everything else to stderr. */
@Command(
        name = "postmem",
        description = "Where did the memory of this Linux host go, who took it, since when, and what happens next?",
        mixinStandardHelpOptions = true,
        versionProvider = Postmem.Version.class,
        usageHelpAutoWidth = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:a finding reached --fail-on, or the input was only partly readable",
            "2:wrong use, or an output that cannot be written to its end",
            "3:an input cannot be read",
            "70:a fault of postmem itself",
            "141:nobody reads standard output any more, as behind | head"
        })
public final class Postmem implements Runnable {
    /** As strerror(3) calls them; DuckDB passes them on. */
    private static final List<String> TROUBLES_OF_A_DISK =
            List.of("No space left on device", "Disk quota exceeded", "Read-only file system", "Input/output error");

    @Spec
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("UnusedVariable") // what it was set to is asked of the parse result
    private Verbosity verbosity;

    private Postmem() {}

    public static void main(String[] arguments) {
        StandardOutput out = StandardOutput.install();
        System.exit(commandLine(terminal())
                .setExecutionStrategy(new WholeRun(out::readerIsGone))
                .execute(arguments));
    }

    /** The command line with all its subcommands, as {@code main} and the tests use it. */
    public static CommandLine commandLine(Console console) {
        CommandLine line = new CommandLine(new Postmem())
                .addSubcommand(new DemoCommand(console, CaseReport.forDemo(console)))
                .addSubcommand(new ReportCommand(console))
                .addSubcommand(new CompareCommand(console))
                .addSubcommand(new ImportCommand(console))
                .addSubcommand(new SqlCommand(console))
                .addSubcommand(new RulesCommand(console))
                .addSubcommand(new CollectCommand())
                .addSubcommand(new VerifyCommand())
                .addSubcommand(new AttachCommand())
                .addSubcommand(new StacksCommand(console))
                .addSubcommand(new ScoreCommand(console))
                .setOut(console.out())
                .setErr(console.err())
                .setExecutionStrategy(new WholeRun(() -> false))
                .setExecutionExceptionHandler(
                        (exception, command, parsed) -> explain(exception, console, Verbosity.asked(parsed)))
                .setParameterExceptionHandler((exception, arguments) -> misused(exception, console));
        return line.setCaseInsensitiveEnumValuesAllowed(true).setUsageHelpAutoWidth(true);
    }

    private static Console terminal() {
        boolean terminal = isTerminal();
        boolean colour = terminal && System.getenv("NO_COLOR") == null && !"dumb".equals(System.getenv("TERM"));
        return new Console(
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                Clock.systemUTC(),
                terminal,
                colour);
    }

    /** Up to Java 21 there is a console only on a terminal; from 22 on it is always there and has to be asked. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal() {
        java.io.Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (boolean) java.io.Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command? See postmem --help");
    }

    private static int explain(Exception exception, Console console, boolean verbose) {
        if (exception instanceof UserException user) {
            console.err().println("postmem: " + oneLine(user.getMessage()));
            if (verbose) {
                user.printStackTrace(console.err());
            }
            return switch (user.kind()) {
                case USAGE -> ExitCode.USAGE.code();
                case UNREADABLE_INPUT -> ExitCode.UNREADABLE_INPUT.code();
            };
        }
        String memory = memoryOfDuckDb(exception);
        if (memory != null) {
            console.err()
                    .println("postmem: DuckDB needs more memory than it may use (" + oneLine(memory)
                            + "); give it more with --memory-limit, or fewer or shorter captures at once");
            if (verbose) {
                exception.printStackTrace(console.err());
            }
            return ExitCode.USAGE.code();
        }
        String disk = diskOfDuckDb(exception);
        if (disk != null) {
            console.err()
                    .println("postmem: DuckDB cannot write its file (" + oneLine(disk)
                            + "); make room, or name another folder with --database or -Djava.io.tmpdir");
            if (verbose) {
                exception.printStackTrace(console.err());
            }
            return ExitCode.USAGE.code();
        }
        WholeRun.tellOwnFault(exception, console.err());
        return ExitCode.INTERNAL.code();
    }

    /** The first line of what DuckDB says when its memory limit is too low; {@code null} when it was something else. */
    private static String memoryOfDuckDb(Exception exception) {
        return saidByDuckDb(exception, message -> message.startsWith("Out of Memory Error"));
    }

    /** The same of a disk that is full or fails. */
    private static String diskOfDuckDb(Exception exception) {
        return saidByDuckDb(exception, message -> TROUBLES_OF_A_DISK.stream().anyMatch(message::contains));
    }

    private static String saidByDuckDb(Exception exception, Predicate<String> that) {
        for (Throwable cause = exception; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            if (cause instanceof SQLException && that.test(message)) {
                return message.lines().findFirst().orElse("");
            }
        }
        return null;
    }

    private static int misused(ParameterException exception, Console console) {
        String name = exception.getCommandLine().getCommandSpec().qualifiedName();
        String message = oneLine(exception.getMessage());
        console.err().println("postmem: " + message + (message.contains("--help") ? "" : "; see " + name + " --help"));
        return ExitCode.USAGE.code();
    }

    private static String oneLine(String message) {
        return message == null ? "" : message.strip().replaceAll("\\s*\\R\\s*", " ");
    }

    /** The version of the jar; classes that were not packaged have none. */
    static String version() {
        String version = Postmem.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }

    /** What {@code --version} prints. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"postmem " + version()};
        }
    }
}
