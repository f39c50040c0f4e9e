/*
 * Sum, mean and standard deviation, exactly.
 */
#include "config.h"

#include "base/decimal.h"
#include "metric/judge.h"
#include "metric/metrics.h"
#include "metric/misfit.h"
#include "metric/sql.h"
#include "metric/state.h"
#include "metric/typed.h"

struct moments {
    struct assay_moments moments;
    struct assay_misfits misfits;
};

static enum assay_status moments_init(void *state, const void *args,
                                      const struct assay_metric_env *env, struct assay_error *err)
{
    struct moments *m = state;
    (void)args;
    assay_moments_init(&m->moments, true);
    return assay_misfits_init(&m->misfits, env, err);
}

static void moments_reset(void *state)
{
    struct moments *m = state;
    assay_moments_free(&m->moments);
    assay_misfits_reset(&m->misfits);
}

static enum assay_status moments_update(void *state, const struct assay_slice *slice,
                                        struct assay_error *err)
{
    struct moments *m = state;
    struct assay_column *column = slice->columns[0];
    const struct assay_numbers *numbers = assay_typed_numbers(column);
    uint64_t *usable = assay_arena_array(column->arena, ASSAY_BITMAP_WORDS(slice->rows) + 1, 8);
    if (numbers == NULL || usable == NULL)
        return assay_fail_nomem(err);
    ASSAY_TRY(assay_misfits_numbers(&m->misfits, slice, numbers, usable, err));
    struct assay_number_rows values = {
        .mantissa = numbers->mantissa,
        .code = numbers->code,
        .base = column->base,
        .spans = column->spans,
        .rows = slice->rows,
    };
    return assay_moments_add_batch(&m->moments, &values, usable, err);
}

static enum assay_status moments_merge(void *into, void *from, struct assay_error *err)
{
    struct moments *a = into, *b = from;
    ASSAY_TRY(assay_misfits_merge(&a->misfits, &b->misfits, err));
    return assay_moments_merge(&a->moments, &b->moments, err);
}

static enum assay_status moments_finish(void *state, struct assay_arena *arena,
                                        struct assay_measure *out, struct assay_error *err)
{
    struct moments *m = state;
    struct assay_moments_detail *detail = assay_arena_alloc(arena, sizeof *detail);
    double number;
    struct assay_buf sum;
    if (detail == NULL)
        return assay_fail_nomem(err);
    out->detail = detail;
    detail->count = m->moments.count;
    assay_buf_init(&sum, (size_t)1 << 20);
    assay_moments_sum(&m->moments, &sum);
    arena->failed |= sum.failed;
    if (detail->count != 0)
        detail->sum = assay_value_number(arena, assay_buf_view(&sum));
    assay_buf_free(&sum);
    if (assay_moments_mean(&m->moments, &number))
        detail->mean = assay_value_double(arena, number);
    if (assay_moments_stdev(&m->moments, &number))
        detail->stdev = assay_value_double(arena, number);
    if (m->moments.out_of_range) {
        out->failed = true;
        assay_fail(&out->error, ASSAY_LIMIT, "VALUE-RANGE",
                   "%llu values have digits outside of 1e-450 to 1e450",
                   (unsigned long long)m->moments.out_of_range);
    }
    assay_misfits_finish(&m->misfits, "finite number", out);
    return ASSAY_OK;
}

static enum assay_status moments_save(void *state, struct assay_buf *out, struct assay_error *err)
{
    struct moments *m = state;
    assay_state_begin(out, "moments", 1);
    assay_misfits_save(&m->misfits, out);
    assay_moments_save(&m->moments, out);
    return out->failed ? assay_fail_nomem(err) : ASSAY_OK;
}

static enum assay_status moments_load(void *state, struct assay_str saved, struct assay_error *err)
{
    struct moments *m = state;
    bool failed = false;
    assay_state_expect(&saved, "moments", 1, &failed);
    if (failed || !assay_misfits_load(&m->misfits, &saved))
        return assay_state_bad("moments", err);
    ASSAY_TRY(assay_moments_load(&m->moments, &saved, err));
    return saved.len ? assay_state_bad("moments", err) : ASSAY_OK;
}

bool assay_moments_read(const void *state, double *mean, double *stdev)
{
    const struct moments *m = state;
    return assay_moments_mean(&m->moments, mean) && assay_moments_stdev(&m->moments, stdev);
}

static bool moments_ask(const void *args, struct assay_sql_ask *ask)
{
    const struct assay_sql_column *column = &ask->columns[0];
    const struct assay_dialect *dialect = ask->dialect;
    const char *value = column->sql;
    (void)args;
    if (dialect->sum == NULL)
        return assay_sql_no(ask, "the database does not sum exactly");
    if (!assay_sql_all(ask, column, dialect->integer, "values are not all whole numbers"))
        return false;
    if (dialect->summable != NULL)
        assay_sql_guard(ask, assay_sql_text(ask, "%s IS NULL OR %s", value,
                                            assay_sql_fill(ask, dialect->summable, value)));
    ask->why = "the database sums only whole numbers of moderate size exactly";
    assay_sql_count(ask, assay_sql_text(ask, "%s IS NOT NULL", value));
    /* Values that would overflow are left out, and seen by the guard afterwards. */
    const char *fits =
        dialect->summable != NULL ? assay_sql_fill(ask, dialect->summable, value) : "";
    const char *both = ask->filter != NULL && fits[0] != '\0' ? " AND " : "";
    if (ask->filter != NULL || fits[0] != '\0')
        value = assay_sql_text(ask, "CASE WHEN %s%s%s THEN %s END",
                               ask->filter != NULL ? ask->filter : "", both, fits, value);
    assay_sql_item(ask, assay_sql_fill(ask, dialect->sum, value));
    assay_sql_item(ask, assay_sql_fill(ask, dialect->squares_high, value));
    assay_sql_item(ask, assay_sql_fill(ask, dialect->squares_low, value));
    return true;
}

/* A whole number of up to 38 digits; NULL is 0. */
static bool whole(struct assay_str text, __int128 *out)
{
    bool negative = text.len > 0 && text.ptr[0] == '-';
    *out = 0;
    if (text.len > 38u + negative)
        return false;
    for (size_t i = negative; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
        *out = *out * 10 + (text.ptr[i] - '0');
    }
    *out = negative ? -*out : *out;
    return text.ptr == NULL || text.len > negative;
}

static enum assay_status moments_take(void *state, const struct assay_sql_answers *answers,
                                      struct assay_error *err)
{
    struct moments *m = state;
    __int128 sum = 0, high = 0, low = 0;
    m->moments.count = assay_sql_u64(answers, 0);
    if (m->moments.count == 0)
        return ASSAY_OK;
    if (!whole(assay_sql_answer(answers, 1), &sum) || !whole(assay_sql_answer(answers, 2), &high) ||
        !whole(assay_sql_answer(answers, 3), &low))
        return assay_fail(err, ASSAY_LIMIT, "DB-VALUE",
                          "a sum is too large for its way through SQL");
    unsigned __int128 squares = ((unsigned __int128)high << 31) + (unsigned __int128)low;
    uint64_t over = (uint64_t)((unsigned __int128)high >> 97);
    m->moments.sum[0] = sum;
    m->moments.square[0][0] = (uint64_t)squares;
    m->moments.square[0][1] = (uint64_t)(squares >> 64);
    m->moments.square[0][2] = over;
    return ASSAY_OK;
}

static const struct assay_metric_sql moments_sql = {moments_ask, moments_take};

const struct assay_metric assay_metric_moments = {
    .name = "moments",
    .summary = "sum, mean and standard deviation of numbers",
    .state_size = sizeof(struct moments),
    .init = moments_init,
    .update = moments_update,
    .merge = moments_merge,
    .finish = moments_finish,
    .save = moments_save,
    .load = moments_load,
    .reset = moments_reset,
    .sql = &moments_sql,
};
