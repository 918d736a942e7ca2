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

    static List<MountLine> parse(byte[] bytes, int length) {
        List<MountLine> lines = new ArrayList<>();
        for (String line : new String(bytes, 0, length, StandardCharsets.UTF_8).split("\n", -1)) {
            String[] words = line.split(" ", -1);
            int dash = 6;
            while (dash < words.length && !words[dash].equals("-")) {
                dash++;
            }
            if (dash + 3 < words.length) {
                lines.add(new MountLine(
                        words[2], unescape(words[3]), unescape(words[4]), words[4], words[dash + 1], words[dash + 3]));
            }
        }
        return lines;
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
