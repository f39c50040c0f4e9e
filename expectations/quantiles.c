/*
 * quantiles: quantiles of the column lie between bounds, each of its own.
 *
 * Exact, over non-null values; between two values it interpolates as asked (linear is
 * the default). No values fail; a value that is no finite number makes it an error.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/metrics.h"

#include <math.h>
#include <stdio.h>

struct args {
    struct assay_ranges at;
    int interpolation;
    struct assay_scalar tolerance;
    struct assay_quantiles_args quantiles; /* made from the rows of `at` */
};

static const char *const modes[] = {"linear", "lower", "higher", "midpoint", "nearest", NULL};

static const struct assay_param params[] = {
    {"at", ASSAY_PARAM_RANGES, ASSAY_PARAM_REQUIRED, NULL, NULL, offsetof(struct args, at),
     "for each quantile, from 0 to 1, its bounds"},
    {"interpolation", ASSAY_PARAM_CHOICE, 0, "linear", modes, offsetof(struct args, interpolation),
     "what to take between two values"},
    {"tolerance", ASSAY_PARAM_NUMBER, 0, NULL, NULL, offsetof(struct args, tolerance),
     "how far outside of a bound is near enough, as a share of the bound"},
};

static struct assay_limits limits_of(const struct assay_range_row *row)
{
    return (struct assay_limits){.min = row->min, .max = row->max};
}

static enum assay_status prepare_row(const struct args *args, uint32_t i,
                                     struct assay_quantile *out, struct assay_prepare *prepare,
                                     struct assay_error *err)
{
    const struct assay_range_row *row = &args->at.rows[i];
    struct assay_numref q = assay_numref(row->key.text);
    prepare->param = "at";
    if (!assay_number_is_small(q.code) || assay_number_to_double(&q) < 0 ||
        assay_number_to_double(&q) > 1) {
        assay_fail(err, ASSAY_CONFIG, "SUITE-BOUNDS", "\"%.*s\" is no quantile",
                   (int)row->key.text.len, row->key.text.ptr);
        assay_error_help(err, "a quantile lies between 0 and 1: 0.5 is the median");
        return ASSAY_CONFIG;
    }
    *out =
        (struct assay_quantile){q.mantissa, q.code, (enum assay_quantile_mode)args->interpolation};
    struct assay_limits limits = limits_of(row);
    ASSAY_TRY(assay_limits_check(&limits, ASSAY_ORDER_NUMBER, prepare, err));
    prepare->param = "at";
    return ASSAY_OK;
}

static enum assay_status prepare(void *arguments, struct assay_prepare *prepare,
                                 struct assay_error *err)
{
    struct args *args = arguments;
    struct assay_quantile *wanted =
        assay_arena_array(prepare->arena, args->at.count + 1u, sizeof *wanted);
    if (wanted == NULL)
        return assay_fail_nomem(err);
    for (uint32_t i = 0; i < args->at.count; i++)
        ASSAY_TRY(prepare_row(args, i, &wanted[i], prepare, err));
    args->quantiles = (struct assay_quantiles_args){wanted, args->at.count};
    return ASSAY_OK;
}

static enum assay_status needs(const struct assay_check *check, struct assay_needs *needs,
                               struct assay_error *err)
{
    const struct args *args = check->args;
    return assay_need_metric(needs, check, &assay_metric_quantiles, &args->quantiles, err);
}

/* Whether a value lies as near to a bound as is tolerated: within tolerance * |bound| + 1e-8. */
static bool is_near(const struct args *args, const struct assay_value *found,
                    const struct assay_scalar *bound)
{
    struct assay_numref a = assay_numref(found->text), b = assay_numref(bound->text);
    struct assay_numref share = assay_numref(args->tolerance.text);
    if (args->tolerance.kind == ASSAY_SCALAR_ABSENT || bound->kind == ASSAY_SCALAR_ABSENT)
        return false;
    double distance = fabs(assay_number_to_double(&a) - assay_number_to_double(&b));
    return distance <= 1e-8 + assay_number_to_double(&share) * fabs(assay_number_to_double(&b));
}

/* The observed map: {"0.5": 17}; in the details, for each whether it is within its bounds. */
static void observe(const struct args *args, const struct assay_value *found, const bool *within,
                    const struct assay_judge_env *env, struct assay_outcome *out)
{
    static const struct assay_str names[] = {{"success_details", 15}};
    uint32_t n = args->at.count;
    struct assay_str *keys = assay_arena_array(env->arena, n + 1u, sizeof *keys);
    struct assay_value *values = assay_arena_array(env->arena, n + 1u, sizeof *values);
    struct assay_value *passed = assay_arena_array(env->arena, n + 1u, sizeof *passed);
    struct assay_value *list = assay_arena_alloc(env->arena, sizeof *list);
    if (keys == NULL || values == NULL || passed == NULL || list == NULL)
        return;
    for (uint32_t i = 0; i < n; i++) {
        keys[i] = args->at.rows[i].key.text;
        if (i < found->count)
            values[i] = found->items[i];
        passed[i] = (struct assay_value){.kind = ASSAY_VALUE_BOOLEAN, .boolean = within[i]};
    }
    out->observed =
        (struct assay_value){.kind = ASSAY_VALUE_MAP, .count = n, .items = values, .keys = keys};
    *list = (struct assay_value){.kind = ASSAY_VALUE_LIST, .count = n, .items = passed};
    out->details =
        (struct assay_value){.kind = ASSAY_VALUE_MAP, .count = 1, .items = list, .keys = names};
}

static void judge(const struct assay_check *check, const struct assay_measure *const *measures,
                  const struct assay_judge_env *env, struct assay_outcome *out)
{
    const struct args *args = check->args;
    const struct assay_value *found = &measures[0]->value;
    struct assay_value none = {.kind = ASSAY_VALUE_NULL};
    bool *within = assay_arena_array(env->arena, args->at.count + 1u, sizeof *within);
    if (within == NULL)
        return;
    for (uint32_t i = 0; i < args->at.count; i++) {
        struct assay_limits limits = limits_of(&args->at.rows[i]);
        struct assay_outcome one = {0};
        char what[64];
        snprintf(what, sizeof what, "quantile %.*s", (int)args->at.rows[i].key.text.len,
                 args->at.rows[i].key.text.ptr);
        const struct assay_value *value = i < found->count ? &found->items[i] : &none;
        assay_judge_limits(value, &limits, what, env, &one);
        if (value->kind != ASSAY_VALUE_NULL &&
            (is_near(args, value, &limits.min) || is_near(args, value, &limits.max)))
            one.level = ASSAY_LEVEL_PASS;
        within[i] = one.level == ASSAY_LEVEL_PASS;
        if (one.level > out->level || i == 0) {
            out->level = one.level;
            out->message = one.message;
        }
    }
    observe(args, found, within, env, out);
}

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct args *args = check->args;
    for (uint32_t i = 0; i < args->at.count; i++) {
        struct assay_limits limits = limits_of(&args->at.rows[i]);
        assay_buf_printf(out, "%squantile %.*s is ", i ? ", " : "",
                         (int)args->at.rows[i].key.text.len, args->at.rows[i].key.text.ptr);
        assay_limits_describe(&limits, out);
    }
}

const struct assay_expectation assay_expectation_quantiles = {
    .name = "quantiles",
    .summary = "quantiles lie between bounds",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_COLUMN,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "quantiles: {at: {0.5: {min: 10, max: 20}, 0.99: {max: 900}}}",
    .prepare = prepare,
    .needs = needs,
    .judge = judge,
    .title = title,
};
