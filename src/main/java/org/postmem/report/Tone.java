package org.postmem.report;

import org.postmem.findings.Finding.Severity;

/** The colour of a finding on the page, as its style knows it. */
final class Tone {
    private Tone() {}

    static String of(Severity severity) {
        return switch (severity) {
            case CRITICAL -> "bad";
            case WARNING -> "warn";
            case INFO -> "info";
            case OK -> "ok";
            case NOT_APPLICABLE -> "na";
        };
    }
}
