package org.postmem.architecture;

import java.io.IOException;
import java.net.Socket;

/** Does what the rules forbid, and is never run: the class that shows that {@link ClassFile} sees it. */
final class Offender {
    static int starts;

    private Offender() {}

    static Process start() throws IOException {
        starts++;
        return new ProcessBuilder("true").start();
    }

    /** The socket stands only in the descriptor. */
    static Process execute(Socket nothing) throws IOException {
        return nothing == null ? Runtime.getRuntime().exec(new String[] {"true"}) : null;
    }
}
