/*
 * kl_divergence: the values are distributed about as expected.
 *
 * The Kullback-Leibler divergence of the observed from the expected distribution, sum of
 * p ln(p / q), in IEEE double (S. Kullback and R. A. Leibler, "On information and sufficiency",
 * 1951). Expected are either `values` with `weights`, or numbers between `bins` with weights,
 * half open, the last bin closed. What falls outside has the weight `tail_holdout` (of bins:
 * half on either side, or `tail_weights`); bins of weight 0 share `internal_holdout`. Where
 * something occurs that has no weight the divergence is infinite: observed is null and the
 * check fails. Without `values` and `bins` the data is compared with itself.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/list.h"
#include "metric/metrics.h"
#include "metric/partition.h"

#include <math.h>
#include <stdlib.h>

#define UNLISTED_SHOWN 200u /* values outside of the list that the details name */

struct args {
    struct assay_scalars values, weights, bins, tail_weights;
    struct assay_scalar max, internal_holdout, tail_holdout;
    bool bucketize;
    double *expected; /* weights as given; of bins with one tail before and one behind */
    double *edges;    /* finite ones only */
    uint32_t edge_count;
    bool open_left, open_right; /* the bins end in an infinity */
    double internal, tail;
    struct assay_str *keys; /* of values */
    struct assay_frequency_args frequency;
    struct assay_histogram_args histogram;
};

static const struct assay_param params[] = {
    {"values", ASSAY_PARAM_SCALARS, 0, NULL, NULL, offsetof(struct args, values),
     "the values that are expected"},
    {"bins", ASSAY_PARAM_SCALARS, 0, NULL, NULL, offsetof(struct args, bins),
     "edges of bins, rising; the first and the last may be infinite"},
    {"weights", ASSAY_PARAM_SCALARS, 0, NULL, NULL, offsetof(struct args, weights),
     "the share of each value or bin; with tail_weights they add up to 1"},
    {"tail_weights", ASSAY_PARAM_SCALARS, 0, NULL, NULL, offsetof(struct args, tail_weights),
     "the shares below the first and above the last bin"},
    {"max", ASSAY_PARAM_NUMBER, ASSAY_PARAM_MAIN, NULL, NULL, offsetof(struct args, max),
     "the largest divergence allowed; without it any finite or infinite one is"},
    {"internal_holdout", ASSAY_PARAM_NUMBER, 0, "0", NULL, offsetof(struct args, internal_holdout),
     "the share set aside for bins of weight 0"},
    {"tail_holdout", ASSAY_PARAM_NUMBER, 0, "0", NULL, offsetof(struct args, tail_holdout),
     "the share set aside for what is not listed or outside of the bins"},
    {"bucketize", ASSAY_PARAM_BOOL, 0, "true", NULL, offsetof(struct args, bucketize),
     "numbers are counted in bins"},
};

static enum assay_status prepare_values(struct args *args, struct assay_prepare *prepare,
                                        struct assay_error *err)
{
    uint32_t n = args->values.count;
    if (args->internal > 0)
        return assay_partition_refuse(prepare, "internal_holdout", "only bins can have it", err);
    if (args->tail_weights.given)
        return assay_partition_refuse(prepare, "tail_weights", "only bins can have them", err);
    ASSAY_TRY(assay_partition_keys(&args->values, &args->keys, prepare, err));
    args->frequency.top = 1;
    return assay_partition_weights(&args->weights, n, 0, &args->expected, prepare, err);
}

static enum assay_status prepare_bins(struct args *args, struct assay_prepare *prepare,
                                      struct assay_error *err)
{
    uint32_t n = args->bins.count;
    if (!args->bucketize)
        return assay_partition_refuse(prepare, "bucketize", "bins are of no use without it", err);
    if (n < 2)
        return assay_partition_refuse(prepare, "bins", "at least two edges are needed", err);
    args->edges = assay_arena_array(prepare->arena, n, sizeof *args->edges);
    if (args->edges == NULL)
        return assay_fail_nomem(err);
    for (uint32_t i = 0; i < n; i++) {
        double edge = assay_scalar_double(&args->bins.items[i]);
        args->open_left |= i == 0 && isinf(edge);
        args->open_right |= i == n - 1 && isinf(edge);
        if (isinf(edge) && (i == 0 || i == n - 1) && (edge < 0) == (i == 0))
            continue;
        if (!isfinite(edge) || (args->edge_count && !(edge > args->edges[args->edge_count - 1])))
            return assay_partition_refuse(prepare, "bins", "the edges must be numbers that rise",
                                          err);
        args->edges[args->edge_count++] = edge;
    }
    bool open = args->open_left || args->open_right;
    if (args->tail_weights.given && (args->tail_weights.count != 2 || open || args->tail > 0))
        return assay_partition_refuse(
            prepare, "tail_weights",
            "they are two, and there are neither infinite edges nor a tail_holdout", err);
    if (args->open_left && args->open_right && args->tail > 0)
        return assay_partition_refuse(prepare, "tail_holdout",
                                      "nothing lies outside of infinite edges", err);
    if (args->edge_count == 0)
        return assay_partition_refuse(prepare, "bins", "one of the edges must be finite", err);
    args->histogram = (struct assay_histogram_args){args->edges, args->edge_count};
    double tails = 0;
    for (uint32_t i = 0; i < args->tail_weights.count; i++)
        tails += assay_scalar_double(&args->tail_weights.items[i]);
    return assay_partition_weights(&args->weights, n - 1, tails, &args->expected, prepare, err);
}

static enum assay_status prepare(void *arguments, struct assay_prepare *prepare,
                                 struct assay_error *err)
{
    struct args *args = arguments;
    args->internal = assay_scalar_double(&args->internal_holdout);
    args->tail = assay_scalar_double(&args->tail_holdout);
    if (!(args->internal >= 0 && args->tail >= 0 && args->internal + args->tail < 1))
        return assay_partition_refuse(prepare, args->tail > 0 ? "tail_holdout" : "internal_holdout",
                                      "a holdout is a share of less than 1", err);
    if (args->values.given && args->bins.given)
        return assay_partition_refuse(prepare, "bins", "give either values or bins", err);
    if (args->values.given)
        return prepare_values(args, prepare, err);
    if (args->bins.given)
        return prepare_bins(args, prepare, err);
    if (args->weights.given || args->tail_weights.given)
        return assay_partition_refuse(prepare, "weights", "of which values or bins?", err);
    return ASSAY_OK;
}

static enum assay_status needs(const struct assay_check *check, struct assay_needs *needs,
                               struct assay_error *err)
{
    const struct args *args = check->args;
    if (args->values.given)
        return assay_need_metric(needs, check, &assay_metric_frequency, &args->frequency, err);
    if (args->bins.given)
        return assay_need_metric(needs, check, &assay_metric_histogram, &args->histogram, err);
    return assay_need_metric(needs, check, &assay_metric_counts, NULL, err);
}

/* Two distributions side by side, as they are summed up. */
struct pair {
    double *observed, *expected;
    uint32_t count;
    double rest;         /* sum of p ln p over values that are not listed, */
    double rest_p;       /* sum of their p, */
    uint64_t rest_count; /* and their number */
    struct unlisted {
        struct assay_value value;
        double p;
    } * unlisted; /* the first of them */
    uint32_t unlisted_count;
};

/* Sum of p ln(p / q) with both brought to a sum of 1; NaN without any p. */
static double divergence(const struct pair *pair, double rest_expected)
{
    double p_sum = pair->rest_p, q_sum = rest_expected, sum = 0;
    for (uint32_t i = 0; i < pair->count; i++) {
        p_sum += pair->observed[i];
        q_sum += pair->expected[i];
    }
    for (uint32_t i = 0; i < pair->count; i++) {
        double p = pair->observed[i] / p_sum, q = pair->expected[i] / q_sum;
        if (p > 0)
            sum += q > 0 ? p * log(p / q) : INFINITY;
    }
    if (pair->rest_count != 0) {
        double q = rest_expected / q_sum / (double)pair->rest_count;
        double p_ln_p = pair->rest / p_sum - pair->rest_p / p_sum * log(p_sum);
        sum += q > 0 ? p_ln_p - pair->rest_p / p_sum * log(q) : INFINITY;
    }
    return p_sum > 0 && q_sum > 0 ? sum : NAN;
}

struct counting {
    const struct args *args;
    struct pair *pair;
    double total;
    struct assay_arena *arena;
};

/* Takes a value that is not listed. */
static enum assay_status add_unlisted(struct counting *counting, const struct assay_value *value,
                                      double p, struct assay_error *err)
{
    struct pair *pair = counting->pair;
    pair->rest += p * log(p);
    pair->rest_p += p;
    pair->rest_count++;
    if (pair->unlisted == NULL)
        pair->unlisted = assay_arena_array(counting->arena, UNLISTED_SHOWN, sizeof *pair->unlisted);
    if (pair->unlisted == NULL)
        return assay_fail_nomem(err);
    if (pair->unlisted_count == UNLISTED_SHOWN)
        return ASSAY_OK;
    struct assay_value copy = assay_value_text(counting->arena, value->text);
    copy.kind = value->kind;
    copy.boolean = value->boolean;
    pair->unlisted[pair->unlisted_count++] = (struct unlisted){copy, p};
    return ASSAY_OK;
}

static enum assay_status count_value(void *ctx, struct assay_str key,
                                     const struct assay_value *value, uint64_t count,
                                     struct assay_error *err)
{
    struct counting *counting = ctx;
    double p = (double)count / counting->total;
    for (uint32_t i = 0; i < counting->args->values.count; i++)
        if (assay_str_equal(counting->args->keys[i], key)) {
            counting->pair->observed[i] = p;
            return ASSAY_OK;
        }
    return add_unlisted(counting, value, p, err);
}

static enum assay_status compare_to_values(const struct args *args,
                                           const struct assay_frequency_detail *found,
                                           struct assay_arena *arena, struct pair *pair,
                                           double *out, struct assay_error *err)
{
    struct counting counting = {
        .args = args, .pair = pair, .total = (double)found->total, .arena = arena};
    pair->count = args->values.count;
    ASSAY_TRY(assay_frequency_walk(found, count_value, &counting, err));
    double scale = pair->rest_count ? 1 - args->tail : 1;
    for (uint32_t i = 0; i < pair->count; i++)
        pair->expected[i] = args->expected[i] * scale;
    *out = divergence(pair, pair->rest_count ? args->tail : 0);
    return ASSAY_OK;
}

/* Bins from left to right, with a tail on each side that is not open. */
static void compare_to_bins(const struct args *args, const struct assay_histogram_detail *found,
                            struct pair *pair, double *out)
{
    uint32_t bins = args->weights.count, zeros = 0, n = 0;
    double total = (double)found->total;
    double tails[2] = {args->tail / 2, args->tail / 2};
    for (uint32_t i = 0; i < bins; i++)
        zeros += args->expected[i] == 0;
    for (uint32_t i = 0; i < 2; i++)
        if (args->tail_weights.given)
            tails[i] = assay_scalar_double(&args->tail_weights.items[i]);
        else if (args->open_left || args->open_right)
            tails[i] = args->tail;
    if (!args->open_left) {
        pair->observed[n] = (double)found->below / total;
        pair->expected[n++] = tails[0];
    }
    for (uint32_t i = 0; i < bins; i++) {
        bool left = args->open_left && i == 0, right = args->open_right && i == bins - 1;
        uint64_t count = left    ? found->below
                         : right ? found->above
                                 : found->counts[i - args->open_left];
        pair->observed[n] = (double)count / total;
        pair->expected[n] = args->expected[i] * (1 - args->tail - args->internal);
        if (args->internal > 0 && args->expected[i] == 0)
            pair->expected[n] = args->internal / zeros;
        n++;
    }
    if (!args->open_right) {
        pair->observed[n] = (double)found->above / total;
        pair->expected[n++] = tails[1];
    }
    pair->count = n;
    *out = divergence(pair, 0);
}

static void add_weights(struct assay_list *list, const double *weights, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        assay_list_add_double(list, weights[i]);
}

/* {values, weights}: those that are listed, then the first of the others. */
static struct assay_value describe_values(const struct args *args, const struct pair *pair,
                                          bool observed, struct assay_arena *arena)
{
    static const struct assay_str keys[] = {{"values", 6}, {"weights", 7}};
    uint32_t n = pair->count + pair->unlisted_count;
    struct assay_list values = assay_list_new(arena, n), weights = assay_list_new(arena, n),
                      out = assay_list_new(arena, 2);
    for (uint32_t i = 0; i < pair->count; i++)
        assay_list_add(&values, assay_value_scalar(&args->values.items[i]));
    add_weights(&weights, observed ? pair->observed : pair->expected, pair->count);
    for (uint32_t i = 0; i < pair->unlisted_count; i++) {
        double expected = args->tail / (double)pair->rest_count;
        assay_list_add(&values, pair->unlisted[i].value);
        assay_list_add_double(&weights, observed ? pair->unlisted[i].p : expected);
    }
    assay_list_add(&out, assay_list_value(&values));
    assay_list_add(&out, assay_list_value(&weights));
    return assay_list_map(&out, keys);
}

/* {bins, weights, tail_weights}: the finite edges, what lies between and outside of them. */
static struct assay_value describe_bins(const struct args *args, const double *all, uint32_t count,
                                        struct assay_arena *arena)
{
    static const struct assay_str keys[] = {{"bins", 4}, {"weights", 7}, {"tail_weights", 12}};
    struct assay_list bins = assay_list_new(arena, args->edge_count),
                      weights = assay_list_new(arena, count);
    struct assay_list tails = assay_list_new(arena, 2), out = assay_list_new(arena, 3);
    add_weights(&bins, args->edges, args->edge_count);
    add_weights(&weights, all + 1, count - 2);
    add_weights(&tails, all, 1);
    add_weights(&tails, all + count - 1, 1);
    assay_list_add(&out, assay_list_value(&bins));
    assay_list_add(&out, assay_list_value(&weights));
    assay_list_add(&out, assay_list_value(&tails));
    return assay_list_map(&out, keys);
}

static void describe(const struct args *args, const struct pair *pair, struct assay_arena *arena,
                     struct assay_outcome *out)
{
    static const struct assay_str keys[] = {{"observed_partition", 18}, {"expected_partition", 18}};
    struct assay_list both = assay_list_new(arena, 2);
    for (int i = 0; i < 2 && args->values.given; i++)
        assay_list_add(&both, describe_values(args, pair, i == 0, arena));
    for (int i = 0; i < 2 && args->bins.given; i++)
        assay_list_add(&both, describe_bins(args, i == 0 ? pair->observed : pair->expected,
                                            pair->count, arena));
    if (both.count == 2)
        out->details = assay_list_map(&both, keys);
}

/* The data against itself: what is set aside is all that differs. */
static double itself(const struct args *args, const struct assay_counts *counts)
{
    return counts->considered_count ? 0 - log(1 - args->tail - args->internal) : NAN;
}

static void judge(const struct assay_check *check, const struct assay_measure *const *measures,
                  const struct assay_judge_env *env, struct assay_outcome *out)
{
    const struct args *args = check->args;
    uint32_t room = args->weights.count + 3;
    struct pair pair = {.observed = assay_arena_array(env->arena, room, sizeof(double)),
                        .expected = assay_arena_array(env->arena, room, sizeof(double))};
    double found = NAN;
    enum assay_status status = ASSAY_OK;
    if (pair.observed == NULL || pair.expected == NULL)
        status = assay_fail_nomem(&out->error);
    else if (args->values.given)
        status =
            compare_to_values(args, measures[0]->detail, env->arena, &pair, &found, &out->error);
    else if (args->bins.given)
        compare_to_bins(args, measures[0]->detail, &pair, &found);
    else
        found = itself(args, &measures[0]->counts);
    if (status != ASSAY_OK) {
        out->level = ASSAY_LEVEL_ERROR;
        return;
    }
    found = found < 0 ? 0 : found; /* never negative but for rounding */
    describe(args, &pair, env->arena, out);
    bool any = args->max.kind == ASSAY_SCALAR_ABSENT;
    out->level =
        any || found <= assay_scalar_double(&args->max) ? ASSAY_LEVEL_PASS : ASSAY_LEVEL_FAIL;
    if (isfinite(found)) {
        out->observed = assay_value_double(env->arena, found);
        assay_outcome_say(out, env, "divergence is %.6g", found);
    } else
        assay_outcome_say(out, env,
                          isnan(found) ? "there are no values"
                                       : "values occur that are not expected at all");
}

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct args *args = check->args;
    assay_buf_puts(out, "diverges from the expected distribution");
    if (args->max.kind != ASSAY_SCALAR_ABSENT) {
        assay_buf_puts(out, " by at most ");
        assay_buf_str(out, args->max.text);
    }
}

const struct assay_expectation assay_expectation_kl_divergence = {
    .name = "kl_divergence",
    .summary = "the values are distributed about as expected",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_COLUMN,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "kl_divergence: {values: [card, cash], weights: [0.8, 0.2], max: 0.1}",
    .prepare = prepare,
    .needs = needs,
    .judge = judge,
    .title = title,
};
