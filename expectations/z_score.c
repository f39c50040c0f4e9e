/*
 * z_score: no value lies further from the mean than so many standard deviations.
 *
 * z = (value - mean) / deviation, with the mean and the sample's standard deviation of the
 * column, in IEEE double; a second pass compares z, or with `double_sided` its size, with
 * `below`. Where the deviation is 0 or there are fewer than two values no z exists and every
 * value is unexpected. Nulls are not considered. A value that is no finite number makes it
 * an error. Row counts add up.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/needs.h"
#include "metric/metrics.h"

#include <math.h>
#include <stdlib.h>

struct args {
    struct assay_scalar below;
    bool double_sided;
    double threshold;
};

static const struct assay_param params[] = {
    {"below", ASSAY_PARAM_NUMBER, ASSAY_PARAM_REQUIRED | ASSAY_PARAM_MAIN, NULL, NULL,
     offsetof(struct args, below), "what z has to stay below"},
    {"double_sided", ASSAY_PARAM_BOOL, 0, "true", NULL, offsetof(struct args, double_sided),
     "values below the mean count as those above it"},
};

static enum assay_status prepare(void *arguments, struct assay_prepare *prepare,
                                 struct assay_error *err)
{
    struct args *args = arguments;
    struct assay_numref below = assay_numref(args->below.text);
    prepare->param = "below";
    if (!assay_number_is_finite(below.code))
        return assay_fail(err, ASSAY_CONFIG, "SUITE-TYPE", "expected a finite number");
    args->threshold = assay_number_to_double(&below);
    return ASSAY_OK;
}

/* Mean and deviation, once a worker. */
struct scores {
    bool exist;
    double mean, stdev;
};

static enum assay_status open_scores(const void *args, const struct assay_metric_env *env,
                                     void **scratch, struct assay_error *err)
{
    struct scores *scores = calloc(1, sizeof *scores);
    (void)args;
    if (scores == NULL)
        return assay_fail_nomem(err);
    scores->exist =
        assay_moments_read(env->depends, &scores->mean, &scores->stdev) && scores->stdev > 0;
    *scratch = scores;
    return ASSAY_OK;
}

static bool holds(const struct args *args, const struct scores *scores, double value)
{
    double z = (value - scores->mean) / scores->stdev;
    return args->double_sided ? fabs(z) < fabs(args->threshold) : z < args->threshold;
}

static enum assay_status test(const void *arguments, void *scratch, const struct assay_slice *slice,
                              uint64_t *violations, struct assay_predicate_fault *fault,
                              struct assay_error *err)
{
    const struct args *args = arguments;
    const struct scores *scores = scratch;
    (void)fault;
    if (assay_column_numbers(slice->columns[0]) == NULL)
        return assay_fail_nomem(err);
    ASSAY_BITS_EACH(slice->mask, slice->rows, row, {
        struct assay_numref value = assay_column_numref(slice->columns[0], row);
        if (!scores->exist || !holds(args, scores, assay_number_to_double(&value)))
            assay_bit_set(violations, row);
    })
    return ASSAY_OK;
}

static const struct assay_predicate predicate = {
    .name = "z_score",
    .considers = ASSAY_CONSIDER_PRESENT,
    .open = open_scores,
    .close = free,
    .test = test,
};

static enum assay_status needs(const struct assay_check *check, struct assay_needs *needs,
                               struct assay_error *err)
{
    ASSAY_TRY(assay_need_metric(needs, check, &assay_metric_moments, NULL, err));
    return assay_need_lookup(needs, check, &predicate, check->args, 0, false, err);
}

static void judge(const struct assay_check *check, const struct assay_measure *const *measures,
                  const struct assay_judge_env *env, struct assay_outcome *out)
{
    const struct assay_moments_detail *moments = measures[0]->detail;
    if (measures[1] == NULL) {
        out->level = ASSAY_LEVEL_ERROR;
        assay_fail(&out->error, ASSAY_SOURCE, "SOURCE-REWIND",
                   "the data cannot be read a second time");
        return;
    }
    assay_judge_rows(check, measures[1], env, out);
    if (moments->stdev.kind == ASSAY_VALUE_NULL && moments->count != 0)
        assay_outcome_say(out, env, "there are too few values for a deviation");
}

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct args *args = check->args;
    assay_buf_printf(out, "lies %s ", args->double_sided ? "within" : "below");
    assay_buf_str(out, args->below.text);
    assay_buf_puts(out, " standard deviations of the mean");
}

const struct assay_expectation assay_expectation_z_score = {
    .name = "z_score",
    .summary = "values lie within so many standard deviations of the mean",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_COLUMN,
    .traits = ASSAY_TRAIT_ROWWISE,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "z_score: {below: 3}",
    .prepare = prepare,
    .needs = needs,
    .judge = judge,
    .title = title,
};
