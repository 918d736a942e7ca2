/*
 * The limit: what reading costs without Java, compression, hashes or an archive. Reads at every tick what the collector
 * reads at every tick, by the same rule, with one reused buffer and as few system calls as it takes:
 *
 *     reader MILLISECONDS TICKS [all|stat|rollup] [-w FILE] [PATH…]
 *
 * PATH…: files of the host read at every tick. Without a mode, the collector's own rule (ProcessSource): stat of each
 * process; status of those whose stat line is another than a tick ago; status, oom_score, oom_score_adj and cgroup of
 * each process at its first two ticks and then every sixth, in turns; oom_score also when the RSS in stat has moved by a
 * MiB; of kernel threads status and cgroup once. "all": those five files of every process at every tick (and of kernel
 * threads stat). "stat": nothing else. "rollup": the rule, and smaps_rollup of every process. With -w the texts are
 * written to FILE in groups, uncompressed.
 *
 * A line a tick: CPU time of the tick in microseconds, files read, bytes read.
 *
 *     cc -O2 -o reader reader.c
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

enum { MOST_PIDS = 4194304, TURN = 6, KERNEL_THREAD = 0x200000 };

struct known {
    uint64_t start, line;
    long rss, first;
};

static char buffer[4 << 20];
static struct known *known;
static long files, bytes;
static FILE *out;

static long cpu_microseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

/* Reads a file whole; what the kernel shows in one piece (all of a process but its maps) needs no second call. */
static long read_file(const char *path, int at_once) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    long length = 0, got;
    while ((got = read(fd, buffer + length, sizeof buffer - length)) > 0) {
        length += got;
        if (at_once) break;
    }
    close(fd);
    if (got < 0) return -1;
    files++;
    bytes += length;
    if (out) {
        fprintf(out, "==> %s <== %ld\n", path, length);
        fwrite(buffer, 1, length, out);
    }
    return length;
}

static long read_of(const char *pid, const char *file, int at_once) {
    char path[320];
    snprintf(path, sizeof path, "/proc/%s/%s", pid, file);
    return read_file(path, at_once);
}

static uint64_t hash(const char *text, long length) {
    uint64_t value = 14695981039346656037u;
    for (long i = 0; i < length; i++) value = (value ^ (unsigned char)text[i]) * 1099511628211u;
    return value;
}

/* Field n of a stat line, counted as in proc(5), from 4 on. */
static uint64_t field(const char *close, int n) {
    const char *at = close + 2;
    for (int i = 3; i < n && at; i++) at = strchr(at + 1, ' ');
    return at ? strtoull(at + 1, NULL, 10) : 0;
}

static void process(const char *name, long tick, char mode) {
    long length = read_of(name, "stat", 1);
    if (length <= 0 || mode == 's') return;
    buffer[length] = 0;
    char *close = strrchr(buffer, ')');
    struct known *it = &known[atoi(name) % MOST_PIDS];
    if (!close) return;
    uint64_t start = field(close, 22), line = hash(buffer, length);
    long rss = field(close, 24);
    int young = it->start != start;
    if (young) *it = (struct known){start, 0, 0, tick};
    if (field(close, 9) & KERNEL_THREAD) {
        if (young) {
            read_of(name, "status", 1);
            read_of(name, "cgroup", 1);
        }
        return;
    }
    int whole = mode == 'a' || tick <= it->first + 1 || (tick + atoi(name)) % TURN == 0;
    if (it->line != line || whole) read_of(name, "status", 1);
    it->line = line;
    if (labs(rss - it->rss) >= 256 || whole) read_of(name, "oom_score", 1);
    if (labs(rss - it->rss) >= 256) it->rss = rss;
    if (whole) {
        read_of(name, "oom_score_adj", 1);
        read_of(name, "cgroup", 1);
    }
    if (mode == 'r') read_of(name, "smaps_rollup", 1);
}

int main(int count, char **words) {
    if (count < 3) {
        fprintf(stderr, "reader MILLISECONDS TICKS [all|stat|rollup] [-w FILE] [PATH…]\n");
        return 2;
    }
    long step = atol(words[1]), ticks = atol(words[2]);
    int at = 3;
    char mode = 0;
    if (at < count && (!strcmp(words[at], "all") || !strcmp(words[at], "stat") || !strcmp(words[at], "rollup")))
        mode = words[at++][0];
    if (at + 1 < count && !strcmp(words[at], "-w")) {
        out = fopen(words[at + 1], "w");
        if (out) setvbuf(out, NULL, _IOFBF, 1 << 20);
        at += 2;
    }
    known = mmap(NULL, MOST_PIDS * sizeof *known, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (known == MAP_FAILED) return 1;
    struct timespec next;
    clock_gettime(CLOCK_MONOTONIC, &next);
    for (long tick = 1; tick <= ticks; tick++) {
        long begun = cpu_microseconds();
        files = bytes = 0;
        for (int i = at; i < count; i++) {
            struct statvfs space;
            if (!strncmp(words[i], "fs:", 3)) statvfs(words[i] + 3, &space);
            else read_file(words[i], 0);
        }
        DIR *proc = opendir("/proc");
        struct dirent *entry;
        while (proc && (entry = readdir(proc)))
            if (entry->d_name[0] > '0' && entry->d_name[0] <= '9') process(entry->d_name, tick, mode);
        if (proc) closedir(proc);
        if (out) fflush(out);
        printf("%ld\t%ld\t%ld\n", cpu_microseconds() - begun, files, bytes);
        fflush(stdout);
        next.tv_nsec += step % 1000 * 1000000;
        next.tv_sec += step / 1000 + next.tv_nsec / 1000000000;
        next.tv_nsec %= 1000000000;
        while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL)) {}
    }
    return 0;
}
