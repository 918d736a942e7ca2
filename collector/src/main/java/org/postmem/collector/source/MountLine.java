package org.postmem.collector.source;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One line of {@code /proc/PID/mountinfo}.
 *
 * <pre>36 35 0:27 / /dev/shm rw,nosuid,nodev shared:4 - tmpfs tmpfs rw,size=24684096k</pre>
 *
 * @param root which part of the file system is mounted
 * @param mountPoint unescaped
 * @param escapedMountPoint as the kernel wrote it
 */
record MountLine(
        String device, String root, String mountPoint, String escapedMountPoint, String fstype, String superOptions) {

    /**
     * The lines of which anything depends: memory-backed file systems, control groups, and what may wait for others. Of all
     * others, a hundred thousand on some hosts, nothing is made.
     */
    static List<MountLine> parse(byte[] bytes, int length) {
        List<MountLine> lines = new ArrayList<>();
        for (int from = 0; from < length; ) {
            int end = from;
            int dash = -1;
            while (end < length && bytes[end] != '\n') {
                if (dash < 0
                        && bytes[end] == '-'
                        && end > from
                        && bytes[end - 1] == ' '
                        && end + 1 < length
                        && bytes[end + 1] == ' ') {
                    dash = end;
                }
                end++;
            }
            if (dash >= 0 && matters(bytes, dash + 2, end)) {
                MountLine line = line(new String(bytes, from, end - from, StandardCharsets.UTF_8));
                if (line != null
                        && (line.memoryBacked()
                                || line.remote()
                                || line.fstype().startsWith("cgroup"))) {
                    lines.add(line);
                }
            }
            from = end + 1;
        }
        return lines;
    }

    /** By the first letter of its kind: {@code tmpfs, devtmpfs, ramfs, hugetlbfs, cgroup, nfs, fuse, smb, autofs …}. */
    private static boolean matters(byte[] bytes, int from, int end) {
        return from < end && "tdrhcnfsa9lg".indexOf(bytes[from]) >= 0;
    }

    private static MountLine line(String line) {
        String[] words = line.split(" ", -1);
        int dash = 6;
        while (dash < words.length && !words[dash].equals("-")) {
            dash++;
        }
        return dash + 3 < words.length
                ? new MountLine(
                        words[2], unescape(words[3]), unescape(words[4]), words[4], words[dash + 1], words[dash + 3])
                : null;
    }

    boolean memoryBacked() {
        return fstype.equals("tmpfs")
                || fstype.equals("devtmpfs")
                || fstype.equals("ramfs")
                || fstype.equals("hugetlbfs");
    }

    /** May a path below it wait for another machine or program? */
    boolean remote() {
        return fstype.startsWith("nfs")
                || fstype.startsWith("fuse")
                || fstype.equals("cifs")
                || fstype.startsWith("smb")
                || fstype.equals("autofs")
                || fstype.equals("9p")
                || fstype.equals("ceph")
                || fstype.equals("afs")
                || fstype.equals("glusterfs")
                || fstype.equals("lustre")
                || fstype.equals("gpfs");
    }

    boolean contains(String path) {
        return path.equals(mountPoint) || mountPoint.equals("/") || path.startsWith(mountPoint + "/");
    }

    static String unescape(String text) {
        if (text.indexOf('\\') < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\'
                    && i + 3 < text.length()
                    && text.substring(i + 1, i + 4).matches("[0-7]{3}")) {
                out.append((char) Integer.parseInt(text.substring(i + 1, i + 4), 8));
                i += 3;
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }
}
