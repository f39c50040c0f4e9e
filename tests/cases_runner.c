/*
 * Runs the case files of tests/cases (or those named as arguments) through the library.
 * Each case is run in many ways - threads, batch sizes, scanner kernels, libcsv, a file,
 * a pipe fed a byte at a time, memory for nothing - whose reports must be the same bytes.
 * Then its data is made into JSON, lines and an array, and compressed: verdicts and counts
 * stay the same.
 *
 * What a case may expect:
 *   expect             the result's verdict: pass warn fail error skipped
 *   check              the id of the result meant; the first one without it
 *   element_count …    its row counts
 *   observed, details  its values, as assay_value_describe writes them
 *   samples            its failing rows: 3, 7="x", 9=null; several columns: 3="x|y";
 *                      `none` for none; \n \t \" \\ \xHH in quotes
 *   notes              text that one of its samples' notes contains
 *   message, title     text that they contain
 *   severity           error warn info
 *   error              the code of its error
 *   run-error          the code of the error that broke the run, or kept it from starting
 *   run-verdict, exit  of the whole run; records, malformed, partial (true, false): the same
 *   notice             text that one of the run's notices contains
 *   suite-error        the suite is refused, with this code among its errors
 *   as_of              the clock; else 2026-01-01T00:00:00Z
 *   formats            `csv`: what is shown is about texts, which JSON tells from numbers;
 *                      `json`: the data is JSON as it stands
 */
#include "config.h"

#include "engine/validate.h"
#include "reporters/reporter.h"
#include "metric/judge.h"
#include "source/csv_scan.h"
#include "tests/lib/as_clickhouse.h"
#include "tests/lib/as_json.h"
#include "tests/lib/as_odbc.h"
#include "tests/lib/as_postgres.h"
#include "tests/lib/as_sqlite.h"
#include "tests/lib/case_file.h"
#include "tests/lib/pack.h"
#include "tests/lib/trickle.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* One way of running a case. */
struct way {
    char name[64];
    uint32_t threads;
    size_t batch_bytes;
    const char *kernel;
    bool reference, pipe, no_memory; /* reference: libcsv, or yajl */
};

#define MAX_WAYS 32

static struct way ways[MAX_WAYS];
static size_t way_count;

static const struct assay_str csv_name = {"data.csv", 8};

/* What went wrong with the case at hand. */
static struct assay_buf complaints;

static void complain(const char *format, ...) ASSAY_PRINTF(1, 2);

/* The data at hand was made from a case's CSV: texts about the data itself may differ. */
static bool in_json, in_database;

/* Its rows come in any order, and have no numbers. */
static bool in_any_order;

static void complain(const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    assay_buf_vprintf(&complaints, format, ap);
    va_end(ap);
    assay_buf_putc(&complaints, '\n');
}

static struct way *add_way(uint32_t threads, size_t batch_bytes, const char *kernel)
{
    struct way *way = &ways[way_count++];
    *way = (struct way){.threads = threads, .batch_bytes = batch_bytes, .kernel = kernel};
    snprintf(way->name, sizeof way->name, "%u threads, batches of %zu, %s", threads, batch_bytes,
             kernel ? kernel : "the best kernel");
    return way;
}

static void rename_way(struct way *way, const char *suffix)
{
    size_t used = strlen(way->name);
    snprintf(way->name + used, sizeof way->name - used, ", %s", suffix);
}

/* The first way is the one that the others are compared with. */
static void make_ways(void)
{
    add_way(1, 0, NULL);
    const struct assay_csv_kernel *const *kernels = assay_csv_kernels();
    for (size_t i = 0; kernels[i] != NULL && i < 8; i++)
        if (kernels[i]->usable())
            add_way(1, i % 2 ? 200 : 64, kernels[i]->name);
    add_way(2, 200, NULL);
    add_way(5, 64, NULL);
    add_way(2, 4096, NULL);
    struct way *way = add_way(1, 0, NULL);
    way->reference = true;
    rename_way(way, "libcsv or yajl");
    way = add_way(5, 64, NULL);
    way->reference = way->pipe = true;
    rename_way(way, "libcsv or yajl, a pipe");
    way = add_way(1, 0, NULL);
    way->pipe = true;
    rename_way(way, "a pipe");
    way = add_way(2, 64, NULL);
    way->no_memory = true;
    rename_way(way, "memory for nothing");
}

/* Files. */

static bool write_file(const char *path, const char *text, size_t len)
{
    FILE *file = fopen(path, "w");
    if (file == NULL)
        return false;
    bool ok = fwrite(text, 1, len, file) == len;
    return (fclose(file) == 0) & ok;
}

static const struct case_body *data_of(const struct test_case *test)
{
    static const struct case_body none = {.text = (char *)(uintptr_t) ""};
    for (size_t i = 0; i < test->body_count; i++)
        if (strcmp(test->bodies[i].name, "data.csv") == 0)
            return &test->bodies[i];
    return &none;
}

/* Makes a directory with all the case's files; in `pipe` the data is a FIFO. */
static bool make_files(const struct test_case *test, const char *dir, bool pipe)
{
    char path[256];
    bool ok = true;
    if (mkdir(dir, 0700) != 0)
        return false;
    for (size_t i = 0; i < test->body_count; i++) {
        const struct case_body *body = &test->bodies[i];
        snprintf(path, sizeof path, "%s/%s", dir, body->name);
        if (body != data_of(test))
            ok &= write_file(path, body->text, body->len);
    }
    snprintf(path, sizeof path, "%s/data.csv", dir);
    return ok && (pipe ? mkfifo(path, 0600) == 0
                       : write_file(path, data_of(test)->text, data_of(test)->len));
}

static void remove_files(const struct test_case *test, const char *dir)
{
    char path[256];
    for (size_t i = 0; i < test->body_count; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, test->bodies[i].name);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/data.csv", dir);
    unlink(path);
    rmdir(dir);
}

/* Running. */

static struct assay_options options_for(const struct assay_suite *suite, const struct way *way,
                                        int64_t as_of)
{
    struct assay_options options = suite->options;
    options.threads = way->threads;
    options.source.batch_bytes = way->batch_bytes;
    options.source.kernel = way->kernel;
    if (way->reference) {
        options.source.csv_engine = ASSAY_CSV_LIBCSV;
        options.source.json_engine = ASSAY_JSON_YAJL;
    }
    if (way->no_memory)
        options.memory_limit = 1;
    options.has_as_of = true;
    options.as_of = as_of;
    return options;
}

/* The Run as JSON, or the error where there is none. */
static void render(struct assay_run *run, const struct assay_error *err, struct assay_buf *out)
{
    struct assay_style style = {.width = 80, .max_values = 1000};
    if (run == NULL) {
        assay_buf_printf(out, "no run: %s: %s", err->code, err->message);
        return;
    }
    run->started = run->finished = 0;
    assay_reporter_find(ASSAY_STR("json"))->render(run, &style, out);
}

static struct assay_run *run_one(const struct test_case *test, const struct assay_suite *suite,
                                 const struct way *way, int64_t as_of, struct assay_error *err,
                                 struct assay_buf *report)
{
    struct assay_options options = options_for(suite, way, as_of);
    struct assay_validation validation = {
        .suite = suite, .options = &options, .sources = &csv_name, .source_count = 1};
    struct assay_run *run = NULL;
    struct trickle *trickle = NULL;
    const struct case_body *data = data_of(test);
    *err = (struct assay_error){0};
    if (way->pipe)
        trickle = trickle_start("data.csv", data->text, data->len);
    if (assay_validation_run(&validation, &run, err) != ASSAY_OK)
        run = NULL;
    if (trickle != NULL)
        trickle_stop(trickle);
    assay_buf_init(report, (size_t)64 << 20);
    render(run, err, report);
    return run;
}

/* Comparing. */

static bool contains(struct assay_str text, const char *part)
{
    return memmem(text.ptr, text.len, part, strlen(part)) != NULL;
}

static void expect_text(const struct test_case *test, const char *key, struct assay_str found)
{
    const char *wanted = case_value(test, key);
    if (wanted != NULL && !assay_str_is(found, wanted))
        complain("%s: expected `%s`, found `%.*s`", key, wanted, (int)found.len, found.ptr);
}

static void expect_part(const struct test_case *test, const char *key, struct assay_str found)
{
    const char *wanted = case_value(test, key);
    if (wanted != NULL && !contains(found, wanted))
        complain("%s: expected `…%s…`, found `%.*s`", key, wanted, (int)found.len, found.ptr);
}

static void expect_count(const struct test_case *test, const char *key, uint64_t found)
{
    char text[24];
    snprintf(text, sizeof text, "%llu", (unsigned long long)found);
    expect_text(test, key, assay_cstr(text));
}

static void expect_value(const struct test_case *test, const char *key,
                         const struct assay_value *found)
{
    struct assay_buf text;
    assay_buf_init(&text, (size_t)1 << 20);
    assay_value_describe(found, &text);
    expect_text(test, key, assay_buf_view(&text));
    assay_buf_free(&text);
}

/* Reads "…" with its escapes, or a bare word, and moves `*at` behind it. */
static void read_value(const char **at, struct assay_buf *out)
{
    const char *p = *at;
    bool quoted = *p == '"';
    for (p += quoted; *p != '\0' && (quoted ? *p != '"' : *p != ','); p++) {
        if (quoted && *p == '\\' && p[1] == 'x') {
            char digits[3] = {p[2], p[2] ? p[3] : '\0', '\0'};
            assay_buf_putc(out, (char)strtol(digits, NULL, 16));
            p += 3;
        } else if (quoted && *p == '\\') {
            p++;
            assay_buf_putc(out, *p == 'n' ? '\n' : *p == 't' ? '\t' : *p == 'r' ? '\r' : *p);
        } else
            assay_buf_putc(out, *p);
    }
    *at = p + (quoted && *p == '"');
}

/* A database keeps the number, not the way that it was written; values have | between them. */
static bool same_numbers(struct assay_str a, struct assay_str b)
{
    for (;;) {
        const char *end_a = memchr(a.ptr, '|', a.len), *end_b = memchr(b.ptr, '|', b.len);
        size_t n = end_a != NULL ? (size_t)(end_a - a.ptr) : a.len;
        size_t m = end_b != NULL ? (size_t)(end_b - b.ptr) : b.len;
        struct assay_numref x = assay_numref(assay_str(a.ptr, n));
        struct assay_numref y = assay_numref(assay_str(b.ptr, m));
        if ((n != m || memcmp(a.ptr, b.ptr, n) != 0) && assay_number_compare(&x, &y) != 0)
            return false;
        if (end_a == NULL || end_b == NULL)
            return end_a == end_b;
        a = assay_str(end_a + 1, a.len - n - 1);
        b = assay_str(end_b + 1, b.len - m - 1);
    }
}

static void expect_sample(const struct assay_sample *found, const char **at)
{
    char *rest;
    unsigned long long record = strtoull(*at, &rest, 10);
    if (found->record != record)
        complain("samples: expected record %llu, found %llu", record,
                 (unsigned long long)found->record);
    *at = rest;
    if (*rest != '=')
        return;
    struct assay_buf wanted, value;
    assay_buf_init(&wanted, 65536);
    assay_buf_init(&value, 65536);
    (*at)++;
    read_value(at, &wanted);
    for (size_t i = 0; i < found->value_count; i++) {
        assay_buf_puts(&value, i ? "|" : "");
        assay_value_describe(&found->values[i], &value);
    }
    if (!assay_str_equal(assay_buf_view(&wanted), assay_buf_view(&value)) &&
        !(in_database && same_numbers(assay_buf_view(&wanted), assay_buf_view(&value))))
        complain("samples: record %llu: expected `%s`, found `%s`", record,
                 wanted.ptr ? wanted.ptr : "", value.ptr ? value.ptr : "");
    assay_buf_free(&wanted);
    assay_buf_free(&value);
}

/* As many as there should be, each with the values of another one that is expected. */
static void expect_samples_somewhere(const struct assay_result *result, const char *at)
{
    size_t before = complaints.len, wanted = 0;
    bool taken[64] = {false};
    for (; *at != '\0' && wanted < 64; wanted++) {
        const char *next = at;
        size_t i = 0, count = result->sample_count < 64 ? result->sample_count : 64;
        for (; i < count; i++) {
            struct assay_sample found = result->samples[i];
            next = at;
            found.record = strtoull(at, NULL, 10);
            expect_sample(&found, &next);
            bool same = complaints.len == before;
            complaints.len = before;
            if (same && !taken[i])
                break;
        }
        if (i == count) {
            complain("samples: none of %zu is `%s`", result->sample_count, at);
            return;
        }
        taken[i] = true;
        at = next + strspn(next, ", ");
    }
    if (wanted != result->sample_count)
        complain("samples: expected %zu, found %zu", wanted, result->sample_count);
}

static void expect_samples(const struct test_case *test, const struct assay_result *result)
{
    const char *at = case_value(test, "samples");
    size_t i = 0;
    if (at == NULL)
        return;
    if (strcmp(at, "none") == 0)
        at = "";
    if (in_any_order) {
        expect_samples_somewhere(result, at);
        return;
    }
    while (*at != '\0') {
        if (i == result->sample_count) {
            complain("samples: %zu found, expected `%s` behind them", i, at);
            return;
        }
        expect_sample(&result->samples[i++], &at);
        at += strspn(at, ", ");
    }
    if (i < result->sample_count)
        complain("samples: expected %zu, found %zu, the next is record %llu", i,
                 result->sample_count, (unsigned long long)result->samples[i].record);
}

static void expect_notes(const struct test_case *test, const struct assay_result *result)
{
    const char *wanted = case_value(test, "notes");
    for (size_t i = 0; i < result->sample_count && wanted != NULL; i++)
        if (contains(result->samples[i].note, wanted))
            return;
    if (wanted != NULL)
        complain("notes: none of %zu says `%s`; the first says `%.*s`", result->sample_count,
                 wanted, result->sample_count ? (int)result->samples[0].note.len : 0,
                 result->sample_count ? result->samples[0].note.ptr : "");
}

static void expect_result(const struct test_case *test, const struct assay_run *run)
{
    const char *id = case_value(test, "check");
    const struct assay_result *result = NULL;
    for (size_t i = 0; i < run->result_count && result == NULL; i++)
        if (id == NULL || assay_str_is(run->results[i].id, id))
            result = &run->results[i];
    if (result == NULL) {
        complain("there is no check `%s`; the first is `%.*s`", id ? id : "",
                 run->result_count ? (int)run->results[0].id.len : 0,
                 run->result_count ? run->results[0].id.ptr : "");
        return;
    }
    expect_text(test, "expect", assay_cstr(assay_verdict_name(result->verdict)));
    expect_text(test, "severity", assay_cstr(assay_severity_name(result->severity)));
    expect_count(test, "element_count", result->counts.element_count);
    expect_count(test, "missing_count", result->counts.missing_count);
    expect_count(test, "considered_count", result->counts.considered_count);
    expect_count(test, "unexpected_count", result->counts.unexpected_count);
    expect_value(test, "observed", &result->observed);
    expect_value(test, "details", &result->details);
    expect_samples(test, result);
    if (!in_json) {
        expect_notes(test, result);
        expect_part(test, "message", result->message);
    }
    expect_part(test, "title", result->title);
    expect_text(test, "error", assay_cstr(result->error ? result->error->code : ""));
}

static void expect_notice(const struct test_case *test, const struct assay_run *run)
{
    const char *wanted = case_value(test, "notice");
    for (size_t i = 0; i < run->notice_count && wanted != NULL; i++)
        if (contains(run->notices[i], wanted))
            return;
    if (wanted != NULL && !in_json)
        complain("notice: none of %zu says `%s`", run->notice_count, wanted);
}

static void expect_run(const struct test_case *test, const struct assay_run *run,
                       const struct assay_error *err)
{
    if (run == NULL) {
        expect_text(test, "run-error", assay_cstr(err->code));
        if (case_value(test, "run-error") == NULL)
            complain("there is no run: %s: %s", err->code, err->message);
        return;
    }
    expect_text(test, "run-error", assay_cstr(run->error ? run->error->code : ""));
    expect_text(test, "run-verdict", assay_cstr(assay_verdict_name(run->verdict)));
    expect_text(test, "partial", assay_cstr(run->partial ? "true" : "false"));
    expect_count(test, "exit", run->exit);
    expect_count(test, "records", run->records);
    expect_count(test, "malformed", run->malformed);
    expect_notice(test, run);
    expect_result(test, run);
}

/* The first line in which two reports differ. */
static void compare_reports(const struct assay_buf *a, const struct assay_buf *b,
                            const struct way *way)
{
    struct assay_str x = assay_buf_view(a), y = assay_buf_view(b);
    if (assay_str_equal(x, y))
        return;
    size_t at = 0, line = 0;
    for (; at < x.len && at < y.len && x.ptr[at] == y.ptr[at]; at++)
        if (x.ptr[at] == '\n')
            line = at + 1;
    int xn = (int)strcspn(x.ptr + line, "\n"), yn = (int)strcspn(y.ptr + line, "\n");
    complain("with %s the report differs: `%.*s` became `%.*s`", way->name, xn, x.ptr + line, yn,
             y.ptr + line);
}

/* The case's clock. */
static int64_t clock_of(const struct test_case *test)
{
    const char *text = case_value(test, "as_of");
    int64_t as_of = 0;
    if (!assay_judge_time(assay_cstr(text ? text : "2026-01-01T00:00:00Z"), 0, &as_of))
        complain("as_of: `%s` is no time", text);
    return as_of;
}

/* The same data in another form. */
struct form {
    const char *name, *file;
    enum assay_json_engine engine;
    bool json, array, pipe;
};

static const struct form forms[] = {
    {.name = "JSON, lines", .file = "data.json", .json = true},
    {.name = "JSON, lines, with yajl",
     .file = "data.json",
     .json = true,
     .engine = ASSAY_JSON_YAJL},
    {.name = "JSON, an array", .file = "data.json", .json = true, .array = true},
    {.name = "JSON, lines, a pipe", .file = "data.json", .json = true, .pipe = true},
    {.name = "gzip", .file = "data.csv.gz"},
};

/* What is checked does not hold for JSON (`formats: csv`), or cannot be said in it. */
static bool make_form(const struct test_case *test, const struct assay_suite *suite,
                      const struct form *form, struct assay_buf *out)
{
    const char *formats = case_value(test, "formats");
    const struct case_body *data = data_of(test);
    if (form->json)
        return formats == NULL && as_json("data.csv", suite, form->array, out);
    size_t room = 1000 + data->len + data->len / 1000;
    char *packed = malloc(room);
    if (packed == NULL)
        return false;
    /* Two members, as appending makes them. */
    size_t n = pack(PACK_GZIP, data->text, data->len / 2, packed, room);
    n += pack(PACK_GZIP, data->text + data->len / 2, data->len - data->len / 2, packed + n,
              room - n);
    assay_buf_add(out, packed, n);
    free(packed);
    return true;
}

/* What is expected of the checks still holds; texts about the data in JSON may differ. */
static void run_form(const struct test_case *test, const struct assay_suite *suite, int64_t as_of,
                     const struct form *form)
{
    struct assay_buf data;
    struct assay_error err;
    struct assay_options options = options_for(suite, &ways[0], as_of);
    struct assay_str name = assay_cstr(form->file);
    struct assay_validation validation = {
        .suite = suite, .options = &options, .sources = &name, .source_count = 1};
    struct assay_run *run = NULL;
    struct trickle *trickle = NULL;
    size_t before = complaints.len;
    options.source.json_engine = form->engine;
    assay_buf_init(&data, (size_t)64 << 20);
    if (make_form(test, suite, form, &data) &&
        (form->pipe ? mkfifo(form->file, 0600) == 0
                    : write_file(form->file, data.ptr != NULL ? data.ptr : "", data.len))) {
        if (form->pipe)
            trickle = trickle_start(form->file, data.ptr, data.len);
        if (assay_validation_run(&validation, &run, &err) != ASSAY_OK)
            run = NULL;
        if (trickle != NULL)
            trickle_stop(trickle);
        in_json = form->json;
        expect_run(test, run, &err);
        in_json = false;
        assay_run_free(run);
        unlink(form->file);
    }
    if (complaints.len > before)
        complain("so it is as %s", form->name);
    assay_buf_free(&data);
}

/* A database that cases run in, besides files. */
struct database {
    const char *name;
    bool (*make)(const char *path, const struct assay_suite *suite, const char *to);
    const char *to;
    const char *source;
    bool any_order; /* the server keeps none, and a table's rows have no numbers */
};

static const struct database sqlite = {
    .name = "sqlite", .make = as_sqlite, .to = "data.db", .source = "sqlite:data.db?table=data"};

/*
 * Servers, by the variable that names one without a table; cases then run there alone. What
 * behind `odbc:` is a connection string, that a table is made by; a file of SQLite is made.
 */
static struct server {
    const char *variable;
    struct database database;
    size_t runs;
    char source[1024];
} servers[] = {
    {.variable = "ASSAY_CASES_CLICKHOUSE",
     .database = {.name = "clickhouse", .make = as_clickhouse, .any_order = true}},
    {.variable = "ASSAY_CASES_POSTGRES", .database = {.name = "postgresql", .make = as_postgres}},
    {.variable = "ASSAY_CASES_MARIADB", .database = {.name = "mariadb", .make = as_odbc}},
    {.variable = "ASSAY_CASES_SQLITE_ODBC", .database = {.name = "sqlite", .make = as_sqlite}},
};

#define SERVERS (sizeof servers / sizeof *servers)
static bool on_servers;

/* Of two shards nobody knows which comes first: what is about the order of rows has none. */
static bool needs_order(const struct test_case *test, const struct assay_suite *suite)
{
    static const char *const files[] = {"increasing.case", "decreasing.case"};
    const char *slash = strrchr(test->file, '/');
    const char *name = slash != NULL ? slash + 1 : test->file;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (strcmp(name, files[i]) == 0)
            return true;
    return suite->options.limit != 0; /* the first records */
}

/* The same data in a table. */
static void run_in(const struct database *database, const struct test_case *test,
                   const struct assay_suite *suite, int64_t as_of, size_t batch_bytes,
                   enum assay_pushdown pushdown)
{
    struct assay_error err;
    struct assay_options options = options_for(suite, &ways[0], as_of);
    struct assay_str source = assay_cstr(database->source);
    struct assay_validation validation = {
        .suite = suite, .options = &options, .sources = &source, .source_count = 1};
    struct assay_run *run = NULL;
    const char *formats = case_value(test, "formats");
    size_t before = complaints.len;
    options.source.batch_bytes = batch_bytes;
    options.pushdown = pushdown;
    if (getenv("ASSAY_CASES_SHARD") != NULL && needs_order(test, suite))
        return;
    if ((formats == NULL || strstr(formats, database->name) != NULL) &&
        database->make("data.csv", suite, database->to)) {
        if (assay_validation_run(&validation, &run, &err) != ASSAY_OK)
            run = NULL;
        in_json = in_database = true;
        in_any_order = database->any_order;
        expect_run(test, run, &err);
        in_json = in_database = in_any_order = false;
        assay_run_free(run);
        for (size_t i = 0; i < SERVERS; i++)
            servers[i].runs += database == &servers[i].database;
    }
    unlink("data.db");
    if (complaints.len > before)
        complain("so it is in %s, %s, batches of %zu", database->name,
                 pushdown == ASSAY_PUSHDOWN_OFF ? "streamed" : "pushed down", batch_bytes);
}

static void run_on(const struct database *database, const struct test_case *test,
                   const struct assay_suite *suite, int64_t as_of)
{
    if (database->source == NULL)
        return;
    run_in(database, test, suite, as_of, 0, ASSAY_PUSHDOWN_ALWAYS);
    run_in(database, test, suite, as_of, 0, ASSAY_PUSHDOWN_AUTO);
    run_in(database, test, suite, as_of, 64, ASSAY_PUSHDOWN_OFF);
}

static void run_ways(const struct test_case *test, const struct assay_suite *suite)
{
    struct assay_error err;
    struct assay_buf first, other;
    int64_t as_of = clock_of(test);
    struct assay_run *run = run_one(test, suite, &ways[0], as_of, &err, &first);
    expect_run(test, run, &err);
    assay_run_free(run);
    for (size_t i = 0; i < SERVERS; i++)
        run_on(&servers[i].database, test, suite, as_of);
    if (on_servers) {
        assay_buf_free(&first);
        return;
    }
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        run_form(test, suite, as_of, &forms[i]);
    run_in(&sqlite, test, suite, as_of, 0, ASSAY_PUSHDOWN_ALWAYS);
    run_in(&sqlite, test, suite, as_of, 0, ASSAY_PUSHDOWN_AUTO);
    run_in(&sqlite, test, suite, as_of, 0, ASSAY_PUSHDOWN_OFF);
    run_in(&sqlite, test, suite, as_of, 64, ASSAY_PUSHDOWN_OFF);
    for (size_t i = 1; i < way_count; i++) {
        if (chdir(ways[i].pipe ? "../pipe" : "../file") != 0)
            complain("chdir: %s", strerror(errno));
        assay_run_free(run_one(test, suite, &ways[i], as_of, &err, &other));
        compare_reports(&first, &other, &ways[i]);
        assay_buf_free(&other);
    }
    assay_buf_free(&first);
}

static void expect_refusal(const struct test_case *test, const struct assay_suite *suite,
                           const struct assay_diags *diags)
{
    const char *wanted = case_value(test, "suite-error");
    bool found = false;
    if (suite != NULL) {
        complain("the suite was not refused");
        return;
    }
    for (size_t i = 0; i < diags->count && wanted != NULL; i++) {
        const struct assay_error *error = &diags->items[i].error;
        const char *message = case_value(test, "message");
        found |= strcmp(error->code, wanted) == 0 &&
                 (message == NULL || strstr(error->message, message) != NULL);
    }
    for (size_t i = 0; i < diags->count && !found; i++)
        complain("the suite was refused: %s: %llu:%llu: %s", diags->items[i].error.code,
                 (unsigned long long)diags->items[i].error.line,
                 (unsigned long long)diags->items[i].error.column, diags->items[i].error.message);
}

static void run_suite(const struct test_case *test)
{
    struct assay_diags diags;
    assay_diags_init(&diags);
    struct assay_suite *suite = assay_suite_read("suite.yml", NULL, &diags);
    if (suite == NULL || case_value(test, "suite-error") != NULL)
        expect_refusal(test, suite, &diags);
    else
        run_ways(test, suite);
    assay_suite_free(suite);
    assay_diags_reset(&diags);
}

/* Runs a case in the scratch directory; true where it holds. */
static bool run_case(const struct test_case *test, const char *scratch)
{
    assay_buf_reset(&complaints);
    if (test->problem[0] != '\0') {
        complain("%s", test->problem);
        return false;
    }
    if (chdir(scratch) != 0 || !make_files(test, "file", false) ||
        !make_files(test, "pipe", true) || chdir("file") != 0)
        complain("the case's files cannot be made: %s", strerror(errno));
    else
        run_suite(test);
    if (chdir(scratch) != 0)
        complain("chdir: %s", strerror(errno));
    remove_files(test, "file");
    remove_files(test, "pipe");
    return complaints.len == 0;
}

static void print_complaints(void)
{
    const char *at = complaints.ptr;
    while (*at != '\0') {
        int len = (int)strcspn(at, "\n");
        printf("#   %.*s\n", len, at);
        at += len + (at[len] == '\n');
    }
}

static int run_all(const struct case_list *list, const char *scratch)
{
    int failed = 0;
    printf("1..%zu\n", list->count);
    for (size_t i = 0; i < list->count; i++) {
        const struct test_case *test = &list->items[i];
        bool ok = run_case(test, scratch);
        const char *slash = strrchr(test->file, '/');
        printf("%sok %zu - %s:%u %s\n", ok ? "" : "not ", i + 1, slash ? slash + 1 : test->file,
               test->line, test->name);
        failed += !ok;
        if (!ok)
            print_complaints();
        fflush(stdout);
    }
    return failed;
}

static bool read_cases(struct case_list *list, int argc, char **argv, glob_t *found)
{
    char pattern[4096];
    const char *srcdir = getenv("srcdir");
    snprintf(pattern, sizeof pattern, "%s/tests/cases/*.case", srcdir ? srcdir : ".");
    if (argc < 2 && glob(pattern, 0, NULL, found) != 0)
        return false;
    size_t count = argc < 2 ? found->gl_pathc : (size_t)argc - 1;
    for (size_t i = 0; i < count; i++)
        if (!case_file_read(list, argc < 2 ? found->gl_pathv[i] : argv[i + 1]))
            return false;
    return list->count > 0;
}

static void use_servers(void)
{
    for (size_t i = 0; i < SERVERS; i++) {
        const char *name = getenv(servers[i].variable);
        if (name == NULL)
            continue;
        bool odbc = strncmp(name, "odbc:", 5) == 0;
        on_servers = true;
        servers[i].database.to = servers[i].database.make == as_sqlite ? "data.db"
                                 : odbc                                ? name + 5
                                                                       : name;
        snprintf(servers[i].source, sizeof servers[i].source, "%s?table=data", name);
        servers[i].database.source = servers[i].source;
    }
}

int main(int argc, char **argv)
{
    struct case_list list = {0};
    glob_t found = {0};
    char scratch[] = "/tmp/assay-cases-XXXXXX";
    signal(SIGPIPE, SIG_IGN);
    assay_buf_init(&complaints, (size_t)1 << 20);
    make_ways();
    use_servers();
    if (!read_cases(&list, argc, argv, &found) || mkdtemp(scratch) == NULL) {
        puts("Bail out! no cases were found");
        return 1;
    }
    int failed = run_all(&list, scratch);
    for (size_t i = 0; i < SERVERS; i++)
        if (servers[i].database.source != NULL)
            printf("# %zu runs in %s\n", servers[i].runs, servers[i].variable);
    rmdir(scratch);
    case_list_free(&list);
    globfree(&found);
    assay_buf_free(&complaints);
    return failed != 0;
}
