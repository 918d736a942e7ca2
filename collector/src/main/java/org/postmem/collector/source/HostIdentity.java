package org.postmem.collector.source;

import java.nio.charset.StandardCharsets;

/**
 * Who was looked at and with which rights.
 *
 * @param host nodename; null when nobody tells
 * @param bootId null where the kernel does not tell
 * @param cpuCount CPUs online, 0 when unknown
 * @param clockSource what the kernel keeps time with; null when unknown
 * @param privileged may the maps of all processes and kernel addresses be read (CAP_SYS_PTRACE and CAP_SYSLOG)?
 */
public record HostIdentity(
        String host,
        String kernel,
        String machine,
        String bootId,
        int cpuCount,
        boolean privileged,
        String clockSource) {
    private static final int CAP_SYS_PTRACE = 19;
    private static final int CAP_SYSLOG = 34;

    public static HostIdentity read(Roots roots) {
        String stat = text(roots.proc() + "/stat");
        return new HostIdentity(
                host(roots),
                text(roots.proc() + "/sys/kernel/osrelease"),
                machine(System.getProperty("os.arch", "")),
                text(roots.proc() + "/sys/kernel/random/boot_id"),
                stat == null
                        ? 0
                        : (int) stat.lines()
                                .filter(line -> line.matches("cpu[0-9]+ .*"))
                                .count(),
                privileged(text("/proc/self/status")),
                text(roots.sys() + "/devices/system/clocksource/clocksource0/current_clocksource"));
    }

    /**
     * The kernel tells a container the container's name, in Kubernetes another for each pod, and archives of one host would be
     * those of many. What the host is called stands in its files, which are seen through its first process.
     */
    private static String host(Roots roots) {
        String told = text(roots.proc() + "/sys/kernel/hostname");
        if (!new Namespaces(roots.proc()).otherThanTheHosts("uts")) {
            return told;
        }
        String hosts = text(roots.proc() + "/1/root/etc/hostname");
        return hosts == null
                ? told
                : hosts.lines()
                        .map(String::trim)
                        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                        .findFirst()
                        .orElse(told);
    }

    /** A small file without its last newline; null when it cannot be read. */
    static String text(String path) {
        WholeFile file = new WholeFile(1 << 20);
        if (file.read(path) != null) {
            return null;
        }
        return new String(file.bytes(), 0, file.length(), StandardCharsets.UTF_8).stripTrailing();
    }

    /** The kernel's name of the architecture; Java calls the commonest one by another. */
    static String machine(String javaName) {
        return javaName.equals("amd64") ? "x86_64" : javaName;
    }

    static boolean privileged(String status) {
        if (status == null) {
            return false;
        }
        return status.lines()
                .filter(line -> line.startsWith("CapEff:"))
                .map(line -> Long.parseUnsignedLong(
                        line.substring("CapEff:".length()).trim(), 16))
                .anyMatch(set -> (set >> CAP_SYS_PTRACE & 1) == 1 && (set >> CAP_SYSLOG & 1) == 1);
    }
}
