package org.postmem.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The ledger of one capture as the page draws it: bands that stack to MemTotal, owners within them, over at most a few
 * hundred moments. Of what other tools tell, a band that is unknown at a moment drawn is left out, never drawn as
 * nought; then the bands stack to less.
 */
final class Balance {
    static final long UNKNOWN = -1;
    /** The band of the one owner that is accused. */
    static final String CULPRIT = "culprit";

    static final List<String> BANDS = List.of(
            "anon", "shmem", "page_tables", "slab", "vmalloc", "hugetlb", "other", "unaccounted", "page_cache", "free");

    private final int[] snapshots;
    private final double[] seconds;
    private final Map<String, long[]> bands;
    private final List<Owner> owners;
    private final long[] available;
    private final long totalBytes;
    private final int thinnedFrom;
    private final List<String> untold;
    private final int passedOver;

    Balance(
            int[] snapshots,
            double[] seconds,
            Map<String, long[]> bands,
            List<Owner> owners,
            long[] available,
            long totalBytes,
            int thinnedFrom,
            List<String> untold,
            int passedOver) {
        this.snapshots = snapshots;
        this.seconds = seconds;
        this.bands = bands;
        this.owners = owners;
        this.available = available;
        this.totalBytes = totalBytes;
        this.thinnedFrom = thinnedFrom;
        this.untold = untold;
        this.passedOver = passedOver;
    }

    /** Who holds part of a band, at every moment. */
    static final class Owner {
        private final String band;
        private final String id;
        private final Integer processId;
        private final String name;
        private final int readings;
        private final long[] bytes;

        Owner(String band, String id, Integer processId, String name, int readings, long[] bytes) {
            this.band = band;
            this.id = id;
            this.processId = processId;
            this.name = name;
            this.readings = readings;
            this.bytes = bytes;
        }

        /** As {@code path_owner} calls it. */
        String id() {
            return id;
        }

        /** {@code null} where the owner is no process. */
        Integer processId() {
            return processId;
        }

        String band() {
            return band;
        }

        String name() {
            return name;
        }

        /** At how many moments what it holds was read; at all others it keeps what it had. */
        int readings() {
            return readings;
        }

        long[] bytes() {
            return bytes;
        }
    }

    static String band(String bucket) {
        return switch (bucket) {
            case "slab_reclaimable", "slab_unreclaimable" -> "slab";
            case "vmalloc", "kernel_stack" -> "vmalloc";
            case "percpu", "other", "other_reclaimable" -> "other";
            case "percpu_free" -> "free";
            default -> bucket;
        };
    }

    /**
     * Takes one owner out of its band and puts it below all others, so that its growth stands on the ground. The same
     * where that band is unknown: top tells processes, and nothing of the host's anonymous memory.
     */
    Balance withCulprit(Owner culprit) {
        Map<String, long[]> split = new LinkedHashMap<>();
        long[] within = bands.get(culprit.band());
        if (within == null) {
            return this;
        }
        long[] taken = new long[within.length];
        long[] left = new long[within.length];
        for (int i = 0; i < within.length; i++) {
            // RssAnon counts a page shared with a child in both: never more than the band has.
            taken[i] = Math.min(culprit.bytes()[i], Math.max(0, within[i]));
            left[i] = within[i] - taken[i];
        }
        split.put(CULPRIT, taken);
        bands.forEach((band, series) -> split.put(band, band.equals(culprit.band()) ? left : series));
        List<Owner> moved = new ArrayList<>();
        for (Owner owner : owners) {
            moved.add(
                    owner.equals(culprit)
                            ? new Owner(CULPRIT, owner.id(), owner.processId(), owner.name(), owner.readings(), taken)
                            : owner);
        }
        return new Balance(snapshots, seconds, split, moved, available, totalBytes, thinnedFrom, untold, passedOver);
    }

    /** Seconds since the first snapshot of the capture. */
    double[] seconds() {
        return seconds;
    }

    /** By id, from the bottom of the stack to its top; bytes. */
    Map<String, long[]> bands() {
        return bands;
    }

    List<Owner> owners() {
        return owners;
    }

    /** MemAvailable, {@link #UNKNOWN} at a moment at which it is not told; empty where it never is. */
    long[] available() {
        return available;
    }

    /** MemTotal; where nobody told it, the highest of the stack. */
    long totalBytes() {
        return totalBytes;
    }

    /** How many snapshots there were when some were left out, else 0. */
    int thinnedFrom() {
        return thinnedFrom;
    }

    /** The buckets that are not in the bands, as they are not told at every moment drawn. */
    List<String> untold() {
        return untold;
    }

    /** How many moments were left out because less was told of them. */
    int passedOver() {
        return passedOver;
    }

    int points() {
        return snapshots.length;
    }

    /** The moment nearest to a number of seconds since the start. */
    int nearest(double second) {
        int best = 0;
        for (int i = 1; i < seconds.length; i++) {
            best = Math.abs(seconds[i] - second) < Math.abs(seconds[best] - second) ? i : best;
        }
        return best;
    }

    /** @param band for its colour */
    record Step(String label, String band, long bytes, boolean rest) {}

    /**
     * Growth between two moments: owners by name, then what of each band no shown owner explains. The steps sum to what
     * free memory lost, where all of it is told.
     */
    List<Step> growth(int from, int to, Texts texts) {
        List<Step> steps = new ArrayList<>();
        bands.forEach((band, series) -> {
            if (band.equals("free")) {
                return;
            }
            long left = series[to] - series[from];
            boolean owned = false;
            for (Owner owner : owners) {
                if (owner.band().equals(band)) {
                    owned = true;
                    long grown = owner.bytes()[to] - owner.bytes()[from];
                    left -= grown;
                    steps.add(new Step(owner.name(), band, grown, false));
                }
            }
            steps.add(new Step(
                    owned ? texts.label(band) + texts.text("waterfall.rest") : texts.label(band), band, left, true));
        });
        return steps;
    }
}
