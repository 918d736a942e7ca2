// SPDX-License-Identifier: Apache-2.0
import java.io.FileWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a service says itself that it holds, a line a second: uptime, kB, pieces. */
final class Ledger {
    private final String file;
    private long nextLine;

    /** @param file empty where nobody asks for it */
    Ledger(String file) {
        this.file = file;
    }

    /** @param seconds since the service began */
    boolean isDue(double seconds) {
        return !file.isEmpty() && seconds >= nextLine;
    }

    void line(double seconds, long kb, long pieces) throws IOException {
        nextLine = (long) seconds + 1;
        String uptime = Files.readString(Path.of("/proc/uptime")).split(" ")[0];
        try (FileWriter out = new FileWriter(file, true)) {
            out.write(uptime + " " + kb + " " + pieces + "\n");
        }
    }
}
