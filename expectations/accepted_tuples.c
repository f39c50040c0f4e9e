/*
 * accepted_tuples: the values of several columns, taken together, are one of those listed.
 *
 * Equal are values as in `unique` (metric/same.h); a null equals a null of a listed tuple.
 * Which rows with nulls are considered says `ignore_nulls`. Exact; row counts add up.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/needs.h"
#include "metric/rowkey.h"

#include <stdlib.h>

struct args {
    struct assay_tuples values;
    int ignore_nulls;
    struct assay_str *keys; /* of the listed tuples, sorted */
};

static const struct assay_param params[] = {
    {"values", ASSAY_PARAM_TUPLES, ASSAY_PARAM_REQUIRED, NULL, NULL, offsetof(struct args, values),
     "the tuples that are allowed, each a list of one value a column"},
    {"ignore_nulls", ASSAY_PARAM_CHOICE, 0, "all", assay_ignore_nulls,
     offsetof(struct args, ignore_nulls), "rows that are not considered, by their nulls"},
};

static int compare_keys(const void *a, const void *b)
{
    return assay_str_compare(*(const struct assay_str *)a, *(const struct assay_str *)b);
}

static enum assay_status make_key(struct assay_prepare *prepare, const struct assay_scalars *row,
                                  struct assay_str *key, struct assay_error *err)
{
    struct assay_buf buf;
    if (row->count != prepare->check->column_count)
        return assay_fail(err, ASSAY_CONFIG, "SUITE-BOUNDS", "%u columns cannot have %u values",
                          prepare->check->column_count, row->count);
    assay_buf_init(&buf, (size_t)1 << 24);
    for (uint32_t i = 0; i < row->count; i++)
        assay_rowkey_member(prepare->field_of(prepare->context, prepare->check->columns[i]),
                            &row->items[i], &buf);
    *key = assay_str(assay_arena_strdup(prepare->arena, assay_buf_view(&buf)), buf.len);
    bool failed = buf.failed || key->ptr == NULL;
    assay_buf_free(&buf);
    return failed ? assay_fail_nomem(err) : ASSAY_OK;
}

static enum assay_status prepare(void *arguments, struct assay_prepare *prepare,
                                 struct assay_error *err)
{
    struct args *args = arguments;
    prepare->param = "values";
    if (prepare->check->column_count < 2)
        return assay_fail(err, ASSAY_CONFIG, "SUITE-MISSING", "accepted_tuples needs columns");
    args->keys = assay_arena_array(prepare->arena, args->values.count + 1u, sizeof *args->keys);
    if (args->keys == NULL)
        return assay_fail_nomem(err);
    for (uint32_t i = 0; i < args->values.count; i++)
        ASSAY_TRY(make_key(prepare, &args->values.rows[i], &args->keys[i], err));
    qsort(args->keys, args->values.count, sizeof *args->keys, compare_keys);
    return ASSAY_OK;
}

static enum assay_status test(const void *arguments, void *scratch, const struct assay_slice *slice,
                              uint64_t *violations, struct assay_predicate_fault *fault,
                              struct assay_error *err)
{
    const struct args *args = arguments;
    struct assay_rowkeys keys;
    (void)scratch, (void)fault;
    ASSAY_TRY(assay_rowkeys_make_all(slice, &keys, err));
    ASSAY_BITS_EACH(slice->mask, slice->rows, row, {
        struct assay_str key = {keys.base + keys.spans[row].off, keys.spans[row].len};
        if (bsearch(&key, args->keys, args->values.count, sizeof key, compare_keys) == NULL)
            assay_bit_set(violations, row);
    })
    return ASSAY_OK;
}

static const struct assay_predicate predicates[] =
    ASSAY_PREDICATES_BY_NULLS("accepted_tuples", test, NULL);

static enum assay_status needs(const struct assay_check *check, struct assay_needs *needs,
                               struct assay_error *err)
{
    const struct args *args = check->args;
    return assay_need_violations(needs, check, &predicates[args->ignore_nulls], args, err);
}

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct args *args = check->args;
    assay_buf_printf(out, "are together one of the %u listed", args->values.count);
}

const struct assay_expectation assay_expectation_accepted_tuples = {
    .name = "accepted_tuples",
    .summary = "the values of several columns are together one of those listed",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_COLUMN,
    .traits = ASSAY_TRAIT_ROWWISE | ASSAY_TRAIT_MULTI,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "accepted_tuples: {columns: [country, currency], values: [[DE, EUR], [CH, CHF]]}",
    .prepare = prepare,
    .needs = needs,
    .title = title,
};
