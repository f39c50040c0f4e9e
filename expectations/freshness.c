/*
 * freshness: the latest time in the column is not too long ago.
 *
 * The clock is the start of the run, or --as-of. `max_future` says how far ahead of it the
 * latest time may be. Without it one that is ahead warns, for it hides how old the rest is;
 * clocks may differ by 5 minutes, and a date is none of the future once its day has begun
 * anywhere. No times at all fail; a value that is no time makes it an error, as the latest
 * might be behind it.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/metrics.h"

#define CLOCKS_DIFFER (5 * ASSAY_MINUTE_US)
#define FIRST_ZONE (14 * ASSAY_HOUR_US) /* where each day begins first: UTC+14 */

struct args {
    struct assay_opt_duration warn_after, error_after, max_future;
    struct assay_extremes_args extremes;
};

static const struct assay_param params[] = {
    {"error_after", ASSAY_PARAM_DURATION, ASSAY_PARAM_ONE_OF | ASSAY_PARAM_MAIN, NULL, NULL,
     offsetof(struct args, error_after), "fails where the latest time is older"},
    {"warn_after", ASSAY_PARAM_DURATION, ASSAY_PARAM_ONE_OF, NULL, NULL,
     offsetof(struct args, warn_after), "warns where the latest time is older"},
    {"max_future", ASSAY_PARAM_DURATION, ASSAY_PARAM_ONE_OF, NULL, NULL,
     offsetof(struct args, max_future),
     "fails where the latest time is further ahead; without it one in the future warns"},
};

static enum assay_status prepare(void *arguments, struct assay_prepare *prepare,
                                 struct assay_error *err)
{
    struct args *args = arguments;
    enum assay_type type = prepare->check->type;
    args->extremes.order = ASSAY_ORDER_TIME;
    if (type != ASSAY_TYPE_NONE && type != ASSAY_TYPE_DATE && type != ASSAY_TYPE_TIMESTAMP) {
        assay_fail(err, ASSAY_CONFIG, "SUITE-TYPE", "freshness needs a date or timestamp, not %s",
                   assay_type_name(type));
        return ASSAY_CONFIG;
    }
    if (args->warn_after.given && args->error_after.given &&
        args->warn_after.micros > args->error_after.micros) {
        prepare->param = "warn_after";
        assay_fail(err, ASSAY_CONFIG, "SUITE-BOUNDS", "warn_after is longer than error_after");
        return ASSAY_CONFIG;
    }
    return ASSAY_OK;
}

static enum assay_status needs(const struct assay_check *check, struct assay_needs *needs,
                               struct assay_error *err)
{
    const struct args *args = check->args;
    return assay_need_metric(needs, check, &assay_metric_extremes, &args->extremes, err);
}

/* Whether the latest is further ahead than clocks and calendars differ. */
static bool is_future(const struct assay_check *check, struct assay_instant latest, int64_t age)
{
    bool date = check->type != ASSAY_TYPE_TIMESTAMP && latest.micros % ASSAY_DAY_US == 0;
    return -age > (date ? FIRST_ZONE : CLOCKS_DIFFER);
}

static enum assay_level level_of(const struct args *args, int64_t age, uint32_t nanos, bool future)
{
    if (args->error_after.given && age > args->error_after.micros)
        return ASSAY_LEVEL_FAIL;
    if (args->max_future.given && -age + (nanos != 0) > args->max_future.micros)
        return ASSAY_LEVEL_FAIL;
    if (args->warn_after.given && age > args->warn_after.micros)
        return ASSAY_LEVEL_WARN;
    return future ? ASSAY_LEVEL_WARN : ASSAY_LEVEL_PASS;
}

static void judge(const struct assay_check *check, const struct assay_measure *const *measures,
                  const struct assay_judge_env *env, struct assay_outcome *out)
{
    const struct args *args = check->args;
    const struct assay_extremes_detail *extremes = measures[0]->detail;
    char age_text[ASSAY_DURATION_TEXT_MAX];
    out->observed = extremes->max;
    if (extremes->max.kind == ASSAY_VALUE_NULL) {
        out->level = ASSAY_LEVEL_FAIL;
        assay_outcome_say(out, env, "there are no times to look at");
        return;
    }
    int64_t age = env->now - extremes->max_time.micros;
    bool future = !args->max_future.given && is_future(check, extremes->max_time, age);
    out->level = level_of(args, age, extremes->max_time.nanos, future);
    int64_t seconds = (age < 0 ? -age : age) / ASSAY_SECOND_US * ASSAY_SECOND_US;
    assay_duration_text(seconds, age_text);
    assay_outcome_say(out, env, "the latest is %.*s, %s %s%s", (int)extremes->max.text.len,
                      extremes->max.text.ptr, age_text, age < 0 ? "ahead" : "ago",
                      future ? ": it is in the future, and hides how old the rest is" : "");
}

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct args *args = check->args;
    const struct assay_opt_duration *limit =
        args->error_after.given ? &args->error_after : &args->warn_after;
    char text[ASSAY_DURATION_TEXT_MAX];
    if (limit->given) {
        assay_duration_text(limit->micros, text);
        assay_buf_printf(out, "is at most %s old", text);
    }
    if (args->max_future.given) {
        assay_duration_text(args->max_future.micros, text);
        assay_buf_printf(out, "%sis at most %s ahead", limit->given ? ", " : "", text);
    }
}

const struct assay_expectation assay_expectation_freshness = {
    .name = "freshness",
    .summary = "the latest time is not too long ago",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_COLUMN,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "freshness: {warn_after: 12h, error_after: 24h}",
    .prepare = prepare,
    .needs = needs,
    .judge = judge,
    .title = title,
};
