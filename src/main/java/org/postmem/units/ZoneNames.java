package org.postmem.units;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;

/**
 * Zones by the letters that {@code date} prints, where they mean one zone only. CST, IST, BST, AST and others mean
 * several; a time under one of them is a wall clock without a zone.
 */
public final class ZoneNames {
    private static final Map<String, Integer> HOURS_EAST = Map.ofEntries(
            Map.entry("UTC", 0),
            Map.entry("GMT", 0),
            Map.entry("Z", 0),
            Map.entry("UCT", 0),
            Map.entry("WET", 0),
            Map.entry("WEST", 1),
            Map.entry("CET", 1),
            Map.entry("CEST", 2),
            Map.entry("EET", 2),
            Map.entry("EEST", 3),
            Map.entry("MSK", 3),
            Map.entry("WIB", 7),
            Map.entry("HKT", 8),
            Map.entry("JST", 9),
            Map.entry("KST", 9),
            Map.entry("AEST", 10),
            Map.entry("AEDT", 11),
            Map.entry("NZST", 12),
            Map.entry("NZDT", 13),
            Map.entry("EDT", -4),
            Map.entry("CDT", -5),
            Map.entry("EST", -5),
            Map.entry("MDT", -6),
            Map.entry("PDT", -7),
            Map.entry("PST", -8));

    private ZoneNames() {}

    /** {@code null} for letters that say too little. */
    public static ZoneId of(String letters) {
        Integer hours = HOURS_EAST.get(letters);
        if (hours != null) {
            return ZoneOffset.ofHours(hours);
        }
        // date prints the offset itself where a zone has no letters: +03, -0330
        if (letters.matches("[+-]\\d\\d(?::?\\d\\d)?")) {
            String digits = letters.replace(":", "");
            int minutes = digits.length() > 3 ? Integer.parseInt(digits.substring(3)) : 0;
            int hoursEast = Integer.parseInt(digits.substring(1, 3));
            int sign = digits.charAt(0) == '-' ? -1 : 1;
            return hoursEast > 18 || minutes > 59 || (hoursEast == 18 && minutes > 0)
                    ? null
                    : ZoneOffset.ofHoursMinutes(sign * hoursEast, sign * minutes);
        }
        return null;
    }
}
