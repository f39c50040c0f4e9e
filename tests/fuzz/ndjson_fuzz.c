/*
 * JSON lines. Whatever the bytes: scanner and yajl, pipe and file, small batches and
 * large, first reading and second all give the same values, kinds, findings and places; and
 * what the scanner refuses yajl refuses, but for what it is known to let pass.
 *
 * The input: six bytes that choose the options, then the data. It is given twice, the
 * second time with one byte changed, since what repeats is read by its shape.
 */
#include "config.h"

#include "source/json_record.h"
#include "source/json_text.h"
#include "tests/lib/json_give.h"

#define DATA_MAX 20000 /* twice that fits a pipe, so that no second thread is needed */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = {"a",         "b",       "a.b",      "a[*]", "a[*].b",
                                    "b[*][*].a", "\"a.b\"", "c.d[*].e", "$",    NULL};

/* Problems that are none of yajl's: an unfinished token behind the value is one. */
static bool is_ours(const struct assay_json_scan *scan, const char *text, size_t len)
{
    return scan->problem.kind >= ASSAY_JSON_DEPTH || scan->problem.kind == ASSAY_JSON_EXTRA ||
           memchr(text, '\v', len) != NULL || memchr(text, '\f', len) != NULL;
}

static void compare_with_yajl(const char *text, size_t len)
{
    static char memory[64 + 3 * 65536 + 64];
    struct assay_json_keys keys = {0};
    struct assay_json_scan scan = {.base = memory + 64, .keys = &keys};
    for (; len > 0 && json_is_space(*text); len--)
        text++;
    if (len > 65536)
        return;
    memset(memory, 0, sizeof memory);
    memcpy(memory + 64, text, len);
    scan.scratch = memory + 64 + 65536 + 32;
    bool fine = assay_json_scan_record(&scan, scan.base, scan.base + len);
    struct assay_json_scan again = scan;
    again.scratch = memory + 64 + 65536 + 32;
    bool accepted = scan.problem.kind != ASSAY_JSON_DEPTH &&
                    assay_json_record_yajl(&again, scan.base, scan.base + len, NULL, NULL, 0);
    if (fine ? !accepted : accepted && !is_ours(&scan, text, len)) {
        fprintf(stderr, "problem %d, yajl %d: %.*s\n", scan.problem.kind, accepted, (int)len, text);
        abort();
    }
    assay_json_keys_free(scan.keys);
}

static const size_t sizes[] = {0, 1, 2, 5, 17, 63, 64, 65, 100, 256, 1000, 4096};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct assay_str nulls[] = {{"NA", 2}, {"-", 1}};
    static const char *const formats[] = {"ndjson", "json", NULL, "ndjson"};
    if (size < 6 || size - 6 > DATA_MAX)
        return 0;
    size_t len = size - 6, twice = 2 * len;
    char *text = malloc(twice + 1);
    if (text == NULL)
        return 0;
    memcpy(text, data + 6, len);
    memcpy(text + len, data + 6, len);
    if (len > 0 && data[0] & 4)
        text[len + data[4] % len] = (char)data[5];
    struct assay_source_options options = {
        .format = formats[data[0] & 3],
        .null_values = nulls,
        .null_value_count = (data[1] & 3) % 3,
        .empty_is_null = data[1] & 4,
        .duplicate_keys = (enum assay_json_twice)((data[1] >> 3 & 3) % 3),
        .allow_nan = data[1] & 32,
    };
    /* What begins otherwise might be CSV. */
    if (options.format == NULL && (len == 0 || text[0] != '{'))
        options.format = "ndjson";
    struct assay_buf one, other;
    options.batch_bytes = sizes[data[2] % 12];
    json_take(&one, text, twice, data[2] & 128, &options, names);
    options.batch_bytes = sizes[data[3] % 12];
    options.json_engine = ASSAY_JSON_YAJL;
    json_take(&other, text, twice, data[3] & 128, &options, names);
    json_compare(&one, &other);
    const char *line = text + len, *end = text + twice;
    while (line < end) {
        const char *feed = memchr(line, '\n', (size_t)(end - line));
        const char *to = feed != NULL ? feed : end;
        compare_with_yajl(line, (size_t)(to - line));
        line = feed != NULL ? feed + 1 : end;
    }
    compare_with_yajl(text, len);
    free(text);
    return 0;
}
