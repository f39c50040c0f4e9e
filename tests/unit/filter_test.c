/*
 * The law of the filter, over the data of all case files, as CSV and as JSON: what passes and
 * what is quarantined are together the records of the data, in their order and with their
 * bytes, as another reading of the data has them; each is quarantined for as many checks as
 * the report counts; and all of it is the same bytes for any threads, batches and scanners.
 */
#include "config.h"

#include "base/json_read.h"
#include "engine/validate.h"
#include "metric/judge.h"
#include "tests/lib/as_json.h"
#include "tests/lib/case_file.h"
#include "tests/lib/trickle.h"

#include <fcntl.h>
#include <glob.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#define TEXT_LIMIT ((size_t)64 << 20)

/* What a run wrote. */
struct written {
    struct assay_buf good, objects, raw;
    uint64_t passed, quarantined;
    struct assay_run *run;
    bool ran;
};

/* One way of running. */
struct way {
    uint32_t threads;
    size_t batch_bytes;
    bool reference; /* libcsv or yajl */
};

static const struct way ways[] = {{1, 0, false}, {2, 64, false}, {5, 200, true}};
#define WAYS (sizeof ways / sizeof ways[0])

static char place[300]; /* the case at hand, for messages */

static void write_text(const char *path, const char *text, size_t len)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static void read_text(const char *path, struct assay_buf *out)
{
    char chunk[4096];
    size_t n;
    FILE *file = fopen(path, "r");
    assay_buf_init(out, TEXT_LIMIT);
    assert_non_null(file);
    while ((n = fread(chunk, 1, sizeof chunk, file)) > 0)
        assay_buf_add(out, chunk, n);
    fclose(file);
    assert_false(out->failed);
}

static int create(const char *path)
{
    unlink(path); /* a file that is emptied is written to disk at once by some file systems */
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(fd >= 0);
    return fd;
}

static void run_once(const struct assay_suite *suite, const char *data, const struct way *way,
                     int64_t as_of, bool raw, struct written *out)
{
    struct assay_error err;
    struct assay_options options = suite->options;
    options.threads = way->threads;
    options.source.batch_bytes = way->batch_bytes;
    options.source.csv_engine = way->reference ? ASSAY_CSV_LIBCSV : ASSAY_CSV_SCAN;
    options.source.json_engine = way->reference ? ASSAY_JSON_YAJL : ASSAY_JSON_SCAN;
    options.has_as_of = true;
    options.as_of = as_of;
    options.limit = 0;
    options.sample = 1;
    struct assay_filter filter = {.out = create("good"),
                                  .quarantine = create("bad"),
                                  .quarantine_path = "bad",
                                  .raw = raw,
                                  .reasons = -1};
    struct assay_str source = assay_cstr(data);
    struct assay_validation validation = {.suite = suite,
                                          .options = &options,
                                          .sources = &source,
                                          .source_count = 1,
                                          .filter = &filter};
    assay_run_free(out->run);
    out->run = NULL;
    out->ran =
        assay_validation_run(&validation, &out->run, &err) == ASSAY_OK && out->run->error == NULL;
    close(filter.out);
    close(filter.quarantine);
    out->passed = filter.passed;
    out->quarantined = filter.quarantined;
    assay_buf_free(&out->good);
    read_text("good", &out->good);
    assay_buf_free(raw ? &out->raw : &out->objects);
    read_text("bad", raw ? &out->raw : &out->objects);
}

static void written_free(struct written *written)
{
    assay_buf_free(&written->good);
    assay_buf_free(&written->objects);
    assay_buf_free(&written->raw);
    assay_run_free(written->run);
}

static void same(const struct assay_buf *a, const struct assay_buf *b, const char *what)
{
    struct assay_str x = assay_buf_view(a), y = assay_buf_view(b);
    if (!assay_str_equal(x, y))
        fail_msg("%s: %s differs: <%.*s> and <%.*s>", place, what, (int)x.len, x.ptr, (int)y.len,
                 y.ptr);
}

/* The objects of a quarantine. */
struct quarantine {
    struct assay_arena arena;
    struct assay_value items[4096];
    size_t count;
};

static void parse(struct quarantine *q, const struct assay_buf *text)
{
    struct assay_str rest = assay_buf_view(text);
    assay_arena_init(&q->arena, 0);
    q->count = 0;
    while (rest.len > 0) {
        const char *end = memchr(rest.ptr, '\n', rest.len);
        assert_non_null(end);
        assert_true(q->count < sizeof q->items / sizeof q->items[0]);
        struct assay_str line = assay_str(rest.ptr, (size_t)(end - rest.ptr));
        if (assay_json_read(&q->arena, line, &q->items[q->count++]) != ASSAY_JSON_READ_OK)
            fail_msg("%s: the quarantine has no JSON: <%.*s>", place, (int)line.len, line.ptr);
        rest = assay_str(end + 1, rest.len - line.len - 1);
    }
}

static uint64_t number_of(const struct assay_value *object, const char *name)
{
    const struct assay_value *value = assay_value_member(object, assay_cstr(name));
    char digits[24] = "";
    assert_non_null(value);
    assert_true(value->text.len < sizeof digits);
    memcpy(digits, value->text.ptr, value->text.len);
    return strtoull(digits, NULL, 10);
}

static int digit(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = strchr(digits, c);
    return c != '\0' && at != NULL ? (int)(at - digits) : -1;
}

static void add_decoded(struct assay_buf *out, struct assay_str text)
{
    uint32_t bits = 0;
    int held = 0;
    for (size_t i = 0; i < text.len && digit(text.ptr[i]) >= 0; i++) {
        bits = bits << 6 | (uint32_t)digit(text.ptr[i]);
        held += 6;
        if (held >= 8) {
            held -= 8;
            assay_buf_putc(out, (char)(bits >> held & 0xff));
        }
    }
}

/* The bytes that an object says that its record had. */
static void add_bytes(struct assay_buf *out, const struct assay_value *object)
{
    const struct assay_value *raw = assay_value_member(object, ASSAY_STR("raw"));
    const struct assay_value *coded = assay_value_member(object, ASSAY_STR("raw_base64"));
    assert_true((raw == NULL) != (coded == NULL));
    if (raw != NULL)
        assay_buf_str(out, raw->text);
    else
        add_decoded(out, coded->text);
}

static void add_record(struct assay_buf *out, const struct assay_source_frame *frame, bool *some,
                       struct assay_str raw)
{
    char last = out->len > 0 ? out->ptr[out->len - 1] : '\n';
    if (!*some)
        assay_buf_str(out, frame->before);
    else if (!frame->lines || (last != '\n' && last != '\r'))
        assay_buf_str(out, frame->between);
    assay_buf_str(out, raw);
    *some = true;
}

static bool next_batch(struct assay_source *source, struct assay_batch *batch)
{
    struct assay_error err;
    assert_int_equal(assay_source_next(source, batch, &err), ASSAY_OK);
    if (batch->rows != 0)
        assert_int_equal(batch->ops->decode(batch, &err), ASSAY_OK);
    return batch->rows != 0;
}

/* Reads the data once more, and compares what becomes of each record with what was written. */
static void compare(const char *data, const struct assay_suite *suite,
                    const struct written *written, const struct quarantine *q)
{
    struct assay_source *source;
    struct assay_batch batch;
    struct assay_buf good, raw, bytes;
    struct assay_error err;
    bool any_good = false, any_bad = false;
    size_t next = 0;
    uint64_t records = 0;
    assay_buf_init(&good, TEXT_LIMIT);
    assay_buf_init(&raw, TEXT_LIMIT);
    assay_buf_init(&bytes, TEXT_LIMIT);
    assert_int_equal(assay_source_open(assay_cstr(data), &suite->options.source, &source, &err), 0);
    assert_int_equal(assay_batch_init(source, &batch, &err), 0);
    while (next_batch(source, &batch))
        for (uint32_t row = 0; row < batch.rows; row++) {
            struct assay_str record = assay_batch_raw(&batch, row);
            if (next == q->count || number_of(&q->items[next], "record") != ++records) {
                records += next == q->count;
                add_record(&good, &source->frame, &any_good, record);
                continue;
            }
            assay_buf_reset(&bytes);
            add_bytes(&bytes, &q->items[next]);
            assert_true(assay_str_equal(assay_buf_view(&bytes), record));
            struct assay_position at = batch.ops->position(&batch, row, UINT32_MAX);
            assert_int_equal(number_of(&q->items[next++], "line"), at.line);
            add_record(&raw, &source->frame, &any_bad, record);
        }
    if (!any_good)
        assay_buf_str(&good, source->frame.before);
    if (any_good || source->frame.before.len != 0 || source->frame.after.len != 0)
        assay_buf_str(&good, source->frame.after);
    if (any_bad)
        assay_buf_str(&raw, source->frame.after);
    assert_int_equal(next, q->count);
    assert_int_equal(records, written->run->records);
    same(&good, &written->good, "what passed");
    same(&raw, &written->raw, "the raw quarantine");
    assay_batch_free(source, &batch);
    assay_source_close(source);
    assay_buf_free(&good);
    assay_buf_free(&raw);
    assay_buf_free(&bytes);
}

static uint64_t count_reasons(const struct quarantine *q, struct assay_str id)
{
    uint64_t count = 0;
    for (size_t i = 0; i < q->count; i++) {
        const struct assay_value *reasons = assay_value_member(&q->items[i], ASSAY_STR("reasons"));
        assert_non_null(reasons);
        assert_true(reasons->count > 0);
        for (size_t r = 0; r < reasons->count; r++) {
            const struct assay_value *check =
                assay_value_member(&reasons->items[r], ASSAY_STR("check"));
            if (check != NULL && assay_str_equal(check->text, id)) {
                count++;
                break;
            }
        }
    }
    return count;
}

/* Whether the expectation's unexpected rows are those that each record alone shows. */
static bool by_record(const struct assay_result *result)
{
    static const char *const whole[] = {"increasing", "decreasing"};
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++)
        if (assay_str_is(result->expectation, whole[i]))
            return false;
    for (size_t i = 0; i < result->column_count; i++)
        if (memmem(result->columns[i].ptr, result->columns[i].len, "[*]", 3) != NULL)
            return false;
    return result->has_counts && result->verdict != ASSAY_ERROR &&
           result->severity == ASSAY_SEVERITY_ERROR;
}

static void compare_counts(const struct assay_run *run, const struct quarantine *q)
{
    for (size_t i = 0; i < run->result_count; i++) {
        const struct assay_result *result = &run->results[i];
        const struct assay_expectation *expectation = assay_expectation_find(result->expectation);
        if (!(expectation->traits & ASSAY_TRAIT_ROWWISE) || !by_record(result))
            continue;
        uint64_t found = count_reasons(q, result->id);
        if (found != result->counts.unexpected_count)
            fail_msg("%s: %llu records are quarantined for %.*s, which %llu violate", place,
                     (unsigned long long)found, (int)result->id.len, result->id.ptr,
                     (unsigned long long)result->counts.unexpected_count);
    }
}

static void check_data(const struct assay_suite *suite, const char *data, int64_t as_of)
{
    struct written first = {0}, other = {0};
    struct quarantine *q = calloc(1, sizeof *q);
    assert_non_null(q);
    run_once(suite, data, &ways[0], as_of, true, &first);
    run_once(suite, data, &ways[0], as_of, false, &first);
    parse(q, &first.objects);
    if (first.ran) {
        assert_int_equal(first.passed + first.quarantined, first.run->records);
        assert_int_equal(q->count, first.quarantined);
        compare(data, suite, &first, q);
        compare_counts(first.run, q);
    }
    for (size_t i = 1; i < WAYS && first.ran; i++) {
        run_once(suite, data, &ways[i], as_of, true, &other);
        same(&first.raw, &other.raw, "the raw quarantine");
        run_once(suite, data, &ways[i], as_of, false, &other);
        same(&first.objects, &other.objects, "the quarantine");
        same(&first.good, &other.good, "what passed");
        assert_int_equal(first.run->exit, other.run->exit);
    }
    assay_arena_free(&q->arena);
    free(q);
    written_free(&first);
    written_free(&other);
}

/* What comes a byte at a time, and once only, is told apart all the same. */
static void check_pipe(const struct assay_suite *suite, const struct case_body *body, int64_t as_of)
{
    struct written piped = {0};
    assert_int_equal(mkfifo("fifo.csv", 0600), 0);
    struct trickle *trickle = trickle_start("fifo.csv", body->text, body->len);
    run_once(suite, "fifo.csv", &ways[1], as_of, false, &piped);
    trickle_stop(trickle);
    unlink("fifo.csv");
    if (piped.ran) {
        struct quarantine *q = calloc(1, sizeof *q);
        assert_non_null(q);
        parse(q, &piped.objects);
        assert_int_equal(piped.passed + q->count, piped.run->records);
        assay_arena_free(&q->arena);
        free(q);
    }
    written_free(&piped);
}

static void check_suite(const struct test_case *test, const struct assay_suite *suite,
                        const struct case_body *body)
{
    int64_t as_of = 0;
    const char *clock = case_value(test, "as_of");
    assert_true(assay_judge_time(assay_cstr(clock ? clock : "2026-01-01T00:00:00Z"), 0, &as_of));
    check_data(suite, "data.csv", as_of);
    check_pipe(suite, body, as_of);
    for (int array = 0; array < 2; array++) {
        struct assay_buf json;
        assay_buf_init(&json, TEXT_LIMIT);
        if (as_json("data.csv", suite, array != 0, &json)) {
            write_text("data.json", json.ptr, json.len);
            check_data(suite, "data.json", as_of);
            unlink("data.json");
        }
        assay_buf_free(&json);
    }
}

static void check_case(const struct test_case *test)
{
    const struct case_body *data = NULL;
    struct assay_diags diags;
    snprintf(place, sizeof place, "%s:%u %s", test->file, test->line, test->name);
    for (size_t i = 0; i < test->body_count; i++) {
        write_text(test->bodies[i].name, test->bodies[i].text, test->bodies[i].len);
        if (strcmp(test->bodies[i].name, "data.csv") == 0)
            data = &test->bodies[i];
    }
    assay_diags_init(&diags);
    struct assay_suite *suite = data ? assay_suite_read("suite.yml", NULL, &diags) : NULL;
    if (suite != NULL)
        check_suite(test, suite, data);
    assay_suite_free(suite);
    assay_diags_reset(&diags);
    for (size_t i = 0; i < test->body_count; i++)
        unlink(test->bodies[i].name);
}

static void all_cases_keep_the_law(void **unused)
{
    char scratch[] = "/tmp/assay-filter-XXXXXX", pattern[4096];
    struct case_list list = {0};
    glob_t found;
    const char *top = getenv("srcdir");
    (void)unused;
    signal(SIGPIPE, SIG_IGN);
    snprintf(pattern, sizeof pattern, "%s/tests/cases/*.case", top ? top : ".");
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++)
        assert_true(case_file_read(&list, found.gl_pathv[i]));
    assert_non_null(mkdtemp(scratch));
    assert_int_equal(chdir(scratch), 0);
    for (size_t i = 0; i < list.count; i++)
        check_case(&list.items[i]);
    unlink("good");
    unlink("bad");
    assert_int_equal(chdir("/"), 0);
    rmdir(scratch);
    case_list_free(&list);
    globfree(&found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_cases_keep_the_law)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
