package org.postmem.ingest;

import java.time.Instant;
import java.util.List;
import org.postmem.procfs.DaemonKill;
import org.postmem.procfs.DaemonKills;
import org.postmem.procfs.KernelMessage;
import org.postmem.procfs.Parsed;
import org.postmem.tools.StructuredLog;

/** Texts of logs among those of a host: what its kernel said, and whom the daemons that watch the memory killed. */
final class LogTexts {
    private final KernelLog kernelLog;
    private final HostZone zone;
    private final IssueLog issues;

    LogTexts(KernelLog kernelLog, HostZone zone, IssueLog issues) {
        this.kernelLog = kernelLog;
        this.zone = zone;
        this.issues = issues;
    }

    /** Loads records of {@code /dev/kmsg}. */
    void records(EvidenceSource source, byte[] text) {
        kernelMessages(source, KernelMessage.parseKmsg(text));
    }

    /**
     * Loads lines of dmesg, syslog or the journal.
     *
     * @param latest when its last line was written at the latest, for stamps without a year; {@code null} when nothing tells
     */
    void lines(EvidenceSource source, byte[] text, Instant latest) {
        byte[] lines = StructuredLog.lines(text);
        kernelMessages(source, KernelMessage.parseText(lines, zone::instant, latest));
        List<KernelMessage> daemons = KernelMessage.parseDaemons(lines, zone::instant, latest);
        List<DaemonKill> kills = DaemonKills.of(daemons);
        if (!kills.isEmpty()) {
            kernelLog.addKills(source.member(), kills);
            source.tells("daemon_kill");
        }
        source.readings(daemons.size());
        daemons.forEach(source::spans);
    }

    private void kernelMessages(EvidenceSource source, Parsed<List<KernelMessage>> parsed) {
        List<KernelMessage> messages = issues.note(null, source.member(), parsed);
        kernelLog.addText(source.member(), messages);
        source.readings(messages.size());
        source.tells("kernel_message");
        messages.forEach(source::spans);
    }
}
