/* A disk, and a clock, that fail when a test wants: preloaded into one process, whose children it leaves alone.
 *
 * GITSEAL_FAULT is AT:ACT:LOG:FOLDERS. Calls that change something below one of the FOLDERS (parted by commas) are counted
 * from 1 and written to LOG. ACT happens at call AT: `kill`, `term` and `int` send the process that signal ahead of it; `full`
 * lets a write do half, and refuses from then on what needs room; `once` and `all` with a number after them (`all30`) fail
 * with that errno, at this call or from it on; `jump` with a number moves the clock by so many seconds. AT 0 only counts.
 * GITSEAL_CLOCK moves the clock from the start. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long at, count, shift;
static int log_fd = -1, wanted_errno;
static char act[16], folders[4 * PATH_MAX];

__attribute__((constructor)) static void begin(void) {
    const char *fault = getenv("GITSEAL_FAULT"), *moved = getenv("GITSEAL_CLOCK");
    char log[PATH_MAX];
    if (moved) shift = atol(moved);
    if (fault && sscanf(fault, "%ld:%15[^:]:%4095[^:]:%16383s", &at, act, log, folders) == 4) {
        log_fd = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        if (!strncmp(act, "once", 4)) wanted_errno = atoi(act + 4);
        if (!strncmp(act, "all", 3)) wanted_errno = atoi(act + 3);
    }
    unsetenv("LD_PRELOAD");
    unsetenv("GITSEAL_FAULT");
    unsetenv("GITSEAL_CLOCK");
}

static int is_below(const char *path) {
    for (const char *one = folders; *one;) {
        size_t length = strcspn(one, ",");
        if (!strncmp(path, one, length)) return 1;
        one += length + (one[length] == ',');
    }
    return 0;
}

static void whole(int folder, const char *path, char *out) {
    char link[64];
    ssize_t length = 0;
    if (path && path[0] == '/') { snprintf(out, PATH_MAX, "%s", path); return; }
    if (folder == AT_FDCWD) { if (!getcwd(out, PATH_MAX)) out[0] = 0; length = strlen(out); }
    else {
        snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
        length = readlink(link, out, PATH_MAX - 1);
        if (length < 0) length = 0;
        out[length] = 0;
    }
    if (path) snprintf(out + length, PATH_MAX - length, "/%s", path);
}

/* 0: go on. 1: fail, errno is set. 2: a write that does half. */
static int happens(const char *name, int folder, const char *path, int needs_room) {
    char place[PATH_MAX], line[PATH_MAX + 64];
    int saved = errno;
    if (log_fd < 0) return 0;
    whole(folder, path, place);
    if (!is_below(place)) { errno = saved; return 0; }
    count++;
    int length = snprintf(line, sizeof line, "%s %s\n", name, place);
    syscall(SYS_write, log_fd, line, length);
    errno = saved;
    if (!at || count < at) return 0;
    if (!strcmp(act, "full")) {
        if (!needs_room) return 0;
        if (count == at && !strcmp(name, "write")) return 2;
        errno = ENOSPC;
        return 1;
    }
    if (!strncmp(act, "jump", 4)) {
        if (count == at) shift = atol(act + 4);
        return 0;
    }
    if (!strncmp(act, "all", 3) || (count == at && wanted_errno)) { errno = wanted_errno; return 1; }
    if (count == at) raise(!strcmp(act, "kill") ? SIGKILL : !strcmp(act, "term") ? SIGTERM : SIGINT);
    return 0;
}

#define REAL(name) static __typeof__(name) *real; if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)
#define WRITES(flags) ((flags) & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC))

#define OPENS(name) \
    int name(const char *path, int flags, ...) { \
        va_list more; va_start(more, flags); mode_t mode = va_arg(more, int); va_end(more); \
        REAL(name); \
        if (WRITES(flags) && happens("open", AT_FDCWD, path, flags & (O_CREAT | O_TMPFILE))) return -1; \
        return real(path, flags, mode); \
    }
OPENS(open)
OPENS(open64)
#define OPENS_AT(name) \
    int name(int folder, const char *path, int flags, ...) { \
        va_list more; va_start(more, flags); mode_t mode = va_arg(more, int); va_end(more); \
        REAL(name); \
        if (WRITES(flags) && happens("open", folder, path, flags & (O_CREAT | O_TMPFILE))) return -1; \
        return real(folder, path, flags, mode); \
    }
OPENS_AT(openat)
OPENS_AT(openat64)

ssize_t write(int fd, const void *data, size_t size) {
    REAL(write);
    struct stat status;
    if (log_fd >= 0 && !fstat(fd, &status) && S_ISREG(status.st_mode)) {
        switch (happens("write", fd, NULL, 1)) {
            case 1: return -1;
            case 2: if (size < 2) { errno = ENOSPC; return -1; } return real(fd, data, size / 2);
        }
    }
    return real(fd, data, size);
}

#define SYNCS(name) int name(int fd) { REAL(name); return happens(#name, fd, NULL, 0) ? -1 : real(fd); }
SYNCS(fsync)
SYNCS(fdatasync)
int ftruncate(int fd, off_t size) { REAL(ftruncate); return happens("ftruncate", fd, NULL, 0) ? -1 : real(fd, size); }
int fchmod(int fd, mode_t mode) { REAL(fchmod); return happens("fchmod", fd, NULL, 0) ? -1 : real(fd, mode); }
int chmod(const char *path, mode_t mode) {
    REAL(chmod); return happens("chmod", AT_FDCWD, path, 0) ? -1 : real(path, mode);
}
int fchmodat(int folder, const char *path, mode_t mode, int flags) {
    REAL(fchmodat); return happens("chmod", folder, path, 0) ? -1 : real(folder, path, mode, flags);
}
int mkdir(const char *path, mode_t mode) {
    REAL(mkdir); return happens("mkdir", AT_FDCWD, path, 1) ? -1 : real(path, mode);
}
int mkdirat(int folder, const char *path, mode_t mode) {
    REAL(mkdirat); return happens("mkdir", folder, path, 1) ? -1 : real(folder, path, mode);
}
int rmdir(const char *path) { REAL(rmdir); return happens("rmdir", AT_FDCWD, path, 0) ? -1 : real(path); }
int unlink(const char *path) { REAL(unlink); return happens("unlink", AT_FDCWD, path, 0) ? -1 : real(path); }
int unlinkat(int folder, const char *path, int flags) {
    REAL(unlinkat); return happens("unlink", folder, path, 0) ? -1 : real(folder, path, flags);
}
int link(const char *old, const char *new) {
    REAL(link); return happens("link", AT_FDCWD, new, 1) ? -1 : real(old, new);
}
int linkat(int from, const char *old, int to, const char *new, int flags) {
    REAL(linkat); return happens("link", to, new, 1) ? -1 : real(from, old, to, new, flags);
}
int symlink(const char *old, const char *new) {
    REAL(symlink); return happens("symlink", AT_FDCWD, new, 1) ? -1 : real(old, new);
}
int rename(const char *old, const char *new) {
    REAL(rename); return happens("rename", AT_FDCWD, new, 0) ? -1 : real(old, new);
}
int renameat(int from, const char *old, int to, const char *new) {
    REAL(renameat); return happens("rename", to, new, 0) ? -1 : real(from, old, to, new);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    REAL(clock_gettime);
    int status = real(clock, now);
    if (!status && clock == CLOCK_REALTIME) now->tv_sec += shift;
    return status;
}
time_t time(time_t *out) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out) *out = now.tv_sec;
    return now.tv_sec;
}
int gettimeofday(struct timeval *out, void *zone) {
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    out->tv_sec = now.tv_sec;
    out->tv_usec = now.tv_nsec / 1000;
    return 0;
}
