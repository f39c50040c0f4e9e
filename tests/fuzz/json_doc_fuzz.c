/*
 * JSON documents: an array of records, records one behind the other, and records inside of
 * a document. Whatever the bytes, scanner and yajl, pipe and file, small batches and large
 * give the same; and records that a document's framing finds do not overlap.
 *
 * The input: four bytes that choose the options, then the data.
 */
#include "config.h"

#include "source/json_frame.h"
#include "tests/lib/json_give.h"

#define DATA_MAX 40000 /* fits a pipe, so that no second thread is needed */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = {"a", "b.c", "a[*]", "a[*].b", "$", NULL};
static const size_t sizes[] = {0, 1, 2, 5, 17, 63, 64, 65, 100, 256, 1000, 4096};
static const char *const pointers[] = {NULL, "/a", "/a/b", "/a~1b", "/", "/d/a/b", NULL, NULL};

/* Records in order, inside the text that was consumed, and all of the text accounted for. */
static void cut_up(const char *text, size_t len)
{
    struct assay_json_frame frame;
    struct assay_json_cut cut = {0};
    struct assay_error err;
    char *copy = calloc(1, len + 64);
    if (copy == NULL)
        return;
    memcpy(copy, text, len);
    assay_json_frame_init(&frame);
    frame.file = "";
    if (assay_json_frame_cut(&frame, copy, len, true, &cut, &err) == ASSAY_OK) {
        size_t at = 0;
        for (uint32_t i = 0; i < cut.records.count; i++) {
            if (cut.records.items[i].off < at)
                abort();
            at = (size_t)cut.records.items[i].off + cut.records.items[i].len;
        }
        if (at > cut.consumed || cut.consumed > len)
            abort();
    }
    assay_json_spans_free(&cut.records);
    assay_json_frame_free(&frame);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 4 || size - 4 > DATA_MAX)
        return 0;
    const char *text = (const char *)data + 4;
    struct assay_source_options options = {
        .format = "json",
        .records = pointers[data[0] & 7],
        .duplicate_keys = (enum assay_json_twice)((data[0] >> 3 & 3) % 3),
        .allow_nan = data[0] & 32,
    };
    struct assay_buf one, other;
    options.batch_bytes = sizes[data[1] % 12];
    json_take(&one, text, size - 4, data[1] & 128, &options, names);
    options.batch_bytes = sizes[data[2] % 12];
    options.json_engine = data[3] & 1 ? ASSAY_JSON_YAJL : ASSAY_JSON_SCAN;
    json_take(&other, text, size - 4, data[2] & 128, &options, names);
    json_compare(&one, &other);
    cut_up(text, size - 4);
    return 0;
}
