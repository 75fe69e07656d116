/* A wall clock that is wrong, for one process: preloaded before libc.
 *
 * GRAY_KNOBS names a directory. The file ahead_ms in it holds one number, the milliseconds by which every wall clock of the
 * process is ahead (below 0: behind); a missing file is 0. Clocks are read often, so it is looked at every 10 ms at most.
 *
 * Clocks that only measure (CLOCK_MONOTONIC and its like) are right. The kernel knows nothing of all this: who has it wait
 * until a certain time of day waits by the right clock.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { LOOK_AGAIN_MILLIS = 10, MILLIS = 1000, NANOS_OF_A_MILLI = 1000000, NANOS = 1000000000 };

static int (*real)(clockid_t, struct timespec *);
static char knob[PATH_MAX];
static atomic_long ahead;
static atomic_long looked_at = LONG_MIN / 2;

__attribute__((constructor)) static void find(void) {
  const char *directory = getenv("GRAY_KNOBS");
  if (directory == NULL || snprintf(knob, sizeof knob, "%s/ahead_ms", directory) >= (int)sizeof knob) knob[0] = '\0';
  real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
}

/* Nothing here allocates or locks: clocks are read in handlers of signals, too. */
static long read_knob(void) {
  char text[32];
  int file = knob[0] == '\0' ? -1 : open(knob, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  ssize_t length = read(file, text, sizeof text - 1);
  close(file);
  if (length <= 0) return 0;
  text[length] = '\0';
  return strtol(text, NULL, 10);
}

static long ahead_millis(void) {
  struct timespec now;
  if (real(CLOCK_MONOTONIC, &now) != 0) return 0;
  long millis = now.tv_sec * MILLIS + now.tv_nsec / NANOS_OF_A_MILLI;
  long last = atomic_load(&looked_at);
  if (millis - last >= LOOK_AGAIN_MILLIS && atomic_compare_exchange_strong(&looked_at, &last, millis)) {
    int before = errno;
    atomic_store(&ahead, read_knob());
    errno = before;
  }
  return atomic_load(&ahead);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  if (real == NULL) find();
  int code = real(clock, time);
  int tells_the_day = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI;
  if (code != 0 || !tells_the_day) return code;
  long millis = ahead_millis();
  long nanos = time->tv_nsec + millis % MILLIS * NANOS_OF_A_MILLI;
  time->tv_sec += millis / MILLIS + (nanos >= NANOS) - (nanos < 0);
  time->tv_nsec = nanos + (nanos < 0) * (long)NANOS - (nanos >= NANOS) * (long)NANOS;
  return 0;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
  (void)zone; // obsolete, and nobody asks for it
  struct timespec now;
  int code = clock_gettime(CLOCK_REALTIME, &now);
  if (code == 0) {
    time->tv_sec = now.tv_sec;
    time->tv_usec = now.tv_nsec / 1000;
  }
  return code;
}

time_t time(time_t *seconds) {
  struct timespec now;
  if (clock_gettime(CLOCK_REALTIME, &now) != 0) return (time_t)-1;
  if (seconds != NULL) *seconds = now.tv_sec;
  return now.tv_sec;
}
