/*
 * A disk that neither answers nor fails, for one process: preloaded before the C library.
 *
 * UNWILLING_DISK names a folder. While it holds a file "stall", no fdatasync returns; while it holds a file
 * "snapshots", each write to a snapshot takes half a second. Both are looked at all the time, so a test
 * makes and deletes the files while the server runs.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

typedef int (*sync_call)(int);
typedef ssize_t (*positioned_write)(int, const void *, size_t, off64_t);

static void rest(long millis) {
    struct timespec pause = {millis / 1000, millis % 1000 * 1000000L};
    nanosleep(&pause, NULL);
}

static int wanted(const char *what) {
    char path[PATH_MAX];
    const char *folder = getenv("UNWILLING_DISK");
    if (folder == NULL || snprintf(path, sizeof path, "%s/%s", folder, what) >= (int) sizeof path) {
        return 0;
    }
    return access(path, F_OK) == 0;
}

static int is_snapshot(int descriptor) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) {
        return 0;
    }
    path[length] = '\0';
    return strstr(path, "/snapshot.tmp-") != NULL;
}

int fdatasync(int descriptor) {
    sync_call real = (sync_call) dlsym(RTLD_NEXT, "fdatasync");
    while (wanted("stall")) {
        rest(20);
    }
    return real(descriptor);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t at) {
    positioned_write real = (positioned_write) dlsym(RTLD_NEXT, "pwrite64");
    if (wanted("snapshots") && is_snapshot(descriptor)) {
        rest(500);
    }
    return real(descriptor, bytes, count, at);
}
