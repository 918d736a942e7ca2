package org.postmem.findings;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.postmem.findings.Analysis.Capture;

/** How moments are told beside captures. */
record CaptureTimes(List<Capture> captures) {
    /** Did one capture begin after the other of the same host had ended? */
    boolean later(int captureId, int otherId) {
        return captures.stream()
                .filter(capture -> capture.captureId() == captureId && capture.host() != null && capture.from() != null)
                .anyMatch(capture -> captures.stream()
                        .anyMatch(other -> other.captureId() == otherId
                                && capture.host().equals(other.host())
                                && other.to() != null
                                && capture.from().isAfter(other.to())));
    }

    /** Within a day of the capture's beginning the time is enough; a date beside it would only be in the way. */
    void shorten(Map<String, Object> values, int captureId) {
        values.replaceAll((name, value) -> value instanceof Instant instant ? shortened(instant, captureId) : value);
    }

    private Object shortened(Instant instant, int captureId) {
        return captures.stream()
                .filter(capture -> capture.captureId() == captureId && capture.from() != null)
                .filter(capture ->
                        Duration.between(capture.from(), instant).abs().compareTo(Duration.ofDays(1)) < 0)
                .findFirst()
                .map(capture -> (Object) Wording.timeOfDay(instant))
                .orElse(instant);
    }
}
