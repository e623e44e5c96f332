// Tells Thread Sanitizer of the slow half of Swift's Mutex, which is in a library that it does not see.
//
// A Mutex that nobody waits for is one atomic operation in our own code, and seen; one that is waited for is given over by the
// kernel, and without this each of them would be reported as a race. Loaded before other libraries (Deploy/soak.sh thread).
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

// Absent where a program without the sanitizer is started.
extern void __tsan_acquire(void *) __attribute__((weak));
extern void __tsan_release(void *) __attribute__((weak));

typedef void (*Lock)(uint32_t thread, __attribute__((swift_context)) void *mutex) __attribute__((swiftcall));
typedef void (*Unlock)(__attribute__((swift_context)) void *mutex) __attribute__((swiftcall));

void lock(uint32_t thread, __attribute__((swift_context)) void *mutex) __asm__(LOCK) __attribute__((swiftcall));
void unlock(__attribute__((swift_context)) void *mutex) __asm__(UNLOCK) __attribute__((swiftcall));

__attribute__((swiftcall)) void lock(uint32_t thread, __attribute__((swift_context)) void *mutex) {
    ((Lock)dlsym(RTLD_NEXT, LOCK))(thread, mutex);
    if (__tsan_acquire) __tsan_acquire(mutex);
}

__attribute__((swiftcall)) void unlock(__attribute__((swift_context)) void *mutex) {
    if (__tsan_release) __tsan_release(mutex);
    ((Unlock)dlsym(RTLD_NEXT, UNLOCK))(mutex);
}
