package org.postmem.cli;

import java.time.ZoneId;
import java.util.List;
import org.postmem.evidence.EvidenceFiles;
import org.postmem.evidence.EvidenceLimits;

/**
 * Files of other tools, and how they are to be read.
 *
 * @param zone of the hosts, for clocks without one; {@code null} when nobody told it
 */
record EvidenceInputs(List<EvidenceFiles.Named> files, ZoneId zone, EvidenceLimits limits) {
    static final EvidenceInputs NONE = new EvidenceInputs(List.of(), null, EvidenceLimits.STANDARD);

    EvidenceInputs {
        files = List.copyOf(files);
    }
}
