/*
 * Turning measures into outcomes.
 */
#include "config.h"

#include "metric/judge.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#define MESSAGE_MAX 2000u /* bytes */

/* Long values do not make long messages: those are cut at a character's end. */
void assay_outcome_say(struct assay_outcome *out, const struct assay_judge_env *env,
                       const char *format, ...)
{
    static const char more[] = "…";
    char text[MESSAGE_MAX + sizeof more];
    va_list ap;
    va_start(ap, format);
    int n = vsnprintf(text, MESSAGE_MAX + 2, format, ap);
    va_end(ap);
    size_t len = n < 0 ? 0 : (size_t)n;
    if (len > MESSAGE_MAX) {
        for (len = MESSAGE_MAX; len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80;)
            len--;
        memcpy(text + len, more, sizeof more);
        len += sizeof more - 1;
    }
    out->message = assay_cstr(assay_arena_strdup(env->arena, assay_str(text, len)));
}

bool assay_judge_failed(const struct assay_measure *measure, struct assay_outcome *out)
{
    if (!measure->failed)
        return false;
    out->level = ASSAY_LEVEL_ERROR;
    out->error = measure->error;
    return true;
}

/* Whether a share reaches a threshold, as Great Expectations has it: in IEEE double. */
static bool reaches(const struct assay_counts *counts, double threshold)
{
    if (counts->considered_count == 0)
        return true;
    double good = (double)(counts->considered_count - counts->unexpected_count);
    return good / (double)counts->considered_count >= threshold;
}

/* "3 of 9 unexpected (33.33 %), mostly 0.5": how many, and how many there may be. */
static void say_rows(const struct assay_check *check, const struct assay_counts *counts,
                     const struct assay_judge_env *env, struct assay_outcome *out)
{
    char mostly[40] = "", warns[40] = "";
    double share = 100 * (double)counts->unexpected_count / (double)counts->considered_count;
    if (share > 99.99 && counts->unexpected_count < counts->considered_count)
        share = 99.99; /* not all of them */
    if (check->mostly.given)
        snprintf(mostly, sizeof mostly, ", mostly %.6g", check->mostly.value);
    if (check->warn_below.given)
        snprintf(warns, sizeof warns, ", warn_below %.6g", check->warn_below.value);
    assay_outcome_say(out, env, "%" PRIu64 " of %" PRIu64 " unexpected (%.4g %%)%s%s",
                      counts->unexpected_count, counts->considered_count, share, mostly, warns);
}

void assay_judge_rows(const struct assay_check *check, const struct assay_measure *measure,
                      const struct assay_judge_env *env, struct assay_outcome *out)
{
    if (assay_judge_failed(measure, out))
        return;
    const struct assay_counts *counts = &measure->counts;
    out->has_counts = true;
    out->counts = *counts;
    out->samples = measure->samples;
    out->sample_count = measure->sample_count;
    bool holds = reaches(counts, check->mostly.given ? check->mostly.value : 1.0);
    if (check->warn_below.given) {
        bool firm = reaches(counts, check->warn_below.value);
        bool failing = check->mostly.given && !holds;
        out->level = failing ? ASSAY_LEVEL_FAIL : firm ? ASSAY_LEVEL_PASS : ASSAY_LEVEL_WARN;
    } else
        out->level = holds ? ASSAY_LEVEL_PASS : ASSAY_LEVEL_FAIL;
    if (counts->considered_count == 0)
        out->message = ASSAY_STR("0 considered");
    else if (counts->unexpected_count != 0)
        say_rows(check, counts, env, out);
}

bool assay_numref_of(struct assay_str text, struct assay_numref *out)
{
    *out = assay_numref(text);
    return out->code != ASSAY_NUM_NOT;
}

void assay_limits_describe(const struct assay_limits *limits, struct assay_buf *out)
{
    const struct assay_scalar *min = &limits->min, *max = &limits->max;
    bool has_min = min->kind != ASSAY_SCALAR_ABSENT, has_max = max->kind != ASSAY_SCALAR_ABSENT;
    int min_len = (int)min->text.len, max_len = (int)max->text.len;
    if (!has_min && !has_max)
        assay_buf_puts(out, "anything");
    if (has_min && has_max && assay_str_equal(min->text, max->text)) {
        assay_buf_printf(out, "%.*s", min_len, min->text.ptr);
        return;
    }
    if (has_min && has_max && !limits->strict_min && !limits->strict_max) {
        assay_buf_printf(out, "between %.*s and %.*s", min_len, min->text.ptr, max_len,
                         max->text.ptr);
        return;
    }
    if (has_min)
        assay_buf_printf(out, "%s %.*s", limits->strict_min ? "more than" : "at least", min_len,
                         min->text.ptr);
    if (has_min && has_max)
        assay_buf_puts(out, " and ");
    if (has_max)
        assay_buf_printf(out, "%s %.*s", limits->strict_max ? "less than" : "at most", max_len,
                         max->text.ptr);
}

bool assay_judge_time(struct assay_str text, int64_t offset, int64_t *micros)
{
    return assay_time_parse_safe(text.ptr, text.len,
                                 ASSAY_TIME_TIMESTAMP | ASSAY_TIME_DATE | ASSAY_TIME_TIME, offset,
                                 micros);
}

bool assay_judge_instant(struct assay_str text, int64_t offset, struct assay_instant *out)
{
    *out = (struct assay_instant){0};
    if (!assay_judge_time(text, offset, &out->micros))
        return false;
    out->nanos = assay_time_nanos(text);
    return true;
}

int64_t assay_prepare_offset(const struct assay_prepare *prepare)
{
    if (prepare->field_of == NULL || prepare->check->column_count != 1)
        return 0;
    const struct assay_field *field =
        prepare->field_of(prepare->context, prepare->check->columns[0]);
    return field != NULL && field->type == ASSAY_TYPE_TIMESTAMP ? field->offset : 0;
}

/* The same where the column's type allows it: a time of day is no bound of dates. */
static bool is_time_for(struct assay_str text, enum assay_type type)
{
    unsigned want =
        type == ASSAY_TYPE_TIME ? ASSAY_TIME_TIME : ASSAY_TIME_TIMESTAMP | ASSAY_TIME_DATE;
    int64_t micros;
    return assay_time_parse_safe(text.ptr, text.len, want, 0, &micros);
}

/* Which of two texts comes first in an order; false where one has no place in it. */
static bool compare_values(struct assay_str a, struct assay_str b, int64_t offset,
                           enum assay_order as, int *order)
{
    if (as == ASSAY_ORDER_TEXT) {
        *order = assay_str_compare(a, b);
        return true;
    }
    if (as == ASSAY_ORDER_TIME) {
        struct assay_instant x, y;
        if (!assay_judge_instant(a, offset, &x) || !assay_judge_instant(b, offset, &y))
            return false;
        *order = assay_instant_compare(x, y);
        return true;
    }
    struct assay_numref x, y;
    if (!assay_numref_of(a, &x) || !assay_numref_of(b, &y))
        return false;
    *order = assay_number_compare(&x, &y);
    return *order != ASSAY_NUM_UNORDERED;
}

static bool within(const struct assay_value *value, const struct assay_limits *limits)
{
    enum assay_order as = value->kind == ASSAY_VALUE_STRING   ? ASSAY_ORDER_TEXT
                          : value->kind == ASSAY_VALUE_NUMBER ? ASSAY_ORDER_NUMBER
                                                              : ASSAY_ORDER_TIME;
    int order;
    if (limits->min.kind != ASSAY_SCALAR_ABSENT &&
        (!compare_values(value->text, limits->min.text, limits->offset, as, &order) || order < 0 ||
         (order == 0 && limits->strict_min)))
        return false;
    if (limits->max.kind != ASSAY_SCALAR_ABSENT &&
        (!compare_values(value->text, limits->max.text, limits->offset, as, &order) || order > 0 ||
         (order == 0 && limits->strict_max)))
        return false;
    return true;
}

void assay_judge_limits(const struct assay_value *value, const struct assay_limits *limits,
                        const char *what, const struct assay_judge_env *env,
                        struct assay_outcome *out)
{
    out->observed = *value;
    if (value->kind == ASSAY_VALUE_NULL) {
        out->level = ASSAY_LEVEL_FAIL;
        assay_outcome_say(out, env, "there are no values to take the %s of", what);
        return;
    }
    out->level = within(value, limits) ? ASSAY_LEVEL_PASS : ASSAY_LEVEL_FAIL;
    struct assay_buf expected;
    assay_buf_init(&expected, (size_t)16 << 20);
    assay_limits_describe(limits, &expected);
    env->arena->failed |= expected.failed;
    if (out->level == ASSAY_LEVEL_FAIL)
        assay_outcome_say(out, env, "%s is %.*s, not %s", what, (int)value->text.len,
                          value->text.ptr, expected.ptr ? expected.ptr : "");
    else
        assay_outcome_say(out, env, "%s is %.*s", what, (int)value->text.len, value->text.ptr);
    assay_buf_free(&expected);
}

void assay_judge_share(uint64_t part, uint64_t whole, const struct assay_limits *limits,
                       const char *what, const struct assay_judge_env *env,
                       struct assay_outcome *out)
{
    struct assay_value share = {.kind = ASSAY_VALUE_NULL};
    if (whole != 0)
        share = assay_value_double(env->arena, (double)part / (double)whole);
    assay_judge_limits(&share, limits, what, env, out);
}

enum assay_order assay_limits_order(const struct assay_limits *limits, enum assay_type type)
{
    const struct assay_scalar *bound =
        limits->min.kind != ASSAY_SCALAR_ABSENT ? &limits->min : &limits->max;
    if (type != ASSAY_TYPE_NONE)
        return assay_type_order(type);
    if (bound->kind == ASSAY_SCALAR_NUMBER)
        return ASSAY_ORDER_NUMBER;
    return is_time_for(bound->text, type) ? ASSAY_ORDER_TIME : ASSAY_ORDER_TEXT;
}

enum assay_status assay_limits_exactly(struct assay_limits *limits,
                                       const struct assay_opt_count *exactly,
                                       struct assay_prepare *prepare, struct assay_error *err)
{
    if (!exactly->given)
        return ASSAY_OK;
    if (limits->min.kind != ASSAY_SCALAR_ABSENT || limits->max.kind != ASSAY_SCALAR_ABSENT) {
        prepare->param = "exactly";
        assay_fail(err, ASSAY_CONFIG, "SUITE-BOUNDS", "exactly leaves no room for min or max");
        return ASSAY_CONFIG;
    }
    char *text = assay_arena_printf(prepare->arena, "%" PRIu64, exactly->value);
    if (text == NULL)
        return assay_fail_nomem(err);
    limits->min = limits->max =
        (struct assay_scalar){.kind = ASSAY_SCALAR_NUMBER, .text = assay_cstr(text)};
    return ASSAY_OK;
}

enum assay_status assay_need_metric(struct assay_needs *needs, const struct assay_check *check,
                                    const struct assay_metric *metric, const void *args,
                                    struct assay_error *err)
{
    int slot = assay_need(needs, &(struct assay_metric_spec){
                                     .metric = metric,
                                     .columns = check->columns,
                                     .column_count = check->column_count,
                                     .where = check->where,
                                     .args = args,
                                     .depends = -1,
                                 });
    return slot < 0 ? assay_fail_nomem(err) : ASSAY_OK;
}

static enum assay_status check_limit(const struct assay_scalar *limit, const char *name,
                                     enum assay_order order, struct assay_prepare *prepare,
                                     struct assay_error *err)
{
    struct assay_numref number;
    enum assay_type type = prepare->check->type;
    if (limit->kind == ASSAY_SCALAR_ABSENT)
        return ASSAY_OK;
    prepare->param = name;
    if (order == ASSAY_ORDER_NUMBER &&
        (limit->kind != ASSAY_SCALAR_NUMBER || !assay_numref_of(limit->text, &number))) {
        assay_fail(err, ASSAY_CONFIG, "SUITE-TYPE", "expected a number, found %s \"%.*s\"",
                   limit->kind == ASSAY_SCALAR_STRING ? "the text" : "the value",
                   (int)limit->text.len, limit->text.ptr);
        if (assay_numref_of(limit->text, &number))
            assay_error_help(err, "write it without quotes: %.*s", (int)limit->text.len,
                             limit->text.ptr);
        return ASSAY_CONFIG;
    }
    if (order == ASSAY_ORDER_TIME && !is_time_for(limit->text, type)) {
        bool of_day = type == ASSAY_TYPE_TIME;
        assay_fail(
            err, ASSAY_CONFIG, "SUITE-TYPE", "expected a %s, found \"%.*s\"%s",
            of_day ? "time of day" : "date or timestamp", (int)limit->text.len, limit->text.ptr,
            assay_time_why_not(limit->text,
                               of_day ? ASSAY_TIME_TIME : ASSAY_TIME_DATE | ASSAY_TIME_TIMESTAMP));
        assay_error_help(err, "ISO 8601 is read: %s",
                         of_day ? "12:00:00" : "2026-11-21, 2026-11-21T12:00:00Z");
        return ASSAY_CONFIG;
    }
    return ASSAY_OK;
}

enum assay_status assay_limits_check(struct assay_limits *limits, enum assay_order order,
                                     struct assay_prepare *prepare, struct assay_error *err)
{
    if (order == ASSAY_ORDER_TIME)
        limits->offset = assay_prepare_offset(prepare);
    ASSAY_TRY(check_limit(&limits->min, "min", order, prepare, err));
    ASSAY_TRY(check_limit(&limits->max, "max", order, prepare, err));
    prepare->param = NULL;
    if (limits->min.kind == ASSAY_SCALAR_ABSENT || limits->max.kind == ASSAY_SCALAR_ABSENT)
        return ASSAY_OK;
    int c = 0;
    if (!compare_values(limits->min.text, limits->max.text, limits->offset, order, &c))
        return ASSAY_OK;
    if (prepare->lenient || c < 0 || (c == 0 && !limits->strict_min && !limits->strict_max))
        return ASSAY_OK;
    prepare->param = "max";
    assay_fail(err, ASSAY_CONFIG, "SUITE-BOUNDS", "nothing can be at least %.*s and at most %.*s",
               (int)limits->min.text.len, limits->min.text.ptr, (int)limits->max.text.len,
               limits->max.text.ptr);
    assay_error_help(err, "min must not be above max");
    return ASSAY_CONFIG;
}

enum assay_status assay_limits_check_share(struct assay_limits *limits,
                                           struct assay_prepare *prepare, struct assay_error *err)
{
    ASSAY_TRY(assay_limits_check(limits, ASSAY_ORDER_NUMBER, prepare, err));
    int above = 0, below = 0;
    if (limits->min.kind != ASSAY_SCALAR_ABSENT)
        (void)compare_values(limits->min.text, assay_cstr("1"), 0, ASSAY_ORDER_NUMBER, &above);
    if (limits->max.kind != ASSAY_SCALAR_ABSENT)
        (void)compare_values(limits->max.text, assay_cstr("0"), 0, ASSAY_ORDER_NUMBER, &below);
    if (prepare->lenient || (above <= 0 && below >= 0))
        return ASSAY_OK;
    const struct assay_scalar *bound = above > 0 ? &limits->min : &limits->max;
    prepare->param = above > 0 ? "min" : "max";
    assay_fail(err, ASSAY_CONFIG, "SUITE-BOUNDS", "no share can be at %s %.*s",
               above > 0 ? "least" : "most", (int)bound->text.len, bound->text.ptr);
    assay_error_help(err, "a share lies between 0 and 1: write 0.95 for 95 %%");
    return ASSAY_CONFIG;
}

struct assay_value assay_value_text(struct assay_arena *arena, struct assay_str text)
{
    char *copy = assay_arena_strdup(arena, text);
    if (copy == NULL)
        return (struct assay_value){0};
    return (struct assay_value){.kind = ASSAY_VALUE_STRING, .text = {copy, text.len}};
}

struct assay_value assay_value_number(struct assay_arena *arena, struct assay_str text)
{
    struct assay_value value = assay_value_text(arena, text);
    if (value.kind != ASSAY_VALUE_NULL)
        value.kind = ASSAY_VALUE_NUMBER;
    return value;
}

struct assay_value assay_value_count(struct assay_arena *arena, uint64_t n)
{
    char text[24];
    int len = snprintf(text, sizeof text, "%" PRIu64, n);
    return assay_value_number(arena, assay_str(text, (size_t)len));
}

struct assay_value assay_value_double(struct assay_arena *arena, double number)
{
    char text[32];
    if (isnan(number))
        return assay_value_number(arena, ASSAY_STR("NaN"));
    if (isinf(number))
        return assay_value_number(arena,
                                  number > 0 ? ASSAY_STR("Infinity") : ASSAY_STR("-Infinity"));
    size_t len = assay_double_text(number, text);
    return assay_value_number(arena, assay_str(text, len));
}

struct assay_value assay_value_scalar(const struct assay_scalar *scalar)
{
    static const enum assay_value_kind kinds[] = {
        [ASSAY_SCALAR_ABSENT] = ASSAY_VALUE_NULL,     [ASSAY_SCALAR_NULL] = ASSAY_VALUE_NULL,
        [ASSAY_SCALAR_BOOLEAN] = ASSAY_VALUE_BOOLEAN, [ASSAY_SCALAR_NUMBER] = ASSAY_VALUE_NUMBER,
        [ASSAY_SCALAR_STRING] = ASSAY_VALUE_STRING,
    };
    return (struct assay_value){
        .kind = kinds[scalar->kind],
        .boolean = scalar->text.len > 0 && (scalar->text.ptr[0] | 0x20) == 't',
        .text = scalar->text,
    };
}

struct assay_value assay_value_time(struct assay_arena *arena, struct assay_instant instant,
                                    enum assay_type type)
{
    char text[ASSAY_TIME_TEXT_MAX];
    enum assay_time_kind kind = type == ASSAY_TYPE_DATE   ? ASSAY_TIME_DATE
                                : type == ASSAY_TYPE_TIME ? ASSAY_TIME_TIME
                                                          : ASSAY_TIME_TIMESTAMP;
    size_t len = assay_instant_text(instant, kind, text);
    struct assay_value value = assay_value_text(arena, assay_str(text, len));
    if (value.kind != ASSAY_VALUE_NULL)
        value.kind = kind == ASSAY_TIME_DATE ? ASSAY_VALUE_DATE : ASSAY_VALUE_TIMESTAMP;
    return value;
}

static void describe_items(const struct assay_value *value, struct assay_buf *out)
{
    bool map = value->kind == ASSAY_VALUE_MAP;
    assay_buf_putc(out, map ? '{' : '[');
    for (size_t i = 0; i < value->count; i++) {
        assay_buf_puts(out, i ? ", " : "");
        if (map) {
            assay_buf_str(out, value->keys[i]);
            assay_buf_puts(out, ": ");
        }
        assay_value_describe(&value->items[i], out);
    }
    assay_buf_putc(out, map ? '}' : ']');
}

void assay_value_describe(const struct assay_value *value, struct assay_buf *out)
{
    switch (value->kind) {
    case ASSAY_VALUE_NULL: assay_buf_puts(out, "null"); return;
    case ASSAY_VALUE_BOOLEAN: assay_buf_puts(out, value->boolean ? "true" : "false"); return;
    case ASSAY_VALUE_LIST:
    case ASSAY_VALUE_MAP: describe_items(value, out); return;
    default: assay_buf_str(out, value->text); return;
    }
}

int assay_value_order(const void *a, const void *b)
{
    const struct assay_value *x = a, *y = b;
    struct assay_numref m, n;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->kind == ASSAY_VALUE_NUMBER && assay_numref_of(x->text, &m) &&
        assay_numref_of(y->text, &n)) {
        int order = assay_number_compare(&m, &n);
        if (order != ASSAY_NUM_UNORDERED)
            return order;
    }
    return assay_str_compare(x->text, y->text);
}
