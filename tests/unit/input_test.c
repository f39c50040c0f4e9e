/*
 * Inputs: files, pipes, compressed data, and what is said when they cannot be read.
 */
#include "config.h"

#include "source/input.h"
#include "tests/lib/pack.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static char dir[] = "/tmp/assay-input-XXXXXX";
static const struct assay_input_options defaults;

static const char *path_of(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

static void put(const char *name, const void *data, size_t len)
{
    FILE *file = fopen(path_of(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static struct assay_input *open_input(const char *name)
{
    struct assay_input *input;
    struct assay_error err = {0};
    if (assay_input_open(path_of(name), &defaults, &input, &err) != ASSAY_OK)
        fail_msg("%s: %s", err.code, err.message);
    return input;
}

static void expect_open_error(const char *path, const char *code, const char *message,
                              const char *help)
{
    struct assay_input *input;
    struct assay_error err;
    assert_int_equal(assay_input_open(path, NULL, &input, &err), ASSAY_SOURCE);
    assert_null(input);
    assert_string_equal(err.code, code);
    assert_non_null(strstr(err.message, message));
    assert_string_equal(err.help, help);
    assert_string_equal(err.file, path);
}

static void expect_content(struct assay_input *input, const char *data, size_t len, size_t piece)
{
    char *buffer = malloc(len + 1 + piece);
    size_t at = 0, got;
    do {
        assert_int_equal(assay_input_read(input, buffer + at, piece, &got, NULL), ASSAY_OK);
        at += got;
    } while (got > 0 && at <= len);
    assert_int_equal(at, len);
    assert_memory_equal(buffer, data, len);
    free(buffer);
}

static void expect_twice(const char *name, const char *data, size_t len)
{
    for (size_t piece = 1; piece < 100000; piece = piece * 7 + 2) {
        struct assay_input *input = open_input(name);
        expect_content(input, data, len, piece);
        assert_int_equal(assay_input_check(input, NULL), ASSAY_OK);
        assert_int_equal(assay_input_rewind(input, NULL), ASSAY_OK);
        expect_content(input, data, len, piece);
        assert_int_equal(assay_input_bottom(input)->stored, assay_input_bottom(input)->size);
        assay_input_close(input);
    }
}

static void expect_read_error(const char *name, enum assay_status status, const char *code,
                              const char *message, const struct assay_input_options *options)
{
    struct assay_input *input;
    struct assay_error err;
    char buffer[1000];
    size_t got;
    enum assay_status now;
    assert_int_equal(assay_input_open(path_of(name), options, &input, &err), ASSAY_OK);
    do
        now = assay_input_read(input, buffer, sizeof buffer, &got, &err);
    while (now == ASSAY_OK && got > 0);
    assert_int_equal(now, status);
    assert_string_equal(err.code, code);
    assert_string_equal(err.message, message);
    assay_input_close(input);
}

static void plain_files(void **state)
{
    (void)state;
    put("plain", "hello\nworld", 11);
    expect_twice("plain", "hello\nworld", 11);
    put("nothing", "", 0);
    expect_twice("nothing", "", 0);
}

/* `ahead`: of each buffer that is unpacked ahead; small ones bring in the thread. */
static void expect_unpacked(const char *name, const char *data, size_t len, size_t ahead)
{
    struct assay_input_options options = {.ahead_bytes = ahead};
    for (size_t piece = 1; piece < 100000; piece = piece * 7 + 2) {
        struct assay_input *input;
        assert_int_equal(assay_input_open(path_of(name), &options, &input, NULL), ASSAY_OK);
        expect_content(input, data, len, piece);
        assert_int_equal(assay_input_check(input, NULL), ASSAY_OK);
        assert_int_equal(assay_input_rewind(input, NULL), ASSAY_OK);
        expect_content(input, data, len, piece);
        assay_input_close(input);
    }
}

static void all_members_are_read(void **state)
{
    (void)state;
    static char data[50000], packed[120000];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (char)('a' + i * i / 7 % 26);
    for (int kind = 0; kind < PACK_KINDS; kind++) {
        size_t n = pack(kind, data, 30000, packed, sizeof packed);
        n += pack(kind, data, 0, packed + n, sizeof packed - n);
        n += pack(kind, data + 30000, 20000, packed + n, sizeof packed - n);
        put("packed", packed, n);
        expect_twice("packed", data, sizeof data);
        expect_unpacked("packed", data, sizeof data, 1000);
        expect_unpacked("packed", data, sizeof data, 50000);
        expect_unpacked("packed", data, sizeof data, 49999);
    }
}

/* Zero bytes behind the data: as tape tools write them, and as xz allows them. */
static void padding_is_no_data(void **state)
{
    (void)state;
    char packed[2000];
    for (int kind = 0; kind < PACK_KINDS; kind++) {
        bool padded = kind == PACK_GZIP || kind == PACK_XZ;
        char message[100];
        size_t n = pack(kind, "a,b\n", 4, packed, 1000);
        memset(packed + n, 0, 512);
        put("padded", packed, n + 512);
        snprintf(message, sizeof message, "the %s data is damaged: other data follows its end",
                 pack_names[kind]);
        if (padded)
            expect_twice("padded", "a,b\n", 4);
        else
            expect_read_error("padded", ASSAY_SOURCE, "SOURCE-CORRUPT", message, &defaults);
        n += 512 + pack(kind, "1,2\n", 4, packed + n + 512, 1000);
        put("padded", packed, n);
        if (kind == PACK_XZ)
            expect_twice("padded", "a,b\n1,2\n", 8);
        else
            expect_read_error("padded", ASSAY_SOURCE, "SOURCE-CORRUPT", message, &defaults);
    }
    size_t n = pack(PACK_XZ, "a,b\n", 4, packed, 1000);
    memset(packed + n, 0, 6);
    put("padded", packed, n + 6);
    expect_read_error("padded", ASSAY_SOURCE, "SOURCE-CORRUPT",
                      "the xz data is damaged: other data follows its end", &defaults);
}

static void damage_is_told(void **state)
{
    (void)state;
    char packed[1000];
    for (int kind = 0; kind < PACK_KINDS; kind++) {
        char message[100];
        size_t n = pack(kind, "id,name\n1,2\n", 12, packed, sizeof packed);
        snprintf(message, sizeof message, "unexpected end of the %s data", pack_names[kind]);
        for (size_t cut = ASSAY_INPUT_HEAD; cut < n; cut++) {
            put("cut", packed, cut);
            expect_read_error("cut", ASSAY_SOURCE, "SOURCE-TRUNCATED", message, &defaults);
        }
        memcpy(packed + n, "garbage", 7);
        put("more", packed, n + 7);
        snprintf(message, sizeof message, "the %s data is damaged: other data follows its end",
                 pack_names[kind]);
        expect_read_error("more", ASSAY_SOURCE, "SOURCE-CORRUPT", message, &defaults);
    }
    size_t n = pack(PACK_GZIP, "id,name\n1,2\n", 12, packed, sizeof packed);
    packed[n - 6] = (char)(packed[n - 6] ^ 1);
    put("crc", packed, n);
    expect_read_error("crc", ASSAY_SOURCE, "SOURCE-CORRUPT",
                      "the gzip data is damaged: incorrect data check", &defaults);
    for (int kind = PACK_BZIP2; kind <= PACK_XZ; kind++) {
        char message[100];
        n = pack(kind, "id,name\n1,2\n", 12, packed, sizeof packed);
        packed[28] = (char)(packed[28] ^ 1);
        put("crc", packed, n);
        snprintf(message, sizeof message,
                 "the %s data is damaged: a block of it is not what was written", pack_names[kind]);
        expect_read_error("crc", ASSAY_SOURCE, "SOURCE-CORRUPT", message, &defaults);
    }
}

/* What comes before the damage is there, however it is read. */
static void damage_comes_behind_what_is_good(void **state)
{
    (void)state;
    static char data[200000], packed[300000], buffer[200000];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (char)('a' + i * i / 7 % 26 + i % 3);
    for (int kind = 0; kind < PACK_KINDS; kind++) {
        size_t n = pack(kind, data, 150000, packed, sizeof packed);
        memcpy(packed + n, "garbage", 7);
        put("more", packed, n + 7);
        for (size_t piece = 7; piece < 200000; piece *= 31) {
            struct assay_input_options options = {.ahead_bytes = 1000};
            struct assay_input *input;
            struct assay_error err;
            size_t at = 0, got = 1;
            assert_int_equal(assay_input_open(path_of("more"), &options, &input, &err), ASSAY_OK);
            while (assay_input_read(input, buffer, piece, &got, &err) == ASSAY_OK) {
                assert_memory_equal(buffer, data + at, got);
                assert_true(got > 0);
                at += got;
            }
            assert_int_equal(at, 150000);
            assert_string_equal(err.code, "SOURCE-CORRUPT");
            assert_int_equal(assay_input_read(input, buffer, piece, &got, &err), ASSAY_SOURCE);
            assay_input_close(input);
        }
    }
}

static void expansion_has_bounds(void **state)
{
    (void)state;
    size_t len = 1u << 20;
    char *zeros = calloc(1, len), packed[5000];
    assert_non_null(zeros);
    struct assay_input_options options = {.max_expanded = 100000};
    for (int kind = 0; kind < PACK_KINDS; kind++) {
        put("bomb", packed, pack(kind, zeros, len, packed, sizeof packed));
        expect_read_error("bomb", ASSAY_LIMIT, "SOURCE-EXPANSION",
                          "unpacks to more than 100000 bytes", &options);
        expect_twice("bomb", zeros, len);
    }
    /* 300 MiB of zeros in members of 1 MiB are far over the default ratio. */
    for (int kind = PACK_ZSTD; kind <= PACK_XZ; kind++) {
        size_t n = pack(kind, zeros, len, packed, sizeof packed);
        FILE *file = fopen(path_of("bomb"), "wb");
        for (int i = 0; i < 300; i++)
            fwrite(packed, 1, n, file);
        fclose(file);
        expect_read_error("bomb", ASSAY_LIMIT, "SOURCE-EXPANSION",
                          "unpacks to more than 2500 times its size", &defaults);
    }
    free(zeros);
}

static void names_may_be_wrong(void **state)
{
    (void)state;
    char packed[1000];
    put("x.csv.gz", "a,b\n", 4);
    struct assay_input *input = open_input("x.csv.gz");
    assert_string_equal(input->notice, "the name says that it is compressed, but it is not: read "
                                       "as it stands");
    expect_content(input, "a,b\n", 4, 100);
    assay_input_close(input);
    put("x.csv", packed, pack(PACK_GZIP, "a,b\n", 4, packed, sizeof packed));
    input = open_input("x.csv");
    assert_string_equal(input->notice, "the name does not say so, but it is compressed: unpacked");
    expect_content(input, "a,b\n", 4, 100);
    assay_input_close(input);
    put("x.gz", packed, pack(PACK_ZSTD, "a,b\n", 4, packed, sizeof packed));
    input = open_input("x.gz");
    assert_non_null(strstr(input->notice, "not compressed the way its name says"));
    assay_input_close(input);
}

static void other_archives_are_named(void **state)
{
    (void)state;
    put("x.zip", "PK\3\4....", 8);
    expect_open_error(path_of("x.zip"), "SOURCE-FORMAT", "this is zip data, which cannot be read",
                      "an archive may hold several files: unpack it, and name the one that is "
                      "meant; a workbook (xlsx, ods) is one too: save its sheet as CSV");
}

static void other_formats_are_named(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        const char *message;
    } files[] = {
        {"PAR1\x15\4\x15\x10", 8, "this is a Parquet file, which cannot be read"},
        {"ORC\x0a\x08\1\x10\1", 8, "this is an ORC file, which cannot be read"},
        {"Obj\1\4\x14"
         "avro.codec",
         16, "this is an Avro file, which cannot be read"},
        {"ARROW1\0\0", 8, "this is an Arrow or Feather file, which cannot be read"},
        {"SQLite format 3", 16, "this is an SQLite database, which cannot be read"},
        {"\x89PNG\r\n\x1a\n", 8, "this is a PNG image, which cannot be read"},
        {"\x80\4\x95\0", 4, "this is a Python pickle, which cannot be read"},
        {"%PDF-1.4\n", 9, "this is a PDF document, which cannot be read"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct assay_input *input;
        struct assay_error error;
        put("x", files[i].bytes, files[i].len);
        assert_int_equal(assay_input_open(path_of("x"), NULL, &input, &error), ASSAY_SOURCE);
        assert_string_equal(error.code, "SOURCE-FORMAT");
        assert_string_equal(error.message, files[i].message);
    }
    static const char *const texts[] = {"PAR1,b\n1,2\n", "ORC\n12345\n", "Obj,b\n", "ORC",
                                        "GIF8,GIF9\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct assay_input *input;
        struct assay_error error;
        put("x", texts[i], strlen(texts[i]));
        assert_int_equal(assay_input_open(path_of("x"), NULL, &input, &error), ASSAY_OK);
        assay_input_close(input);
    }
}

static void missing_files_have_neighbours(void **state)
{
    (void)state;
    char help[200];
    put("order.csv", "", 0);
    snprintf(help, sizeof help, "did you mean %s/order.csv?", dir);
    expect_open_error(path_of("orders.csv"), "SOURCE-MISSING", "no such file", help);
    expect_open_error(path_of("quite-other"), "SOURCE-MISSING", "no such file", "");
    expect_open_error("no-such-file-here", "SOURCE-MISSING", "no such file (cwd /", "");
}

static void directories_and_permissions(void **state)
{
    (void)state;
    char help[200];
    snprintf(help, sizeof help, "name a file, or a pattern such as '%s/*.csv'", dir);
    expect_open_error(dir, "SOURCE-DIRECTORY", "is a directory", help);
    put("secret", "x", 1);
    assert_int_equal(chmod(path_of("secret"), 0200), 0);
    if (geteuid() != 0)
        expect_open_error(path_of("secret"), "SOURCE-PERMISSION", "mode 0200",
                          "ask the owner for read permission: chmod +r");
    expect_open_error("/dev/null/x", "SOURCE-OPEN", "Not a directory", "");
}

static void long_pipes_cannot_be_read_twice(void **state)
{
    (void)state;
    int fds[2];
    char path[40];
    assert_int_equal(pipe(fds), 0);
    pid_t child = fork();
    if (child == 0) {
        close(fds[0]);
        static char block[1 << 16];
        for (int i = 0; i < 300; i++)
            if (write(fds[1], block, sizeof block) < 0)
                _exit(1);
        _exit(0);
    }
    close(fds[1]);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fds[0]);
    struct assay_input *input;
    struct assay_error err;
    assert_int_equal(assay_input_open(path, NULL, &input, &err), ASSAY_OK);
    close(fds[0]);
    static char buffer[1 << 16];
    size_t got, all = 0;
    do {
        assert_int_equal(assay_input_read(input, buffer, sizeof buffer, &got, &err), ASSAY_OK);
        all += got;
    } while (got > 0);
    assert_int_equal(all, 300u << 16);
    assert_false(input->rewindable);
    assert_int_equal(assay_input_rewind(input, &err), ASSAY_SOURCE);
    assert_string_equal(err.code, "SOURCE-REWIND");
    assay_input_close(input);
}

/* What nobody reads again is not kept, short as it may be; its first bytes are there. */
static void pipes_that_are_read_once_are_not_kept(void **state)
{
    (void)state;
    static const struct assay_input_options options = {.once = true};
    int fds[2];
    char path[40], buffer[100];
    struct assay_input *input;
    struct assay_error err;
    size_t got;
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(write(fds[1], "a,b\n1,2\n3,4\n", 12), 12);
    close(fds[1]);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fds[0]);
    assert_int_equal(assay_input_open(path, &options, &input, &err), ASSAY_OK);
    close(fds[0]);
    assert_int_equal(assay_input_fill(input, buffer, sizeof buffer, &got, &err), ASSAY_OK);
    assert_int_equal(got, 12);
    assert_memory_equal(buffer, "a,b\n1,2\n3,4\n", 12);
    assert_false(input->rewindable);
    assert_int_equal(assay_input_rewind(input, &err), ASSAY_SOURCE);
    assay_input_close(input);
}

static void waiting_can_be_stopped(void **state)
{
    (void)state;
    int fds[2];
    char path[40], buffer[10];
    _Atomic int stop = 0;
    struct assay_input_options options = {.stop = &stop};
    assert_int_equal(pipe(fds), 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fds[0]);
    assert_int_equal(write(fds[1], "abcdefgh", 8), 8);
    struct assay_input *input;
    struct assay_error err;
    size_t got;
    assert_int_equal(assay_input_open(path, &options, &input, &err), ASSAY_OK);
    assert_int_equal(assay_input_fill(input, buffer, 8, &got, &err), ASSAY_OK);
    assert_memory_equal(buffer, "abcdefgh", 8);
    stop = 1;
    assert_int_equal(assay_input_read(input, buffer, 8, &got, &err), ASSAY_INTERRUPTED);
    assay_input_close(input);
    close(fds[0]);
    close(fds[1]);
}

/* A child that writes, and then neither writes more nor ends. */
static pid_t silent_writer(const char *bytes, size_t len, char path[40])
{
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    pid_t child = fork();
    if (child == 0) {
        close(fds[0]);
        while (len > 0) {
            ssize_t n = write(fds[1], bytes, len);
            if (n < 0)
                _exit(1);
            bytes += n;
            len -= (size_t)n;
        }
        pause();
        _exit(0);
    }
    close(fds[1]);
    snprintf(path, 40, "/proc/self/fd/%d", fds[0]);
    return child;
}

/* Whoever closes early, or goes back, does not wait for a writer who says nothing more. */
static void reading_ahead_can_be_given_up(void **state)
{
    (void)state;
    static char data[300000], packed[400000];
    uint32_t x = 1;
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (char)((x = x * 1103515245 + 12345) >> 24);
    size_t n = pack(PACK_GZIP, data, sizeof data, packed, sizeof packed);
    for (int again = 0; again < 2; again++) {
        char path[40], buffer[1000];
        struct assay_input_options options = {.ahead_bytes = 10000};
        struct assay_input *input;
        size_t got;
        pid_t child = silent_writer(packed, n - 20, path);
        assert_int_equal(assay_input_open(path, &options, &input, NULL), ASSAY_OK);
        /* Behind the first buffer there is a thread, which soon waits for the pipe. */
        for (size_t at = 0; at < 90000; at += got)
            assert_int_equal(assay_input_read(input, buffer, sizeof buffer, &got, NULL), ASSAY_OK);
        if (again)
            assert_int_equal(assay_input_rewind(input, NULL), ASSAY_OK);
        for (size_t at = 0; at < 90000 && again; at += got) {
            assert_int_equal(assay_input_read(input, buffer, sizeof buffer, &got, NULL), ASSAY_OK);
            assert_memory_equal(buffer, data + at, got);
        }
        assay_input_close(input);
        close(atoi(strrchr(path, '/') + 1));
        kill(child, SIGTERM);
        waitpid(child, NULL, 0);
    }
}

static int make_dir(void **state)
{
    (void)state;
    return mkdtemp(dir) == NULL ? -1 : 0;
}

static int remove_dir(void **state)
{
    (void)state;
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", dir);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_files),
        cmocka_unit_test(all_members_are_read),
        cmocka_unit_test(padding_is_no_data),
        cmocka_unit_test(damage_is_told),
        cmocka_unit_test(damage_comes_behind_what_is_good),
        cmocka_unit_test(expansion_has_bounds),
        cmocka_unit_test(names_may_be_wrong),
        cmocka_unit_test(other_archives_are_named),
        cmocka_unit_test(other_formats_are_named),
        cmocka_unit_test(missing_files_have_neighbours),
        cmocka_unit_test(directories_and_permissions),
        cmocka_unit_test(long_pipes_cannot_be_read_twice),
        cmocka_unit_test(pipes_that_are_read_once_are_not_kept),
        cmocka_unit_test(waiting_can_be_stopped),
        cmocka_unit_test(reading_ahead_can_be_given_up),
    };
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
