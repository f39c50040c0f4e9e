/*
 * fits_bins: the numbers do not contradict the expected shares of bins.
 *
 * A bootstrapped Kolmogorov-Smirnov test: `samples` times `sample_size` of the values are
 * drawn, each anew from all of them, and tested against the distribution that rises evenly
 * within each bin. Observed is the share of these tests whose probability is at least `p`,
 * (1 + how many) / (1 + samples); the check passes where it is above `p`. What is drawn hangs
 * on `seed` and on the values, not on their order: the same data gives the same result.
 * Nulls are not considered; without any value the check fails.
 */
#include "config.h"

#include "base/random.h"
#include "base/special.h"
#include "metric/judge.h"
#include "metric/list.h"
#include "metric/metrics.h"
#include "metric/partition.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#define MAX_DRAWS 10000000u

struct args {
    struct assay_scalars bins, weights;
    struct assay_scalar p;
    struct assay_opt_count samples, sample_size, seed;
    double *edges, *expected, *cumulative; /* cumulative: at each edge */
    uint32_t edge_count;
    struct assay_quantiles_args quantiles; /* none: the values are walked over */
};

static const struct assay_param params[] = {
    {"bins", ASSAY_PARAM_SCALARS, ASSAY_PARAM_REQUIRED | ASSAY_PARAM_NONEMPTY, NULL, NULL,
     offsetof(struct args, bins), "edges of bins, rising and finite"},
    {"weights", ASSAY_PARAM_SCALARS, ASSAY_PARAM_REQUIRED | ASSAY_PARAM_NONEMPTY, NULL, NULL,
     offsetof(struct args, weights), "the share of each bin; they add up to 1"},
    {"p", ASSAY_PARAM_NUMBER, 0, "0.05", NULL, offsetof(struct args, p),
     "the probability that each test has to reach, and their share has to exceed"},
    {"samples", ASSAY_PARAM_COUNT, 0, "1000", NULL, offsetof(struct args, samples),
     "how often values are drawn"},
    {"sample_size", ASSAY_PARAM_COUNT, 0, NULL, NULL, offsetof(struct args, sample_size),
     "how many at a time; left out: twice as many as there are bins"},
    {"seed", ASSAY_PARAM_COUNT, 0, "0", NULL, offsetof(struct args, seed),
     "another number draws other values"},
};

static enum assay_status read_edges(struct args *args, struct assay_prepare *prepare,
                                    struct assay_error *err)
{
    args->edge_count = args->bins.count;
    args->edges = assay_arena_array(prepare->arena, args->edge_count + 1u, sizeof *args->edges);
    if (args->edges == NULL)
        return assay_fail_nomem(err);
    if (args->edge_count < 2)
        return assay_partition_refuse(prepare, "bins", "at least two edges are needed", err);
    for (uint32_t i = 0; i < args->edge_count; i++) {
        args->edges[i] = assay_scalar_double(&args->bins.items[i]);
        if (!isfinite(args->edges[i]) || (i > 0 && !(args->edges[i] > args->edges[i - 1])))
            return assay_partition_refuse(prepare, "bins", "the edges must be finite and rise",
                                          err);
    }
    return ASSAY_OK;
}

static enum assay_status prepare(void *arguments, struct assay_prepare *prepare,
                                 struct assay_error *err)
{
    struct args *args = arguments;
    double p = assay_scalar_double(&args->p);
    if (!(p >= 0 && p <= 1))
        return assay_partition_refuse(prepare, "p", "a probability lies between 0 and 1", err);
    ASSAY_TRY(read_edges(args, prepare, err));
    uint32_t n = args->edge_count - 1;
    ASSAY_TRY(assay_partition_weights(&args->weights, n, 0, &args->expected, prepare, err));
    args->cumulative = assay_arena_array(prepare->arena, n + 1u, sizeof *args->cumulative);
    if (args->cumulative == NULL)
        return assay_fail_nomem(err);
    for (uint32_t i = 0; i < n; i++)
        args->cumulative[i + 1] = args->cumulative[i] + args->expected[i];
    if (!args->sample_size.given)
        args->sample_size.value = 2 * (uint64_t)n;
    if (args->sample_size.value == 0 || args->samples.value == 0)
        return assay_partition_refuse(prepare, args->samples.value ? "sample_size" : "samples",
                                      "at least one has to be drawn", err);
    if (args->samples.value > MAX_DRAWS / args->sample_size.value)
        return assay_partition_refuse(prepare, "samples", "more than 10,000,000 would be drawn",
                                      err);
    return ASSAY_OK;
}

static enum assay_status needs(const struct assay_check *check, struct assay_needs *needs,
                               struct assay_error *err)
{
    const struct args *args = check->args;
    return assay_need_metric(needs, check, &assay_metric_quantiles, &args->quantiles, err);
}

/* The expected share of values up to x: straight lines between the edges. */
static double cdf(const struct args *args, double x)
{
    uint32_t low = 0, high = args->edge_count - 1;
    if (x <= args->edges[0] || x >= args->edges[high])
        return x <= args->edges[0] ? 0 : args->cumulative[high];
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (args->edges[middle] <= x)
            low = middle;
        else
            high = middle;
    }
    double share = (x - args->edges[low]) / (args->edges[high] - args->edges[low]);
    return args->cumulative[low] + share * (args->cumulative[high] - args->cumulative[low]);
}

/* A value that is drawn: by rank first, then what stands there. */
struct draw {
    uint64_t rank;
    uint64_t place; /* among all that are drawn */
};

/* Going over the values in rising order. */
struct walk {
    const struct args *args;
    struct draw *draws; /* by rank */
    double *drawn;      /* by place */
    uint64_t draw_count, next, before;
    double min, max;
    uint64_t below, above, *counts; /* as a histogram */
};

static int compare_draws(const void *a, const void *b)
{
    const struct draw *x = a, *y = b;
    return (x->rank > y->rank) - (x->rank < y->rank);
}

static int compare_doubles(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void count_bin(struct walk *walk, double x, uint64_t count)
{
    const double *edges = walk->args->edges;
    uint32_t last = walk->args->edge_count - 1, bin = 0;
    if (x < edges[0])
        walk->below += count;
    else if (x > edges[last])
        walk->above += count;
    else {
        while (bin + 1 < last && x >= edges[bin + 1])
            bin++;
        walk->counts[bin] += count;
    }
}

static enum assay_status add_value(void *ctx, const struct assay_numref *value, uint64_t count,
                                   struct assay_error *err)
{
    struct walk *walk = ctx;
    double x = assay_number_to_double(value);
    (void)err;
    if (walk->before == 0)
        walk->min = x;
    walk->max = x;
    walk->before += count;
    count_bin(walk, x, count);
    for (; walk->next < walk->draw_count && walk->draws[walk->next].rank < walk->before;
         walk->next++)
        walk->drawn[walk->draws[walk->next].place] = x;
    return ASSAY_OK;
}

/* The probability of one sample, which is sorted for that. */
static double test_sample(const struct args *args, double *sample)
{
    uint64_t n = args->sample_size.value;
    double largest = 0;
    qsort(sample, n, sizeof *sample, compare_doubles);
    for (uint64_t i = 0; i < n; i++) {
        double expected = cdf(args, sample[i]);
        largest = fmax(largest, expected - (double)i / (double)n);
        largest = fmax(largest, (double)(i + 1) / (double)n - expected);
    }
    return assay_kolmogorov_sf(n, largest);
}

/* Draws, goes over the values and tests; how many samples pass. */
static enum assay_status count_passes(struct walk *walk, const struct assay_quantiles_detail *found,
                                      uint64_t *passes, struct assay_error *err)
{
    const struct args *args = walk->args;
    uint64_t state = args->seed.value;
    double p = assay_scalar_double(&args->p);
    for (uint64_t i = 0; i < walk->draw_count; i++)
        walk->draws[i] = (struct draw){assay_random_below(&state, found->count), i};
    qsort(walk->draws, walk->draw_count, sizeof *walk->draws, compare_draws);
    ASSAY_TRY(assay_quantiles_each(found->values, add_value, walk, err));
    for (uint64_t i = 0; i < walk->draw_count; i += args->sample_size.value)
        *passes += test_sample(args, walk->drawn + i) >= p;
    return ASSAY_OK;
}

static struct assay_value bins_map(struct assay_arena *arena, const struct assay_str *keys,
                                   const struct assay_list *bins, const struct assay_list *numbers)
{
    struct assay_list both = assay_list_new(arena, 2);
    assay_list_add(&both, assay_list_value(bins));
    assay_list_add(&both, assay_list_value(numbers));
    return assay_list_map(&both, keys);
}

/* What was seen and what was expected, as shares of bins and added up. */
static struct assay_value describe(const struct walk *walk, struct assay_arena *arena)
{
    static const struct assay_str names[] = {
        {"bootstrap_samples", 17},  {"bootstrap_sample_size", 21}, {"observed_partition", 18},
        {"expected_partition", 18}, {"observed_cdf", 12},          {"expected_cdf", 12}};
    static const struct assay_str shares[] = {{"bins", 4}, {"weights", 7}};
    static const struct assay_str steps[] = {{"x", 1}, {"cdf_values", 10}};
    const struct args *args = walk->args;
    uint32_t n = args->edge_count;
    double total = (double)walk->before, sum = 0;
    struct assay_list seen = assay_list_new(arena, n + 2), edges = assay_list_new(arena, n);
    struct assay_list parts = assay_list_new(arena, n + 1), sums = assay_list_new(arena, n + 2);
    struct assay_list weights = assay_list_new(arena, n), rising = assay_list_new(arena, n);
    struct assay_list out = assay_list_new(arena, 6);
    assay_list_add_double(&sums, 0);
    for (uint32_t i = 0; i <= n; i++) { /* below, the bins, above */
        uint64_t count = i == 0 ? walk->below : i == n ? walk->above : walk->counts[i - 1];
        if ((i == 0 || i == n) && count == 0)
            continue;
        sum += (double)count / total;
        assay_list_add_double(&parts, (double)count / total);
        assay_list_add_double(&sums, sum);
    }
    if (walk->below)
        assay_list_add_double(&seen, walk->min);
    for (uint32_t i = 0; i < n; i++) {
        assay_list_add_double(&seen, args->edges[i]);
        assay_list_add_double(&edges, args->edges[i]);
        assay_list_add_double(&rising, args->cumulative[i]);
        if (i + 1 < n)
            assay_list_add_double(&weights, args->expected[i]);
    }
    if (walk->above)
        assay_list_add_double(&seen, walk->max);
    assay_list_add_count(&out, args->samples.value);
    assay_list_add_count(&out, args->sample_size.value);
    assay_list_add(&out, bins_map(arena, shares, &seen, &parts));
    assay_list_add(&out, bins_map(arena, shares, &edges, &weights));
    assay_list_add(&out, bins_map(arena, steps, &seen, &sums));
    assay_list_add(&out, bins_map(arena, steps, &edges, &rising));
    return assay_list_map(&out, names);
}

static void conclude(const struct walk *walk, uint64_t passes, const struct assay_judge_env *env,
                     struct assay_outcome *out)
{
    const struct args *args = walk->args;
    double share = (double)(1 + passes) / (double)(1 + args->samples.value);
    out->level = share > assay_scalar_double(&args->p) ? ASSAY_LEVEL_PASS : ASSAY_LEVEL_FAIL;
    out->observed = assay_value_double(env->arena, share);
    out->details = describe(walk, env->arena);
    assay_outcome_say(out, env, "%" PRIu64 " of %" PRIu64 " samples fit", passes,
                      args->samples.value);
}

static void judge(const struct assay_check *check, const struct assay_measure *const *measures,
                  const struct assay_judge_env *env, struct assay_outcome *out)
{
    const struct args *args = check->args;
    const struct assay_quantiles_detail *found = measures[0]->detail;
    uint64_t passes = 0;
    out->level = ASSAY_LEVEL_FAIL;
    if (found->count == 0) {
        assay_outcome_say(out, env, "there are no values");
        return;
    }
    struct walk walk = {.args = args, .draw_count = args->samples.value * args->sample_size.value};
    walk.draws = calloc(walk.draw_count, sizeof *walk.draws);
    walk.drawn = calloc(walk.draw_count, sizeof *walk.drawn);
    walk.counts = calloc(args->edge_count, sizeof *walk.counts);
    enum assay_status status = ASSAY_OK;
    if (walk.draws == NULL || walk.drawn == NULL || walk.counts == NULL)
        status = assay_fail_nomem(&out->error);
    else
        status = count_passes(&walk, found, &passes, &out->error);
    if (status == ASSAY_OK)
        conclude(&walk, passes, env, out);
    else
        out->level = ASSAY_LEVEL_ERROR;
    free(walk.draws);
    free(walk.drawn);
    free(walk.counts);
}

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct args *args = check->args;
    assay_buf_printf(out, "is distributed over %u bins as expected (p > ", args->weights.count);
    assay_buf_str(out, args->p.text);
    assay_buf_putc(out, ')');
}

const struct assay_expectation assay_expectation_fits_bins = {
    .name = "fits_bins",
    .summary = "numbers do not contradict the expected shares of bins",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_COLUMN,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "fits_bins: {bins: [0, 10, 100], weights: [0.7, 0.3]}",
    .prepare = prepare,
    .needs = needs,
    .judge = judge,
    .title = title,
};
