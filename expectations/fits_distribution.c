/*
 * fits_distribution: the numbers do not contradict a continuous distribution.
 *
 * The two-sided Kolmogorov-Smirnov test of all values against a distribution whose
 * parameters are given: D is the largest distance between the share of values up to x and
 * the expected share (A. N. Kolmogorov, 1933). The check passes where the probability of
 * such a D, or a larger one, is at least `p`. Exact in D, and in the probability as
 * base/special.h says. Nulls are not considered; without any value the check fails.
 */
#include "config.h"

#include "base/special.h"
#include "metric/judge.h"
#include "metric/list.h"
#include "metric/metrics.h"
#include "metric/partition.h"

#include <math.h>

enum family { NORM, BETA, GAMMA, UNIFORM, CHI2, EXPON };
enum param { MEAN, STD_DEV, ALPHA, BETA_PARAM, DF, LOWER, WIDTH, LOC, SCALE, PARAM_COUNT };

struct args {
    int distribution; /* enum family */
    struct assay_scalar p, given[PARAM_COUNT];
    double value[PARAM_COUNT];
    struct assay_quantiles_args quantiles; /* none: the values are walked over */
};

static const char *const families[] = {"norm", "beta", "gamma", "uniform", "chi2", "expon", NULL};

static const struct family_row {
    uint16_t takes, wants; /* bits by enum param */
} family_rows[] = {
    [NORM] = {1u << MEAN | 1u << STD_DEV, 0},
    [BETA] = {1u << ALPHA | 1u << BETA_PARAM | 1u << LOC | 1u << SCALE,
              1u << ALPHA | 1u << BETA_PARAM},
    [GAMMA] = {1u << ALPHA | 1u << LOC | 1u << SCALE, 1u << ALPHA},
    [UNIFORM] = {1u << LOWER | 1u << WIDTH, 0},
    [CHI2] = {1u << DF | 1u << LOC | 1u << SCALE, 1u << DF},
    [EXPON] = {1u << LOC | 1u << SCALE, 0},
};
#define POSITIVE \
    (1u << STD_DEV | 1u << ALPHA | 1u << BETA_PARAM | 1u << DF | 1u << WIDTH | 1u << SCALE)
#define ONE_BY_DEFAULT (1u << STD_DEV | 1u << WIDTH | 1u << SCALE)

#define GIVEN(param_) offsetof(struct args, given) + (param_) * sizeof(struct assay_scalar)

static const struct assay_param params[] = {
    {"distribution", ASSAY_PARAM_CHOICE, ASSAY_PARAM_REQUIRED, NULL, families,
     offsetof(struct args, distribution), "the distribution"},
    {"p", ASSAY_PARAM_NUMBER, 0, "0.05", NULL, offsetof(struct args, p),
     "the probability has to be at least this"},
    {"mean", ASSAY_PARAM_NUMBER, 0, NULL, NULL, GIVEN(MEAN), "of norm; 0 where left out"},
    {"std_dev", ASSAY_PARAM_NUMBER, 0, NULL, NULL, GIVEN(STD_DEV), "of norm; 1 where left out"},
    {"alpha", ASSAY_PARAM_NUMBER, 0, NULL, NULL, GIVEN(ALPHA), "the shape of beta and gamma"},
    {"beta", ASSAY_PARAM_NUMBER, 0, NULL, NULL, GIVEN(BETA_PARAM), "the second shape of beta"},
    {"df", ASSAY_PARAM_NUMBER, 0, NULL, NULL, GIVEN(DF), "degrees of freedom of chi2"},
    {"lower", ASSAY_PARAM_NUMBER, 0, NULL, NULL, GIVEN(LOWER),
     "where uniform begins; 0 where left out"},
    {"width", ASSAY_PARAM_NUMBER, 0, NULL, NULL, GIVEN(WIDTH),
     "how wide uniform is; 1 where left out"},
    {"loc", ASSAY_PARAM_NUMBER, 0, NULL, NULL, GIVEN(LOC),
     "what is taken from values of beta, gamma, chi2 and expon first; 0 where left out"},
    {"scale", ASSAY_PARAM_NUMBER, 0, NULL, NULL, GIVEN(SCALE),
     "what they are divided by then; 1 where left out"},
};
#define FIRST_OF_GIVEN 2 /* row of `mean` */

static enum assay_status prepare(void *arguments, struct assay_prepare *prepare,
                                 struct assay_error *err)
{
    struct args *args = arguments;
    const struct family_row *family = &family_rows[args->distribution];
    double p = assay_scalar_double(&args->p);
    if (!(p > 0 && p < 1))
        return assay_partition_refuse(prepare, "p", "it lies between 0 and 1, without them", err);
    for (unsigned i = 0; i < PARAM_COUNT; i++) {
        const char *name = params[FIRST_OF_GIVEN + i].name;
        bool given = args->given[i].kind != ASSAY_SCALAR_ABSENT;
        args->value[i] = ONE_BY_DEFAULT >> i & 1;
        if (given)
            args->value[i] = assay_scalar_double(&args->given[i]);
        prepare->param = given ? name : "distribution";
        if (given && !(family->takes >> i & 1))
            return assay_fail(err, ASSAY_CONFIG, "SUITE-KEY", "%s has no %s",
                              families[args->distribution], name);
        if (!given && (family->wants >> i & 1))
            return assay_fail(err, ASSAY_CONFIG, "SUITE-MISSING", "%s needs %s",
                              families[args->distribution], name);
        if (given && (!isfinite(args->value[i]) || ((POSITIVE >> i & 1) && args->value[i] <= 0)))
            return assay_fail(err, ASSAY_CONFIG, "SUITE-BOUNDS", "%s must be a number%s", name,
                              POSITIVE >> i & 1 ? " above 0" : "");
    }
    prepare->param = NULL;
    return ASSAY_OK;
}

static enum assay_status needs(const struct assay_check *check, struct assay_needs *needs,
                               struct assay_error *err)
{
    const struct args *args = check->args;
    return assay_need_metric(needs, check, &assay_metric_quantiles, &args->quantiles, err);
}

/* The share of values up to x. */
static double cdf(const struct args *args, double x)
{
    const double *v = args->value;
    double y = (x - v[LOC]) / v[SCALE];
    switch ((enum family)args->distribution) {
    case NORM: return assay_normal_cdf((x - v[MEAN]) / v[STD_DEV]);
    case BETA: return assay_beta_i(v[ALPHA], v[BETA_PARAM], y);
    case GAMMA: return assay_gamma_p(v[ALPHA], y);
    case UNIFORM: return fmin(1, fmax(0, (x - v[LOWER]) / v[WIDTH]));
    case CHI2: return assay_gamma_p(v[DF] / 2, y / 2);
    case EXPON: return y > 0 ? -expm1(-y) : 0;
    }
    return NAN;
}

struct distance {
    const struct args *args;
    double total, before, largest;
};

/* At each value the step of what was seen begins below and ends above what is expected. */
static enum assay_status add_value(void *ctx, const struct assay_numref *value, uint64_t count,
                                   struct assay_error *err)
{
    struct distance *distance = ctx;
    double expected = cdf(distance->args, assay_number_to_double(value));
    double after = distance->before + (double)count;
    (void)err;
    distance->largest = fmax(distance->largest, expected - distance->before / distance->total);
    distance->largest = fmax(distance->largest, after / distance->total - expected);
    distance->before = after;
    return ASSAY_OK;
}

static struct assay_value describe(const struct args *args, double d, double p,
                                   struct assay_arena *arena)
{
    static const struct assay_str keys[] = {{"expected_params", 15}, {"observed_ks_result", 18}};
    struct assay_list expected = assay_list_new(arena, PARAM_COUNT);
    struct assay_list observed = assay_list_new(arena, 2), both = assay_list_new(arena, 2);
    for (unsigned i = 0; i < PARAM_COUNT; i++)
        if (family_rows[args->distribution].takes >> i & 1)
            assay_list_add_double(&expected, args->value[i]);
    assay_list_add_double(&observed, d);
    assay_list_add_double(&observed, p);
    assay_list_add(&both, assay_list_value(&expected));
    assay_list_add(&both, assay_list_value(&observed));
    return assay_list_map(&both, keys);
}

static void judge(const struct assay_check *check, const struct assay_measure *const *measures,
                  const struct assay_judge_env *env, struct assay_outcome *out)
{
    const struct args *args = check->args;
    const struct assay_quantiles_detail *found = measures[0]->detail;
    struct distance distance = {.args = args, .total = (double)found->count};
    out->level = ASSAY_LEVEL_FAIL;
    if (found->count == 0) {
        assay_outcome_say(out, env, "there are no values");
        return;
    }
    if (assay_quantiles_each(found->values, add_value, &distance, &out->error) != ASSAY_OK) {
        out->level = ASSAY_LEVEL_ERROR;
        return;
    }
    double p = assay_kolmogorov_sf(found->count, distance.largest);
    out->level = p >= assay_scalar_double(&args->p) ? ASSAY_LEVEL_PASS : ASSAY_LEVEL_FAIL;
    out->observed = assay_value_double(env->arena, p);
    out->details = describe(args, distance.largest, p, env->arena);
    assay_outcome_say(out, env, "the distance is %.6g: p = %.6g", distance.largest, p);
}

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct args *args = check->args;
    assay_buf_printf(out, "is distributed as %s (p >= ", families[args->distribution]);
    assay_buf_str(out, args->p.text);
    assay_buf_putc(out, ')');
}

const struct assay_expectation assay_expectation_fits_distribution = {
    .name = "fits_distribution",
    .summary = "numbers do not contradict a continuous distribution",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_COLUMN,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "fits_distribution: {distribution: norm, mean: 40, std_dev: 5}",
    .prepare = prepare,
    .needs = needs,
    .judge = judge,
    .title = title,
};
