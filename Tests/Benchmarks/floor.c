// Floors for the performance table: what SQLite, libcrypto and a socket do on this machine with nothing of Accord around them.
//
//   floor commit FOLDER BATCH TRANSACTIONS TEXT   rows of updates, BATCH in one durable transaction
//   floor scan FOLDER ROWS THREADS TEXT           reads such rows, opens each part, hashes lines and parts
//   floor verify THREADS                          checks Ed25519 signatures over as many bytes as an SSHSIG has signed
//   floor echo SOCKET                             answers each message with the reply of a GetInfo, until it is killed
//
// Prints "name value" lines. Rows are those of an update as the record keeps it: a line of 820 bytes, a part of 195 bytes
// and one of 101 and the text, each sealed and with a wrapped key of its own, and a request.
#define _GNU_SOURCE
#include <openssl/evp.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { LINE = 820, PARTS = 2, KEY = 60, NONCE = 12, TAG = 16 };

static void die(const char *what) {
    fprintf(stderr, "floor: %s\n", what);
    exit(1);
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int part_bytes(int part, int text) { return part == 0 ? 195 : 101 + text; }

static void must(sqlite3 *db, int code, int wanted) {
    if (code != wanted) die(sqlite3_errmsg(db));
}

static void execute(sqlite3 *db, const char *sql) { must(db, sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK); }

static sqlite3_stmt *prepared(sqlite3 *db, const char *sql) {
    sqlite3_stmt *statement;
    must(db, sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    return statement;
}

struct table {
    sqlite3 *db;
    sqlite3_stmt *line, *part, *key, *request;
    sqlite3_int64 next;
    int text;
    EVP_CIPHER_CTX *cipher; // null where the parts are not read again
};

static struct table opened(const char *folder, int text) {
    struct table t = {0};
    char path[4096];
    snprintf(path, sizeof path, "%s/floor.db", folder);
    if (sqlite3_open(path, &t.db) != SQLITE_OK) die("the folder cannot be written to");
    t.text = text;
    execute(t.db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;"
                  "CREATE TABLE line (seq INTEGER PRIMARY KEY, stream INTEGER NOT NULL, stream_seq INTEGER NOT NULL,"
                  " bytes BLOB NOT NULL, UNIQUE (stream, stream_seq)) STRICT;"
                  "CREATE TABLE part (place INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;"
                  "CREATE TABLE part_key (place INTEGER PRIMARY KEY, wrapped BLOB NOT NULL) STRICT;"
                  "CREATE TABLE request (key BLOB PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;");
    t.line = prepared(t.db, "INSERT INTO line VALUES (?, 1, ?, ?)");
    t.part = prepared(t.db, "INSERT INTO part VALUES (?, ?)");
    t.key = prepared(t.db, "INSERT INTO part_key VALUES (?, ?)");
    t.request = prepared(t.db, "INSERT INTO request VALUES (?, ?)");
    return t;
}

static void stepped(struct table *t, sqlite3_stmt *statement) {
    must(t->db, sqlite3_step(statement), SQLITE_DONE);
    sqlite3_reset(statement);
}

static unsigned char secret[32] = {7};

static void insert(struct table *t) {
    static unsigned char bytes[1 << 17], plain[1 << 17];
    sqlite3_int64 seq = t->next++;
    memset(bytes, (int)seq, LINE);
    sqlite3_bind_int64(t->line, 1, seq);
    sqlite3_bind_int64(t->line, 2, seq);
    sqlite3_bind_blob(t->line, 3, bytes, LINE, SQLITE_STATIC);
    stepped(t, t->line);
    for (int part = 0; part < PARTS; part++) {
        int length = part_bytes(part, t->text), written = 0;
        memset(plain, (int)seq + part, (size_t)length);
        if (t->cipher) {
            memset(bytes, 0, NONCE);
            memcpy(bytes, &seq, sizeof seq);
            bytes[NONCE - 1] = (unsigned char)part;
            EVP_EncryptInit_ex(t->cipher, NULL, NULL, NULL, bytes);
            EVP_EncryptUpdate(t->cipher, bytes + NONCE, &written, plain, length);
            EVP_EncryptFinal_ex(t->cipher, bytes + NONCE + written, &written);
            EVP_CIPHER_CTX_ctrl(t->cipher, EVP_CTRL_GCM_GET_TAG, TAG, bytes + NONCE + length);
        } else {
            memcpy(bytes, plain, (size_t)length);
        }
        sqlite3_bind_int64(t->part, 1, seq * 64 + part);
        sqlite3_bind_blob(t->part, 2, bytes, length + NONCE + TAG, SQLITE_STATIC);
        stepped(t, t->part);
        sqlite3_bind_int64(t->key, 1, seq * 64 + part);
        sqlite3_bind_blob(t->key, 2, bytes, KEY, SQLITE_STATIC);
        stepped(t, t->key);
    }
    memset(bytes, 0, 32);
    // Like a request made of a time and of chance: the index grows at its end.
    for (int i = 0; i < 8; i++) bytes[i] = (unsigned char)(seq >> (56 - 8 * i));
    sqlite3_bind_blob(t->request, 1, bytes, 32, SQLITE_STATIC);
    sqlite3_bind_int64(t->request, 2, seq);
    stepped(t, t->request);
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void commit(const char *folder, int batch, int transactions, int text) {
    struct table t = opened(folder, text);
    // A write-ahead log that still grows syncs the file system's journal too: let it reach its length first.
    execute(t.db, "BEGIN IMMEDIATE");
    for (int i = 0; i < 12000; i++) insert(&t);
    execute(t.db, "COMMIT");
    execute(t.db, "PRAGMA wal_checkpoint(PASSIVE)");
    double *times = calloc((size_t)transactions, sizeof *times), start = now();
    for (int i = 0; i < transactions; i++) {
        double began = now();
        execute(t.db, "BEGIN IMMEDIATE");
        for (int row = 0; row < batch; row++) insert(&t);
        execute(t.db, "COMMIT");
        times[i] = now() - began;
    }
    double elapsed = now() - start;
    qsort(times, (size_t)transactions, sizeof *times, ascending);
    printf("updates/s %.0f\nmedian-us %.1f\np99-us %.1f\n", batch * transactions / elapsed,
           times[transactions / 2] * 1e6, times[transactions * 99 / 100] * 1e6);
    free(times);
    sqlite3_close_v2(t.db);
}

struct scan {
    const char *folder;
    sqlite3_int64 from, until;
};

static EVP_CIPHER_CTX *cipher(int encrypts) {
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    if (!context || !EVP_CipherInit_ex(context, EVP_aes_256_gcm(), NULL, secret, NULL, encrypts)) die("no AES-256-GCM");
    return context;
}

static void *scanned(void *argument) {
    static __thread unsigned char plain[1 << 17];
    struct scan *job = argument;
    char path[4096];
    snprintf(path, sizeof path, "%s/floor.db", job->folder);
    sqlite3 *db;
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK) die("the rows cannot be read");
    sqlite3_stmt *lines = prepared(db, "SELECT bytes FROM line WHERE seq >= ? AND seq < ?");
    sqlite3_stmt *parts = prepared(db, "SELECT p.bytes, k.wrapped FROM part p JOIN part_key k USING (place)"
                                       " WHERE place >= ? AND place < ?");
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    EVP_MD *sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    EVP_CIPHER_CTX *opening = cipher(0);
    unsigned char hash[32];
    sqlite3_bind_int64(lines, 1, job->from);
    sqlite3_bind_int64(lines, 2, job->until);
    while (sqlite3_step(lines) == SQLITE_ROW) {
        EVP_DigestInit_ex2(digest, sha256, NULL);
        EVP_DigestUpdate(digest, sqlite3_column_blob(lines, 0), (size_t)sqlite3_column_bytes(lines, 0));
        EVP_DigestFinal_ex(digest, hash, NULL);
    }
    sqlite3_bind_int64(parts, 1, job->from * 64);
    sqlite3_bind_int64(parts, 2, job->until * 64);
    while (sqlite3_step(parts) == SQLITE_ROW) {
        const unsigned char *bytes = sqlite3_column_blob(parts, 0), *wrapped = sqlite3_column_blob(parts, 1);
        int length = sqlite3_column_bytes(parts, 0) - NONCE - TAG, written = 0;
        // As the record opens a part: its own key first, which another key wraps, then the part with that key. Both keys are
        // the same here, and the wrapped one is decrypted for its time alone.
        EVP_DecryptInit_ex(opening, NULL, NULL, secret, wrapped);
        EVP_DecryptUpdate(opening, plain, &written, wrapped + NONCE, 32);
        EVP_DecryptInit_ex(opening, NULL, NULL, secret, bytes);
        EVP_DecryptUpdate(opening, plain, &written, bytes + NONCE, length);
        EVP_CIPHER_CTX_ctrl(opening, EVP_CTRL_GCM_SET_TAG, TAG, (void *)(bytes + NONCE + length));
        if (EVP_DecryptFinal_ex(opening, plain + written, &written) != 1) die("a part does not open");
        EVP_DigestInit_ex2(digest, sha256, NULL);
        EVP_DigestUpdate(digest, plain, (size_t)length);
        EVP_DigestFinal_ex(digest, hash, NULL);
    }
    sqlite3_finalize(lines);
    sqlite3_finalize(parts);
    sqlite3_close(db);
    return NULL;
}

static void scan(const char *folder, int rows, int threads, int text) {
    struct table t = opened(folder, text);
    t.cipher = cipher(1);
    execute(t.db, "BEGIN IMMEDIATE");
    for (int i = 0; i < rows; i++) insert(&t);
    execute(t.db, "COMMIT");
    execute(t.db, "PRAGMA wal_checkpoint(TRUNCATE)");
    sqlite3_close_v2(t.db);
    pthread_t all[64];
    struct scan jobs[64];
    double start = now();
    for (int i = 0; i < threads; i++) {
        jobs[i] = (struct scan){folder, (sqlite3_int64)rows * i / threads, (sqlite3_int64)rows * (i + 1) / threads};
        if (pthread_create(&all[i], NULL, scanned, &jobs[i])) die("no thread");
    }
    for (int i = 0; i < threads; i++) pthread_join(all[i], NULL);
    printf("entries/s %.0f\n", rows / (now() - start));
}

static const char reply[] =
    "{\"parameters\":{\"vendor\":\"Accord\",\"product\":\"accordd\",\"version\":\"1.0\",\"url\":\"https://accord.example.org/\","
    "\"interfaces\":[\"org.varlink.service\",\"io.accord.Audit\",\"io.accord.Case\",\"io.accord.Entry\"]}}";

static void echo(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) die("the path is too long");
    strcpy(address.sun_path, path);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0), poll = epoll_create1(0);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 128)) die("no socket there");
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[64];
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
    static char in[1 << 16], out[1 << 16];
    for (;;) {
        int count = epoll_wait(poll, events, 64, -1);
        for (int i = 0; i < count; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) {
                event.data.fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
                if (event.data.fd >= 0) epoll_ctl(poll, EPOLL_CTL_ADD, event.data.fd, &event);
                continue;
            }
            ssize_t got = read(fd, in, sizeof in);
            if (got <= 0) {
                close(fd);
                continue;
            }
            size_t filled = 0;
            for (ssize_t place = 0; place < got; place++) {
                if (in[place]) continue;
                if (filled + sizeof reply > sizeof out) break;
                memcpy(out + filled, reply, sizeof reply); // with its NUL
                filled += sizeof reply;
            }
            if (filled && write(fd, out, filled) < 0) close(fd);
        }
    }
}

enum { SIGNED = 130, SECONDS = 3 };

struct checks {
    EVP_PKEY *key;
    unsigned char message[SIGNED], signature[64];
    double until;
};

static void *checking(void *given) {
    const struct checks *checks = given;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    long count = 0;
    for (; now() < checks->until; count++) {
        EVP_MD_CTX_reset(context);
        if (EVP_DigestVerifyInit(context, NULL, NULL, NULL, checks->key) != 1 ||
            EVP_DigestVerify(context, checks->signature, sizeof checks->signature, checks->message, SIGNED) != 1)
            die("a signature is not good");
    }
    EVP_MD_CTX_free(context);
    return (void *)count;
}

static void verify(int threads) {
    struct checks checks = {.key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")};
    size_t length = sizeof checks.signature;
    memset(checks.message, 'm', SIGNED);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (EVP_DigestSignInit(context, NULL, NULL, NULL, checks.key) != 1 ||
        EVP_DigestSign(context, checks.signature, &length, checks.message, SIGNED) != 1)
        die("nothing was signed");
    double began = now();
    checks.until = began + SECONDS;
    pthread_t all[threads];
    for (int i = 0; i < threads; i++)
        if (pthread_create(&all[i], NULL, checking, &checks)) die("no thread");
    long count = 0;
    for (int i = 0; i < threads; i++) {
        void *checked;
        pthread_join(all[i], &checked);
        count += (long)checked;
    }
    printf("checks/s %.0f\n", (double)count / (now() - began));
}

int main(int count, char **words) {
    signal(SIGPIPE, SIG_IGN);
    if (count == 6 && !strcmp(words[1], "commit"))
        commit(words[2], atoi(words[3]), atoi(words[4]), atoi(words[5]));
    else if (count == 6 && !strcmp(words[1], "scan"))
        scan(words[2], atoi(words[3]), atoi(words[4]), atoi(words[5]));
    else if (count == 3 && !strcmp(words[1], "verify"))
        verify(atoi(words[2]));
    else if (count == 3 && !strcmp(words[1], "echo"))
        echo(words[2]);
    else
        die("see the head of floor.c");
    return 0;
}
