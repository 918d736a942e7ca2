/*
 * A process whose memory map nobody can read: who asks for it waits, and comes back only when it dies.
 *
 * stuck FOLDER mounts a FUSE file system of one file there that answers everything but writes, makes a page of the file
 * dirty through a shared mapping, and maps something else over it: the kernel writes the page back while it holds the
 * lock of the process's memory map, and waits for ever. So does a process with a shared mapping on a network file system
 * that hangs. As root; says its pid, then hangs itself.
 *
 *     cc -O2 -pthread -o stuck stuck.c
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { FILE_BYTES = 4096, FILE_NODE = 2 };

static int fuse;

static void answer(const struct fuse_in_header *to, int error, const void *data, size_t length) {
    struct fuse_out_header head = {sizeof head + length, -error, to->unique};
    struct iovec parts[] = {{&head, sizeof head}, {(void *)data, length}};
    if (writev(fuse, parts, length ? 2 : 1) < 0) perror("writev");
}

static struct fuse_attr attributes(uint64_t node) {
    return (struct fuse_attr){.ino = node, .size = FILE_BYTES, .blocks = FILE_BYTES / 512,
        .mode = node == FILE_NODE ? S_IFREG | 0666 : S_IFDIR | 0555, .nlink = 1, .blksize = 4096};
}

static void *serve(void *nothing) {
    static char request[256 << 10];
    while (read(fuse, request, sizeof request) > 0) {
        const struct fuse_in_header *in = (const void *)request;
        if (in->opcode == FUSE_INIT) {
            struct fuse_init_out out = {.major = FUSE_KERNEL_VERSION, .minor = 31, .max_write = 4096};
            answer(in, 0, &out, sizeof out);
        } else if (in->opcode == FUSE_LOOKUP) {
            struct fuse_entry_out out = {.nodeid = FILE_NODE, .entry_valid = 3600, .attr_valid = 3600,
                .attr = attributes(FILE_NODE)};
            answer(in, 0, &out, sizeof out);
        } else if (in->opcode == FUSE_GETATTR) {
            struct fuse_attr_out out = {.attr_valid = 3600, .attr = attributes(in->nodeid)};
            answer(in, 0, &out, sizeof out);
        } else if (in->opcode == FUSE_OPEN) {
            struct fuse_open_out out = {.fh = 1};
            answer(in, 0, &out, sizeof out);
        } else if (in->opcode == FUSE_READ) {
            static const char zeros[FILE_BYTES];
            answer(in, 0, zeros, sizeof zeros);
        } else if (in->opcode != FUSE_WRITE && in->opcode != FUSE_INTERRUPT && in->opcode != FUSE_FORGET) {
            answer(in, ENOSYS, NULL, 0);
        }
    }
    return nothing;
}

static int failed(const char *what) {
    perror(what);
    return 1;
}

int main(int count, char **words) {
    char text[4096];
    if (count != 2) {
        fprintf(stderr, "stuck FOLDER\n");
        return 2;
    }
    fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
    if (fuse < 0) return failed("/dev/fuse");
    snprintf(text, sizeof text, "fd=%d,rootmode=40000,user_id=0,group_id=0", fuse);
    if (mount("stuck", words[1], "fuse", MS_NOSUID | MS_NODEV, text)) return failed("mount");
    pthread_t server;
    if (pthread_create(&server, NULL, serve, NULL)) return failed("pthread_create");
    snprintf(text, sizeof text, "%s/file", words[1]);
    int file = open(text, O_RDWR | O_CLOEXEC);
    if (file < 0) return failed(text);
    /* the mount goes with its last user, this process */
    if (umount2(words[1], MNT_DETACH)) return failed("umount");
    char *page = mmap(NULL, FILE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (page == MAP_FAILED) return failed("mmap");
    page[0] = 1;
    printf("%d\n", getpid());
    fflush(stdout);
    mmap(page, FILE_BYTES, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    fprintf(stderr, "this kernel does not wait\n");
    while (1) pause();
}
