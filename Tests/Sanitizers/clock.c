// The clock of a program under a sanitizer. libfaketime looks for the next library's functions while the sanitizer that asks it for
// the time is not there yet, and waits for ever (Deploy/soak.sh).
//
// It reads as much of libfaketime's settings as tests write (FakeClock): `+20d`, `-2m`, or a moment at which it stands still.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

// No function of the C library that a sanitizer replaces: it may not be there yet.
static long setting(char *text, long size) {
    const char *path = NULL;
    for (char **entry = environ; entry && *entry; entry++) {
        static const char name[] = "FAKETIME_TIMESTAMP_FILE=";
        unsigned place = 0;
        while (place < sizeof name - 1 && (*entry)[place] == name[place]) place++;
        if (place == sizeof name - 1) path = *entry + place;
    }
    if (!path) return 0;
    long file = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    long length = syscall(SYS_read, file, text, size - 1);
    syscall(SYS_close, file);
    return length > 0 ? length : 0;
}

static long number(const char **at) {
    long value = 0;
    while (**at >= '0' && **at <= '9') value = value * 10 + (*(*at)++ - '0');
    return value;
}

// Days since 1970-01-01 in the Gregorian calendar.
static long days(long year, long month, long day) {
    if (month <= 2) year--, month += 12;
    return 365 * year + year / 4 - year / 100 + year / 400 + (153 * (month - 3) + 2) / 5 + day - 719469;
}

static void set(struct timespec *now) {
    char text[64] = {0};
    if (!setting(text, sizeof text)) return;
    const char *at = text;
    if (*at == '+' || *at == '-') {
        long sign = *at++ == '-' ? -1 : 1, value = number(&at);
        now->tv_sec += sign * value * (*at == 'd' ? 86400 : *at == 'h' ? 3600 : *at == 'm' ? 60 : 1);
        return;
    }
    long fields[6];
    for (int field = 0; field < 6; field++, at += *at != 0) fields[field] = number(&at);
    now->tv_sec = days(fields[0], fields[1], fields[2]) * 86400 + fields[3] * 3600 + fields[4] * 60 + fields[5];
    now->tv_nsec = 0;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    long failed = syscall(SYS_clock_gettime, clock, now);
    if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) set(now);
    return (int)failed;
}

time_t time(time_t *stored) {
    struct timespec now = {0};
    clock_gettime(CLOCK_REALTIME, &now);
    if (stored) *stored = now.tv_sec;
    return now.tv_sec;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    (void)zone;
    struct timespec moment = {0};
    clock_gettime(CLOCK_REALTIME, &moment);
    *now = (struct timeval){moment.tv_sec, moment.tv_nsec / 1000};
    return 0;
}
