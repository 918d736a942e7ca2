package org.postmem.collector.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Is the collector in the namespaces of the host, that is of its first process? {@code /proc/sysvipc} tells
 * of the namespace of whoever opens it (namespaces(7)): from within another one the shared memory of a container would be
 * taken for the host's.
 */
record Namespaces(String proc) {
    /** {@code /proc/1/ns/ipc -> ipc:[4026531839]}; false also where the link may not be read. */
    boolean otherThanTheHosts(String kind) {
        String own = link("self", kind);
        String hosts = link("1", kind);
        return own != null && hosts != null && !own.equals(hosts);
    }

    private String link(String process, String kind) {
        try {
            return Files.readSymbolicLink(Path.of(proc, process, "ns", kind)).toString();
        } catch (IOException e) {
            return null;
        }
    }
}
