/*
 * Distinct values, exactly; and the two predicates that look values up in them.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/metrics.h"
#include "metric/rise.h"
#include "metric/rowkey.h"
#include "metric/same.h"
#include "metric/sql.h"
#include "metric/state.h"
#include "sketch/rising.h"

/* Keys that rise are kept all the same until there were so many of them. */
#define KEPT_ROWS 8192u

struct distinct {
    const struct assay_distinct_args *args;
    struct assay_counts counts;
    bool rises; /* all keys so far are in `rising` */
    bool kept;  /* all keys so far are in `values` */
    struct assay_distinct values;
    struct assay_rising rising;
    bool summary; /* a database counted: there are no values to merge or to look up */
    uint64_t distinct, singletons;
};

static void distinct_key(const void *arguments, struct assay_buf *out)
{
    const struct assay_distinct_args *args = arguments;
    assay_buf_printf(out, "%s%d", args != NULL && args->lookup ? "lookup" : "",
                     args != NULL ? (int)args->rows : 0);
}

static enum assay_status distinct_init(void *state, const void *args,
                                       const struct assay_metric_env *env, struct assay_error *err)
{
    struct distinct *d = state;
    (void)err;
    d->args = args;
    d->rises = env->again && (d->args == NULL || !d->args->lookup);
    d->kept = true;
    assay_distinct_init(&d->values, env->budget, env->seed);
    assay_rising_init(&d->rising, env->budget);
    return ASSAY_OK;
}

static void distinct_reset(void *state)
{
    struct distinct *d = state;
    if (d->values.budget == NULL)
        return;
    assay_distinct_reset(&d->values);
    assay_rising_reset(&d->rising);
}

/* The rows that the arguments ask for, of which those of nothing but nulls may have no key. */
static enum assay_status find_rows(const struct distinct *d, const struct assay_slice *slice,
                                   uint64_t **rows, struct assay_error *err)
{
    enum assay_distinct_rows which = d->args != NULL ? d->args->rows : ASSAY_DISTINCT_ANY_VALUE;
    size_t words = ASSAY_BITMAP_WORDS(slice->rows);
    *rows = assay_arena_array(&slice->batch->arena, words + 1, 8);
    if (*rows == NULL)
        return assay_fail_nomem(err);
    for (size_t i = 0; i < words; i++) {
        uint64_t any = 0, all = ~(uint64_t)0;
        for (uint32_t c = 0; c < slice->column_count; c++) {
            any |= ~slice->columns[c]->null[i];
            all &= ~slice->columns[c]->null[i];
        }
        (*rows)[i] = slice->mask[i] & (which == ASSAY_DISTINCT_ALL_ROWS     ? ~(uint64_t)0
                                       : which == ASSAY_DISTINCT_ALL_VALUES ? all
                                                                            : any);
    }
    return ASSAY_OK;
}

static enum assay_status make_keys(const struct distinct *d, const struct assay_slice *slice,
                                   struct assay_rowkeys *keys, struct assay_error *err)
{
    struct assay_slice inner = *slice;
    uint64_t *rows;
    ASSAY_TRY(find_rows(d, slice, &rows, err));
    inner.mask = rows;
    return d->args != NULL && d->args->rows == ASSAY_DISTINCT_ALL_ROWS
               ? assay_rowkeys_make_all(&inner, keys, err)
               : assay_rowkeys_make(&inner, keys, err);
}

static enum assay_status add_keys(struct distinct *d, const struct assay_slice *slice,
                                  struct assay_error *err)
{
    struct assay_rowkeys keys;
    ASSAY_TRY(make_keys(d, slice, &keys, err));
    if (keys.ints != NULL)
        ASSAY_TRY(assay_distinct_add_ints(&d->values, keys.ints, keys.int_rows, slice->rows, err));
    if (keys.spans != NULL)
        ASSAY_TRY(assay_distinct_add_keys(&d->values, keys.base, keys.spans, keys.text_rows,
                                          slice->rows, err));
    return ASSAY_OK;
}

/* Keeps the ends of the batch where its keys rise; else `*added` is false. */
static enum assay_status add_rising(struct distinct *d, const struct assay_slice *slice,
                                    const uint64_t *rows, bool *added, struct assay_error *err)
{
    struct assay_buf first, last;
    assay_buf_init(&first, ASSAY_RISING_KEY_MAX);
    assay_buf_init(&last, ASSAY_RISING_KEY_MAX);
    enum assay_status status = assay_rise_find(slice, rows, &first, &last, added, err);
    if (status == ASSAY_OK && *added && first.len > 0)
        status = assay_rising_add(&d->rising, assay_buf_view(&first), assay_buf_view(&last),
                                  assay_bits_count(rows, slice->rows), added, err);
    assay_buf_free(&first);
    assay_buf_free(&last);
    return status;
}

/* Forgets what is not true any more. */
static void settle(struct distinct *d)
{
    if (!d->rises)
        assay_rising_reset(&d->rising);
    if (!d->kept)
        assay_distinct_reset(&d->values);
}

static enum assay_status distinct_update(void *state, const struct assay_slice *slice,
                                         struct assay_error *err)
{
    struct distinct *d = state;
    uint64_t *rows;
    ASSAY_TRY(find_rows(d, slice, &rows, err));
    uint64_t elements = assay_bits_count(slice->mask, slice->rows);
    d->counts.element_count += elements;
    d->counts.missing_count += elements - assay_bits_count(rows, slice->rows);
    if (d->rises)
        ASSAY_TRY(add_rising(d, slice, rows, &d->rises, err));
    d->kept &= !d->rises || d->rising.total < KEPT_ROWS;
    settle(d);
    return d->kept ? add_keys(d, slice, err) : ASSAY_OK;
}

static enum assay_status no_values(struct assay_error *err)
{
    return assay_fail(err, ASSAY_LIMIT, "DB-SUMMARY",
                      "the database counted distinct values and did not hand them over");
}

static enum assay_status distinct_merge(void *into, void *from, struct assay_error *err)
{
    struct distinct *a = into, *b = from;
    if (a->summary || b->summary)
        return no_values(err);
    a->counts.element_count += b->counts.element_count;
    a->counts.missing_count += b->counts.missing_count;
    a->rises &= b->rises;
    if (a->rises)
        ASSAY_TRY(assay_rising_merge(&a->rising, &b->rising, &a->rises, err));
    a->kept &= b->kept;
    settle(a);
    if (!a->kept)
        return ASSAY_OK;
    return assay_distinct_merge(&a->values, &b->values, err);
}

static enum assay_status distinct_finish(void *state, struct assay_arena *arena,
                                         struct assay_measure *out, struct assay_error *err)
{
    struct distinct *d = state;
    struct assay_distinct_detail *detail = assay_arena_alloc(arena, sizeof *detail);
    if (detail == NULL)
        return assay_fail_nomem(err);
    if (!d->summary) {
        ASSAY_TRY(d->args != NULL && d->args->lookup ? assay_distinct_finish_set(&d->values, err)
                                                     : assay_distinct_finish(&d->values, err));
        d->distinct = d->values.distinct;
        d->singletons = d->values.singletons;
    }
    if (d->rises)
        d->distinct = d->singletons = d->rising.total;
    detail->distinct = d->distinct;
    detail->singletons = d->singletons;
    out->detail = detail;
    out->counts = d->counts;
    out->counts.considered_count = d->counts.element_count - d->counts.missing_count;
    out->counts.unexpected_count = out->counts.considered_count - detail->singletons;
    out->value = assay_value_count(arena, detail->distinct);
    return ASSAY_OK;
}

static bool distinct_unsure(const void *state)
{
    const struct distinct *d = state;
    return !d->rises && !d->kept;
}

static enum assay_status distinct_save(void *state, struct assay_buf *out, struct assay_error *err)
{
    struct distinct *d = state;
    if (d->summary)
        return no_values(err);
    if (!d->kept)
        return assay_fail(err, ASSAY_INTERNAL, "STATE", "keys that only rose were not kept");
    assay_state_begin(out, "distinct", 1);
    assay_state_put_u64(out, d->counts.element_count);
    assay_state_put_u64(out, d->counts.missing_count);
    return assay_distinct_save(&d->values, out, err);
}

static enum assay_status distinct_load(void *state, struct assay_str saved, struct assay_error *err)
{
    struct distinct *d = state;
    bool failed = false;
    assay_state_expect(&saved, "distinct", 1, &failed);
    d->counts.element_count = assay_state_get_u64(&saved, &failed);
    d->counts.missing_count = assay_state_get_u64(&saved, &failed);
    return failed ? assay_state_bad("distinct", err) : assay_distinct_load(&d->values, saved, err);
}

static const char *rows_sql(struct assay_sql_ask *ask, enum assay_distinct_rows rows)
{
    const char *text = "";
    if (rows == ASSAY_DISTINCT_ALL_ROWS)
        return "";
    for (uint32_t i = 0; i < ask->column_count; i++)
        text = assay_sql_text(ask, "%s%s%s IS NOT NULL", text,
                              i == 0                              ? ""
                              : rows == ASSAY_DISTINCT_ALL_VALUES ? " AND "
                                                                  : " OR ",
                              ask->columns[i].sql);
    return assay_sql_text(ask, "(%s)", text);
}

static bool distinct_ask(const void *arguments, struct assay_sql_ask *ask)
{
    const struct assay_distinct_args *args = arguments;
    enum assay_distinct_rows rows = args != NULL ? args->rows : ASSAY_DISTINCT_ANY_VALUE;
    const char *keys = "";
    if (args != NULL && args->lookup)
        return assay_sql_no(ask, "values are looked up in it");
    for (uint32_t i = 0; i < ask->column_count; i++) {
        const char *key = assay_sql_key(ask, &ask->columns[i]);
        if (key == NULL)
            return false;
        keys = assay_sql_text(ask, "%s%s%s", keys, i > 0 ? ", " : "", key);
    }
    const char *considered = rows_sql(ask, rows);
    assay_sql_count(ask, "");
    assay_sql_count(ask, considered);
    assay_sql_groups(ask, keys, assay_sql_both(ask, ask->filter, considered));
    return true;
}

static enum assay_status distinct_take(void *state, const struct assay_sql_answers *answers,
                                       struct assay_error *err)
{
    struct distinct *d = state;
    (void)err;
    d->counts.element_count = assay_sql_u64(answers, 0);
    d->counts.missing_count = d->counts.element_count - assay_sql_u64(answers, 1);
    d->summary = true;
    d->distinct = answers->groups[answers->ask->group][0];
    d->singletons = answers->groups[answers->ask->group][1];
    return ASSAY_OK;
}

static const struct assay_metric_sql distinct_sql = {distinct_ask, distinct_take};

const struct assay_metric assay_metric_distinct = {
    .name = "distinct",
    .summary = "distinct values, and values that occur once",
    .state_size = sizeof(struct distinct),
    .key = distinct_key,
    .init = distinct_init,
    .update = distinct_update,
    .merge = distinct_merge,
    .finish = distinct_finish,
    .save = distinct_save,
    .load = distinct_load,
    .reset = distinct_reset,
    .unsure = distinct_unsure,
    .sql = &distinct_sql,
};

/* What the two predicates need: the finished state of another metric. */
static enum assay_status lookup_open(const void *args, const struct assay_metric_env *env,
                                     void **scratch, struct assay_error *err)
{
    (void)args, (void)err;
    *scratch = env->depends;
    return ASSAY_OK;
}

static enum assay_status duplicate_test(const void *args, void *scratch,
                                        const struct assay_slice *slice, uint64_t *violations,
                                        struct assay_predicate_fault *fault,
                                        struct assay_error *err)
{
    const struct distinct *d = scratch;
    const struct assay_distinct *values = &d->values;
    struct assay_rowkeys keys;
    bool yes;
    (void)args, (void)fault;
    ASSAY_TRY(make_keys(d, slice, &keys, err));
    ASSAY_BITS_EACH(keys.int_rows, slice->rows, row, {
        ASSAY_TRY(assay_distinct_is_duplicate_int(values, keys.ints[row], &yes, err));
        if (yes)
            assay_bit_set(violations, row);
    })
    ASSAY_BITS_EACH(keys.text_rows, slice->rows, row, {
        struct assay_str text = {keys.base + keys.spans[row].off, keys.spans[row].len};
        ASSAY_TRY(assay_distinct_is_duplicate(values, text, &yes, err));
        if (yes)
            assay_bit_set(violations, row);
    })
    return ASSAY_OK;
}

const struct assay_predicate assay_predicate_duplicate = {
    .name = "duplicate",
    .considers = ASSAY_CONSIDER_ANY,
    .open = lookup_open,
    .test = duplicate_test,
};

static const struct assay_predicate duplicate_all_values = {
    .name = "duplicate.any",
    .considers = ASSAY_CONSIDER_PRESENT,
    .open = lookup_open,
    .test = duplicate_test,
};

static const struct assay_predicate duplicate_all_rows = {
    .name = "duplicate.none",
    .considers = ASSAY_CONSIDER_ALL,
    .open = lookup_open,
    .test = duplicate_test,
};

const struct assay_predicate *const assay_predicate_duplicates[3] = {
    [ASSAY_DISTINCT_ANY_VALUE] = &assay_predicate_duplicate,
    [ASSAY_DISTINCT_ALL_VALUES] = &duplicate_all_values,
    [ASSAY_DISTINCT_ALL_ROWS] = &duplicate_all_rows,
};

/* Values and keys are equal in the database as they are here. */
static bool keys_alike(struct assay_sql_ask *ask, uint32_t i, const char *const *table)
{
    static const char why[] = "values and keys are of kinds that compare differently";
    const struct assay_sql_column *key = &ask->parents[i];
    const char *text = table[key->cls];
    if (text == NULL)
        return assay_sql_no(ask, why);
    const char *is = text[0] != '\0' ? assay_sql_fill(ask, text, key->sql) : "";
    if (ask->dialect->valid != NULL)
        is = assay_sql_text(ask, "%s%s%s", is, is[0] != '\0' ? " AND " : "",
                            assay_sql_fill(ask, ask->dialect->valid, key->sql));
    if (is[0] != '\0')
        assay_sql_guard_item(
            ask, assay_sql_text(ask, "(SELECT COUNT(CASE WHEN %s THEN NULL ELSE 1 END) FROM %s)",
                                is, ask->parent_from));
    return assay_sql_all(ask, &ask->columns[i], table, why);
}

static const char *orphan_sql(const void *args, struct assay_sql_ask *ask)
{
    const char *values = "", *keys = "";
    (void)args;
    for (uint32_t i = 0; ask->parents != NULL && i < ask->column_count; i++) {
        enum assay_type type =
            ask->parents[i].field != NULL ? ask->parents[i].field->type : ASSAY_TYPE_NONE;
        bool number = assay_type_is_numeric(type);
        if (assay_same_is_canonical(assay_same_by(ask->parents[i].field, false))) {
            assay_sql_no(ask, "the same value may be spelt in several ways");
            return NULL;
        }
        const char *const *table = number                    ? ask->dialect->number
                                   : type == ASSAY_TYPE_NONE ? ask->dialect->keyed
                                                             : ask->dialect->text;
        const char *form = number ? "$1" : ask->dialect->bytewise, *comma = i > 0 ? ", " : "";
        if (!keys_alike(ask, i, table))
            return NULL;
        values = assay_sql_text(ask, "%s%s%s", values, comma,
                                assay_sql_fill(ask, form, ask->columns[i].sql));
        keys = assay_sql_text(ask, "%s%s%s", keys, comma,
                              assay_sql_fill(ask, form, ask->parents[i].sql));
    }
    if (ask->parents == NULL)
        return NULL;
    const char *not_in = ask->dialect->not_in != NULL ? ask->dialect->not_in : "NOT IN";
    return assay_sql_text(ask,
                          ask->column_count > 1 ? "((%s) %s (SELECT %s FROM %s))"
                                                : "(%s %s (SELECT %s FROM %s))",
                          values, not_in, keys, ask->parent_from);
}

static enum assay_status orphan_test(const void *args, void *scratch,
                                     const struct assay_slice *slice, uint64_t *violations,
                                     struct assay_predicate_fault *fault, struct assay_error *err)
{
    const struct assay_distinct *values = &((const struct distinct *)scratch)->values;
    struct assay_rowkeys keys;
    size_t words = ASSAY_BITMAP_WORDS(slice->rows);
    uint64_t *found = assay_arena_array(&slice->batch->arena, words + 1, 8);
    (void)args, (void)fault;
    if (found == NULL)
        return assay_fail_nomem(err);
    ASSAY_TRY(assay_rowkeys_make(slice, &keys, err));
    memcpy(violations, keys.rows, words * 8);
    if (keys.ints != NULL) {
        ASSAY_TRY(assay_distinct_contains_ints(values, keys.ints, keys.int_rows, slice->rows, found,
                                               err));
        for (size_t i = 0; i < words; i++)
            violations[i] &= ~found[i];
    }
    if (keys.spans != NULL) {
        ASSAY_TRY(assay_distinct_contains_keys(values, keys.base, keys.spans, keys.text_rows,
                                               slice->rows, found, err));
        for (size_t i = 0; i < words; i++)
            violations[i] &= ~found[i];
    }
    return ASSAY_OK;
}

const struct assay_predicate assay_predicate_orphan = {
    .name = "orphan",
    .considers = ASSAY_CONSIDER_PRESENT,
    .open = lookup_open,
    .test = orphan_test,
    .sql = orphan_sql,
};
