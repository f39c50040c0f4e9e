/*
 * fits_values: how often values occur does not contradict their expected shares.
 *
 * Pearson's chi-squared test of the counts of `values` against `weights` (K. Pearson, 1900),
 * with one degree of freedom fewer than there are values. Values that are not listed share
 * `tail_holdout`; without it their expected count is 0, and the probability is 0 where one
 * occurs. The check passes where the probability to see counts this far off, or further, is
 * above `p`. Nulls are not considered; without any value the check fails.
 */
#include "config.h"

#include "base/special.h"
#include "metric/judge.h"
#include "metric/list.h"
#include "metric/metrics.h"
#include "metric/partition.h"

#include <math.h>

#define UNLISTED_SHOWN 200u /* values outside of the list that the details name */

struct args {
    struct assay_scalars values, weights;
    struct assay_scalar p, tail_holdout;
    double *expected;
    double tail;
    struct assay_str *keys;
    struct assay_frequency_args frequency;
};

static const struct assay_param params[] = {
    {"values", ASSAY_PARAM_SCALARS, ASSAY_PARAM_REQUIRED | ASSAY_PARAM_NONEMPTY, NULL, NULL,
     offsetof(struct args, values), "the values that are expected"},
    {"weights", ASSAY_PARAM_SCALARS, ASSAY_PARAM_REQUIRED | ASSAY_PARAM_NONEMPTY, NULL, NULL,
     offsetof(struct args, weights), "the share of each value; they add up to 1"},
    {"p", ASSAY_PARAM_NUMBER, 0, "0.05", NULL, offsetof(struct args, p),
     "the probability has to be above it"},
    {"tail_holdout", ASSAY_PARAM_NUMBER, 0, "0", NULL, offsetof(struct args, tail_holdout),
     "the share set aside for values that are not listed"},
};

static enum assay_status prepare(void *arguments, struct assay_prepare *prepare,
                                 struct assay_error *err)
{
    struct args *args = arguments;
    double p = assay_scalar_double(&args->p);
    args->tail = assay_scalar_double(&args->tail_holdout);
    if (!(p >= 0 && p <= 1))
        return assay_partition_refuse(prepare, "p", "a probability lies between 0 and 1", err);
    if (!(args->tail >= 0 && args->tail < 1))
        return assay_partition_refuse(prepare, "tail_holdout",
                                      "a holdout is a share of less than 1", err);
    args->frequency.top = 1;
    ASSAY_TRY(assay_partition_keys(&args->values, &args->keys, prepare, err));
    return assay_partition_weights(&args->weights, args->values.count, 0, &args->expected, prepare,
                                   err);
}

static enum assay_status needs(const struct assay_check *check, struct assay_needs *needs,
                               struct assay_error *err)
{
    const struct args *args = check->args;
    return assay_need_metric(needs, check, &assay_metric_frequency, &args->frequency, err);
}

/* What was counted: of the listed values, and of the others. */
struct counting {
    const struct args *args;
    double *counts;
    struct assay_list others; /* values, and beside them their counts */
    struct assay_list other_counts;
    double other_squares; /* sum of the others' squared counts */
    uint64_t other_total, other_count;
};

static enum assay_status count_value(void *ctx, struct assay_str key,
                                     const struct assay_value *value, uint64_t count,
                                     struct assay_error *err)
{
    struct counting *counting = ctx;
    (void)err;
    for (uint32_t i = 0; i < counting->args->values.count; i++)
        if (assay_str_equal(counting->args->keys[i], key)) {
            counting->counts[i] = (double)count;
            return ASSAY_OK;
        }
    if (counting->others.count < counting->others.room) {
        struct assay_value copy = assay_value_text(counting->others.arena, value->text);
        copy.kind = value->kind;
        copy.boolean = value->boolean;
        assay_list_add(&counting->others, copy);
        assay_list_add_count(&counting->other_counts, count);
    }
    counting->other_squares += (double)count * (double)count;
    counting->other_total += count;
    counting->other_count++;
    return ASSAY_OK;
}

/* Sum of (observed - expected)^2 / expected; for the others their share is split evenly. */
static double statistic(const struct counting *counting, double total)
{
    const struct args *args = counting->args;
    double scale = counting->other_count ? 1 - args->tail : 1, sum = 0;
    for (uint32_t i = 0; i < args->values.count; i++) {
        double expected = args->expected[i] * total * scale, off = counting->counts[i] - expected;
        sum += off == 0 && expected == 0 ? 0 : off * off / expected;
    }
    if (counting->other_count == 0)
        return sum;
    double each = args->tail * total / (double)counting->other_count;
    /* sum of (o - e)^2 / e = sum of o^2 / e - 2 sum of o + n e */
    return sum + counting->other_squares / each - 2 * (double)counting->other_total +
           each * (double)counting->other_count;
}

/* {values, weights} in counts, those that are listed first. */
static struct assay_value describe(const struct counting *counting, double total, bool observed)
{
    static const struct assay_str keys[] = {{"values", 6}, {"weights", 7}};
    const struct args *args = counting->args;
    struct assay_arena *arena = counting->others.arena;
    size_t room = args->values.count + counting->others.count;
    struct assay_list values = assay_list_new(arena, room), weights = assay_list_new(arena, room);
    struct assay_list both = assay_list_new(arena, 2);
    double scale = counting->other_count ? 1 - args->tail : 1;
    for (uint32_t i = 0; i < args->values.count; i++) {
        assay_list_add(&values, assay_value_scalar(&args->values.items[i]));
        assay_list_add_double(&weights,
                              observed ? counting->counts[i] : args->expected[i] * total * scale);
    }
    for (size_t i = 0; i < counting->others.count; i++) {
        assay_list_add(&values, counting->others.items[i]);
        if (observed)
            assay_list_add(&weights, counting->other_counts.items[i]);
        else
            assay_list_add_double(&weights, args->tail * total / (double)counting->other_count);
    }
    assay_list_add(&both, assay_list_value(&values));
    assay_list_add(&both, assay_list_value(&weights));
    return assay_list_map(&both, keys);
}

static void judge(const struct assay_check *check, const struct assay_measure *const *measures,
                  const struct assay_judge_env *env, struct assay_outcome *out)
{
    static const struct assay_str names[] = {{"observed_partition", 18},
                                             {"expected_partition", 18}};
    const struct args *args = check->args;
    const struct assay_frequency_detail *found = measures[0]->detail;
    double total = (double)found->total;
    struct counting counting = {
        .args = args,
        .counts = assay_arena_array(env->arena, args->values.count + 1u, sizeof(double)),
        .others = assay_list_new(env->arena, UNLISTED_SHOWN),
        .other_counts = assay_list_new(env->arena, UNLISTED_SHOWN),
    };
    enum assay_status status = counting.counts ? ASSAY_OK : assay_fail_nomem(&out->error);
    if (status == ASSAY_OK)
        status = assay_frequency_walk(found, count_value, &counting, &out->error);
    if (status != ASSAY_OK) {
        out->level = ASSAY_LEVEL_ERROR;
        return;
    }
    struct assay_list details = assay_list_new(env->arena, 2);
    assay_list_add(&details, describe(&counting, total, true));
    assay_list_add(&details, describe(&counting, total, false));
    out->details = assay_list_map(&details, names);
    out->level = ASSAY_LEVEL_FAIL;
    if (total == 0) {
        assay_outcome_say(out, env, "there are no values");
        return;
    }
    double df = (double)args->values.count + (double)counting.other_count - 1;
    double chi2 = statistic(&counting, total);
    double p = df > 0 ? assay_chi2_sf(df, chi2) : 1;
    out->level = p > assay_scalar_double(&args->p) ? ASSAY_LEVEL_PASS : ASSAY_LEVEL_FAIL;
    out->observed = assay_value_double(env->arena, p);
    assay_outcome_say(out, env, "chi-squared is %.6g with %.0f degrees of freedom: p = %.6g", chi2,
                      df, p);
}

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct args *args = check->args;
    assay_buf_puts(out, "occurs as often as expected (p > ");
    assay_buf_str(out, args->p.text);
    assay_buf_putc(out, ')');
}

const struct assay_expectation assay_expectation_fits_values = {
    .name = "fits_values",
    .summary = "counts of values do not contradict their expected shares",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_COLUMN,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "fits_values: {values: [card, cash], weights: [0.8, 0.2]}",
    .prepare = prepare,
    .needs = needs,
    .judge = judge,
    .title = title,
};
