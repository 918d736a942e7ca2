package org.postmem.tools;

import java.util.HashSet;
import java.util.Set;

// Mem:        24684084      684952    20421912       25256     3920528    23999132
// Mem:           24105         669       19943          24        3828       23436

/**
 * Tells numbers in KiB from those in a larger unit: the kernel counts memory in pages of 4 KiB or more, so that every amount
 * in KiB is a multiple of four, and of those in MiB one in four is.
 */
final class WholePages {
    private static final int KILOBYTES = 4;
    private static final int BYTES = 4096;
    private static final double MOST = 0.75;

    private static final int KEPT = 10_000;

    private final Set<Long> numbers = new HashSet<>();

    /** Adds a number; that of 0 says nothing, likewise one that is repeated. */
    void add(Long number) {
        if (number != null && number > 0 && numbers.size() < KEPT) {
            numbers.add(number);
        }
    }

    int size() {
        return numbers.size();
    }

    /** Are all of them whole pages when they are KiB? Of four numbers in MiB that is by chance in 4 cases of 1000. */
    boolean inKilobytes() {
        return multiples(KILOBYTES) == numbers.size();
    }

    /** Are most of them? A program between may have computed one of them. */
    boolean mostlyInKilobytes() {
        return multiples(KILOBYTES) >= MOST * numbers.size();
    }

    /** Are all of them whole pages when they are bytes? */
    boolean inBytes() {
        return multiples(BYTES) == numbers.size();
    }

    private long multiples(int unit) {
        return numbers.stream().filter(number -> number % unit == 0).count();
    }
}
