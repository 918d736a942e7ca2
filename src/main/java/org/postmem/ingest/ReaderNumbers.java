package org.postmem.ingest;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postmem.tools.EvidenceKind;
import org.postmem.tools.Reading;

/**
 * Who made a reading, as a number by which {@link ReadingMoments} keeps two readings of one reader apart: a file with many
 * of them, a script that lays each into a file of one name, or whoever copied a tree of /proc.
 */
final class ReaderNumbers {
    /** snap/00002.tar.gz/proc/4711/status */
    private static final Pattern COPY_OF_PROC = Pattern.compile("(|.{0,2000}?/)(?:proc|sys)/.*");

    private static final Pattern DIGITS = Pattern.compile("[\\d_.:-]+");
    /** Above the number of any file. */
    private static final int FIRST_NAME = 1 << 30;

    private final Map<String, Integer> copies = new HashMap<>();
    private final Map<String, Integer> names = new HashMap<>();

    /**
     * The reader.
     *
     * @param alone is there no other reading near it in the same file?
     */
    int of(EvidenceSource source, Reading reading, boolean alone) {
        Matcher copied = source.kind() == EvidenceKind.HOST_FILE ? COPY_OF_PROC.matcher(source.member()) : null;
        if (copied != null && copied.matches()) {
            return copy(copied.group(1));
        }
        // there is a file of mappings for each process
        if (!alone || !reading.mappings().isEmpty()) {
            return source.number();
        }
        if (!reading.files().isEmpty()) {
            return named(String.join(" ", reading.files().keySet()));
        }
        String name = source.member().substring(source.member().lastIndexOf('/') + 1);
        return named(source.kind() + " " + DIGITS.matcher(name).replaceAll(""));
    }

    /**
     * The reader of a whole tree: its files are of one moment, and no other tree is.
     *
     * @param root the path above {@code proc/} and {@code sys/}
     * @return a negative number, as no other reader has
     */
    private int copy(String root) {
        return copies.computeIfAbsent(root, r -> -1 - copies.size());
    }

    /** The reader of all files of one name, of which a script keeps one a moment, in folders or under numbers. */
    private int named(String name) {
        return names.computeIfAbsent(name, n -> FIRST_NAME + names.size());
    }
}
