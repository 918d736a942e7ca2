package org.postmem.ingest;

import java.util.HashMap;
import java.util.Map;
import org.postmem.ingest.IssueLog.Severity;

/** Which file told of a subject at a moment: the first one that does is kept, whatever others tell of it. */
final class FirstTold {
    private record Subject(String name, int snapshot) {}

    private final Map<Subject, EvidenceSource> tellers = new HashMap<>();
    private final IssueLog issues;

    FirstTold(IssueLog issues) {
        this.issues = issues;
    }

    /** Does this file tell it first? It does so once: what it tells of it at the same moment again is no longer the first. */
    boolean isFirst(EvidenceSource source, String subject, int snapshot) {
        return tellers.putIfAbsent(new Subject(subject, snapshot), source) == null;
    }

    /** The same where what another file told is worth a row of {@code ingest_issue}. */
    boolean isFirstOrNoted(EvidenceSource source, String table, String subject, int snapshot) {
        EvidenceSource teller = tellers.putIfAbsent(new Subject(subject, snapshot), source);
        if (teller == null) {
            return true;
        }
        noteAgain(source, table, teller);
        return false;
    }

    /** Has any file told it? */
    boolean isTold(String subject, int snapshot) {
        return tellers.containsKey(new Subject(subject, snapshot));
    }

    /** Notes that two files tell the same; of two readings of one file at one moment nobody need hear. */
    void noteAgain(EvidenceSource source, String table, EvidenceSource teller) {
        source.tells(table);
        if (teller != source) {
            issues.add(
                    null,
                    source.member(),
                    null,
                    Severity.INFO,
                    "another file tells the same at the same moment; that one was kept",
                    null);
        }
    }
}
