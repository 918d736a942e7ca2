package org.postmem.collector.source;

import java.util.HashMap;
import java.util.Map;
import org.apache.commons.codec.digest.MurmurHash3;

/** Remembers by hash what was stored last under a name, so that a text is stored once and when it has changed. */
final class OnChange {
    private final Map<String, Hash> stored = new HashMap<>();

    private record Hash(long low, long high) {}

    boolean changed(String name, byte[] bytes, int length) {
        long[] hash = MurmurHash3.hash128x64(bytes, 0, length, 0x706d656d);
        Hash now = new Hash(hash[0], hash[1]);
        Hash before = stored.put(name, now);
        return before == null || before.low() != now.low() || before.high() != now.high();
    }

    void forget() {
        stored.clear();
    }
}
