package org.postmem.collector.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code postmem-collector}: collects on the production host, and checks what was collected. */
@Command(
        name = "postmem-collector",
        description = "Reads where this host's memory goes into one archive, for an analysis elsewhere.",
        mixinStandardHelpOptions = true,
        versionProvider = CollectorVersion.class,
        subcommands = {CollectCommand.class, VerifyCommand.class, AttachCommand.class})
public final class PostmemCollector implements Runnable {
    @Spec
    private CommandSpec spec;

    public static void main(String[] args) {
        StandardOutput out = StandardOutput.install();
        System.exit(commandLine()
                .setExecutionStrategy(new WholeRun(out::readerIsGone))
                .execute(args));
    }

    /** The commands, with the exit codes of the project: 70 for a fault of our own. */
    public static CommandLine commandLine() {
        return new CommandLine(new PostmemCollector())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionStrategy(new WholeRun(() -> false))
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    e.printStackTrace(command.getErr());
                    return ExitCode.OWN_FAULT;
                });
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing: collect, verify or attach");
    }
}
