package org.postmem.demo;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The processes a demo started, from this very program; none of them outlives it. */
final class Children implements AutoCloseable {
    private static final long SECONDS_TO_END = 10;

    private final List<Process> started = new ArrayList<>();
    private final Thread onShutdown = new Thread(this::end, "postmem-demo-end");

    Children() {
        Runtime.getRuntime().addShutdownHook(onShutdown);
    }

    /** Starts a class of this program in a JVM of its own; its stderr is ours. */
    Process start(List<String> flags, Class<?> main, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.add("-cp");
        command.add(absolute(System.getProperty("java.class.path")));
        command.add(main.getName());
        command.addAll(arguments);
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectInput(ProcessBuilder.Redirect.PIPE)
                .start();
        synchronized (started) {
            started.add(process);
        }
        return process;
    }

    private static String absolute(String classPath) {
        List<String> entries = new ArrayList<>();
        for (String entry : List.of(classPath.split(File.pathSeparator, -1))) {
            entries.add(Path.of(entry).toAbsolutePath().toString());
        }
        return String.join(File.pathSeparator, entries);
    }

    /** Asks all of them to end, and ends those that do not. */
    private void end() {
        List<Process> processes;
        synchronized (started) {
            processes = List.copyOf(started);
        }
        processes.forEach(Process::destroy);
        for (Process process : processes) {
            try {
                if (!process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        end();
        try {
            Runtime.getRuntime().removeShutdownHook(onShutdown);
        } catch (IllegalStateException e) {
            // we are being shut down, and the hook does the same once more
        }
    }
}
