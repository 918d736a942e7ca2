package org.postmem.ingest;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.postmem.collector.archive.GroupedText;
import org.postmem.collector.archive.UnchangedText;

/** Of captures that repeat every stat at every tick makes what collectors write today: lines that are the same are left out. */
final class RepeatedStats {
    private final Map<String, byte[]> lines = new HashMap<>();
    private final Map<String, Integer> numbers = new HashMap<>();

    /** The lines of a snapshot that are new, and who has the one that another snapshot holds. */
    record LeftOut(GroupedText.Writer changed, UnchangedText.Writer unchanged) {}

    LeftOut of(int snapshot, byte[] stat) throws GroupedText.MalformedGroupException {
        LeftOut left = new LeftOut(new GroupedText.Writer(), new UnchangedText.Writer());
        for (GroupedText.Block block : GroupedText.read(stat)) {
            if (Arrays.equals(block.text(), lines.put(block.key(), block.text()))) {
                left.unchanged().add(Integer.parseInt(block.key()), numbers.get(block.key()));
            } else {
                left.changed().add(block.key(), block.text());
                numbers.put(block.key(), snapshot);
            }
        }
        return left;
    }

    /** In another segment every line is new. */
    void forget() {
        lines.clear();
        numbers.clear();
    }
}
