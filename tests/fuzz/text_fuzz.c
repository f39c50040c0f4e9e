/*
 * Tests of single values: JSON and its schemas, formats of strptime, loose dates, patterns of
 * LIKE. Each gives an answer, the same one twice, and reads nothing outside of its texts.
 */
#include "config.h"

#include "base/json_read.h"
#include "base/json_schema.h"
#include "base/loose_date.h"
#include "base/strptime.h"
#include "base/time.h"
#include "metric/formats.h"
#include "metric/match_list.h"
#include "metric/schema_formats.h"

#include <stdint.h>
#include <stdlib.h>

#define LAW(condition)    \
    do {                  \
        if (!(condition)) \
            abort();      \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Where JSON is read, the test that keeps nothing agrees, but for its limit on depth. */
static void check_json(struct assay_arena *arena, struct assay_str schema, struct assay_str text)
{
    struct assay_value root, value;
    struct assay_json_schema *compiled = NULL;
    struct assay_regex_scratch *scratch;
    enum assay_json_read read = assay_json_read(arena, text, &value);
    LAW(read != ASSAY_JSON_READ_OK || assay_format_is_json_or_nan(text));
    if (read != ASSAY_JSON_READ_OK || assay_json_read(arena, schema, &root) != ASSAY_JSON_READ_OK)
        return;
    LAW(assay_value_same(&value, &value) ||
        memmem(text.ptr, text.len, "NaN", 3) != NULL); /* which is not the same as itself */
    struct assay_buf why;
    assay_buf_init(&why, 1u << 20);
    if (assay_json_schema_new(arena, &root, assay_schema_text_format_holds, &compiled, NULL) ==
            ASSAY_OK &&
        assay_regex_scratch_new(&scratch, NULL) == ASSAY_OK) {
        enum assay_json_verdict first =
            assay_json_schema_judge(compiled, scratch, arena, &value, NULL);
        LAW(assay_json_schema_judge(compiled, scratch, arena, &value, &why) == first);
        LAW(first == ASSAY_JSON_UNDECIDED || (why.len > 0) == (first == ASSAY_JSON_INVALID));
        assay_regex_scratch_free(scratch);
    }
    assay_buf_free(&why);
    assay_json_schema_free(compiled);
}

static void check_times(struct assay_str format, struct assay_str text)
{
    struct assay_strptime compiled;
    int64_t micros;
    if (assay_strptime_compile(&compiled, format, NULL) == ASSAY_OK)
        (void)assay_strptime_holds(&compiled, text);
    if (assay_loose_date(text, INT64_C(1700000000000000), &micros))
        LAW(micros >= ASSAY_TIME_MIN - ASSAY_DAY_US * 5 &&
            micros <= ASSAY_TIME_MAX + ASSAY_DAY_US * 5);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct assay_arena arena;
    const uint8_t *split = size ? memchr(data, '\n', size) : NULL;
    if (size > 4096 || split == NULL)
        return 0;
    struct assay_str first = {(const char *)data, (size_t)(split - data)};
    struct assay_str second = {(const char *)split + 1, size - first.len - 1};
    assay_arena_init(&arena, (size_t)256 << 20);
    check_json(&arena, first, second);
    check_times(first, second);
    LAW(assay_like(second, ASSAY_STR("%"), false));
    LAW(!assay_like(second, first, false) || assay_like(second, first, true));
    assay_arena_free(&arena);
    return 0;
}
