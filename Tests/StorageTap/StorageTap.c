#define _GNU_SOURCE
#include "StorageTap.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static _Atomic(storage_tap_judge) tap;

void storage_tap_set(storage_tap_judge judge) { atomic_store(&tap, judge); }

/* Descriptors that were opened with O_DSYNC while calls were judged. */
static _Atomic char opened_durable[1 << 16];

static int64_t judged(struct storage_tap_call call) {
    storage_tap_judge judge = atomic_load(&tap);
    return judge ? judge(&call) : STORAGE_TAP_PASS;
}

/* The same for a descriptor, whose path the kernel knows. */
static int64_t judged_descriptor(int fd, struct storage_tap_call call) {
    char name[32], path[PATH_MAX];
    if (!atomic_load(&tap)) return STORAGE_TAP_PASS;
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    int saved = errno;
    ssize_t length = readlink(name, path, sizeof path - 1);
    errno = saved;
    if (length < 0) return STORAGE_TAP_PASS;
    path[length] = 0;
    call.path = path;
    return judged(call);
}

static int refused(int64_t verdict) {
    if (verdict >= 0 || verdict == STORAGE_TAP_SKIP) return 0;
    errno = (int)-verdict;
    return 1;
}

static ssize_t write_at(int fd, const void *bytes, size_t count, off_t offset) {
    struct storage_tap_call call = {.kind = STORAGE_TAP_WRITE, .offset = offset, .count = (int64_t)count, .bytes = bytes};
    if (fd >= 0 && fd < (int)sizeof opened_durable) call.durable = atomic_load(&opened_durable[fd]);
    int64_t verdict = judged_descriptor(fd, call);
    if (refused(verdict)) return -1;
    if (verdict == STORAGE_TAP_SKIP) return (ssize_t)count;
    if (verdict > 0 && (size_t)verdict < count) count = (size_t)verdict;
    return syscall(SYS_pwrite64, fd, bytes, count, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) { return write_at(fd, bytes, count, offset); }
ssize_t pwrite64(int fd, const void *bytes, size_t count, off_t offset) { return write_at(fd, bytes, count, offset); }

static int truncate_to(int fd, off_t length) {
    int64_t verdict =
        judged_descriptor(fd, (struct storage_tap_call){.kind = STORAGE_TAP_TRUNCATE, .offset = length});
    if (refused(verdict)) return -1;
    return verdict == STORAGE_TAP_SKIP ? 0 : (int)syscall(SYS_ftruncate, fd, length);
}

int ftruncate(int fd, off_t length) { return truncate_to(fd, length); }
int ftruncate64(int fd, off_t length) { return truncate_to(fd, length); }

static int sync_with(long number, int fd) {
    int64_t verdict = judged_descriptor(fd, (struct storage_tap_call){.kind = STORAGE_TAP_SYNC});
    if (refused(verdict)) return -1;
    return verdict == STORAGE_TAP_SKIP ? 0 : (int)syscall(number, fd);
}

int fsync(int fd) { return sync_with(SYS_fsync, fd); }
int fdatasync(int fd) { return sync_with(SYS_fdatasync, fd); }

int sync_file_range(int fd, off_t offset, off_t count, unsigned int flags) {
    int64_t verdict = STORAGE_TAP_PASS;
    if (flags & SYNC_FILE_RANGE_WAIT_AFTER) {
        verdict = judged_descriptor(
            fd, (struct storage_tap_call){.kind = STORAGE_TAP_WRITE_OUT, .offset = offset, .count = count});
    }
    if (refused(verdict)) return -1;
    return verdict == STORAGE_TAP_SKIP ? 0 : (int)syscall(SYS_sync_file_range, fd, offset, count, flags);
}

static int open_with(const char *path, int flags, mode_t mode) {
    if (flags & (O_CREAT | O_TRUNC)) {
        int64_t verdict =
            judged((struct storage_tap_call){.kind = STORAGE_TAP_OPEN, .path = path, .count = flags});
        if (refused(verdict)) return -1;
    }
    /* The judge says what is durable; the machine's own disk is not waited for. */
    int waiting = atomic_load(&tap) ? flags & (O_DSYNC | O_DIRECT) : 0;
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags & ~waiting, mode);
    if (fd >= 0 && fd < (int)sizeof opened_durable) atomic_store(&opened_durable[fd], (waiting & O_DSYNC) != 0);
    return fd;
}

#define OPEN(name)                                                    \
    int name(const char *path, int flags, ...) {                      \
        mode_t mode = 0;                                              \
        if (flags & (O_CREAT | O_TMPFILE)) {                          \
            va_list list;                                             \
            va_start(list, flags);                                    \
            mode = va_arg(list, mode_t);                              \
            va_end(list);                                             \
        }                                                             \
        return open_with(path, flags, mode);                          \
    }
OPEN(open)
OPEN(open64)

int rename(const char *from, const char *to) {
    int64_t verdict = judged((struct storage_tap_call){.kind = STORAGE_TAP_RENAME, .path = from, .other = to});
    if (refused(verdict)) return -1;
    return (int)syscall(SYS_rename, from, to);
}

int unlink(const char *path) {
    int64_t verdict = judged((struct storage_tap_call){.kind = STORAGE_TAP_UNLINK, .path = path});
    if (refused(verdict)) return -1;
    return (int)syscall(SYS_unlink, path);
}
