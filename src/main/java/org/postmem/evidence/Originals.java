package org.postmem.evidence;

import java.io.IOException;
import java.util.List;

/** Files of other tools, wherever they lie; they can be walked again and again, and come in the same order each time. */
public interface Originals {
    /** Shows every file. */
    void walk(EvidenceFiles.Visitor visitor) throws IOException;

    /** What a message calls them. */
    String name();

    /** Files and folders as they are. */
    static Originals of(List<EvidenceFiles.Named> files, EvidenceLimits limits) {
        return new Originals() {
            @Override
            public void walk(EvidenceFiles.Visitor visitor) throws IOException {
                EvidenceFiles.walk(files, limits, visitor);
            }

            @Override
            public String name() {
                return String.valueOf(files.get(0).file());
            }
        };
    }
}
