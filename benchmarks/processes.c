/*
 * Processes to be read: processes COUNT [busy|churn|small]
 *
 * COUNT children of about 1 MiB each that sleep; with "small" they have no more than a program needs, for tens of
 * thousands of them. With "busy" each touches a page and gives it back once a second, so that its stat line never stands
 * still. With "churn" each lives half a second to ten and is then followed by another; a quarter of them maps and touches
 * some MiB more while it lives. All die with their parent.
 *
 *     cc -O2 -o processes processes.c
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char *touch(size_t bytes) {
    char *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) exit(1);
    memset(at, 1, bytes);
    return at;
}

static void nap(long milliseconds) {
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    nanosleep(&time, NULL);
}

static void child(const char *mode, unsigned seed) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    char *memory = strcmp(mode, "small") ? touch(1 << 20) : NULL;
    if (!strcmp(mode, "busy")) {
        nap(seed % 1000);
        for (;;) {
            madvise(memory, 4096, MADV_DONTNEED);
            memory[0] = 1;
            nap(1000);
        }
    }
    if (!strcmp(mode, "churn")) {
        long left = 500 + rand_r(&seed) % 9500;
        int grows = rand_r(&seed) % 4 == 0;
        for (; left > 0; left -= 500) {
            if (grows) touch(512 << 10);
            nap(500);
        }
        _exit(0);
    }
    for (;;) pause();
}

static void start(const char *mode, unsigned seed) {
    pid_t pid = fork();
    if (pid < 0) perror("fork");
    if (pid == 0) child(mode, seed);
}

int main(int count, char **words) {
    int wanted = count > 1 ? atoi(words[1]) : 0;
    const char *mode = count > 2 ? words[2] : "idle";
    unsigned seed = 1;
    for (int i = 0; i < wanted; i++) start(mode, seed++ * 2654435761u);
    for (;;) {
        if (wait(NULL) > 0 && !strcmp(mode, "churn")) start(mode, seed++ * 2654435761u);
        else if (strcmp(mode, "churn")) pause();
    }
}
