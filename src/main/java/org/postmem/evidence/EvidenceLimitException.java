package org.postmem.evidence;

import java.io.IOException;

/** More than a limit allows; the message says which option raises it. */
public final class EvidenceLimitException extends IOException {
    private static final long serialVersionUID = 1L;

    EvidenceLimitException(String message) {
        super(message);
    }
}
