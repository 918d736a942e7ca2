package org.postmem.procfs;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a line of slabinfo stands for, from {@code /sys/kernel/slab} (SLUB).
 *
 * @param cache name in slabinfo
 * @param aliases other caches merged into it, separated by a blank; {@code null} when it stands alone
 * @param reclaimAccount are its pages in SReclaimable? {@code null} when the file could not be read
 * @param constructor symbol of {@code ctor} without offset, with its module; {@code null} when it has none
 */
public record SlabCache(String cache, String aliases, Boolean reclaimAccount, String constructor) {

    /**
     * Joins the three grouped entries of the archive, each by the name in {@code /sys/kernel/slab}.
     *
     * <p>A merged cache's directory there has a made-up name, {@code :0000192}, to which each of the real names is a
     * link; slabinfo prints the name of the cache that was made first, which the kernel does not tell apart from the
     * later ones: each name of such a group gets a row, with the other names as aliases.
     *
     * @param linkTargets alias → the name its link points to
     * @param reclaimAccounts name → {@code 0} or {@code 1}
     * @param constructors name → {@code frob_ctor+0x0/0x10 [module]}, or empty
     */
    public static Parsed<List<SlabCache>> parse(
            Map<String, byte[]> linkTargets, Map<String, byte[]> reclaimAccounts, Map<String, byte[]> constructors) {
        Issues issues = new Issues();
        Map<String, TreeSet<String>> namesByTarget = new TreeMap<>();
        TreeSet<String> directories = new TreeSet<>(reclaimAccounts.keySet());
        directories.addAll(constructors.keySet());
        linkTargets.forEach((alias, target) -> {
            String text = new String(target, StandardCharsets.UTF_8).strip();
            String directory = text.substring(text.lastIndexOf('/') + 1);
            if (directory.isEmpty()) {
                issues.add(new ParseIssue(0, 0, "the link of a slab cache's alias is empty", alias));
            } else {
                namesByTarget
                        .computeIfAbsent(directory, name -> new TreeSet<>())
                        .add(alias);
                directories.add(directory);
            }
        });
        directories.removeAll(linkTargets.keySet());
        List<SlabCache> rows = new ArrayList<>();
        for (String directory : directories) {
            TreeSet<String> names = new TreeSet<>(namesByTarget.getOrDefault(directory, new TreeSet<>()));
            if (!directory.startsWith(":")) {
                names.add(directory);
            }
            Boolean reclaim = reclaimAccount(directory, reclaimAccounts.get(directory), issues);
            String constructor = constructor(constructors.get(directory));
            for (String name : names) {
                List<String> others = new ArrayList<>(names);
                others.remove(name);
                rows.add(new SlabCache(name, others.isEmpty() ? null : String.join(" ", others), reclaim, constructor));
            }
        }
        return new Parsed<>(List.copyOf(rows), issues.list());
    }

    private static Boolean reclaimAccount(String directory, byte[] text, Issues issues) {
        if (text == null) {
            return null;
        }
        String value = new String(text, StandardCharsets.UTF_8).strip();
        if (!value.equals("0") && !value.equals("1")) {
            issues.add(new ParseIssue(
                    1, 1, "reclaim_account of " + directory + " is neither 0 nor 1", ParseIssue.excerpt(value)));
            return null;
        }
        return value.equals("1");
    }

    private static String constructor(byte[] text) {
        if (text == null) {
            return null;
        }
        String symbol = new String(text, StandardCharsets.UTF_8).strip();
        int plus = symbol.indexOf('+');
        int module = symbol.indexOf(" [");
        String name = plus < 0 ? symbol : symbol.substring(0, plus) + (module > plus ? symbol.substring(module) : "");
        return name.isEmpty() ? null : name;
    }
}
