/*
 * Help and version.
 */
#include "config.h"

#include "cli/help.h"

#include "base/json_write.h"
#include "cli/print.h"
#include "source/csv_scan.h"

#include <csv.h>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>
#include <xxhash.h>
#include <yajl/yajl_version.h>
#include <yaml.h>
#ifdef HAVE_LIBCURL
#include <curl/curl.h>
#endif
#ifdef HAVE_LIBPQ
#include <libpq-fe.h>
#endif
#ifdef HAVE_SQLITE3
#include <sqlite3.h>
#endif
#ifdef HAVE_BZIP2
#include <bzlib.h>
#endif
#ifdef HAVE_XZ
#include <lzma.h>
#endif
#ifdef HAVE_ZLIB
#include <zlib.h>
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

static int finish(struct assay_buf *out)
{
    int status = out->failed ? ASSAY_EXIT_SIDE : assay_print_out(assay_buf_view(out));
    assay_buf_free(out);
    return status;
}

int assay_help_short(void)
{
    struct assay_buf out;
    size_t count;
    const struct assay_command *const *commands = assay_commands(&count);
    assay_buf_init(&out, 65536);
    assay_buf_puts(&out, "assay checks data against a suite of expectations.\n\n"
                         "  assay validate orders.yml orders.csv\n"
                         "  zcat big.csv.gz | assay validate orders.yml - -o junit:report.xml\n\n");
    for (size_t i = 0; i < count; i++)
        assay_buf_printf(&out, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
    assay_buf_puts(&out, "\n`assay COMMAND --help` tells more; so does `man assay`.\n");
    return finish(&out);
}

static void put_flag(struct assay_buf *out, char letter, const char *name, const char *value,
                     const char *help)
{
    char left[64];
    int n = snprintf(left, sizeof left, letter ? "  -%c, --" : "      --", letter);
    for (const char *p = name; *p != '\0' && n < 40; p++)
        left[n++] = *p == '_' ? '-' : *p;
    snprintf(left + n, sizeof left - (size_t)n, "%s%s", value ? " " : "", value ? value : "");
    int width = 28; /* columns; printf pads bytes, and an ellipsis has three of them */
    for (const char *p = left; *p != '\0'; p++)
        width += ((unsigned char)*p & 0xc0) == 0x80;
    assay_buf_printf(out, "%-*s %s\n", width, left, help);
}

static void put_settings(struct assay_buf *out)
{
    size_t count;
    const struct assay_option *rows = assay_option_rows(&count);
    assay_buf_puts(out, "\nSettings (most may also stand under `options:` in the suite):\n");
    for (size_t i = 0; i < count; i++)
        if (rows[i].flags & ASSAY_OPTION_COMMAND)
            put_flag(out, 0, rows[i].name, rows[i].value_name, rows[i].help);
}

int assay_help_command(const struct assay_command *command)
{
    struct assay_buf out;
    size_t count;
    const struct assay_flag *common = assay_flags_common(&count);
    assay_buf_init(&out, 65536);
    assay_buf_printf(&out, "usage: assay %s %s\n%s\n", command->name, command->usage,
                     command->summary);
    if (command->examples != NULL)
        assay_buf_printf(&out, "\nExamples:\n%s", command->examples);
    assay_buf_puts(&out, "\nOptions:\n");
    for (size_t i = 0; i < command->flag_count; i++)
        put_flag(&out, command->flags[i].letter, command->flags[i].name,
                 command->flags[i].value_name, command->flags[i].help);
    for (size_t i = 0; i < count; i++)
        put_flag(&out, common[i].letter, common[i].name, common[i].value_name, common[i].help);
    if (command->settings)
        put_settings(&out);
    return finish(&out);
}

int assay_help_long(void)
{
    struct assay_buf out;
    size_t count;
    const struct assay_command *const *commands = assay_commands(&count);
    assay_buf_init(&out, 65536);
    assay_buf_puts(&out, "usage: assay COMMAND …\n\n");
    for (size_t i = 0; i < count; i++)
        assay_buf_printf(&out, "  assay %s %s\n      %s\n", commands[i]->name, commands[i]->usage,
                         commands[i]->summary);
    assay_buf_puts(
        &out, "\nExit status: 0 pass, 1 an expectation failed, 2 usage or suite, 3 could not be\n"
              "evaluated, 4 nothing was evaluated, 5 pass, but an output was not stored.\n"
              "`assay COMMAND --help` tells more; so do `man assay` and `assay --version`.\n");
    return finish(&out);
}

/* A library this program uses: its version, or that it was left out. */
struct library {
    const char *name, *version;
};

static size_t libraries(struct library *rows)
{
    static char yajl[32], csv[32], xxhash[32], pcre2[64];
#ifdef HAVE_LIBPQ
    static char pq[32];
#endif
    size_t n = 0;
    snprintf(csv, sizeof csv, "%d.%d.%d", CSV_MAJOR, CSV_MINOR, CSV_RELEASE);
    snprintf(yajl, sizeof yajl, "%d.%d.%d", YAJL_MAJOR, YAJL_MINOR, YAJL_MICRO);
    snprintf(xxhash, sizeof xxhash, "%d.%d.%d", XXH_VERSION_MAJOR, XXH_VERSION_MINOR,
             XXH_VERSION_RELEASE);
    pcre2_config(PCRE2_CONFIG_VERSION, pcre2);
    rows[n++] = (struct library){"libcsv", csv};
    rows[n++] = (struct library){"yajl", yajl};
    rows[n++] = (struct library){"pcre2", pcre2};
    rows[n++] = (struct library){"libyaml", yaml_get_version_string()};
    rows[n++] = (struct library){"xxhash", xxhash};
#ifdef HAVE_ZLIB
    rows[n++] = (struct library){"zlib", zlibVersion()};
#else
    rows[n++] = (struct library){"zlib", "not built in"};
#endif
#ifdef HAVE_ZSTD
    rows[n++] = (struct library){"zstd", ZSTD_versionString()};
#else
    rows[n++] = (struct library){"zstd", "not built in"};
#endif
#ifdef HAVE_BZIP2
    rows[n++] = (struct library){"bzip2", BZ2_bzlibVersion()};
#else
    rows[n++] = (struct library){"bzip2", "not built in"};
#endif
#ifdef HAVE_XZ
    rows[n++] = (struct library){"liblzma", lzma_version_string()};
#else
    rows[n++] = (struct library){"liblzma", "not built in"};
#endif
#ifdef HAVE_SQLITE3
    rows[n++] = (struct library){"sqlite", sqlite3_libversion()};
#else
    rows[n++] = (struct library){"sqlite", "not built in"};
#endif
#ifdef HAVE_LIBCURL
    rows[n++] = (struct library){"libcurl", curl_version_info(CURLVERSION_NOW)->version};
#else
    rows[n++] = (struct library){"libcurl", "not built in"};
#endif
#ifdef HAVE_LIBPQ
    snprintf(pq, sizeof pq, "%d.%d", PQlibVersion() / 10000, PQlibVersion() % 10000);
    rows[n++] = (struct library){"libpq", pq};
#else
    rows[n++] = (struct library){"libpq", "not built in"};
#endif
    return n;
}

static void put_version_json(struct assay_buf *out, const struct library *rows, size_t count,
                             const char *kernel)
{
    struct assay_json json;
    assay_json_init(&json, out, ASSAY_JSON_PRETTY);
    assay_json_object_begin(&json);
    assay_json_key(&json, "version");
    assay_json_cstr(&json, PACKAGE_VERSION);
    assay_json_key(&json, "csv_kernel");
    assay_json_cstr(&json, kernel);
    assay_json_key(&json, "libraries");
    assay_json_object_begin(&json);
    for (size_t i = 0; i < count; i++) {
        assay_json_key(&json, rows[i].name);
        assay_json_cstr(&json, rows[i].version);
    }
    assay_json_object_end(&json);
    assay_json_key(&json, "limits");
    assay_json_object_begin(&json);
    assay_json_key(&json, "field_bytes");
    assay_json_uint(&json, (uint64_t)64 << 20);
    assay_json_key(&json, "suite_bytes");
    assay_json_uint(&json, (uint64_t)1 << 20);
    assay_json_key(&json, "suite_depth");
    assay_json_uint(&json, 64);
    assay_json_object_end(&json);
    assay_json_object_end(&json);
    out->failed |= !assay_json_finish(&json);
}

int assay_help_version(bool json)
{
    struct library rows[16];
    size_t count = libraries(rows);
    struct assay_buf out;
    assay_buf_init(&out, 65536);
    const struct assay_csv_kernel *kernel = assay_csv_kernel_choose(NULL);
    if (json)
        put_version_json(&out, rows, count, kernel->name);
    else {
        assay_buf_printf(&out, "assay %s\n", PACKAGE_VERSION);
        for (size_t i = 0; i < count; i++)
            assay_buf_printf(&out, "  %-10s %s\n", rows[i].name, rows[i].version);
        assay_buf_printf(&out, "  %-10s %s\n", "kernel", kernel->name);
    }
    return finish(&out);
}
