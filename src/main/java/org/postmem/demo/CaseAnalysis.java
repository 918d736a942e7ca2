package org.postmem.demo;

import java.io.IOException;
import java.nio.file.Path;
import org.postmem.findings.Analysis;

/** What {@code postmem report} does, as the demo needs it. */
@FunctionalInterface
public interface CaseAnalysis {
    /** Analyses one archive and writes both files. */
    Analysis analyse(Path archive, Path report, Path findings) throws IOException;
}
