/*
 * association: two columns say little about each other.
 *
 * Cramer's V (H. Cramer, "Mathematical methods of statistics", 1946): the root of
 * chi-squared / (n (k - 1)), where the table of categories (metric/crosstab.h) has n rows of
 * data and k is the smaller of its sides; of a table of 2 by 2 chi-squared has the correction
 * of F. Yates, 1934. It is 0 where the columns are independent and 1 where one decides the
 * other. Nulls are a category of their own. Where a column has but one category there is no V,
 * and the check fails.
 */
#include "config.h"

#include "metric/crosstab.h"
#include "metric/judge.h"
#include "metric/list.h"
#include "metric/partition.h"

#include <math.h>

struct args {
    struct assay_str column, other;
    struct assay_scalar max;
    struct assay_value bins, other_bins;
    struct assay_opt_count most, other_most;
    struct assay_str pair[2]; /* both columns */
    struct assay_crosstab_side sides[2];
};

static const struct assay_param params[] = {
    {"column", ASSAY_PARAM_COLUMN, ASSAY_PARAM_REQUIRED | ASSAY_PARAM_NONEMPTY, NULL, NULL,
     offsetof(struct args, column), "one column"},
    {"other", ASSAY_PARAM_COLUMN, ASSAY_PARAM_REQUIRED | ASSAY_PARAM_NONEMPTY, NULL, NULL,
     offsetof(struct args, other), "the other column"},
    {"max", ASSAY_PARAM_NUMBER, 0, "0.1", NULL, offsetof(struct args, max),
     "the largest V allowed, from 0 to 1"},
    {"bins", ASSAY_PARAM_VALUE, 0, NULL, NULL, offsetof(struct args, bins),
     "of `column`: edges of bins for numbers, lists of values for anything else"},
    {"other_bins", ASSAY_PARAM_VALUE, 0, NULL, NULL, offsetof(struct args, other_bins),
     "the same of `other`"},
    {"most", ASSAY_PARAM_COUNT, 0, "10", NULL, offsetof(struct args, most),
     "categories of `column` at most, where there are no bins"},
    {"other_most", ASSAY_PARAM_COUNT, 0, "10", NULL, offsetof(struct args, other_most),
     "the same of `other`"},
};

/* All numbers, or all lists. */
static enum assay_status check_bins(const struct assay_value *bins, const char *param,
                                    struct assay_prepare *prepare, struct assay_error *err)
{
    if (bins->kind == ASSAY_VALUE_NULL)
        return ASSAY_OK;
    bool good = bins->kind == ASSAY_VALUE_LIST && bins->count != 0;
    for (size_t i = 0; good && i < bins->count; i++)
        good =
            bins->items[i].kind == bins->items[0].kind &&
            (bins->items[i].kind == ASSAY_VALUE_NUMBER || bins->items[i].kind == ASSAY_VALUE_LIST);
    return good ? ASSAY_OK
                : assay_partition_refuse(prepare, param, "write [0, 10, 20] or [[a, b], [c]]", err);
}

static enum assay_status prepare(void *arguments, struct assay_prepare *prepare,
                                 struct assay_error *err)
{
    struct args *args = arguments;
    args->pair[0] = args->column;
    args->pair[1] = args->other;
    ASSAY_TRY(check_bins(&args->bins, "bins", prepare, err));
    ASSAY_TRY(check_bins(&args->other_bins, "other_bins", prepare, err));
    for (int i = 0; i < 2; i++) {
        uint64_t most = i ? args->other_most.value : args->most.value;
        enum assay_type type = prepare->type_of(prepare->context, args->pair[i]);
        if (most == 0 || most > 10000)
            return assay_partition_refuse(prepare, i ? "other_most" : "most",
                                          "it lies between 1 and 10,000", err);
        args->sides[i] = (struct assay_crosstab_side){
            .bins = i ? args->other_bins : args->bins,
            .most = most,
            .texts = type != ASSAY_TYPE_NONE && !assay_type_is_numeric(type),
            .field = prepare->field_of(prepare->context, args->pair[i]),
        };
    }
    return ASSAY_OK;
}

static enum assay_status needs(const struct assay_check *check, struct assay_needs *needs,
                               struct assay_error *err)
{
    const struct args *args = check->args;
    struct assay_check pair = *check;
    pair.columns = args->pair;
    pair.column_count = 2;
    return assay_need_metric(needs, &pair, &assay_metric_tuples, NULL, err);
}

/* Pearson's chi-squared of the table; every category occurs, so no expectation is 0. */
static double chi_squared(const struct assay_crosstab *table, const uint64_t *rows,
                          const uint64_t *columns)
{
    uint32_t r = table->size[0], c = table->size[1];
    bool yates = r == 2 && c == 2;
    double sum = 0;
    for (uint32_t i = 0; i < r; i++)
        for (uint32_t j = 0; j < c; j++) {
            double expected = (double)rows[i] * (double)columns[j] / (double)table->total;
            double off = fabs((double)table->counts[(size_t)i * c + j] - expected);
            off -= yates ? fmin(0.5, off) : 0;
            sum += off * off / expected;
        }
    return sum;
}

static double cramers_v(const struct assay_crosstab *table, struct assay_arena *arena)
{
    uint32_t r = table->size[0], c = table->size[1], least = r < c ? r : c;
    uint64_t *rows = assay_arena_array(arena, r + 1u, sizeof *rows);
    uint64_t *columns = assay_arena_array(arena, c + 1u, sizeof *columns);
    if (rows == NULL || columns == NULL || least < 2)
        return NAN;
    for (uint32_t i = 0; i < r; i++)
        for (uint32_t j = 0; j < c; j++) {
            rows[i] += table->counts[(size_t)i * c + j];
            columns[j] += table->counts[(size_t)i * c + j];
        }
    double chi2 = chi_squared(table, rows, columns);
    return fmin(1, sqrt(chi2 / (double)table->total / (least - 1)));
}

/* {crosstab: {rows, columns, counts}} */
static void describe(const struct assay_crosstab *table, struct assay_arena *arena,
                     struct assay_outcome *out)
{
    static const struct assay_str top[] = {{"crosstab", 8}};
    static const struct assay_str keys[] = {{"rows", 4}, {"columns", 7}, {"counts", 6}};
    struct assay_list map = assay_list_new(arena, 3), rows = assay_list_new(arena, table->size[0]);
    struct assay_list details = assay_list_new(arena, 1);
    for (uint32_t i = 0; i < table->size[0]; i++) {
        struct assay_list row = assay_list_new(arena, table->size[1]);
        for (uint32_t j = 0; j < table->size[1]; j++)
            assay_list_add_count(&row, table->counts[(size_t)i * table->size[1] + j]);
        assay_list_add(&rows, assay_list_value(&row));
    }
    assay_list_add(&map, table->labels[0]);
    assay_list_add(&map, table->labels[1]);
    assay_list_add(&map, assay_list_value(&rows));
    assay_list_add(&details, assay_list_map(&map, keys));
    out->details = assay_list_map(&details, top);
}

static void judge(const struct assay_check *check, const struct assay_measure *const *measures,
                  const struct assay_judge_env *env, struct assay_outcome *out)
{
    const struct args *args = check->args;
    struct assay_crosstab table;
    if (assay_crosstab_make(measures[0]->detail, args->sides, env->arena, &table, &out->error) !=
        ASSAY_OK) {
        out->level = ASSAY_LEVEL_ERROR;
        return;
    }
    double v = cramers_v(&table, env->arena);
    describe(&table, env->arena, out);
    out->level = v <= assay_scalar_double(&args->max) ? ASSAY_LEVEL_PASS : ASSAY_LEVEL_FAIL;
    if (isnan(v)) {
        assay_outcome_say(out, env, "there is but one category: nothing can be said");
        return;
    }
    out->observed = assay_value_double(env->arena, v);
    assay_outcome_say(out, env, "Cramer's V is %.6g, of a table of %u by %u", v, table.size[0],
                      table.size[1]);
}

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct args *args = check->args;
    assay_buf_str(out, args->column);
    assay_buf_puts(out, " and ");
    assay_buf_str(out, args->other);
    assay_buf_puts(out, " are associated by at most ");
    assay_buf_str(out, args->max.text);
}

const struct assay_expectation assay_expectation_association = {
    .name = "association",
    .summary = "two columns say little about each other",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_TABLE,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "association: {column: region, other: status, max: 0.2}",
    .prepare = prepare,
    .needs = needs,
    .judge = judge,
    .title = title,
};
