/* SPDX-License-Identifier: Apache-2.0
 *
 * A service that holds memory: `name FILE`, where FILE has one `key=value` a line.
 *
 *   way=      what is held: see ways[] at the end
 *   shape=    how much of it at which time: see shape_kb()
 *   rate_kb=  kB a second                 max_kb=, min_kb=  bounds of the shape
 *   every_s=  period or time of a step    delay_s=  nothing before
 *   drift_kb= kB a second on top of any shape: a floor that rises under a load that comes and goes
 *   unit_kb=  size of one piece           path=     file or folder the way works on
 *   base_kb=  taken on the heap at the start and kept: what the program needs anyway, not in the ledger
 *   log=      ledger: uptime, kB held, pieces held, once a second
 *
 * It runs as a copy under a service's name and is told everything by the file, so that neither its name nor
 * its command line tells an analyzer what it does. Ten times a second the pieces held are brought to the target.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/if_packet.h>
#include <linux/io_uring.h>
#include <linux/perf_event.h>
#include <malloc.h>
#include <math.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define OUTLINE __attribute__((noinline))

static char way[32], shape[32] = "linear", path[200], ledger[200];
static double rate_kb = 1024, max_kb = 1e12, min_kb, every_s = 40, delay_s, drift_kb, base_kb;
static long unit_kb;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static double uptime(void) {
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return now.tv_sec + now.tv_nsec / 1e9;
}

static void configure(const char *file) {
    char line[256];
    FILE *in = fopen(file, "r");
    if (!in) fail(file);
    while (fgets(line, sizeof line, in)) {
        char *value = strchr(line, '=');
        if (!value) continue;
        *value++ = 0;
        value[strcspn(value, "\n")] = 0;
        if (!strcmp(line, "way")) snprintf(way, sizeof way, "%s", value);
        else if (!strcmp(line, "shape")) snprintf(shape, sizeof shape, "%s", value);
        else if (!strcmp(line, "path")) snprintf(path, sizeof path, "%s", value);
        else if (!strcmp(line, "log")) snprintf(ledger, sizeof ledger, "%s", value);
        else if (!strcmp(line, "rate_kb")) rate_kb = atof(value);
        else if (!strcmp(line, "max_kb")) max_kb = atof(value);
        else if (!strcmp(line, "min_kb")) min_kb = atof(value);
        else if (!strcmp(line, "every_s")) every_s = atof(value);
        else if (!strcmp(line, "delay_s")) delay_s = atof(value);
        else if (!strcmp(line, "drift_kb")) drift_kb = atof(value);
        else if (!strcmp(line, "base_kb")) base_kb = atof(value);
        else if (!strcmp(line, "unit_kb")) unit_kb = atol(value);
    }
    fclose(in);
}

static double shape_kb(double t) {
    if (!strcmp(shape, "stairs")) return fmin(max_kb, floor(t / every_s) * rate_kb * every_s);
    if (!strcmp(shape, "faster")) return fmin(max_kb, t * rate_kb * t / every_s);
    if (!strcmp(shape, "step")) return t < every_s ? min_kb : max_kb;
    if (!strcmp(shape, "warm")) return max_kb * (1 - exp(-t / every_s));
    if (!strcmp(shape, "load")) { /* two fifths of the time there is a load: min_kb while it lasts, and rate_kb a second that stay */
        double busy = every_s * 2 / 5, now = fmod(t, every_s);
        return rate_kb * (floor(t / every_s) * busy + fmin(now, busy)) + (now < busy ? min_kb : 0);
    }
    if (!strcmp(shape, "rush")) /* rate_kb a second on the average; between a fifth of it and nearly twice as much, as requests come */
        return rate_kb * (t + 0.8 * every_s / (2 * M_PI) * (1 - cos(2 * M_PI * t / every_s)));
    if (!strcmp(shape, "wave")) return max_kb * (0.5 - 0.4 * cos(2 * M_PI * t / every_s));
    if (!strcmp(shape, "burst")) return fmod(t, every_s) < every_s / 3 ? max_kb : min_kb;
    if (!strcmp(shape, "gc")) /* two collections of different periods on top of each other, as of a young and an old generation */
        return min_kb + fmod(t, 7) / 7 * max_kb / 3 + fmod(t, 19) / 19 * max_kb * 2 / 3;
    if (!strcmp(shape, "generations")) { /* every 6 s the young are collected, and what is left of them is promoted; every every_s seconds all are */
        double since = fmod(t, every_s);
        return min_kb + fmod(since, 6) / 6 * max_kb + floor(since / 6) * 6 * rate_kb;
    }
    if (!strcmp(shape, "leader")) { /* a third of the time, and the other two thirds it is min_kb */
        double since = fmod(t, 3 * every_s);
        return since < every_s ? min_kb + since * rate_kb : min_kb;
    }
    if (!strcmp(shape, "drain")) return t < every_s ? max_kb * t / every_s : fmax(min_kb, max_kb - (t - every_s) * rate_kb);
    if (!strcmp(shape, "saw")) {
        double span = max_kb - min_kb, up = span / rate_kb;
        return min_kb + fmod(t, up) / up * span;
    }
    return fmin(max_kb, t * rate_kb); /* linear; with max_kb a ramp, or a leak that stops */
}

/* kB that are to be held t seconds after the start */
static double target_kb(double t) {
    t -= delay_s;
    return t < 0 ? 0 : shape_kb(t) + drift_kb * t;
}

/* --- pieces of the heap: a list, newest first --- */
struct piece {
    struct piece *next;
    char payload[];
};
static struct piece *pieces;

OUTLINE static int heap_take(long n) {
    (void)n;
    struct piece *p = malloc(unit_kb * 1024);
    if (!p) return -1;
    memset(p, 0x5a, unit_kb * 1024);
    p->next = pieces;
    pieces = p;
    return 0;
}

static void heap_give(long n) {
    (void)n;
    struct piece *p = pieces;
    pieces = p->next;
    free(p);
}

/* one buffer that a program makes twice as large whenever it is full, and that it only ever appends to */
static int buffer_take(long n) {
    static char *buffer;
    static long room_kb;
    if ((n + 1) * unit_kb > room_kb) {
        long more_kb = room_kb ? room_kb * 2 : 1024;
        char *larger = realloc(buffer, more_kb * 1024);
        if (!larger) return -1;
        buffer = larger;
        room_kb = more_kb;
    }
    memset(buffer + n * unit_kb * 1024, 'x', unit_kb * 1024);
    return 0;
}

/* --- sixteen threads that each allocate for themselves: malloc gives each an arena of its own --- */
#define THREADS 16
static long asked_of[THREADS];

static void *allocating(void *argument) {
    long *asked = argument, done = 0;
    struct piece *own = NULL;
    for (;;) {
        while (done < __atomic_load_n(asked, __ATOMIC_RELAXED)) {
            struct piece *p = malloc(unit_kb * 1024);
            if (!p) break;
            memset(p, 0x5a, unit_kb * 1024);
            p->next = own;
            own = p;
            done++;
        }
        usleep(50000);
    }
    return own;
}

static int arena_take(long n) {
    static int started;
    if (!started) {
        started = 1;
        for (int i = 0; i < THREADS; i++) {
            pthread_t t;
            if (pthread_create(&t, NULL, allocating, &asked_of[i])) return -1;
        }
    }
    __atomic_add_fetch(&asked_of[n % THREADS], 1, __ATOMIC_RELAXED);
    return 0;
}

/* --- a master and five workers, forked from it, which look alike: for every_s seconds one of them has all the requests, then the next. None
 * gives back what a request left --- */
static int turns_take(long n) {
    enum { WORKERS = 5 };
    static long *asked;
    static double start;
    if (!asked) {
        asked = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (asked == MAP_FAILED) fail("mmap");
        start = uptime();
        for (int i = 0; i < WORKERS; i++) {
            pid_t worker = fork();
            if (worker < 0) return -1;
            if (worker) continue;
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            for (long done = 0;; usleep(50000))
                for (; done < __atomic_load_n(&asked[i], __ATOMIC_ACQUIRE); done++)
                    if (heap_take(n)) _exit(1);
        }
    }
    __atomic_add_fetch(&asked[(long)((uptime() - start) / every_s) % WORKERS], 1, __ATOMIC_RELEASE);
    return 0;
}

/* --- a recursion that never ends, on the stack of a thread that was given much room --- */
static long frames_due;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Winfinite-recursion"
OUTLINE static void deeper(long depth) {
    char frame[2048];
    memset(frame, (int)depth | 1, sizeof frame);
    while (depth >= __atomic_load_n(&frames_due, __ATOMIC_RELAXED)) usleep(50000);
    deeper(depth + 1);
    __asm__ volatile("" : : "r"(frame) : "memory");
}

#pragma GCC diagnostic pop

static void *recursing(void *argument) {
    deeper(0);
    return argument;
}

static int stack_take(long n) {
    static pthread_t t;
    pthread_attr_t room;
    if (!t) {
        pthread_attr_init(&room);
        if (pthread_attr_setstacksize(&room, 640L << 20) || pthread_create(&t, &room, recursing, NULL)) return -1;
    }
    __atomic_store_n(&frames_due, n + 1, __ATOMIC_RELAXED);
    return 0;
}

/* --- a master whose heap grows, and six workers that it forks from itself and replaces every 20 s: each of them shows the
 * master's pages as its own until one of the two writes --- */
static int prefork_take(long n) {
    static pid_t worker[6];
    static double due[6];
    double now = uptime();
    for (int i = 0; i < 6; i++) {
        if (worker[i] && now < due[i]) continue;
        if (worker[i]) {
            kill(worker[i], SIGTERM);
            waitpid(worker[i], NULL, 0);
        }
        worker[i] = fork();
        if (worker[i] == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            for (;;) pause();
        }
        if (worker[i] < 0) return -1;
        due[i] = now + 20 + 3 * i;
    }
    return heap_take(n);
}

/* --- a data set of max_kb; every every_s seconds a child is forked that writes it out for half of that time. Whatever the
 * parent changes meanwhile is there twice --- */
static int dataset_take(long n) {
    (void)n;
    static double next;
    static pid_t writer;
    static struct piece *changed;
    double now = uptime();
    int whole = (n + 2) * unit_kb > max_kb; /* the last piece is never taken: who holds all that is due is not asked again */
    if (!next) next = now + every_s / 2;
    if (!writer && whole && now > next) {
        writer = fork();
        if (writer == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            sleep(every_s / 2);
            _exit(0);
        }
        changed = pieces;
        next = now + every_s;
    }
    if (writer > 0) {
        for (int i = 0; i < 40 && changed; i++, changed = changed->next) memset(changed->payload, (int)now, unit_kb * 1024 - sizeof *changed);
        if (waitpid(writer, NULL, WNOHANG) == writer) writer = 0;
    }
    return whole ? 1 : heap_take(n);
}

/* --- a data set of max_kb, which is changed from its first piece to its last and then again; each time a child is forked that is to
 * write it out, and waits for ever for a disk. What the parent changes from then on only that child still has as it was --- */
static int snapshot_take(long n) {
    static char *room;
    const long places = (long)max_kb / unit_kb;
    if (!room) {
        room = mmap(NULL, max_kb * 1024, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (room == MAP_FAILED) fail("mmap");
        madvise(room, max_kb * 1024, MADV_NOHUGEPAGE);
        memset(room, 7, max_kb * 1024);
    }
    if (n % places == 0) {
        pid_t writer = fork();
        if (writer < 0) return -1;
        if (writer == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            for (;;) pause();
        }
    }
    memset(room + n % places * unit_kb * 1024, (int)n | 1, unit_kb * 1024);
    return 0;
}

/* --- a master that takes min_kb and rests, and one helper, forked before that: it has the same name, and it is what grows --- */
static void record(double kb, long n);

static int helper_take(long n) {
    static pid_t helper;
    if (helper) return 1;
    helper = fork();
    if (helper < 0) return -1;
    if (helper) {
        *ledger = 0;
        for (; n * unit_kb < min_kb; n++)
            if (heap_take(n)) return -1;
        return 1;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (double start = uptime();; usleep(100000)) {
        for (; (n + 1) * unit_kb <= (uptime() - start) * rate_kb; n++)
            if (heap_take(n)) _exit(1);
        record(n * unit_kb, n);
    }
}

/* --- a database: a pool of max_kb that a master shares with six backends, each of which comes to touch all of it, and takes
 * 6 MB for a query now and then. The last one has a cache of plans of its own, from which nothing is ever removed --- */
static void backend(char *pool, long number, int caches) {
    double start = uptime(), query = start + 3 + number;
    char *rows = NULL;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (long touched = 0, n = 0;; usleep(100000)) {
        double now = uptime();
        for (; touched < max_kb && touched < (now - start) * 1536; touched += 4) pool[touched * 1024]++;
        if (now > query) {
            if (rows) free(rows), rows = NULL;
            else if ((rows = malloc(6 << 20))) memset(rows, 7, 6 << 20);
            query = now + (rows ? 2 : 4 + number);
        }
        if (!caches) continue;
        for (; (n + 1) * unit_kb <= target_kb(now - start); n++)
            if (heap_take(n)) _exit(1);
        record(n * unit_kb, n);
    }
}

static int start_backends(int cache) {
    static char *pool;
    if (pool) return 1;
    pool = mmap(NULL, max_kb * 1024, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (pool == MAP_FAILED) fail("mmap");
    for (long i = 0; i < 6; i++) {
        pid_t child = fork();
        if (child < 0) return -1;
        if (child == 0) backend(pool, i, cache && i == 5);
    }
    *ledger = 0;
    return 1;
}

static int backends_take(long n) {
    (void)n;
    return start_backends(1);
}

/* the same without plans: nothing grows when all of them have come to touch all of the pool */
static int pool_take(long n) {
    (void)n;
    return start_backends(0);
}

/* --- a thread for every request; what it keeps for itself under a key has no destructor, so it is still there when the thread is not --- */
static pthread_key_t own_buffer;

static void *answering(void *argument) {
    char *work = malloc(100 * 1024), *own = malloc(unit_kb * 1024);
    if (!own || !work) return argument;
    memset(own, 1, unit_kb * 1024);
    memset(work, 1, 100 * 1024);
    pthread_setspecific(own_buffer, own);
    usleep(200000);
    free(work);
    return argument;
}

static int thread_local_take(long n) {
    pthread_t t;
    if (n == 0 && pthread_key_create(&own_buffer, NULL)) return -1;
    if (pthread_create(&t, NULL, answering, NULL)) return -1;
    return pthread_detach(t);
}

/* --- a thread for every call of a service that does not answer any more: it waits for a lock that the first one has, with what it read
 * on its stack and in a buffer --- */
static pthread_mutex_t remote = PTHREAD_MUTEX_INITIALIZER;

static void *calling(void *argument) {
    char frame[96 * 1024], *request = malloc(24 * 1024);
    if (request) memset(request, 1, 24 * 1024);
    memset(frame, 1, sizeof frame);
    __asm__ volatile("" : : "r"(frame) : "memory");
    pthread_mutex_lock(&remote);
    for (;;) pause();
    return argument;
}

static int calls_take(long n) {
    pthread_t t;
    (void)n;
    return pthread_create(&t, NULL, calling, NULL) ? -1 : pthread_detach(t);
}

/* --- threads that come one after the other; each keeps 256 buffers of different sizes and takes new ones for old ones all the time --- */
static void *churning(void *argument) {
    enum { BUFFERS = 256 };
    char *held[BUFFERS] = {0};
    unsigned long seed = 88172645463325252UL + (unsigned long)argument * 7919;
    for (;;) {
        for (int i = 0; i < 24; i++) {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            char **place = &held[seed % BUFFERS];
            size_t bytes = 1024 + (seed >> 20) % (24 * 1024);
            free(*place);
            *place = malloc(bytes);
            if (*place) memset(*place, 1, bytes);
        }
        usleep(100000);
    }
    return argument;
}

static int churn_take(long n) {
    pthread_t t;
    return pthread_create(&t, NULL, churning, (void *)n) ? -1 : 0;
}

/* --- a store of sorted files: what is written is kept in memory until it is min_kb, and then a file; four files are read into max_kb
 * of memory, made one, and gone --- */
static int compaction_take(long n) {
    static long held, files, merged;
    static char *merging;
    static double until;
    char name[256];
    (void)n;
    if (merging && uptime() > until) {
        munmap(merging, max_kb * 1024);
        merging = NULL;
    }
    if (heap_take(n)) return -1;
    held += unit_kb;
    if (held < min_kb) return 0;
    snprintf(name, sizeof name, "%s/%06ld.sst", path, merged * 4 + files);
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (fd < 0) return -1;
    for (; pieces; heap_give(n))
        if (write(fd, pieces->payload, unit_kb * 1024 - sizeof *pieces) < 0) return -1;
    close(fd);
    held = 0;
    if (++files < 4) return 0;
    merging = mmap(NULL, max_kb * 1024, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (merging == MAP_FAILED) return -1;
    memset(merging, 1, max_kb * 1024);
    until = uptime() + 5;
    for (; files > 0; files--) {
        snprintf(name, sizeof name, "%s/%06ld.sst", path, merged * 4 + files - 1);
        if (unlink(name)) return -1;
    }
    merged++;
    snprintf(name, sizeof name, "%s/level1.sst", path);
    fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (fd < 0 || write(fd, merging, max_kb * 512) < 0) return -1;
    close(fd);
    return 0;
}

/* --- a table of max_kb on disk, mapped, of which pages are changed here and there, and a journal of it; every every_s seconds all that was
 * changed is written out, and the journal begins anew --- */
static int checkpoint_take(long n) {
    static char *table;
    static int journal;
    static double next;
    char name[256];
    double now = uptime();
    long places = (long)max_kb / unit_kb;
    if (!table) {
        int fd = open(path, O_RDWR | O_CREAT, 0644);
        snprintf(name, sizeof name, "%s-wal", path);
        journal = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0644);
        if (fd < 0 || journal < 0 || ftruncate(fd, max_kb * 1024)) fail(path);
        table = mmap(NULL, max_kb * 1024, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (table == MAP_FAILED) fail("mmap");
        next = now + every_s;
    }
    char *place = table + n * 7919 % places * unit_kb * 1024;
    memset(place, (int)n | 1, unit_kb * 1024);
    if (write(journal, place, unit_kb * 1024) < 0) return -1;
    if (now < next) return 0;
    next = now + every_s;
    return msync(table, max_kb * 1024, MS_SYNC) || ftruncate(journal, 0) ? -1 : 0;
}

/* --- a configuration of max_kb in memory; every every_s seconds it is read anew, and the old one goes when the new one is whole --- */
static int reload_take(long n) {
    static char *current, *next;
    static double begun, due;
    static long filled;
    (void)n;
    double now = uptime();
    if (now < due) return 1;
    if (!next) {
        next = mmap(NULL, max_kb * 1024, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (next == MAP_FAILED) fail("mmap");
        begun = now;
        filled = 0;
    }
    for (; (filled + 1) * unit_kb <= fmin(max_kb, (now - begun) * rate_kb); filled++) memset(next + filled * unit_kb * 1024, 7, unit_kb * 1024);
    if ((filled + 1) * unit_kb <= max_kb) return 1;
    if (current) munmap(current, max_kb * 1024);
    current = next;
    next = NULL;
    due = begun + every_s;
    return 1;
}

/* --- a heap of a runtime that collects: it comes to be max_kb; every every_s seconds two thirds of it are told to be free, which the kernel
 * need not take as long as there is memory, and are used again one after the other --- */
static int lazy_take(long n) {
    static char *room;
    static double next;
    static long used;
    double now = uptime();
    if (!room) {
        room = mmap(NULL, max_kb * 1024, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (room == MAP_FAILED) fail("mmap");
        madvise(room, max_kb * 1024, MADV_NOHUGEPAGE);
        next = now + every_s;
    }
    if (now > next) {
        used = n / 3;
        if (madvise(room + used * unit_kb * 1024, (n - used) * unit_kb * 1024, MADV_FREE)) return -1;
        next = now + every_s;
    }
    for (int i = 0; i < 12 && used < n; i++, used++) memset(room + used * unit_kb * 1024, (int)n | 1, unit_kb * 1024);
    if ((n + 2) * unit_kb > max_kb) return 1; /* the last piece is never taken: who holds all that is due is not asked again */
    memset(room + n * unit_kb * 1024, (int)n | 1, unit_kb * 1024);
    return 0;
}

/* --- a set of max_kb that is in use: two threads write to pages of it at random, as fast as these can be had --- */
static char *set;
static long set_pages;

static void *using(void *argument) {
    unsigned long seed = 88172645463325252UL + (unsigned long)argument;
    for (;;) {
        long held = __atomic_load_n(&set_pages, __ATOMIC_ACQUIRE);
        for (int i = 0; i < 100 && held > 0; i++) {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            set[seed % held * 4096]++;
        }
        usleep(1000);
    }
    return argument;
}

static int working_set_take(long n) {
    if (!set) {
        pthread_t t;
        set = mmap(NULL, max_kb * 1024, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (set == MAP_FAILED || pthread_create(&t, NULL, using, (void *)0) || pthread_create(&t, NULL, using, (void *)1)) fail("working set");
        madvise(set, max_kb * 1024, MADV_NOHUGEPAGE);
    }
    memset(set + n * unit_kb * 1024, (int)n | 1, unit_kb * 1024);
    __atomic_store_n(&set_pages, (n + 1) * unit_kb / 4, __ATOMIC_RELEASE);
    return 0;
}

/* --- max_kb at once, and once more piece by piece: what was swapped out meanwhile comes back --- */
static int again_take(long n) {
    static char *room;
    if (!room) {
        room = mmap(NULL, max_kb * 1024, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (room == MAP_FAILED) fail("mmap");
        madvise(room, max_kb * 1024, MADV_NOHUGEPAGE);
        memset(room, 7, max_kb * 1024);
        sleep(every_s);
    }
    memset(room + n * unit_kb * 1024, (int)n | 1, unit_kb * 1024);
    return 0;
}

/* --- a report now and then: its rows come in buffers of 4 kB, and beside them lies a sheet of 20 MB as long as it is written. Two rows of three
 * are freed with it; the third is made as small as its text, and kept where it lies, as it may be asked for again. In what is free around it there is
 * no room for as many rows as before, so the heap grows by more than is kept --- */
static double measured_kb; /* where it is known what is held, and not by pieces */

static int report_take(long n) {
    enum { ROW = 4000, KEPT = 1100, SHEET = 20 << 20 };
    const long rows = unit_kb / 4;
    char **row = malloc(rows * sizeof *row), *sheet = mmap(NULL, SHEET, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (!row || sheet == MAP_FAILED) return -1;
    for (long i = 0; i < rows; i++) {
        row[i] = malloc(ROW);
        if (!row[i]) return -1;
        memset(row[i], (int)n | 1, ROW);
        memset(sheet + i * (SHEET / rows), 1, SHEET / rows);
        if (i % 128 == 0) usleep(100000);
    }
    for (long i = 0; i < rows; i++) {
        if (i % 3) free(row[i]);
        else if (!realloc(row[i], KEPT)) return -1;
    }
    free(row);
    measured_kb = mallinfo2().arena / 1024.0;
    return munmap(sheet, SHEET);
}

/* --- a job that tells under its name what it is at: three of them, every_s each, and the last until it ends --- */
static int renamed_take(long n) {
    static const char *const names[] = {"etl:extract", "etl:transform", "etl:load"};
    static double start;
    double now = uptime();
    if (!start) start = now;
    prctl(PR_SET_NAME, names[now < start + every_s ? 0 : now < start + 2 * every_s ? 1 : 2]);
    return heap_take(n);
}

/* --- a database with a pool of max_kb, and a backend for each of its clients, who never hang up: what it comes to read of the pool is no
 * memory of its own, but takes a page table for every 2 MB; 384 kB of its own come on top --- */
static int connection_take(long n) {
    static char *pool;
    volatile char sum = 0;
    (void)n;
    if (!pool) {
        pool = mmap(NULL, max_kb * 1024, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (pool == MAP_FAILED) fail("mmap");
        memset(pool, 7, max_kb * 1024);
    }
    pid_t child = fork();
    if (child) return child < 0 ? -1 : 0;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    char *own = malloc(384 * 1024);
    if (!own) _exit(1);
    memset(own, 1, 384 * 1024);
    for (long i = 0; i < max_kb * 1024; i += 4096) sum += pool[i];
    for (;;) pause();
}

/* --- mappings --- */
static void *map_piece(int prot, int flags) {
    return mmap(NULL, unit_kb * 1024, prot, flags, -1, 0);
}

static int untouched_take(long n) {
    (void)n;
    return map_piece(PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS) == MAP_FAILED ? -1 : 0;
}

static int reserve_take(long n) {
    (void)n;
    return map_piece(PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE) == MAP_FAILED ? -1 : 0;
}

static int touched_take(long n, int flags) {
    void *p = map_piece(PROT_READ | PROT_WRITE, flags);
    if (p == MAP_FAILED) return -1;
    memset(p, (int)n | 1, unit_kb * 1024);
    return 0;
}

static int shared_take(long n) { return touched_take(n, MAP_SHARED | MAP_ANONYMOUS); }

/* a table that a master shares with five workers: each of them enters its own lines of it, and no line is ever used again */
static int slots_take(long n) {
    static char *room;
    static long *asked;
    if (!room) {
        room = mmap(NULL, 1L << 32, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (room == MAP_FAILED) fail("mmap");
        asked = (long *)room;
        for (long i = 0; i < 5; i++) {
            pid_t worker = fork();
            if (worker < 0) return -1;
            if (worker) continue;
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            for (long line = i;; usleep(50000))
                for (; line < __atomic_load_n(asked, __ATOMIC_ACQUIRE); line += 5) memset(room + 4096 + line * unit_kb * 1024, 7, unit_kb * 1024);
        }
    }
    __atomic_store_n(asked, n + 1, __ATOMIC_RELEASE);
    return 0;
}

static int hugetlb_take(long n) { return touched_take(n, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB); }

/* one page of every 2 MB, where huge pages are asked for: a record is small, and the page that it comes to lie in is not */
static int sparse_take(long n) {
    static char *room;
    if (!room) {
        room = mmap(NULL, 1L << 36, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (room == MAP_FAILED) fail("mmap");
        room = (char *)(((unsigned long)room + (2L << 20)) & ~((2UL << 20) - 1));
        madvise(room, 1L << 35, MADV_HUGEPAGE);
    }
    room[n << 21] = 1;
    return 0;
}

/* a file that is there, mapped and read ever further: page cache that the process maps */
static int file_read_take(long n) {
    static char *table;
    const long room_kb = 640 * 1024;
    volatile char sum = 0;
    if (!table) {
        int fd = open(path, O_RDWR | O_CREAT, 0644);
        if (fd < 0 || ftruncate(fd, room_kb * 1024)) fail(path);
        table = mmap(NULL, room_kb * 1024, PROT_READ, MAP_SHARED, fd, 0);
        if (table == MAP_FAILED) fail("mmap");
    }
    if ((n + 1) * unit_kb > room_kb) return -1;
    for (long i = 0; i < unit_kb * 1024; i += 4096) sum += table[n * unit_kb * 1024 + i];
    return 0;
}

/* reading one page in every 2 MB of a mapping maps the zero page: a page table each time, and nothing else */
static int pagetable_take(long n) {
    static char *room;
    if (!room) {
        room = mmap(NULL, 1L << 41, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (room == MAP_FAILED) fail("mmap");
        madvise(room, 1L << 41, MADV_NOHUGEPAGE);
    }
    volatile char *place = room + (n << 21);
    return *place;
}

static int file_map_take(long n, int flags) {
    static int fd = -1;
    static char *table;
    const long room_kb = 640 * 1024;
    if (fd < 0) {
        fd = open(path, O_RDWR | O_CREAT, 0644);
        if (fd < 0 || ftruncate(fd, room_kb * 1024)) fail(path);
        table = mmap(NULL, room_kb * 1024, PROT_READ | PROT_WRITE, flags & ~MAP_LOCKED, fd, 0);
        if (table == MAP_FAILED) fail("mmap");
    }
    if ((n + 1) * unit_kb > room_kb) return -1;
    memset(table + n * unit_kb * 1024, (int)n | 1, unit_kb * 1024);
    return flags & MAP_LOCKED ? mlock(table + n * unit_kb * 1024, unit_kb * 1024) : 0;
}

static int file_private_take(long n) { return file_map_take(n, MAP_PRIVATE); }

static int file_shared_take(long n) { return file_map_take(n, MAP_SHARED); }

/* what is locked cannot be dropped, whether its disk has it or not: shared pages of a file that are no cache any more */
static int file_locked_take(long n) { return file_map_take(n, MAP_SHARED | MAP_LOCKED); }

/* --- shared memory objects and files --- */
static int fill(int fd) {
    static char block[4096];
    memset(block, 'x', sizeof block);
    for (long i = 0; i < unit_kb / 4; i++)
        if (write(fd, block, sizeof block) != sizeof block) return -1;
    return 0;
}

/* rules that are compiled to a file, which is mapped and changed to lie where it came to lie; the rules before them stay mapped */
static int rules_take(long n) {
    char name[256];
    snprintf(name, sizeof name, "%s/rules-%05ld.so", path, n);
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0644);
    if (fd < 0 || fill(fd)) return -1;
    char *text = mmap(NULL, unit_kb * 1024, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    close(fd);
    if (text == MAP_FAILED) return -1;
    for (long i = 0; i < unit_kb * 1024; i += 512) text[i] = (char)(n | 1);
    return 0;
}

static int memfd_take(long n) {
    (void)n;
    int fd = memfd_create("frame-pool", 0);
    return fd < 0 ? -1 : fill(fd);
}

static int memfd_grow_take(long n) {
    static int fd = -1;
    (void)n;
    if (fd < 0) fd = memfd_create("render-surface", 0);
    return fd < 0 ? -1 : fill(fd);
}

static int posix_shm_take(long n) {
    char name[64];
    snprintf(name, sizeof name, "/frame-%d-%ld", getpid(), n);
    int fd = shm_open(name, O_RDWR | O_CREAT, 0600);
    if (fd < 0 || ftruncate(fd, unit_kb * 1024)) return -1;
    void *p = mmap(NULL, unit_kb * 1024, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (p == MAP_FAILED) return -1;
    memset(p, 1, unit_kb * 1024);
    munmap(p, unit_kb * 1024);
    return 0;
}

static int sysv_take(long n) {
    int id = shmget(IPC_PRIVATE, unit_kb * 1024, IPC_CREAT | 0600);
    void *p = id < 0 ? (void *)-1 : shmat(id, NULL, 0);
    if (p == (void *)-1) return -1;
    memset(p, (int)n | 1, unit_kb * 1024);
    return shmdt(p);
}

/* one segment of max_kb with the state of a program, attached as long as it lives; a program that is killed does not remove it */
static int segment_take(long n) {
    static void *state;
    (void)n;
    if (state) return 1;
    int id = shmget(IPC_PRIVATE, max_kb * 1024, IPC_CREAT | 0600);
    state = id < 0 ? (void *)-1 : shmat(id, NULL, 0);
    if (state == (void *)-1) fail("shmget");
    memset(state, 7, max_kb * 1024);
    return 1;
}

/* max_kb of buffers in files of 2 MB in a hugetlbfs (path), mapped as long as the program lives; who is killed does not remove them */
static int buffers_take(long n) {
    static int done;
    char name[256];
    (void)n;
    for (; (done + 1) * 2048 <= max_kb; done++) {
        snprintf(name, sizeof name, "%s/rtemap_%d-%d", path, getpid(), done);
        int fd = open(name, O_RDWR | O_CREAT, 0600);
        if (fd < 0 || ftruncate(fd, 2 << 20)) return -1;
        char *p = mmap(NULL, 2 << 20, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        close(fd);
        if (p == MAP_FAILED) return -1;
        memset(p, 7, 2 << 20);
    }
    return 1;
}

/* messages of 4,000 bytes in a queue of System V (its key: path), and who receives them */
static int queue_of_path(void) {
    int id = msgget((key_t)strtol(path, NULL, 0), IPC_CREAT | 0600);
    if (id < 0) fail("msgget");
    return id;
}

static int send_take(long n) {
    static struct { long type; char text[4000]; } message = {.type = 1};
    static int id = -1;
    struct msqid_ds state;
    if (id < 0) id = queue_of_path();
    memset(message.text, (int)n | 1, sizeof message.text);
    if (msgsnd(id, &message, sizeof message.text, IPC_NOWAIT)) return -1;
    if (!msgctl(id, IPC_STAT, &state)) measured_kb = fmax(0.01, state.msg_qnum > 250 ? state.msg_qnum * 4.0 : 0);
    return 0;
}

static int receive_take(long n) {
    static struct { long type; char text[4000]; } message;
    static int id = -1;
    (void)n;
    if (id < 0) id = queue_of_path();
    while (msgrcv(id, &message, sizeof message.text, 0, IPC_NOWAIT) > 0) { }
    return 1;
}

static int log_fd = -1;

static int log_take(long n) {
    (void)n;
    if (log_fd < 0) log_fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0644);
    return log_fd < 0 ? -1 : fill(log_fd);
}

static void log_give(long n) {
    if (ftruncate(log_fd, n * unit_kb * 1024)) fail("ftruncate");
}

static int deleted_take(long n) {
    int first = log_fd < 0, outcome = log_take(n);
    if (first) unlink(path);
    return outcome;
}

/* the file is unlinked, and it is not who opened it that writes but a child that inherited it */
static int inherited_take(long n) {
    static pid_t writer;
    (void)n;
    if (writer) return 1;
    log_fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0644);
    if (log_fd < 0 || unlink(path)) return -1;
    writer = fork();
    if (writer) return writer < 0 ? -1 : 0;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (double start = uptime(), held = 0;; usleep(100000))
        for (; held + unit_kb <= (uptime() - start) * rate_kb; held += unit_kb)
            if (fill(log_fd)) _exit(1);
}

static int files_take(long n) {
    char name[256];
    snprintf(name, sizeof name, "%s/sess-%07ld", path, n);
    int fd = open(name, O_WRONLY | O_CREAT, 0600);
    int outcome = fd < 0 ? -1 : fill(fd);
    if (fd >= 0) close(fd);
    return outcome;
}

static void files_give(long n) {
    char name[256];
    snprintf(name, sizeof name, "%s/sess-%07ld", path, n);
    unlink(name);
}

/* a descriptor over a socket, with one byte */
static ssize_t send_descriptor(int end, int fd) {
    char control[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec byte = {.iov_base = "x", .iov_len = 1};
    struct msghdr message = {.msg_iov = &byte, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(rights), &fd, sizeof fd);
    return sendmsg(end, &message, 0);
}

/* memory in flight: a descriptor that was sent and is not received, whose sender has closed its own */
static int in_flight_take(long n) {
    static int ends[2] = {-1, -1};
    /* a socket has room for some hundred messages */
    if (n % 100 == 0 && socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends)) return -1;
    int fd = memfd_create("frame-pool", 0);
    if (fd < 0 || fill(fd)) return -1;
    int outcome = send_descriptor(ends[0], fd) < 0 ? -1 : 0;
    close(fd);
    return outcome;
}

/* a picture that a client drew into a memfd and sent: it is mapped, shown and never unmapped, though the client has ended */
static int picture_take(long n) {
    int ends[2];
    char byte, control[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec data = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    volatile char sum = 0;
    int fd;
    (void)n;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends)) return -1;
    pid_t client = fork();
    if (client < 0) return -1;
    if (client == 0) {
        fd = memfd_create("wl_shm", MFD_CLOEXEC);
        if (fd < 0 || fill(fd)) _exit(1);
        _exit(send_descriptor(ends[1], fd) != 1);
    }
    close(ends[1]);
    ssize_t received = recvmsg(ends[0], &message, MSG_CMSG_CLOEXEC);
    close(ends[0]);
    waitpid(client, NULL, 0);
    if (received != 1 || !CMSG_FIRSTHDR(&message)) return -1;
    memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
    char *picture = mmap(NULL, unit_kb * 1024, PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    if (picture == MAP_FAILED) return -1;
    for (long i = 0; i < unit_kb * 1024; i += 4096) sum += picture[i];
    return 0;
}

/* a tmpfs that only this process sees */
static int own_mount_take(long n) {
    if (log_fd < 0) {
        if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL)) return -1;
        mkdir(path, 0755);
        if (mount("scratch", path, "tmpfs", 0, NULL) || chdir(path)) return -1;
        snprintf(path, sizeof path, "work.dat");
    }
    return log_take(n);
}

/* a look-up of a name that does not exist leaves a negative dentry, about 192 bytes of reclaimable slab */
static int lookup_take(long n) {
    char name[256];
    struct stat s;
    for (int i = 0; i < 5; i++) {
        snprintf(name, sizeof name, "%s/object-%09ld-%d", path, n, i);
        stat(name, &s);
    }
    return 0;
}

/* --- kernel objects a process can make --- */
static int pipe_take(long n) {
    static char block[65536];
    int ends[2];
    (void)n;
    if (pipe2(ends, O_NONBLOCK)) return -1;
    return write(ends[1], block, sizeof block) == sizeof block ? 0 : -1;
}

static int connections[100000][2];

static int socket_take(long n) {
    static char block[4096];
    int ends[2];
    if (n >= 100000 || socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends)) return -1;
    memcpy(connections[n], ends, sizeof ends);
    for (int i = 0; i < unit_kb / 4; i++)
        if (write(ends[0], block, 3500) != 3500) break;
    return 0;
}

static void socket_give(long n) {
    close(connections[n][0]);
    close(connections[n][1]);
}

/* a connection over the loopback whose peer never reads: the bytes wait in the receive buffer */
static int tcp_take(long n) {
    static char block[4096];
    static int listener = -1;
    static struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t size = sizeof at;
    if (listener < 0) {
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        listener = socket(AF_INET, SOCK_STREAM, 0);
        if (bind(listener, (struct sockaddr *)&at, sizeof at) || listen(listener, 64)
            || getsockname(listener, (struct sockaddr *)&at, &size)) fail("listen");
    }
    int sender = socket(AF_INET, SOCK_STREAM, 0);
    if (sender < 0 || connect(sender, (struct sockaddr *)&at, sizeof at)) return -1;
    if (accept(listener, NULL, NULL) < 0) return -1;
    memset(block, (int)n, sizeof block);
    for (long i = 0; i < unit_kb / 4; i++)
        if (send(sender, block, sizeof block, MSG_DONTWAIT) < 0) break;
    return 0;
}

/* a request over the loopback that nobody answers any more: its client gave up and closed, the server keeps the connection for ever */
static int close_wait_take(long n) {
    static char request[1400];
    static int listener = -1;
    static struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t size = sizeof at;
    (void)n;
    if (listener < 0) {
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        listener = socket(AF_INET, SOCK_STREAM, 0);
        if (bind(listener, (struct sockaddr *)&at, sizeof at) || listen(listener, 64)
            || getsockname(listener, (struct sockaddr *)&at, &size)) fail("listen");
    }
    int client = socket(AF_INET, SOCK_STREAM, 0);
    if (client < 0 || connect(client, (struct sockaddr *)&at, sizeof at)) return -1;
    if (accept(listener, NULL, NULL) < 0) return -1;
    if (send(client, request, sizeof request, 0) < 0) return -1;
    return close(client);
}

/* a service that listens and does not accept any more; its clients, of another process, connect, send a request, and go away */
static int backlog_take(long n) {
    static pid_t client;
    static char request[3000];
    struct sockaddr_in at = {.sin_family = AF_INET}, from = {.sin_family = AF_INET};
    socklen_t size = sizeof at;
    int one = 1;
    if (client) return 1;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&at, sizeof at) || listen(listener, 60000) || getsockname(listener, (struct sockaddr *)&at, &size)) fail("listen");
    client = fork();
    if (client < 0) return -1;
    if (client) {
        *ledger = 0;
        return 1;
    }
    close(listener);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NAME, "probed");
    for (double start = uptime();; usleep(100000)) {
        for (; (n + 1) * unit_kb <= target_kb(uptime() - start); n++) {
            int fd = socket(AF_INET, SOCK_STREAM, 0);
            from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + n % 16);
            if (fd < 0 || setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one) || bind(fd, (struct sockaddr *)&from, sizeof from)
                || connect(fd, (struct sockaddr *)&at, sizeof at) || send(fd, request, sizeof request, 0) < 0) perror("request");
            close(fd);
        }
        record(n * unit_kb, n);
    }
}

/* a service that sends what is new to twenty subscribers, who belong to another process: every second of them reads it, and the others are still
 * there and read no more. A connection may have much in its queue, so nothing is ever refused; who reads has a twentieth of what the others have */
static int subscriber_take(long n) {
    enum { SUBSCRIBERS = 20 };
    static int to[SUBSCRIBERS];
    static char news[16384];
    static pid_t client;
    int room = 256 << 20, little = 4096;
    if (!client) {
        struct sockaddr_in at = {.sin_family = AF_INET};
        socklen_t size = sizeof at;
        int from[SUBSCRIBERS];
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        int listener = socket(AF_INET, SOCK_STREAM, 0);
        if (bind(listener, (struct sockaddr *)&at, sizeof at) || listen(listener, 64) || getsockname(listener, (struct sockaddr *)&at, &size)) fail("listen");
        client = fork();
        if (client < 0) return -1;
        if (client == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            prctl(PR_SET_NAME, "dashboard");
            close(listener);
            for (int i = 0; i < SUBSCRIBERS; i++) {
                from[i] = socket(AF_INET, SOCK_STREAM, 0);
                if (from[i] < 0 || setsockopt(from[i], SOL_SOCKET, SO_RCVBUF, &little, sizeof little) || connect(from[i], (struct sockaddr *)&at, sizeof at)) _exit(1);
            }
            for (;; usleep(100000))
                for (int i = 0; i < SUBSCRIBERS; i += 2)
                    while (recv(from[i], news, sizeof news, MSG_DONTWAIT) > 0) { }
        }
        for (int i = 0; i < SUBSCRIBERS; i++) {
            to[i] = accept(listener, NULL, NULL);
            if (to[i] < 0 || setsockopt(to[i], SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room)) return -1;
        }
    }
    int stalled = (int)(n % (SUBSCRIBERS / 2)) * 2 + 1;
    memset(news, (int)n | 1, sizeof news);
    if (n % 2 == 0 && send(to[stalled - 1], news, 1600, MSG_DONTWAIT) < 0 && errno != EAGAIN) return -1;
    return send(to[stalled], news, unit_kb * 1024, MSG_DONTWAIT) == unit_kb * 1024 ? 0 : -1;
}

/* datagrams to a socket of its own that never reads */
static int udp_take(long n) {
    static char block[4096];
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t size = sizeof at;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    memset(block, (int)n, sizeof block);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) || getsockname(fd, (struct sockaddr *)&at, &size)
        || connect(fd, (struct sockaddr *)&at, sizeof at)) return -1;
    for (long i = 0; i < unit_kb / 4; i++)
        if (send(fd, block, 3500, 0) < 0) break;
    return 0;
}

/* the ring of a capture of packets: pages the kernel takes for a socket, and counts nowhere */
static int packet_ring_take(long n) {
    (void)n;
    struct tpacket_req ring = {.tp_block_size = 65536, .tp_block_nr = unit_kb / 64, .tp_frame_size = 2048, .tp_frame_nr = unit_kb / 2};
    int fd = socket(AF_PACKET, SOCK_RAW, 0);
    return fd < 0 || setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &ring, sizeof ring) ? -1 : 0;
}

/* the two rings of an io_uring of 4,096 entries, and its entries: pages the kernel takes for a descriptor, and counts nowhere */
static int uring_take(long n) {
    struct io_uring_params parameters = {0};
    (void)n;
    return syscall(SYS_io_uring_setup, 4096, &parameters) < 0 ? -1 : 0;
}

/* the ring of a counter that counts nothing: likewise, and pinned by the process that mapped it */
static int perf_ring_take(long n) {
    struct perf_event_attr attributes = {.type = PERF_TYPE_SOFTWARE, .size = sizeof attributes, .config = PERF_COUNT_SW_DUMMY};
    (void)n;
    int fd = (int)syscall(SYS_perf_event_open, &attributes, 0, -1, -1, 0);
    return fd < 0 || mmap(NULL, (unit_kb + 4) * 1024, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED ? -1 : 0;
}

/* as in the kernel's include/uapi/drm/drm_mode.h, which no package of headers has */
struct dumb_buffer {
    uint32_t height, width, bpp, flags, handle, pitch;
    uint64_t size;
};

struct dumb_place {
    uint32_t handle, pad;
    uint64_t offset;
};

/* a buffer of a graphics card, drawn into and unmapped: memory of the object, which neither a mount nor a mapping shows */
static int gem_take(long n) {
    static int card = -1;
    struct dumb_buffer buffer = {.width = 1024, .bpp = 32, .height = unit_kb / 4};
    if (card < 0) card = open(path, O_RDWR | O_CLOEXEC);
    if (card < 0 || ioctl(card, _IOWR('d', 0xb2, struct dumb_buffer), &buffer)) return -1;
    struct dumb_place place = {.handle = buffer.handle};
    if (ioctl(card, _IOWR('d', 0xb3, struct dumb_place), &place)) return -1;
    void *p = mmap(NULL, buffer.size, PROT_READ | PROT_WRITE, MAP_SHARED, card, (off_t)place.offset);
    if (p == MAP_FAILED) return -1;
    memset(p, (int)n | 1, buffer.size);
    return munmap(p, buffer.size);
}

/* an array of 250 semaphores that outlives whoever made it: more than a slab cache gives, so it is in none of them */
static int semaphore_take(long n) {
    (void)n;
    return semget(IPC_PRIVATE, 250, IPC_CREAT | 0600) < 0 ? -1 : 0;
}

/* lines of a log that a peer on the same host does not read: in the queue of a few connections */
static int stream_take(long n) {
    static int ends[2] = {-1, -1};
    static char line[3500];
    int room = 1 << 30;
    if (n % 5000 == 0
        && (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) || setsockopt(ends[0], SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room))) return -1;
    return write(ends[0], line, sizeof line) == sizeof line ? 0 : -1;
}

/* the two ends of a terminal */
static int terminal_take(long n) {
    (void)n;
    int fd = posix_openpt(O_RDWR | O_NOCTTY);
    return fd < 0 || grantpt(fd) || unlockpt(fd) || open(ptsname(fd), O_RDWR | O_NOCTTY) < 0 ? -1 : 0;
}

/* a queue of ten messages of 4,000 bytes that nobody receives, and whose name is gone */
static int message_queue_take(long n) {
    static char message[4000];
    char name[32];
    struct mq_attr attributes = {.mq_maxmsg = 10, .mq_msgsize = sizeof message};
    snprintf(name, sizeof name, "/jobs-%ld", n);
    mqd_t queue = mq_open(name, O_RDWR | O_CREAT | O_NONBLOCK, 0600, &attributes);
    if (queue < 0) return -1;
    mq_unlink(name);
    for (int i = 0; i < 10; i++)
        if (mq_send(queue, message, sizeof message, 0)) return -1;
    return 0;
}

/* two areas a time: neighbours whose protection differs are not merged */
static int area_take(long n) {
    char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    (void)n;
    return p == MAP_FAILED || mprotect(p + 4096, 4096, PROT_READ) ? -1 : 0;
}

/* --- objects of the kernel that a program asks for and forgets; none of them is a page of its own --- */

/* a watch holds the inode it is about, and the inode its name: memory that is counted as reclaimable and is not */
static int watch_take(long n) {
    static int queue = -1;
    char name[256];
    if (queue < 0) queue = inotify_init1(IN_NONBLOCK);
    snprintf(name, sizeof name, "%s/object-%09ld", path, n);
    int fd = open(name, O_WRONLY | O_CREAT, 0600);
    if (fd < 0) return -1;
    close(fd);
    return inotify_add_watch(queue, name, IN_MODIFY) < 0 ? -1 : 0;
}

/* events of a folder in which files are made and removed, four with a long name each, and that nobody reads */
static int unread_take(long n) {
    static int queue = -1;
    char name[400];
    if (queue < 0) {
        queue = inotify_init1(IN_NONBLOCK);
        if (queue < 0 || inotify_add_watch(queue, path, IN_CREATE | IN_OPEN | IN_CLOSE | IN_DELETE) < 0) return -1;
    }
    snprintf(name, sizeof name, "%s/upload-%0160ld", path, n);
    int fd = open(name, O_WRONLY | O_CREAT, 0600);
    if (fd < 0) return -1;
    close(fd);
    return unlink(name);
}

/* three mounts of one folder, each time onto another of a hundred */
static int mount_take(long n) {
    char place[256];
    snprintf(place, sizeof place, "%s/volume-%02ld", path, n % 100);
    mkdir(place, 0755);
    for (int i = 0; i < 3; i++)
        if (mount("/var/log", place, NULL, MS_BIND, NULL)) return -1;
    return 0;
}

/* four locks a time: every second byte of a file is locked, so that no two locks can be made one; a new file each thousand */
static int lock_take(long n) {
    static int fd = -1;
    char name[256];
    struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_len = 1};
    if (n % 250 == 0) {
        snprintf(name, sizeof name, "%s/lock-%05ld", path, n / 250);
        fd = open(name, O_RDWR | O_CREAT, 0600);
    }
    for (int i = 0; i < 4 && fd >= 0; i++) {
        lock.l_start = (n % 250 * 4 + i) * 2;
        if (fcntl(fd, F_OFD_SETLK, &lock)) return -1;
    }
    return fd < 0 ? -1 : 0;
}

/* three timers a time */
static int timer_take(long n) {
    timer_t timer;
    struct sigevent event = {.sigev_notify = SIGEV_NONE};
    (void)n;
    for (int i = 0; i < 3; i++)
        if (timer_create(CLOCK_MONOTONIC, &event, &timer)) return -1;
    return 0;
}

static int open_file_take(long n) {
    char name[256];
    snprintf(name, sizeof name, "%s/part-%06ld", path, n);
    return open(name, O_RDWR | O_CREAT, 0600) < 0 ? -1 : 0;
}

static int key_take(long n) {
    static char payload[4000];
    char name[32];
    snprintf(name, sizeof name, "ticket-%ld", n);
    return syscall(SYS_add_key, "user", name, payload, sizeof payload, -4 /* of the user */) < 0 ? -1 : 0;
}

/* three events a time that one queue waits for */
static int event_take(long n) {
    static int queue = -1;
    (void)n;
    if (queue < 0) queue = epoll_create1(0);
    for (int i = 0; i < 3; i++) {
        struct epoll_event wanted = {.events = EPOLLIN};
        int fd = eventfd(0, 0);
        if (fd < 0 || epoll_ctl(queue, EPOLL_CTL_ADD, fd, &wanted)) return -1;
    }
    return 0;
}

static int bpf_map(int type, int value_bytes, int entries) {
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.map_type = type;
    attributes.key_size = 4;
    attributes.value_size = value_bytes;
    attributes.max_entries = entries;
    return (int)syscall(SYS_bpf, BPF_MAP_CREATE, &attributes, sizeof attributes);
}

static int bpf_array_take(long n) {
    (void)n;
    return bpf_map(BPF_MAP_TYPE_ARRAY, 64, (int)(unit_kb * 1024 / 64)) < 0 ? -1 : 0;
}

static int bpf_percpu_take(long n) {
    (void)n;
    return bpf_map(BPF_MAP_TYPE_PERCPU_ARRAY, 512, (int)(unit_kb * 1024 / 512 / 2)) < 0 ? -1 : 0;
}

/* a program of BPF of 4,096 instructions, made anew because of what it is to do, while those before it stay open: its instructions, and
 * what the kernel compiles them to, a third of that */
static int program_take(long n) {
    enum { LENGTH = 4096 };
    static struct bpf_insn program[LENGTH];
    union bpf_attr attributes;
    program[0] = (struct bpf_insn){.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = (int)n};
    for (int i = 1; i < LENGTH - 1; i++) program[i] = (struct bpf_insn){.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = BPF_REG_2 + i % 4, .src_reg = BPF_REG_0};
    program[LENGTH - 1] = (struct bpf_insn){.code = BPF_JMP | BPF_EXIT};
    memset(&attributes, 0, sizeof attributes);
    attributes.prog_type = BPF_PROG_TYPE_SOCKET_FILTER;
    attributes.insns = (uintptr_t)program;
    attributes.insn_cnt = LENGTH;
    attributes.license = (uintptr_t)"GPL";
    return syscall(SYS_bpf, BPF_PROG_LOAD, &attributes, sizeof attributes) < 0 ? -1 : 0;
}

/* four flows a time in a hash of BPF, which takes memory for each as it comes: 48 bytes of its own, the key, the value, and a word */
static int flow_take(long n) {
    static int map = -1;
    union bpf_attr attributes = {.map_type = BPF_MAP_TYPE_HASH, .key_size = 16, .value_size = 184, .max_entries = 1 << 20, .map_flags = BPF_F_NO_PREALLOC};
    unsigned long key[2] = {0x0a000000000001bbUL, 0};
    char value[184] = {0};
    if (map < 0) map = (int)syscall(SYS_bpf, BPF_MAP_CREATE, &attributes, sizeof attributes);
    for (long i = 0; i < 4 && map >= 0; i++) {
        key[1] = n * 4 + i;
        memset(&attributes, 0, sizeof attributes);
        attributes.map_fd = map;
        attributes.key = (uintptr_t)key;
        attributes.value = (uintptr_t)value;
        if (syscall(SYS_bpf, BPF_MAP_UPDATE_ELEM, &attributes, sizeof attributes)) return -1;
    }
    return map < 0 ? -1 : 0;
}

static void *blocked(void *argument) {
    char frame[4096];
    memset(frame, 1, sizeof frame);
    __asm__ volatile("" : : "r"(frame) : "memory");
    for (;;) pause();
    return argument;
}

static int thread_take(long n) {
    pthread_t t;
    (void)n;
    return pthread_create(&t, NULL, blocked, NULL) ? -1 : 0;
}

static int child_take(long n) {
    (void)n;
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        char *own = malloc(unit_kb * 1024);
        memset(own, 1, unit_kb * 1024);
        for (;;) pause();
    }
    return child < 0 ? -1 : 0;
}

/* children that end at once and are never waited for */
static int zombie_take(long n) {
    (void)n;
    pid_t child = fork();
    if (child == 0) _exit(0);
    return child < 0 ? -1 : 0;
}

/* as above, but every every_s seconds all of them are waited for */
static int reaped_take(long n) {
    static double next;
    double now = uptime();
    if (now >= next) {
        while (waitpid(-1, NULL, WNOHANG) > 0) { }
        next = now + every_s;
    }
    return zombie_take(n);
}

static int short_lived_take(long n) {
    (void)n;
    pid_t child = fork();
    if (child == 0) {
        char *own = malloc(unit_kb * 1024);
        memset(own, 1, unit_kb * 1024);
        usleep(20000);
        _exit(0);
    }
    if (child > 0) waitpid(child, NULL, 0);
    return child < 0 ? -1 : 0;
}

static int write_text(const char *file, const char *text) {
    int fd = open(file, O_WRONLY);
    if (fd < 0) return -1;
    int outcome = write(fd, text, strlen(text)) < 0 ? -1 : 0;
    close(fd);
    return outcome;
}

/* A job in a cgroup of its own which leaves one page in a tmpfs: the removed cgroup stays in the kernel as long
 * as the page is charged to it ("dying"), with its per-cpu counters. path: parent cgroup. */
static int cgroup_take(long n) {
    char group[230], procs[256], file[64], pid[24];
    snprintf(group, sizeof group, "%s/job-%ld", path, n);
    snprintf(procs, sizeof procs, "%s/cgroup.procs", group);
    snprintf(file, sizeof file, "/run/jobs/result-%ld", n);
    if (mkdir(group, 0755)) return -1;
    mkdir("/run/jobs", 0755);
    pid_t child = fork();
    if (child == 0) {
        snprintf(pid, sizeof pid, "%d", getpid());
        int fd = write_text(procs, pid) ? -1 : open(file, O_WRONLY | O_CREAT, 0600);
        _exit(fd < 0 || write(fd, "done\n", 5) != 5);
    }
    if (child < 0) return -1;
    waitpid(child, NULL, 0);
    return rmdir(group);
}

struct way {
    const char *name;
    long unit_kb; /* of a piece, unless the file says otherwise; what a piece costs, for the ways of the kernel */
    int (*take)(long n);
    void (*give)(long n); /* NULL: never given back */
};

static const struct way ways[] = {
    {"heap", 2, heap_take, heap_give},
    {"big_heap", 256, heap_take, heap_give},
    {"buffer", 64, buffer_take, NULL},
    {"arenas", 2, arena_take, NULL},
    {"turns", 2, turns_take, NULL},
    {"stack", 2, stack_take, NULL},
    {"prefork", 16, prefork_take, NULL},
    {"snapshots", 16, snapshot_take, NULL},
    {"helper", 2, helper_take, NULL},
    {"backends", 4, backends_take, NULL},
    {"pool", 4, pool_take, NULL},
    {"calls", 140, calls_take, NULL},
    {"thread_local", 24, thread_local_take, NULL},
    {"churn", 4096, churn_take, NULL},
    {"compaction", 64, compaction_take, NULL},
    {"checkpoint", 16, checkpoint_take, NULL},
    {"reload", 64, reload_take, NULL},
    {"dataset", 16, dataset_take, NULL},
    {"lazy", 64, lazy_take, NULL},
    {"working_set", 64, working_set_take, NULL},
    {"again", 64, again_take, NULL},
    {"reports", 36864, report_take, NULL},
    {"renamed", 2, renamed_take, NULL},
    {"connections", 768, connection_take, NULL},
    {"sparse", 2048, sparse_take, NULL},
    {"file_read", 64, file_read_take, NULL},
    {"untouched", 1024, untouched_take, NULL},
    {"reserve", 1024, reserve_take, NULL},
    {"shared", 1024, shared_take, NULL},
    {"slots", 16, slots_take, NULL},
    {"hugetlb", 2048, hugetlb_take, NULL},
    {"page_tables", 4, pagetable_take, NULL},
    {"file_private", 64, file_private_take, NULL},
    {"rules", 256, rules_take, NULL},
    {"file_shared", 64, file_shared_take, NULL},
    {"file_locked", 64, file_locked_take, NULL},
    {"memfd", 1024, memfd_take, NULL},
    {"memfd_grow", 64, memfd_grow_take, NULL},
    {"posix_shm", 1024, posix_shm_take, NULL},
    {"sysv", 1024, sysv_take, NULL},
    {"segment", 4, segment_take, NULL},
    {"buffers", 4, buffers_take, NULL},
    {"send", 4, send_take, NULL},
    {"receive", 4, receive_take, NULL},
    {"log", 64, log_take, log_give},
    {"deleted", 64, deleted_take, NULL},
    {"inherited", 64, inherited_take, NULL},
    {"files", 16, files_take, files_give},
    {"in_flight", 1024, in_flight_take, NULL},
    {"pictures", 1024, picture_take, NULL},
    {"own_mount", 64, own_mount_take, log_give},
    {"lookups", 1, lookup_take, NULL},
    {"pipes", 64, pipe_take, NULL},
    {"sockets", 40, socket_take, socket_give},
    {"watches", 2, watch_take, NULL},
    {"locks", 1, lock_take, NULL},
    {"timers", 1, timer_take, NULL},
    {"open_files", 2, open_file_take, NULL},
    {"keys", 4, key_take, NULL},
    {"events", 1, event_take, NULL},
    {"bpf_array", 64, bpf_array_take, NULL},
    {"bpf_percpu", 64, bpf_percpu_take, NULL},
    {"programs", 48, program_take, NULL},
    {"flows", 1, flow_take, NULL},
    {"tcp", 64, tcp_take, NULL},
    {"close_wait", 6, close_wait_take, NULL},
    {"backlog", 7, backlog_take, NULL},
    {"subscribers", 16, subscriber_take, NULL},
    {"udp", 200, udp_take, NULL},
    {"packet_rings", 1024, packet_ring_take, NULL},
    {"uring", 512, uring_take, NULL},
    {"perf_rings", 512, perf_ring_take, NULL},
    {"gem", 1024, gem_take, NULL},
    {"semaphores", 16, semaphore_take, NULL},
    {"streams", 4, stream_take, NULL},
    {"terminals", 32, terminal_take, NULL},
    {"unread", 1, unread_take, NULL},
    {"mounts", 1, mount_take, NULL},
    {"message_queues", 42, message_queue_take, NULL},
    {"areas", 1, area_take, NULL},
    {"threads", 28, thread_take, NULL},
    {"children", 256, child_take, NULL},
    {"zombies", 12, zombie_take, NULL},
    {"reaped", 12, reaped_take, NULL},
    {"short_lived", 64, short_lived_take, NULL},
    {"cgroups", 16, cgroup_take, NULL},
};

static void record(double kb, long n) {
    static int fd = -1;
    static double last;
    char line[80];
    double now = uptime();
    if (!*ledger || now - last < 1) return;
    last = now;
    if (fd < 0) fd = open(ledger, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    int length = snprintf(line, sizeof line, "%.2f %.0f %ld\n", now, measured_kb ? measured_kb : kb, n);
    if (fd >= 0 && write(fd, line, length) != length) perror(ledger);
}

int main(int argc, char **argv) {
    struct rlimit files = {200000, 200000}, unlimited = {RLIM_INFINITY, RLIM_INFINITY};
    const struct way *w = ways, *end = ways + sizeof ways / sizeof *ways;
    if (argc != 2) return 2;
    configure(argv[1]);
    setrlimit(RLIMIT_NOFILE, &files);
    setrlimit(RLIMIT_SIGPENDING, &unlimited);
    setrlimit(RLIMIT_MSGQUEUE, &unlimited);
    while (w < end && strcmp(w->name, way)) w++;
    if (w == end) fail(way);
    if (!unit_kb) unit_kb = w->unit_kb;
    if (base_kb) {
        char *base = malloc(base_kb * 1024);
        if (!base) fail("base");
        memset(base, 7, base_kb * 1024);
    }
    double start = uptime();
    long n = 0, refused = 0;
    for (;;) {
        double due = target_kb(uptime() - start);
        while ((n + 1) * unit_kb <= due) {
            int outcome = w->take(n);
            if (outcome < 0 && !refused++) perror(way);
            if (outcome) break; /* 1: nothing to take now */
            n++;
            record(n * unit_kb, n);
            if (n * unit_kb > due - unit_kb * 4) due = target_kb(uptime() - start);
        }
        while (w->give && n > 0 && (n - 1) * unit_kb >= due) w->give(--n);
        record(n * unit_kb, n);
        usleep(100000);
    }
}
