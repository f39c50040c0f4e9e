/*
 * array: every value is an array, of so many items; `each` are checks of the items.
 *
 * The checks of `each` stand on their own, as checks of the column `name[*]`: one value an
 * element, counted by elements. Where the format has no kinds (CSV) a text that holds a JSON
 * array is one. Nulls are not considered, an empty array is one of no items. Exact; row
 * counts add up.
 */
#include "config.h"

#include "metric/formats.h"
#include "metric/judge.h"

#include <inttypes.h>

struct args {
    struct assay_opt_count min, max;
    uint64_t lo, hi;
};

static const struct assay_param params[] = {
    {"min_items", ASSAY_PARAM_COUNT, 0, NULL, NULL, offsetof(struct args, min),
     "the smallest number of items allowed"},
    {"max_items", ASSAY_PARAM_COUNT, 0, NULL, NULL, offsetof(struct args, max),
     "the largest number of items allowed"},
    {"each", ASSAY_PARAM_CHECKS, 0, NULL, NULL, 0, "checks of the items"},
};

static enum assay_status prepare(void *arguments, struct assay_prepare *prepare,
                                 struct assay_error *err)
{
    struct args *args = arguments;
    args->lo = args->min.given ? args->min.value : 0;
    args->hi = args->max.given ? args->max.value : UINT64_MAX;
    if (args->lo <= args->hi || prepare->lenient)
        return ASSAY_OK;
    prepare->param = "max_items";
    assay_fail(err, ASSAY_CONFIG, "SUITE-BOUNDS",
               "nothing has at least %" PRIu64 " and at most %" PRIu64 " items", args->lo,
               args->hi);
    assay_error_help(err, "min_items must not be above max_items");
    return ASSAY_CONFIG;
}

/* The items of an array that is JSON: commas outside of strings and inner brackets. */
static uint64_t items_of(struct assay_str array)
{
    uint64_t commas = 0;
    unsigned depth = 0;
    bool any = false, text = false;
    for (size_t i = 0; i < array.len; i++) {
        char c = array.ptr[i];
        if (text) {
            i += c == '\\';
            text = c != '"';
            continue;
        }
        text = c == '"';
        depth += c == '[' || c == '{';
        depth -= c == ']' || c == '}';
        commas += c == ',' && depth == 1;
        /* Anything but the outer brackets and space between them is an item. */
        any |=
            depth > 1 || (depth == 1 && c != '[' && (unsigned char)c > ' ' && c != ']' && c != '}');
    }
    return any ? commas + 1 : 0;
}

static bool is_array(const struct assay_column *column, uint32_t row)
{
    struct assay_str text = assay_column_text(column, row);
    size_t at = 0;
    if (column->kind != NULL)
        return column->kind[row] == ASSAY_KIND_ARRAY;
    while (at < text.len && (unsigned char)text.ptr[at] <= ' ')
        at++;
    return at < text.len && text.ptr[at] == '[' && assay_format_is_json(text);
}

static enum assay_status test(const void *arguments, void *scratch, const struct assay_slice *slice,
                              uint64_t *violations, struct assay_predicate_fault *fault,
                              struct assay_error *err)
{
    const struct args *args = arguments;
    const struct assay_column *column = slice->columns[0];
    bool counts = args->lo > 0 || args->hi < UINT64_MAX;
    (void)scratch, (void)fault, (void)err;
    ASSAY_BITS_EACH(slice->mask, slice->rows, row, {
        bool good = is_array(column, row);
        if (good && counts) {
            uint64_t items = items_of(assay_column_text(column, row));
            good = items >= args->lo && items <= args->hi;
        }
        if (!good)
            assay_bit_set(violations, row);
    })
    return ASSAY_OK;
}

static void note(const void *arguments, const struct assay_slice *slice, uint32_t row,
                 struct assay_buf *out)
{
    (void)arguments;
    if (!is_array(slice->columns[0], row)) {
        assay_buf_puts(out, "no array");
        return;
    }
    uint64_t items = items_of(assay_column_text(slice->columns[0], row));
    assay_buf_printf(out, "%" PRIu64 " item%s", items, items == 1 ? "" : "s");
}

static const struct assay_predicate predicate = {
    .name = "array",
    .considers = ASSAY_CONSIDER_PRESENT,
    .test = test,
    .note = note,
};

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct args *args = check->args;
    if (args->lo == 0 && args->hi == UINT64_MAX)
        assay_buf_puts(out, "is an array");
    else if (args->lo == args->hi)
        assay_buf_printf(out, "is an array of %" PRIu64 " item%s", args->lo,
                         args->lo == 1 ? "" : "s");
    else if (args->hi == UINT64_MAX)
        assay_buf_printf(out, "is an array of at least %" PRIu64 " item%s", args->lo,
                         args->lo == 1 ? "" : "s");
    else if (args->min.given)
        assay_buf_printf(out, "is an array of %" PRIu64 " to %" PRIu64 " items", args->lo,
                         args->hi);
    else
        assay_buf_printf(out, "is an array of at most %" PRIu64 " item%s", args->hi,
                         args->hi == 1 ? "" : "s");
}

const struct assay_expectation assay_expectation_array = {
    .name = "array",
    .summary = "values are arrays, of so many items, each of which passes checks",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_COLUMN,
    .traits = ASSAY_TRAIT_ROWWISE,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "array: {min_items: 1, max_items: 100, each: [not_null]}",
    .prepare = prepare,
    .predicate = &predicate,
    .title = title,
};
