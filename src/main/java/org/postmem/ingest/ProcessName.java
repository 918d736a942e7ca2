package org.postmem.ingest;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a person calls a process. Ten processes named {@code java} say nothing: of an interpreter it is the program that
 * it runs.
 */
final class ProcessName {
    /** The kernel keeps so many bytes of a name. */
    private static final int COMM_BYTES = 15;

    private static final Pattern VERSION = Pattern.compile("-?\\d[\\d.]*$");

    // Options that take the next word as their value; those that take it in the same word need no mention.
    private static final Set<String> JAVA_PAIRS = Set.of(
            "-cp",
            "-classpath",
            "--class-path",
            "-p",
            "--module-path",
            "--upgrade-module-path",
            "--add-modules",
            "--add-exports",
            "--add-opens",
            "--add-reads",
            "--patch-module",
            "--limit-modules",
            "--enable-native-access",
            "--source");
    private static final Set<String> SCRIPT_PAIRS =
            Set.of("-W", "-X", "-r", "--require", "--import", "--loader", "-I", "-o", "-O", "-d");
    private static final Set<String> NO_SCRIPT = Set.of("-c", "-e", "-E", "--eval", "-p", "--print", "-n", "-s", "-i");
    private static final Set<String> SCRIPT_INTERPRETERS = Set.of(
            "python", "pypy", "perl", "ruby", "node", "nodejs", "php", "lua", "bash", "sh", "dash", "zsh", "ksh");

    private ProcessName() {}

    /**
     * Names a process.
     *
     * @param arguments of the command line; empty for a kernel thread
     * @param exe {@code null} when it could not be read
     */
    static String of(String comm, List<String> arguments, String exe) {
        if (arguments.isEmpty()) {
            return comm;
        }
        String interpreter = interpreter(arguments.get(0));
        if (interpreter == null && exe != null) {
            interpreter = interpreter(exe);
        }
        if (interpreter == null) {
            return comm;
        }
        String program = "java".equals(interpreter) ? javaProgram(arguments) : script(arguments);
        if (program == null || program.isEmpty()) {
            return comm;
        }
        // A program that renamed itself chose that name; one the kernel cut short did not.
        boolean renamed = comm != null
                && !interpreter.equals(interpreter(comm))
                && !program.startsWith(comm.substring(0, Math.min(COMM_BYTES, comm.length())));
        return renamed ? comm : program;
    }

    /** The interpreter that {@code /usr/bin/python3.11} is, {@code null} for a program of its own. */
    private static String interpreter(String path) {
        String base = lastPart(path.startsWith("-") ? path.substring(1) : path, '/');
        String name = VERSION.matcher(base).replaceFirst("").toLowerCase(Locale.ROOT);
        return "java".equals(name) || SCRIPT_INTERPRETERS.contains(name) ? name : null;
    }

    private static String javaProgram(List<String> arguments) {
        for (int i = 1; i < arguments.size(); i++) {
            String word = arguments.get(i);
            boolean hasNext = i + 1 < arguments.size();
            if ("-jar".equals(word)) {
                return hasNext ? lastPart(arguments.get(i + 1), '/') : null;
            }
            if ("-m".equals(word) || "--module".equals(word)) {
                return hasNext ? lastPart(lastPart(arguments.get(i + 1), '/'), '.') : null;
            }
            if (JAVA_PAIRS.contains(word)) {
                i++;
            } else if (word.endsWith(".java")) {
                return lastPart(word, '/');
            } else if (!word.startsWith("-") && !word.startsWith("@")) {
                return lastPart(lastPart(word, '/'), '.');
            }
        }
        return null;
    }

    private static String script(List<String> arguments) {
        for (int i = 1; i < arguments.size(); i++) {
            String word = arguments.get(i);
            if ("-m".equals(word)) {
                return i + 1 < arguments.size() ? arguments.get(i + 1) : null;
            }
            if (NO_SCRIPT.contains(word)) {
                return null;
            }
            if (SCRIPT_PAIRS.contains(word)) {
                i++;
            } else if (!word.startsWith("-")) {
                return lastPart(word, '/');
            }
        }
        return null;
    }

    private static String lastPart(String text, char separator) {
        return text.substring(text.lastIndexOf(separator) + 1);
    }
}
