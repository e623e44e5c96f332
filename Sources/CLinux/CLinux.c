#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SO_PEERGROUPS
#define SO_PEERGROUPS 59
#endif
#ifndef PID_FS_MAGIC
#define PID_FS_MAGIC 0x50494446
#endif
#ifndef SO_PASSRIGHTS
#define SO_PASSRIGHTS 83
#endif

int clinux_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int clinux_epoll_control(int epoll, int op, int fd, uint32_t events, uint64_t token) {
    struct epoll_event event = {.events = events, .data = {.u64 = token}};
    return epoll_ctl(epoll, op, fd, &event);
}

int clinux_epoll_wait(int epoll, uint32_t *events, uint64_t *tokens, int capacity, int timeout_ms) {
    struct epoll_event ready[256];
    if (capacity > 256) capacity = 256;
    int count = epoll_wait(epoll, ready, capacity, timeout_ms);
    for (int i = 0; i < count; i++) {
        events[i] = ready[i].events;
        tokens[i] = ready[i].data.u64;
    }
    return count;
}

int clinux_accept(int listener) { return accept4(listener, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC); }

int clinux_peer_credentials(int fd, uint32_t *uid, uint32_t *gid, int32_t *pid) {
    struct ucred peer;
    socklen_t length = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) return -1;
    *uid = peer.uid;
    *gid = peer.gid;
    *pid = peer.pid;
    return 0;
}

int clinux_peer_groups(int fd, uint32_t *groups, int capacity) {
    socklen_t length = (socklen_t)capacity * sizeof(uint32_t);
    if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &length) != 0) return -1;
    return (int)(length / sizeof(uint32_t));
}

void clinux_refuse_descriptors(int fd) {
    int off = 0;
    (void)setsockopt(fd, SOL_SOCKET, SO_PASSRIGHTS, &off, sizeof off);
}

int clinux_pipe(int *reading, int *writing) {
    int ends[2];
    if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0) return -1;
    *reading = ends[0];
    *writing = ends[1];
    return 0;
}

static _Atomic int signal_receivers[NSIG];

/* Async-signal-safe: one write, errno kept (signal-safety(7)). A full pipe means that the signal is known already. */
static void forward_signal(int number) {
    int kept = errno;
    int fd = atomic_load(&signal_receivers[number]);
    unsigned char byte = (unsigned char)number;
    if (fd > 0) (void)!write(fd, &byte, 1);
    errno = kept;
}

int clinux_catch_signal(int number, int fd) {
    if (number <= 0 || number >= NSIG) {
        errno = EINVAL;
        return -1;
    }
    atomic_store(&signal_receivers[number], fd);
    struct sigaction action = {.sa_handler = forward_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    if (sigaction(number, &action, 0) != 0) return -1;
    sigset_t caught;
    sigemptyset(&caught);
    sigaddset(&caught, number);
    errno = pthread_sigmask(SIG_UNBLOCK, &caught, 0);
    return errno == 0 ? 0 : -1;
}

int clinux_ignore_signal(int number) {
    if (number <= 0 || number >= NSIG) {
        errno = EINVAL;
        return -1;
    }
    struct sigaction action = {.sa_handler = SIG_IGN};
    sigemptyset(&action.sa_mask);
    int result = sigaction(number, &action, 0);
    atomic_store(&signal_receivers[number], 0);
    return result;
}

uint64_t clinux_own_pidfd_id(void) {
    int fd = (int)syscall(SYS_pidfd_open, getpid(), 0);
    if (fd < 0) return 0;
    struct stat status;
    struct statfs filesystem;
    /* Before Linux 6.9 all pidfds share one anonymous inode, whose number says nothing. */
    int known = fstatfs(fd, &filesystem) == 0 && filesystem.f_type == PID_FS_MAGIC && fstat(fd, &status) == 0;
    close(fd);
    return known ? status.st_ino : 0;
}

int clinux_open_durable(const char *path, int direct) {
    return open(path, O_RDWR | O_DSYNC | O_CLOEXEC | O_NOFOLLOW | (direct ? O_DIRECT : 0));
}

int clinux_set_undumpable(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

void clinux_return_memory(void) {
    mallopt(M_ARENA_MAX, 2);
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
    mallopt(M_TRIM_THRESHOLD, 1 << 20);
}

int clinux_memory_file(const void *bytes, size_t count) {
    int fd = memfd_create("accord", MFD_CLOEXEC);
    if (fd < 0) return -1;
    for (size_t done = 0; done < count;) {
        ssize_t written = pwrite(fd, (const char *)bytes + done, count - done, (off_t)done);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) {
            int number = errno;
            close(fd);
            errno = number;
            return -1;
        }
        done += (size_t)written;
    }
    return fd;
}

static int bound(int resource, rlim_t most) {
    struct rlimit now;
    if (getrlimit(resource, &now) != 0) return -1;
    if (now.rlim_max != RLIM_INFINITY && now.rlim_max < most) most = now.rlim_max;
    struct rlimit limit = {.rlim_cur = most, .rlim_max = most};
    return setrlimit(resource, &limit);
}

/* In the child of a vfork: its memory is the parent's, so that nothing here allocates, locks or returns. */
static _Noreturn void become(const char *path, int input, char *const environment[],
                             const struct clinux_bounds *bounds, volatile int *failure) {
    struct sigaction plain = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++) (void)sigaction(number, &plain, 0);
    sigset_t none;
    sigemptyset(&none);
    char *const arguments[] = {(char *)path, 0};
    int nothing = -1;
    if (setsid() >= 0 && chdir("/") == 0 && dup2(input, 0) == 0 && (nothing = open("/dev/null", O_WRONLY)) >= 0 &&
        dup2(nothing, 1) == 1 && dup2(nothing, 2) == 2 && syscall(SYS_close_range, 3u, ~0u, 0u) == 0 &&
        bound(RLIMIT_CORE, 0) == 0 && bound(RLIMIT_NOFILE, bounds->files) == 0 &&
        bound(RLIMIT_DATA, bounds->memory) == 0 && bound(RLIMIT_CPU, bounds->seconds) == 0) {
        /* Should nobody be there any more to end it, it ends by this. */
        alarm(bounds->seconds * 2 + 10);
        /* Where memory runs out, it ends before those who started it. */
        int score = open("/proc/self/oom_score_adj", O_WRONLY);
        if (score >= 0) {
            ssize_t ignored = write(score, "1000", 4);
            (void)ignored;
            close(score);
        }
        if (sigprocmask(SIG_SETMASK, &none, 0) == 0) execve(path, arguments, environment);
    }
    *failure = errno;
    _exit(127);
}

int clinux_spawn(const char *path, int input, char *const environment[], const struct clinux_bounds *bounds,
                 pid_t *child, int *watched) {
    volatile int failure = 0;
    /* A handler of ours must not run on the child's borrowed memory. */
    sigset_t all, before;
    sigfillset(&all);
    int number = pthread_sigmask(SIG_SETMASK, &all, &before);
    if (number != 0) return number;
    pid_t started = vfork();
    if (started == 0) become(path, input, environment, bounds, &failure);
    number = started < 0 ? errno : failure;
    (void)pthread_sigmask(SIG_SETMASK, &before, 0);
    if (started < 0) return number;
    if (number == 0) {
        *child = started;
        *watched = (int)syscall(SYS_pidfd_open, started, 0);
        if (*watched >= 0) return 0;
        /* Nobody would hear of its end: it ends now. */
        number = errno;
        kill(-started, SIGKILL);
    }
    while (waitpid(started, 0, 0) < 0 && errno == EINTR) {}
    return number;
}

int clinux_reap(pid_t child, int *status) {
    int raw;
    if (waitpid(child, &raw, WNOHANG) != child) return -1;
    *status = WIFSIGNALED(raw) ? -WTERMSIG(raw) : WEXITSTATUS(raw);
    return 0;
}

int clinux_adopt_orphans(int adopts) { return prctl(PR_SET_CHILD_SUBREAPER, adopts, 0, 0, 0); }
