/*
 * length: every value has so many characters: Unicode code points, not bytes.
 *
 * Nulls are not considered; a quoted empty field has the length 0. Bytes that are not
 * UTF-8 count as their leading bytes do. Exact; row counts add up.
 */
#include "config.h"

#include "base/utf8.h"
#include "metric/judge.h"
#include "metric/sql.h"

#include <inttypes.h>

struct args {
    struct assay_opt_count min, max, exactly;
    uint64_t lo, hi;
};

static const struct assay_param params[] = {
    {"exactly", ASSAY_PARAM_COUNT, ASSAY_PARAM_MAIN | ASSAY_PARAM_ONE_OF, NULL, NULL,
     offsetof(struct args, exactly), "the number of characters"},
    {"min", ASSAY_PARAM_COUNT, ASSAY_PARAM_ONE_OF, NULL, NULL, offsetof(struct args, min),
     "the smallest number allowed"},
    {"max", ASSAY_PARAM_COUNT, ASSAY_PARAM_ONE_OF, NULL, NULL, offsetof(struct args, max),
     "the largest number allowed"},
};

static enum assay_status prepare(void *arguments, struct assay_prepare *prepare,
                                 struct assay_error *err)
{
    struct args *args = arguments;
    if (args->exactly.given && (args->min.given || args->max.given)) {
        prepare->param = "exactly";
        return assay_fail(err, ASSAY_CONFIG, "SUITE-BOUNDS", "give either exactly, or min and max");
    }
    args->lo = args->exactly.given ? args->exactly.value : args->min.value;
    args->hi = args->exactly.given ? args->exactly.value
               : args->max.given   ? args->max.value
                                   : UINT64_MAX;
    if (args->lo <= args->hi || prepare->lenient)
        return ASSAY_OK;
    prepare->param = "max";
    assay_fail(err, ASSAY_CONFIG, "SUITE-BOUNDS",
               "nothing has at least %" PRIu64 " and at most %" PRIu64 " characters", args->lo,
               args->hi);
    assay_error_help(err, "min must not be above max");
    return ASSAY_CONFIG;
}

/* Where each byte is a character: up to 64 values, as bits of those that are out of bounds. */
static uint64_t test_ascii(const struct args *args, const struct assay_span *spans, uint32_t count)
{
    uint64_t bad = 0;
    for (uint32_t i = 0; i < count; i++)
        bad |= (uint64_t)(spans[i].len < args->lo || spans[i].len > args->hi) << i;
    return bad;
}

static enum assay_status test(const void *arguments, void *scratch, const struct assay_slice *slice,
                              uint64_t *violations, struct assay_predicate_fault *fault,
                              struct assay_error *err)
{
    const struct args *args = arguments;
    const struct assay_column *column = slice->columns[0];
    (void)scratch, (void)fault, (void)err;
    for (uint32_t row = 0; column->ascii && row < slice->rows; row += 64) {
        uint32_t count = slice->rows - row < 64 ? slice->rows - row : 64;
        violations[row / 64] = slice->mask[row / 64] & test_ascii(args, column->spans + row, count);
    }
    if (column->ascii)
        return ASSAY_OK;
    ASSAY_BITS_EACH(slice->mask, slice->rows, row, {
        struct assay_str text = assay_column_text(slice->columns[0], row);
        /* A character takes 1 to 4 bytes, so most values need not be counted. */
        uint64_t most = text.len, least = (text.len + 3) / 4;
        if (least >= args->lo && most <= args->hi)
            continue;
        if (most >= args->lo && least <= args->hi) {
            uint64_t length = assay_utf8_count(text);
            if (length >= args->lo && length <= args->hi)
                continue;
        }
        assay_bit_set(violations, row);
    })
    return ASSAY_OK;
}

static void note(const void *arguments, const struct assay_slice *slice, uint32_t row,
                 struct assay_buf *out)
{
    size_t length = assay_utf8_count(assay_column_text(slice->columns[0], row));
    (void)arguments;
    assay_buf_printf(out, "%zu character%s", length, length == 1 ? "" : "s");
}

static const char *sql(const void *arguments, struct assay_sql_ask *ask)
{
    const struct args *args = arguments;
    const struct assay_sql_column *column = &ask->columns[0];
    if (!assay_sql_all(ask, column, ask->dialect->text, "values are not all text"))
        return NULL;
    const char *length = assay_sql_fill(ask, ask->dialect->length, column->sql);
    if (args->hi > INT64_MAX)
        return assay_sql_text(ask, "(%s < %" PRIu64 ")", length, args->lo);
    return assay_sql_text(ask, "(NOT (%s BETWEEN %" PRIu64 " AND %" PRIu64 "))", length, args->lo,
                          args->hi);
}

static const struct assay_predicate predicate = {
    .name = "length",
    .considers = ASSAY_CONSIDER_PRESENT,
    .test = test,
    .note = note,
    .sql = sql,
};

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct args *args = check->args;
    if (args->lo == args->hi)
        assay_buf_printf(out, "has %" PRIu64 " characters", args->lo);
    else if (args->hi == UINT64_MAX)
        assay_buf_printf(out, "has at least %" PRIu64 " characters", args->lo);
    else if (args->min.given)
        assay_buf_printf(out, "has %" PRIu64 " to %" PRIu64 " characters", args->lo, args->hi);
    else
        assay_buf_printf(out, "has at most %" PRIu64 " characters", args->hi);
}

const struct assay_expectation assay_expectation_length = {
    .name = "length",
    .summary = "values have a length between two bounds",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_COLUMN,
    .traits = ASSAY_TRAIT_ROWWISE,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "length: {min: 1, max: 40}",
    .prepare = prepare,
    .predicate = &predicate,
    .title = title,
};
