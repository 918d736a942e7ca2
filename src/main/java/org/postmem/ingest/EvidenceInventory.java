package org.postmem.ingest;

import java.io.IOException;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.postmem.evidence.EvidenceFiles;
import org.postmem.evidence.EvidenceMember;
import org.postmem.evidence.Originals;
import org.postmem.tools.EvidenceKind;
import org.postmem.tools.PageSizeClues;
import org.postmem.tools.PlainText;
import org.postmem.tools.SlashDates;
import org.postmem.tools.Unread;
import org.postmem.tools.UpTime;
import org.postmem.units.PageSize;

/**
 * What the files are and whose, as their first bytes tell it, before any is read: what one of them does not say, the size
 * of a page or the order of a date, the others of its host do.
 */
final class EvidenceInventory {
    private final Map<String, EvidenceKind> kinds = new HashMap<>();
    private final FileHosts hosts = new FileHosts();
    private final UnreadFiles unread = new UnreadFiles();
    private final TreeMap<String, PageSizeClues> clues = new TreeMap<>();
    /** Of the texts below lines of time those that say for how long the host had been up. */
    private final Set<String> withUpTimes = new HashSet<>();

    /** Of the files with dates of sysstat; {@code null} where the text does not tell. */
    private final Map<String, SlashDates.Order> orders = new HashMap<>();

    private EvidenceInventory() {}

    /** Looks at the begin of each file. */
    static EvidenceInventory of(Originals originals) throws IOException {
        EvidenceInventory inventory = new EvidenceInventory();
        originals.walk(new EvidenceFiles.Visitor() {
            @Override
            public void file(EvidenceMember member) {
                inventory.add(member);
            }

            @Override
            public void refused(String path, String reason) {
                inventory.unread.refused(path, reason);
            }
        });
        return inventory;
    }

    private void add(EvidenceMember member) {
        String path = member.path();
        byte[] head = PlainText.of(member.head());
        if (head.length == 0) {
            return;
        }
        String why = Unread.why(member.head());
        if (why != null) {
            unread.instead(path, why);
            return;
        }
        hosts.lies(path);
        EvidenceKind kind = EvidenceKind.of(path, head);
        if (kind == EvidenceKind.UNKNOWN) {
            unread.unknown(path);
            return;
        }
        kinds.put(path, kind);
        hosts.add(path, kind, head);
        PageSizeClues pages = new PageSizeClues();
        pages.add(kind, head);
        if (!pages.isEmpty()) {
            clues.put(path, pages);
        }
        if (kind == EvidenceKind.FRAMES && UpTime.isIn(head)) {
            withUpTimes.add(path);
        }
        if (kind == EvidenceKind.SAR || kind == EvidenceKind.PIDSTAT || kind == EvidenceKind.FRAMES) {
            SlashDates dates = SlashDates.of(head);
            if (!dates.isEmpty()) {
                orders.put(path, dates.own());
            }
        }
    }

    /** Is no file of a tool that is known? */
    boolean isEmpty() {
        return kinds.isEmpty();
    }

    /** Of a file that is read; {@code null} for the others. */
    EvidenceKind kind(String path) {
        return kinds.get(path);
    }

    /** Does the text say for how long the host had been up? */
    boolean hasUpTimes(String path) {
        return withUpTimes.contains(path);
    }

    /** Does any file tell when its host restarted? */
    boolean tellsOfRestarts() {
        return !withUpTimes.isEmpty() || kinds.values().stream().anyMatch(EvidenceKind::isHistory);
    }

    UnreadFiles unread() {
        return unread;
    }

    /** Of all files that are read, in order; {@link FileHosts#UNNAMED} among them where a file is of nobody known. */
    Set<String> hosts() {
        Set<String> all = new TreeSet<>();
        kinds.keySet().forEach(path -> all.add(hosts.of(path)));
        return all;
    }

    String hostOf(String path) {
        return hosts.of(path);
    }

    /** What the files of a host tell together; {@code null} when that is nothing. */
    PageSize pageOf(String host) {
        PageSizeClues all = new PageSizeClues();
        clues.forEach((path, told) -> {
            if (hosts.of(path).equals(host)) {
                all.add(told);
            }
        });
        return all.size();
    }

    /** What tells the order of the dates of a file, beside its text. */
    SlashDates.Beside beside(String path, Instant modified) {
        if (orders.get(path) != null || !orders.containsKey(path)) {
            return new SlashDates.Beside(modified, null);
        }
        String host = hosts.of(path);
        Set<SlashDates.Order> others = EnumSet.noneOf(SlashDates.Order.class);
        orders.forEach((other, order) -> {
            if (order != null && !other.equals(path) && hosts.of(other).equals(host)) {
                others.add(order);
            }
        });
        return new SlashDates.Beside(
                modified, others.size() == 1 ? others.iterator().next() : null);
    }
}
