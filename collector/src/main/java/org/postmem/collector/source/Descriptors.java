package org.postmem.collector.source;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The descriptors of a process (/proc/PID/fd): how many there are of each kind, and those that can hide memory one by one, and those sockets
 * whose owner is looked for.
 *
 * @param text of its block in {@code pid/fd}; without a total where nobody counted them
 * @param unlooked how many there are beyond those looked at, at least, or that could not be
 */
record Descriptors(String text, long unlooked) {
    /** Naming a descriptor makes the kernel keep a kilobyte for its name until memory is short: of a leak of descriptors a tenth of a gigabyte. */
    private static final int MAX_LOOKED_AT = 4000;

    private static final int MAX_KINDS = 16;
    private static final String ANON_INODE = "anon_inode:";

    /**
     * Looks behind all of them, or behind the first four thousand.
     *
     * @param wanted sockets to tell one by one, as their links name them
     */
    static Descriptors of(String folder, Set<String> wanted) throws IOException {
        Count count = new Count(wanted);
        long unlooked = 0;
        Path all = Path.of(folder);
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(all)) {
            for (Path link : stream) {
                if (count.total == MAX_LOOKED_AT) {
                    long counted = counted(all);
                    return counted > count.total
                            ? new Descriptors("total " + counted + "\n" + count.hidden, counted - count.total)
                            : new Descriptors(count.hidden.toString(), 1);
                }
                count.total++;
                try {
                    count.add(link, Files.readSymbolicLink(link).toString());
                } catch (IOException e) {
                    if (Outcome.ENOENT.equals(Outcome.of(e))) {
                        // closed since it was listed
                        count.total--;
                    } else {
                        unlooked++;
                    }
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        String kinds = unlooked > 0 ? "" : count.kinds();
        return new Descriptors("total " + count.total + kinds + "\n" + count.hidden, unlooked);
    }

    /** The kernel counts the descriptors of a process itself since 6.2 (st_size); before, or in a copy of /proc, 0. */
    private static long counted(Path folder) throws IOException {
        return "proc".equals(Files.getFileStore(folder).type()) ? Files.size(folder) : 0;
    }

    private static final class Count {
        private final Map<String, Integer> named = new TreeMap<>();
        private final StringBuilder hidden = new StringBuilder();
        private long total;
        private long sockets;
        private long pipes;
        private long anonInodes;
        private long files;
        private final Set<String> wanted;

        Count(Set<String> wanted) {
            this.wanted = wanted;
        }

        void add(Path link, String target) {
            if (target.startsWith("socket:")) {
                sockets++;
                if (wanted.contains(target)) {
                    // it has no size, and its number stands in its name
                    hidden.append(line(link, 0, 0, target.substring("socket:[".length(), target.length() - 1), target));
                }
            } else if (target.startsWith("pipe:")) {
                pipes++;
            } else if (target.startsWith(ANON_INODE)) {
                anonInodes++;
                name(target.substring(ANON_INODE.length()));
            } else {
                files++;
                if (hidesMemory(target)) {
                    hidden.append(file(link, target));
                } else if (target.startsWith("/dev/") && !target.equals("/dev/null")) {
                    name(target);
                }
            }
        }

        /** Numbers at its end tell one from another of its kind: {@code kvm-vcpu:0}, {@code /dev/pts/3}. */
        private void name(String what) {
            int end = what.length();
            while (end > 0 && (Character.isDigit(what.charAt(end - 1)) || what.charAt(end - 1) == ':')) {
                end--;
            }
            String kind = GroupedEntries.escape(what.substring(0, end));
            if (named.size() < MAX_KINDS || named.containsKey(kind)) {
                named.merge(kind, 1, Integer::sum);
            }
        }

        String kinds() {
            StringBuilder text = new StringBuilder(" socket ").append(sockets);
            text.append(" pipe ").append(pipes).append(" anon_inode ").append(anonInodes);
            text.append(" file ").append(files);
            named.forEach(
                    (kind, count) -> text.append(' ').append(kind).append(' ').append(count));
            return text.toString();
        }
    }

    private static boolean hidesMemory(String target) {
        return target.endsWith(" (deleted)") || target.startsWith("/memfd:") || target.startsWith("/dev/shm/");
    }

    private static String file(Path link, String target) {
        try {
            Map<String, Object> facts = Files.readAttributes(link, "unix:size,dev,ino");
            return line(link, facts.get("size"), facts.get("dev"), facts.get("ino"), target);
        } catch (IOException e) {
            return "";
        }
    }

    private static String line(Path link, Object size, Object device, Object inode, String target) {
        return link.getFileName() + " " + size + " " + device + " " + inode + " " + GroupedEntries.escape(target)
                + "\n";
    }
}
