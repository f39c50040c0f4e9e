/*
 * Inputs: files, pipes, compressed data, and what is said when they cannot be read.
 */
#include "config.h"

#include "source/input.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>
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

/* Members or frames, put one behind the other. */
static size_t pack(bool zstd, const char *data, size_t len, char *out, size_t room)
{
    if (zstd)
        return ZSTD_compress(out, room, data, len, 3);
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = (Bytef *)(uintptr_t)data;
    stream.avail_in = (uInt)len;
    stream.next_out = (Bytef *)out;
    stream.avail_out = (uInt)room;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    deflateEnd(&stream);
    return room - stream.avail_out;
}

static void plain_files(void **state)
{
    (void)state;
    put("plain", "hello\nworld", 11);
    expect_twice("plain", "hello\nworld", 11);
    put("nothing", "", 0);
    expect_twice("nothing", "", 0);
}

static void all_members_are_read(void **state)
{
    (void)state;
    static char data[50000], packed[120000];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (char)('a' + i * i / 7 % 26);
    for (int zstd = 0; zstd < 2; zstd++) {
        size_t n = pack(zstd, data, 30000, packed, sizeof packed);
        n += pack(zstd, data, 0, packed + n, sizeof packed - n);
        n += pack(zstd, data + 30000, 20000, packed + n, sizeof packed - n);
        put("packed", packed, n);
        expect_twice("packed", data, sizeof data);
        if (!zstd) {
            memset(packed + n, 0, 512);
            put("packed", packed, n + 512);
            expect_twice("packed", data, sizeof data);
        }
    }
}

static void damage_is_told(void **state)
{
    (void)state;
    char packed[1000];
    for (int zstd = 0; zstd < 2; zstd++) {
        const char *kind = zstd ? "zstd" : "gzip";
        char message[100];
        size_t n = pack(zstd, "id,name\n1,2\n", 12, packed, sizeof packed);
        put("cut", packed, n - 3);
        snprintf(message, sizeof message, "unexpected end of the %s data", kind);
        expect_read_error("cut", ASSAY_SOURCE, "SOURCE-TRUNCATED", message, &defaults);
        memcpy(packed + n, "garbage", 7);
        put("more", packed, n + 7);
        snprintf(message, sizeof message, "the %s data is damaged: other data follows its end",
                 kind);
        expect_read_error("more", ASSAY_SOURCE, "SOURCE-CORRUPT", message, &defaults);
    }
    size_t n = pack(false, "id,name\n1,2\n", 12, packed, sizeof packed);
    packed[n - 6] = (char)(packed[n - 6] ^ 1);
    put("crc", packed, n);
    expect_read_error("crc", ASSAY_SOURCE, "SOURCE-CORRUPT",
                      "the gzip data is damaged: incorrect data check", &defaults);
}

static void expansion_has_bounds(void **state)
{
    (void)state;
    size_t len = 1u << 20;
    char *zeros = calloc(1, len), packed[5000];
    assert_non_null(zeros);
    struct assay_input_options options = {.max_expanded = 100000};
    for (int zstd = 0; zstd < 2; zstd++) {
        put("bomb", packed, pack(zstd, zeros, len, packed, sizeof packed));
        expect_read_error("bomb", ASSAY_LIMIT, "SOURCE-EXPANSION",
                          "unpacks to more than 100000 bytes", &options);
        expect_twice("bomb", zeros, len);
    }
    free(zeros);
    /* 300 MiB of zeros in frames of 1 MiB are far over the default ratio. */
    zeros = calloc(1, len);
    size_t n = pack(true, zeros, len, packed, sizeof packed);
    FILE *file = fopen(path_of("bomb"), "wb");
    for (int i = 0; i < 300; i++)
        fwrite(packed, 1, n, file);
    fclose(file);
    free(zeros);
    expect_read_error("bomb", ASSAY_LIMIT, "SOURCE-EXPANSION",
                      "unpacks to more than 2500 times its size", &defaults);
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
    put("x.csv", packed, pack(false, "a,b\n", 4, packed, sizeof packed));
    input = open_input("x.csv");
    assert_string_equal(input->notice, "the name does not say so, but it is compressed: unpacked");
    expect_content(input, "a,b\n", 4, 100);
    assay_input_close(input);
    put("x.gz", packed, pack(true, "a,b\n", 4, packed, sizeof packed));
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
                      "meant");
    put("x.xz",
        "\xfd"
        "7zXZ\0..",
        8);
    expect_open_error(path_of("x.xz"), "SOURCE-FORMAT", "this is xz data",
                      "xz is not built in; try `xz -dc FILE |` and read from -");
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
        cmocka_unit_test(damage_is_told),
        cmocka_unit_test(expansion_has_bounds),
        cmocka_unit_test(names_may_be_wrong),
        cmocka_unit_test(other_archives_are_named),
        cmocka_unit_test(missing_files_have_neighbours),
        cmocka_unit_test(directories_and_permissions),
        cmocka_unit_test(long_pipes_cannot_be_read_twice),
        cmocka_unit_test(waiting_can_be_stopped),
    };
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
