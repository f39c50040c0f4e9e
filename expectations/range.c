/*
 * range: every value lies between two bounds, themselves included unless strict.
 *
 * Numbers are compared exactly as decimals; NaN and text that is no number violate a
 * numeric range. What is compared follows the bounds and the column's declared type:
 * numbers, dates and timestamps, or text (bytewise). Nulls are not considered.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/sql.h"
#include "metric/typed.h"

struct args {
    struct assay_limits limits;
    enum assay_order order;
    struct assay_bounds numbers;
    bool has_min, has_max;
    struct assay_instant min_time, max_time;
};

static const struct assay_param params[] = {ASSAY_LIMIT_PARAMS(struct args)};

static enum assay_status prepare(void *arguments, struct assay_prepare *prepare,
                                 struct assay_error *err)
{
    struct args *args = arguments;
    args->order = assay_limits_order(&args->limits, prepare->check->type);
    ASSAY_TRY(assay_limits_check(&args->limits, args->order, prepare, err));
    args->has_min = args->limits.min.kind != ASSAY_SCALAR_ABSENT;
    args->has_max = args->limits.max.kind != ASSAY_SCALAR_ABSENT;
    if (args->order == ASSAY_ORDER_TIME) {
        if (args->has_min)
            assay_judge_instant(args->limits.min.text, args->limits.offset, &args->min_time);
        if (args->has_max)
            assay_judge_instant(args->limits.max.text, args->limits.offset, &args->max_time);
    } else if (args->order == ASSAY_ORDER_NUMBER) {
        struct assay_numref min = assay_numref(args->limits.min.text);
        struct assay_numref max = assay_numref(args->limits.max.text);
        assay_bounds_init(&args->numbers, args->has_min ? &min : NULL, args->limits.strict_min,
                          args->has_max ? &max : NULL, args->limits.strict_max);
    }
    return ASSAY_OK;
}

static enum assay_status test_numbers(const struct args *args, const struct assay_slice *slice,
                                      uint64_t *violations, struct assay_error *err)
{
    struct assay_column *column = slice->columns[0];
    const struct assay_numbers *numbers = assay_typed_numbers(column);
    if (numbers == NULL)
        return assay_fail_nomem(err);
    const struct assay_bounds *bounds = &args->numbers;
    for (uint32_t r = 0; r < slice->rows; r += 64) {
        uint32_t n = slice->rows - r < 64 ? slice->rows - r : 64;
        uint64_t outside = 0;
        for (uint32_t k = 0; k < n; k++) {
            uint8_t code = numbers->code[r + k];
            int64_t m = numbers->mantissa[r + k];
            outside |= (uint64_t)((m < bounds->lo[code]) | (m > bounds->hi[code])) << k;
        }
        violations[r / 64] = outside & slice->mask[r / 64];
    }
    /* Few are left: those outside, and those that two integers cannot decide. */
    ASSAY_BITS_EACH(violations, slice->rows, row, {
        if (!assay_number_is_small(numbers->code[row])) {
            struct assay_numref value = assay_column_numref(column, row);
            if (assay_bounds_holds(bounds, &value))
                violations[row / 64] &= ~((uint64_t)1 << (row % 64));
        }
    })
    return ASSAY_OK;
}

static enum assay_status test_times(const struct args *args, const struct assay_slice *slice,
                                    uint64_t *violations, struct assay_error *err)
{
    const struct assay_times *times = assay_column_times(slice->columns[0]);
    int least = args->limits.strict_min, most = -(int)args->limits.strict_max;
    if (times == NULL)
        return assay_fail_nomem(err);
    ASSAY_BITS_EACH(slice->mask, slice->rows, row, {
        struct assay_instant t = assay_times_at(times, row);
        int low = args->has_min ? assay_instant_compare(t, args->min_time) : 1;
        int high = args->has_max ? assay_instant_compare(t, args->max_time) : -1;
        if (low < least || high > most || !assay_bit_get(times->valid, row))
            assay_bit_set(violations, row);
    })
    return ASSAY_OK;
}

static void test_texts(const struct args *args, const struct assay_slice *slice,
                       uint64_t *violations)
{
    const struct assay_limits *limits = &args->limits;
    ASSAY_BITS_EACH(slice->mask, slice->rows, row, {
        struct assay_str text = assay_column_text(slice->columns[0], row);
        int low = args->has_min ? assay_str_compare(text, limits->min.text) : 1;
        int high = args->has_max ? assay_str_compare(text, limits->max.text) : -1;
        if (low < 0 || high > 0 || (low == 0 && limits->strict_min) ||
            (high == 0 && limits->strict_max))
            assay_bit_set(violations, row);
    })
}

static enum assay_status test(const void *arguments, void *scratch, const struct assay_slice *slice,
                              uint64_t *violations, struct assay_predicate_fault *fault,
                              struct assay_error *err)
{
    const struct args *args = arguments;
    (void)scratch, (void)fault;
    if (args->order == ASSAY_ORDER_NUMBER)
        return test_numbers(args, slice, violations, err);
    if (args->order == ASSAY_ORDER_TIME)
        return test_times(args, slice, violations, err);
    test_texts(args, slice, violations);
    return ASSAY_OK;
}

static void note(const void *arguments, const struct assay_slice *slice, uint32_t row,
                 struct assay_buf *out)
{
    const struct args *args = arguments;
    if (args->order == ASSAY_ORDER_NUMBER)
        assay_note_number(slice, row, out);
    else if (args->order == ASSAY_ORDER_TIME)
        assay_note_time(slice, row, out);
}

/* One limit: the value lies beyond it. */
static bool put_beyond(const struct args *args, struct assay_sql_ask *ask, const char *value,
                       bool upper, struct assay_buf *out)
{
    const struct assay_limits *limits = &args->limits;
    const struct assay_scalar *limit = upper ? &limits->max : &limits->min;
    bool strict = upper ? limits->strict_max : limits->strict_min;
    struct assay_numref number = assay_numref(limit->text);
    assay_buf_printf(out, "%s %s%s ", value, upper ? ">" : "<", strict ? "=" : "");
    return args->order == ASSAY_ORDER_NUMBER ? assay_sql_number(&number, out)
                                             : ask->literal(ask->context, limit->text, out);
}

static const char *sql(const void *arguments, struct assay_sql_ask *ask)
{
    const struct args *args = arguments;
    const struct assay_sql_column *column = &ask->columns[0];
    bool numbers = args->order == ASSAY_ORDER_NUMBER, good = true;
    if (args->order == ASSAY_ORDER_TIME) {
        assay_sql_no(ask, "times are read from text");
        return NULL;
    }
    if (!assay_sql_all(ask, column, numbers ? ask->dialect->number : ask->dialect->text,
                       numbers ? "values are not all plain numbers" : "values are not all text"))
        return NULL;
    const char *value =
        numbers ? column->sql : assay_sql_fill(ask, ask->dialect->bytewise, column->sql);
    struct assay_buf buf;
    assay_buf_init(&buf, (size_t)1 << 20);
    assay_buf_putc(&buf, '(');
    if (args->has_min)
        good = put_beyond(args, ask, value, false, &buf);
    assay_buf_puts(&buf, args->has_min && args->has_max ? " OR " : "");
    if (args->has_max)
        good = good && put_beyond(args, ask, value, true, &buf);
    assay_buf_puts(&buf, args->has_min || args->has_max ? ")" : "1 = 0)");
    const char *text = good ? assay_sql_text(ask, "%s", buf.ptr) : NULL;
    assay_buf_free(&buf);
    if (text == NULL)
        assay_sql_no(ask, "a bound cannot be written in SQL exactly");
    return text;
}

static const struct assay_predicate predicate = {
    .name = "range",
    .considers = ASSAY_CONSIDER_PRESENT,
    .test = test,
    .note = note,
    .sql = sql,
};

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct args *args = check->args;
    assay_buf_puts(out, "is ");
    assay_limits_describe(&args->limits, out);
}

const struct assay_expectation assay_expectation_range = {
    .name = "range",
    .summary = "values lie between two bounds",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_COLUMN,
    .traits = ASSAY_TRAIT_ROWWISE,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "range: {min: 0, max: 10000}",
    .prepare = prepare,
    .predicate = &predicate,
    .title = title,
};
