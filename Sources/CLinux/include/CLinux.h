#ifndef ACCORD_CLINUX_H
#define ACCORD_CLINUX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Calls that Swift's Glibc module does not offer. Each is one system call; -1 and errno on failure. */

/* epoll_create1(EPOLL_CLOEXEC). */
int clinux_epoll_create(void);
/* epoll_ctl; `op` is 1 add, 2 delete, 3 modify; `token` comes back with each event. */
int clinux_epoll_control(int epoll, int op, int fd, uint32_t events, uint64_t token);
/* epoll_wait into two parallel arrays of `capacity`. */
int clinux_epoll_wait(int epoll, uint32_t *events, uint64_t *tokens, int capacity, int timeout_ms);
#define CLINUX_EPOLLIN 0x001u
#define CLINUX_EPOLLOUT 0x004u
#define CLINUX_EPOLLERR 0x008u
#define CLINUX_EPOLLHUP 0x010u
#define CLINUX_EPOLLRDHUP 0x2000u

/* accept4 with SOCK_NONBLOCK | SOCK_CLOEXEC, no address. */
int clinux_accept(int listener);

/* SO_PEERCRED: the peer's ids when it connected. */
int clinux_peer_credentials(int fd, uint32_t *uid, uint32_t *gid, int32_t *pid);
/* SO_PEERGROUPS: supplementary groups; returns how many were stored, -1 on failure. */
int clinux_peer_groups(int fd, uint32_t *groups, int capacity);
/* Best effort: SO_PASSRIGHTS = 0, so that no descriptor can be pushed at us (Linux 6.16). */
void clinux_refuse_descriptors(int fd);

/* pipe2 with O_NONBLOCK | O_CLOEXEC: reading end, writing end. */
int clinux_pipe(int *reading, int *writing);

/* Catches a signal from now on by writing its number as one byte to `fd`, which must not block; any thread may be hit.
   Interrupted calls are restarted where the kernel can. The calling thread no longer blocks it: a mask is inherited from
   whoever started the process, and a signal that all threads block is never heard. */
int clinux_catch_signal(int signal, int fd);
/* Ignores a signal from now on. */
int clinux_ignore_signal(int signal);

/* The inode number of a pidfd of this process, which no other process ever has; 0 where the kernel does not say. */
uint64_t clinux_own_pidfd_id(void);

/* memfd_create, close-on-exec, with these bytes in it, to be read from the first. */
int clinux_memory_file(const void *bytes, size_t count);
/* What a program that we start may use: seconds of processor time, open files, bytes of memory of its own. */
struct clinux_bounds {
    unsigned seconds;
    unsigned files;
    uint64_t memory;
};
/* Starts a program in a session of its own, so with no terminal, and with nothing of this process: `input` as standard input,
   /dev/null as standard output and error, no other descriptor, no argument, this environment, the root as its folder, no
   signal blocked, caught or ignored. `watched` becomes a pidfd that is readable once it has ended. Some time after twice
   `seconds` it gets SIGALRM, whoever is still there. Returns 0 or the error's number. */
int clinux_spawn(const char *path, int input, char *const environment[], const struct clinux_bounds *bounds,
                 pid_t *child, int *watched);
/* Takes leave of a child that has ended: its exit status, or its signal below zero. Returns -1 if it still runs. */
int clinux_reap(pid_t child, int *status);
/* prctl(PR_SET_CHILD_SUBREAPER): processes whose parent has ended below this one become its children. */
int clinux_adopt_orphans(int adopts);

/* open of an existing file with O_RDWR | O_DSYNC | O_CLOEXEC | O_NOFOLLOW: what was written is durable when the write returns.
   With `direct` O_DIRECT too, past the page cache: then memory, place and length of a write are whole blocks. */
int clinux_open_durable(const char *path, int direct);

/* prctl(PR_SET_DUMPABLE, 0): no core, no ptrace by the same user. */
int clinux_set_undumpable(void);

/* Lets glibc give memory back: large blocks are mapped one by one and unmapped when freed, and threads share two arenas.
   Without it a block that was copied once now and then stays with the process, in an arena of each thread that copied. */
void clinux_return_memory(void);

#endif
