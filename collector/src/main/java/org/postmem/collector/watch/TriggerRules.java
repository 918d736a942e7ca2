package org.postmem.collector.watch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What makes the collector look closer, and from when on. A level has to be reached at two snapshots one after the
 * other, an event counts at once.
 *
 * @param availablePercent MemAvailable has fallen below this share of MemTotal; null for off, as in all of these
 * @param exhaustedSeconds MemAvailable, as it fell over the last minute, is gone within this time
 * @param pressurePercent share of time in which all tasks waited for memory (PSI memory full, avg10)
 * @param oomKill the kernel killed for want of memory (vmstat {@code oom_kill})
 * @param cgroupOom a control group was out of memory (memory.events {@code oom}, {@code oom_kill}; v1 {@code oom_kill})
 * @param cgroupMaxPerSecond how often a second a control group ran into its limit (memory.events {@code max})
 * @param swapBytesPerSecond swapped in and out, together
 */
public record TriggerRules(
        Double availablePercent,
        Double exhaustedSeconds,
        Double pressurePercent,
        boolean oomKill,
        boolean cgroupOom,
        Double cgroupMaxPerSecond,
        Double swapBytesPerSecond) {

    /** What a host that is well does not reach: see the collector's README for the reasons. */
    public static final TriggerRules STANDARD = new TriggerRules(5.0, 300.0, 10.0, true, true, 100.0, 16e6);

    public static final TriggerRules NONE = new TriggerRules(null, null, null, false, false, null, null);

    private static final Pattern RULE = Pattern.compile("([a-z-]+)(?:=([0-9]+(?:\\.[0-9]+)?)([A-Za-z%/]*))?");

    /**
     * Reads rules as they are written on a command line.
     *
     * @param specs {@code available=5%}, {@code exhausted=5m}, {@code pressure=10%}, {@code oom-kill}, {@code cgroup-oom},
     *     {@code cgroup-max=100}, {@code swap=16MB}; {@code none} turns off all that were on before it, {@code no-NAME} one
     * @throws IllegalArgumentException when one of them is none
     */
    public static TriggerRules parse(List<String> specs) {
        TriggerRules rules = STANDARD;
        for (String spec : specs) {
            rules = rules.with(spec.trim());
        }
        return rules;
    }

    private TriggerRules with(String spec) {
        if (spec.equals("none")) {
            return NONE;
        }
        boolean off = spec.startsWith("no-");
        Matcher matcher = RULE.matcher(off ? spec.substring(3) : spec);
        if (!matcher.matches() || (off && matcher.group(2) != null)) {
            throw unknown(spec);
        }
        String name = matcher.group(1);
        Double value = matcher.group(2) == null ? null : Double.valueOf(matcher.group(2));
        String unit = matcher.group(2) == null ? "" : matcher.group(3);
        Double available = availablePercent;
        Double exhausted = exhaustedSeconds;
        Double pressure = pressurePercent;
        boolean kill = oomKill;
        boolean groupOom = cgroupOom;
        Double groupMax = cgroupMaxPerSecond;
        Double swap = swapBytesPerSecond;
        switch (name) {
            case "available" -> available = off ? null : percent(spec, value, unit, STANDARD.availablePercent);
            case "exhausted" -> exhausted = off ? null : seconds(spec, value, unit, STANDARD.exhaustedSeconds);
            case "pressure" -> pressure = off ? null : percent(spec, value, unit, STANDARD.pressurePercent);
            case "oom-kill" -> kill = event(spec, value, off);
            case "cgroup-oom" -> groupOom = event(spec, value, off);
            case "cgroup-max" -> groupMax = off ? null : number(spec, value, unit, STANDARD.cgroupMaxPerSecond);
            case "swap" -> swap = off ? null : bytes(spec, value, unit, STANDARD.swapBytesPerSecond);
            default -> throw unknown(spec);
        }
        return new TriggerRules(available, exhausted, pressure, kill, groupOom, groupMax, swap);
    }

    private static boolean event(String spec, Double value, boolean off) {
        if (value != null) {
            throw unknown(spec);
        }
        return !off;
    }

    private static Double percent(String spec, Double value, String unit, Double standard) {
        if (value != null && (!unit.equals("%") || value > 100)) {
            throw unknown(spec);
        }
        return value == null ? standard : value;
    }

    private static Double number(String spec, Double value, String unit, Double standard) {
        if (!unit.isEmpty() && !unit.equals("/s")) {
            throw unknown(spec);
        }
        return value == null ? standard : value;
    }

    private static Double seconds(String spec, Double value, String unit, Double standard) {
        if (value == null) {
            return standard;
        }
        return value
                * switch (unit) {
                    case "s" -> 1;
                    case "m" -> 60;
                    case "h" -> 3600;
                    default -> throw unknown(spec);
                };
    }

    private static Double bytes(String spec, Double value, String unit, Double standard) {
        if (value == null) {
            return standard;
        }
        return value
                * switch (unit.replaceFirst("/s$", "").toLowerCase(Locale.ROOT)) {
                    case "k", "kb" -> 1e3;
                    case "m", "mb" -> 1e6;
                    case "g", "gb" -> 1e9;
                    case "ki", "kib" -> 1 << 10;
                    case "mi", "mib" -> 1 << 20;
                    case "gi", "gib" -> 1 << 30;
                    default -> throw unknown(spec);
                };
    }

    private static IllegalArgumentException unknown(String spec) {
        return new IllegalArgumentException("'" + spec + "' is no trigger like available=5%, exhausted=5m,"
                + " pressure=10%, oom-kill, cgroup-oom, cgroup-max=100, swap=16MB, no-swap or none");
    }

    /** For capture.json: the rules that are on. */
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("available_percent", availablePercent);
        json.put("exhausted_seconds", exhaustedSeconds);
        json.put("pressure_percent", pressurePercent);
        List<String> events = new ArrayList<>();
        if (oomKill) {
            events.add("oom-kill");
        }
        if (cgroupOom) {
            events.add("cgroup-oom");
        }
        json.put("events", events);
        json.put("cgroup_max_per_second", cgroupMaxPerSecond);
        json.put("swap_bytes_per_second", swapBytesPerSecond);
        return json;
    }
}
