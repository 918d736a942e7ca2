/*
 * What processes cost, seen from outside, by one rule for all: watch MILLISECONDS COUNT PID…
 *
 * COUNT lines a process: pid, sample, CPU time of all its threads since the sample before in microseconds (the process's
 * CPU clock, as precise as the scheduler's), RSS in kB, threads, descriptors, tab-separated. The first sample only
 * begins. A process that has ended has no more lines.
 *
 *     cc -O2 -o watch watch.c
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 16 };

static long long cpu_nanoseconds(pid_t pid) {
    clockid_t clock;
    struct timespec time;
    if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &time)) return -1;
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static long status(pid_t pid, const char *key) {
    char path[64], line[256];
    long value = -1;
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *in = fopen(path, "r");
    if (!in) return -1;
    while (fgets(line, sizeof line, in)) {
        if (!strncmp(line, key, strlen(key))) value = strtol(line + strlen(key), NULL, 10);
    }
    fclose(in);
    return value;
}

static int descriptors(pid_t pid) {
    char path[64];
    int count = 0;
    snprintf(path, sizeof path, "/proc/%d/fd", pid);
    DIR *folder = opendir(path);
    if (!folder) return -1;
    while (readdir(folder)) count++;
    closedir(folder);
    return count - 2;
}

int main(int count, char **words) {
    if (count < 4 || count - 3 > MOST) {
        fprintf(stderr, "watch MILLISECONDS COUNT PID…\n");
        return 2;
    }
    long step = atol(words[1]), samples = atol(words[2]);
    long long before[MOST];
    struct timespec next;
    clock_gettime(CLOCK_MONOTONIC, &next);
    for (long sample = 0; sample <= samples; sample++) {
        for (int i = 3; i < count; i++) {
            pid_t pid = atoi(words[i]);
            long long now = cpu_nanoseconds(pid);
            if (sample > 0 && now >= 0) {
                printf("%d\t%ld\t%lld\t%ld\t%ld\t%d\n", pid, sample, (now - before[i - 3]) / 1000,
                       status(pid, "VmRSS:"), status(pid, "Threads:"), descriptors(pid));
            }
            before[i - 3] = now;
        }
        fflush(stdout);
        next.tv_nsec += step % 1000 * 1000000;
        next.tv_sec += step / 1000 + next.tv_nsec / 1000000000;
        next.tv_nsec %= 1000000000;
        while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL)) {}
    }
    return 0;
}
