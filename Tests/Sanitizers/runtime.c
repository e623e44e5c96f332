// Tells Thread Sanitizer what Swift's runtime orders, which is in libraries that it does not see. Loaded before them
// (Deploy/soak.sh thread).
//
// A Mutex that nobody waits for is one atomic operation in our own code, and seen; one that is waited for is given over by the
// kernel. An array that was given to another thread is changed in place once that has let go of it, which its count of
// references says. Without this both are reported as races, in a program of ten lines, too.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

// Absent where a program without the sanitizer is started.
extern void __tsan_acquire(void *) __attribute__((weak));
extern void __tsan_release(void *) __attribute__((weak));

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

SWIFT void lock(uint32_t thread, SELF mutex) __asm__(LOCK);
SWIFT void unlock(SELF mutex) __asm__(UNLOCK);

// The one that is called next, looked up at its first call: some come before constructors run.
#define NEXT(name) (next ? next : (next = dlsym(RTLD_NEXT, name)))

SWIFT void lock(uint32_t thread, SELF mutex) {
    static SWIFT void (*next)(uint32_t, SELF);
    NEXT(LOCK)(thread, mutex);
    if (__tsan_acquire) __tsan_acquire(mutex);
}

SWIFT void unlock(SELF mutex) {
    static SWIFT void (*next)(SELF);
    if (__tsan_release) __tsan_release(mutex);
    NEXT(UNLOCK)(mutex);
}

// Null, and what is no object, have a sign.
static void released(void *object) {
    if (__tsan_release && (intptr_t)object > 0) __tsan_release(object);
}

void swift_release(void *object) {
    static void (*next)(void *);
    released(object);
    NEXT("swift_release")(object);
}

void swift_release_n(void *object, uint32_t count) {
    static void (*next)(void *, uint32_t);
    released(object);
    NEXT("swift_release_n")(object, count);
}

void swift_bridgeObjectRelease(void *object) {
    static void (*next)(void *);
    released(object);
    NEXT("swift_bridgeObjectRelease")(object);
}

bool swift_isUniquelyReferenced_native(const void *object) {
    static bool (*next)(const void *);
    bool is_unique = NEXT("swift_isUniquelyReferenced_native")(object);
    if (is_unique && __tsan_acquire) __tsan_acquire((void *)object);
    return is_unique;
}

bool swift_isUniquelyReferenced_nonNull_native(const void *object) {
    static bool (*next)(const void *);
    bool is_unique = NEXT("swift_isUniquelyReferenced_nonNull_native")(object);
    if (is_unique && __tsan_acquire) __tsan_acquire((void *)object);
    return is_unique;
}
