/* A disk that is slow, full, or silent, for one process: preloaded before libc.
 *
 * GRAY_KNOBS names a directory. Each knob is a file with one number in it, read at every call, so that a drill can
 * turn it while the process runs; a missing file is 0.
 *
 *   stall        above 0: a sync does not return until it is 0 again
 *   full         above 0: writes to the files named log-* and snapshot* fail with ENOSPC
 *   snapshot_ms  milliseconds added to each write of a snapshot that is being made
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { LOOK_AGAIN_MILLIS = 10 };

static long knob(const char *name) {
  const char *directory = getenv("GRAY_KNOBS");
  char path[PATH_MAX];
  long value = 0;
  if (directory == NULL || snprintf(path, sizeof path, "%s/%s", directory, name) >= (int)sizeof path) return 0;
  FILE *file = fopen(path, "r");
  if (file == NULL) return 0;
  if (fscanf(file, "%ld", &value) != 1) value = 0;
  fclose(file);
  return value;
}

static void pause_millis(long millis) {
  struct timespec left = {millis / 1000, (millis % 1000) * 1000000L};
  while (millis > 0 && nanosleep(&left, &left) != 0 && errno == EINTR) {}
}

/* The last part of the name of the file behind a descriptor, or "" where it is none. */
static const char *name_of(int fd, char *space, size_t size) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, space, size - 1);
  if (length <= 0) return "";
  space[length] = '\0';
  const char *slash = strrchr(space, '/');
  return slash == NULL ? space : slash + 1;
}

/* Whether the write may go on; slows it down where it should be slow. */
static int admitted(int fd) {
  char space[PATH_MAX];
  const char *name = name_of(fd, space, sizeof space);
  int snapshot = strncmp(name, "snapshot", 8) == 0;
  if (!snapshot && strncmp(name, "log-", 4) != 0) return 1;
  if (knob("full") > 0) {
    errno = ENOSPC;
    return 0;
  }
  if (snapshot) pause_millis(knob("snapshot_ms"));
  return 1;
}

static void wait_out_the_stall(void) {
  while (knob("stall") > 0) pause_millis(LOOK_AGAIN_MILLIS);
}

#define REAL(type, name, ...)                                  \
  static type (*real)(__VA_ARGS__);                            \
  if (real == NULL) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

int fdatasync(int fd) {
  REAL(int, "fdatasync", int);
  wait_out_the_stall();
  return real(fd);
}

int fsync(int fd) {
  REAL(int, "fsync", int);
  wait_out_the_stall();
  return real(fd);
}

ssize_t write(int fd, const void *bytes, size_t count) {
  REAL(ssize_t, "write", int, const void *, size_t);
  return admitted(fd) ? real(fd, bytes, count) : -1;
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
  REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
  return admitted(fd) ? real(fd, bytes, count, offset) : -1;
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  REAL(ssize_t, "writev", int, const struct iovec *, int);
  return admitted(fd) ? real(fd, parts, count) : -1;
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t offset) {
  REAL(ssize_t, "pwritev64", int, const struct iovec *, int, off64_t);
  return admitted(fd) ? real(fd, parts, count, offset) : -1;
}
