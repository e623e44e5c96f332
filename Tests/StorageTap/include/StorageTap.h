#ifndef ACCORD_STORAGE_TAP_H
#define ACCORD_STORAGE_TAP_H

#include <stdint.h>

/* The calls by which a program changes files, seen before they are made. Programs of tests are linked with these in place of
   those of the C library, so that SQLite, which is a library of its own, calls them too. */

enum {
    STORAGE_TAP_WRITE,     /* pwrite: offset, count, bytes; durable if the file was opened with O_DSYNC */
    STORAGE_TAP_TRUNCATE,  /* ftruncate: the new length is the offset */
    STORAGE_TAP_SYNC,      /* fsync, fdatasync: of a file or a folder */
    STORAGE_TAP_WRITE_OUT, /* sync_file_range that waits until the range is on the device: offset, count */
    STORAGE_TAP_OPEN,      /* open that may make a file or empties one: the flags are the count */
    STORAGE_TAP_RENAME,    /* path to other */
    STORAGE_TAP_UNLINK,    /* path */
};

struct storage_tap_call {
    int kind;
    const char *path;
    const char *other;
    int64_t offset;
    int64_t count;
    const void *bytes;
    int durable;
};

/* What becomes of a call: it is made (0); it is not made and succeeds; only so many bytes of it are written (above 0); it
   fails with an error number (its negative). */
typedef int64_t (*storage_tap_judge)(const struct storage_tap_call *call);
#define STORAGE_TAP_PASS 0
#define STORAGE_TAP_SKIP INT64_MIN

/* Has all calls judged from now on, on whatever threads they are made; NULL: none. */
void storage_tap_set(storage_tap_judge judge);

#endif
