package org.postmem.procfs;

/** Short texts as kernels print them, for several tests. */
final class KernelTexts {
    static final String STAT = """
            cpu  11156 0 6581 201823 769 0 200 125 0 0
            cpu0 5014 0 2499 102595 87 0 15 64 0 0
            intr 467417 0 0 0 1 14
            ctxt 1022093
            btime 1795404482
            processes 19801
            procs_running 3
            procs_blocked 0
            softirq 323682 0 23471 4 16874 182172 0 4 49426 0 51731
            """;
    static final String PRESSURE = """
            some avg10=32.39 avg60=58.88 avg300=42.78 total=297838311
            full avg10=0.00 avg60=0.02 avg300=0.22 total=5185715
            """;
    static final String SWAPS = """
            Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority
            /dev/dm-1                               partition\t8388604\t1024\t-2
            /swap\\040file                          file\t\t1048572\t0\t-3
            """;
    static final String SOCKSTAT = """
            sockets: used 17
            TCP: inuse 1 orphan 0 tw 0 alloc 1 mem 130
            FRAG: inuse 0 memory 0
            """;
    static final String NUMA = """
            Node 0 MemTotal:        7301336 kB
            Node 0 MemFree:         6847220 kB
            Node 0 Active(anon):       1568 kB
            Node 0 HugePages_Total:     3
            """;
    static final String PID_STAT =
            "421 (a) b (c)) S 1 421 421 0 -1 4194560 49536 3175048 7 725 77 372 7720 4519 20 0 13 0 2400 52162560 4881"
                    + " 18446744073709551615 1 1 0 0 0 0 0 4096 1256 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n";
    static final String CGROUP = """
            9:name=systemd:/
            4:memory:/docker/a:b
            3:cpu,cpuacct:/
            0::/app.slice/svc.scope
            """;
    static final String LIMITS = """
            Limit                     Soft Limit           Hard Limit           Units    \s
            Max cpu time              unlimited            unlimited            seconds  \s
            Max open files            32768                65536                files    \s
            Max nice priority         0                    0                   \s
            """;
    static final String FD = """
            total 12 socket 3 pipe 2 anon_inode 1 file 6 /dev/pts/ 2 [eventfd] 1
            5 1048576 26 1031 /memfd:cache (deleted)
            7 4096 64768 77 /var/log/my app.log (deleted)
            9 8192 25 3 /dev/shm/ring
            11 0 0 23114 socket:[23114]
            """;
    static final String SHM = """
                   key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid      atime      dtime      ctime                   rss                  swap
                     0          1  1600               1048576   421   422      1   101     0   101     0 1795404490          0 1795404482               4096                    0
            """;
    static final String STATVFS = """
            4026531841 0:23 tmpfs 25276502016 25276485632 25276485632 /dev/shm
            4026531999 0:44 tmpfs 67108864 0 0 /srv/my\\040cache
            """;
    static final String MOUNTINFO = """
            25 24 0:23 / /dev/shm rw,relatime - tmpfs tmpfs rw,size=24684096k
            36 35 98:0 /mnt1 /mnt\\0402 rw,noatime master:1 shared:7 - ext3 /dev/root rw,errors=continue
            """;
    static final String KMSG = """
            6,339,5140900,-;NET: Registered PF_INET6 protocol family
             SUBSYSTEM=net
             DEVICE=+net:eth0
            30,340,5141000,-;systemd[1]: tab\\x09here
            """;

    private KernelTexts() {}
}
