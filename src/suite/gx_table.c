/*
 * The expectations of Great Expectations and what each is here.
 */
#include "config.h"

#include "suite/gx.h"

#define REQUIRED ASSAY_GX_REQUIRED
#define NULLABLE ASSAY_GX_NULLABLE

/* Keywords by expectation. */
static const struct assay_gx_kwarg limits[] = {
    {"min_value", "min", assay_gx_bound, 0},
    {"max_value", "max", assay_gx_bound, 0},
    {"strict_min", "strict_min", NULL, 0},
    {"strict_max", "strict_max", NULL, 0},
};
static const struct assay_gx_kwarg counts[] = {
    {"min_value", "min", assay_gx_bound, 0},
    {"max_value", "max", assay_gx_bound, 0},
    {"value", "exactly", assay_gx_whole, 0},
};
static const struct assay_gx_kwarg count[] = {{"value", "exactly", assay_gx_whole, REQUIRED}};
static const struct assay_gx_kwarg lengths[] = {
    {"min_value", "min", assay_gx_whole, 0},
    {"max_value", "max", assay_gx_whole, 0},
    {"strict_min", NULL, assay_gx_unread, 0},
    {"strict_max", NULL, assay_gx_unread, 0},
};
static const struct assay_gx_kwarg members[] = {{"value_set", "values", assay_gx_members, 0}};
static const struct assay_gx_kwarg distinct_in[] = {
    {"value_set", "in", assay_gx_distinct_members, 0}};
static const struct assay_gx_kwarg distinct_contain[] = {
    {"value_set", "contain", assay_gx_distinct_members, REQUIRED}};
static const struct assay_gx_kwarg distinct_equal[] = {
    {"value_set", "equal", assay_gx_distinct_members, REQUIRED}};
static const struct assay_gx_kwarg modes[] = {
    {"value_set", "values", assay_gx_distinct_members, 0},
    {"ties_okay", "ties_okay", NULL, 0},
};
static const struct assay_gx_kwarg regex[] = {{"regex", "pattern", assay_gx_regex, 0}};
static const struct assay_gx_kwarg not_regex[] = {{"regex", "pattern", assay_gx_regex, REQUIRED}};
static const struct assay_gx_kwarg regexes[] = {
    {"regex_list", "patterns", assay_gx_regexes, REQUIRED},
    {"match_on", "match", NULL, 0},
};
static const struct assay_gx_kwarg not_regexes[] = {
    {"regex_list", "patterns", assay_gx_regexes, REQUIRED}};
static const struct assay_gx_kwarg like[] = {{"like_pattern", "patterns", assay_gx_text, REQUIRED}};
static const struct assay_gx_kwarg likes[] = {
    {"like_pattern_list", "patterns", assay_gx_list, REQUIRED},
    {"match_on", "match", NULL, 0},
};
static const struct assay_gx_kwarg not_likes[] = {
    {"like_pattern_list", "patterns", assay_gx_list, REQUIRED}};
static const struct assay_gx_kwarg time_format[] = {
    {"strftime_format", "format", assay_gx_text, REQUIRED}};
static const struct assay_gx_kwarg schema[] = {{"json_schema", "schema", NULL, REQUIRED}};
static const struct assay_gx_kwarg order[] = {{"strictly", "strictly", NULL, 0}};
static const struct assay_gx_kwarg z_score[] = {
    {"threshold", "below", NULL, REQUIRED},
    {"double_sided", "double_sided", NULL, REQUIRED},
};
static const struct assay_gx_kwarg type[] = {{"type_", "types", assay_gx_types, REQUIRED}};
static const struct assay_gx_kwarg types[] = {{"type_list", "types", assay_gx_types, 0}};
static const struct assay_gx_kwarg quantiles[] = {
    {"quantile_ranges", "at", assay_gx_quantiles, REQUIRED},
    {"allow_relative_error", "interpolation", assay_gx_relative_error, 0},
};
static const struct assay_gx_kwarg divergence[] = {
    {"partition_object", NULL, assay_gx_partition, 0},
    {"threshold", "max", NULL, 0},
    {"internal_weight_holdout", "internal_holdout", NULL, 0},
    {"tail_weight_holdout", "tail_holdout", NULL, 0},
    {"bucketize_data", "bucketize", NULL, 0},
    {"min_value", NULL, assay_gx_unread, 0},
    {"max_value", NULL, assay_gx_unread, 0},
};
static const struct assay_gx_kwarg exists[] = {
    {"column", NULL, assay_gx_unread, REQUIRED},
    {"column_index", "index", assay_gx_whole, 0},
};
static const struct assay_gx_kwarg ordered_list[] = {{"column_list", "exactly", assay_gx_list, 0}};
static const struct assay_gx_kwarg column_set[] = {
    {"column_set", NULL, assay_gx_column_set, NULLABLE},
    {"exact_match", NULL, assay_gx_unread, 0},
};
static const struct assay_gx_kwarg greater[] = {{"or_equal", "op", assay_gx_or_equal, NULLABLE}};
static const struct assay_gx_kwarg pairs[] = {
    {"value_pairs_set", "values", assay_gx_list, REQUIRED}};
static const struct assay_gx_kwarg sum_total[] = {
    {"sum_total", "equals", assay_gx_bound, REQUIRED}};
static const struct assay_gx_kwarg chisquare[] = {
    {"partition_object", NULL, assay_gx_partition, REQUIRED},
    {"p", "p", NULL, 0},
    {"tail_weight_holdout", "tail_holdout", NULL, 0},
};
static const struct assay_gx_kwarg bootstrap[] = {
    {"partition_object", NULL, assay_gx_finite_partition, REQUIRED},
    {"p", "p", NULL, 0},
    {"bootstrap_samples", "samples", assay_gx_whole, 0},
    {"bootstrap_sample_size", "sample_size", assay_gx_whole, 0},
};
static const struct assay_gx_kwarg distribution[] = {
    {"distribution", "distribution", NULL, REQUIRED},
    {"p_value", "p", NULL, 0},
    {"params", NULL, assay_gx_distribution_params, 0},
};
static const struct assay_gx_kwarg cramers[] = {
    {"bins_A", "bins", NULL, 0},
    {"bins_B", "other_bins", NULL, 0},
    {"n_bins_A", "most", assay_gx_whole, 0},
    {"n_bins_B", "other_most", assay_gx_whole, 0},
    {"threshold", "max", NULL, 0},
};
static const struct assay_gx_kwarg other_table[] = {
    {"other_table_name", "to", assay_gx_text, REQUIRED}};
static const struct assay_gx_kwarg query[] = {
    {"unexpected_rows_query", "query", assay_gx_text, REQUIRED}};

static void case_insensitive(struct assay_gx_item *item)
{
    assay_gx_put_bool(item, "case_insensitive", item->at, true);
}

/* Over nothing a data frame's sum is 0, and so is its share of unique values. */
static void zero_if_empty(struct assay_gx_item *item)
{
    assay_gx_put_bool(item, "zero_if_empty", item->at, true);
}

/* Every text is read; one that cannot be takes the expectation down there. */
static void json_texts(struct assay_gx_item *item)
{
    assay_gx_put_text(item, "texts", item->at, ASSAY_STR("json"));
    if (item->loader->strict)
        assay_gx_put_text(item, "not_json", item->at, ASSAY_STR("error"));
}

static void allow_nan(struct assay_gx_item *item)
{
    assay_gx_put_bool(item, "allow_nan", item->at, true);
}

static void greater_than(struct assay_gx_item *item)
{
    if (assay_node_get(item->kwargs, "or_equal") == NULL)
        assay_gx_put_text(item, "op", item->at, ASSAY_STR(">"));
    assay_gx_equal(item);
}

static void any_members(struct assay_gx_item *item)
{
    const struct assay_node *set = assay_node_get(item->kwargs, "value_set");
    if (set != NULL && set->kind == ASSAY_NODE_SEQUENCE)
        return;
    struct assay_node *list = assay_gx_collection(item, item->at, ASSAY_NODE_SEQUENCE);
    if (list != NULL)
        assay_gx_put(item, strstr(item->row->name, "distinct") ? "in" : "values", list);
}

#define ROW(type_, native_, domain_, map_, kwargs_, finish_)         \
    {                                                                \
        "expect_" type_, native_, ASSAY_GX_##domain_, map_, kwargs_, \
            sizeof kwargs_ / sizeof kwargs_[0], finish_              \
    }
#define BARE(type_, native_, domain_, finish_)                               \
    {                                                                        \
        "expect_" type_, native_, ASSAY_GX_##domain_, true, NULL, 0, finish_ \
    }

static const struct assay_gx_row rows[] = {
    ROW("column_bootstrapped_ks_test_p_value_to_be_greater_than", "fits_bins", COLUMN, false,
        bootstrap, NULL),
    ROW("column_chisquare_test_p_value_to_be_greater_than", "fits_values", COLUMN, false, chisquare,
        NULL),
    ROW("column_distinct_values_to_be_in_set", "distinct_values", COLUMN, false, distinct_in,
        any_members),
    ROW("column_distinct_values_to_contain_set", "distinct_values", COLUMN, false, distinct_contain,
        NULL),
    ROW("column_distinct_values_to_equal_set", "distinct_values", COLUMN, false, distinct_equal,
        NULL),
    ROW("column_kl_divergence_to_be_less_than", "kl_divergence", COLUMN, false, divergence, NULL),
    ROW("column_max_to_be_between", "max", COLUMN, false, limits, NULL),
    ROW("column_mean_to_be_between", "mean", COLUMN, false, limits, NULL),
    ROW("column_median_to_be_between", "median", COLUMN, false, limits, NULL),
    ROW("column_min_to_be_between", "min", COLUMN, false, limits, NULL),
    ROW("column_most_common_value_to_be_in_set", "most_common", COLUMN, false, modes, any_members),
    ROW("column_pair_cramers_phi_value_to_be_less_than", "association", PAIR, false, cramers, NULL),
    ROW("column_pair_values_a_to_be_greater_than_b", "compare", PAIR, true, greater, greater_than),
    BARE("column_pair_values_to_be_equal", "compare", PAIR, assay_gx_equal),
    ROW("column_pair_values_to_be_in_set", "accepted_tuples", PAIR, true, pairs, assay_gx_pair),
    ROW("column_parameterized_distribution_ks_test_p_value_to_be_greater_than", "fits_distribution",
        COLUMN, false, distribution, NULL),
    ROW("column_proportion_of_unique_values_to_be_between", "unique_ratio", COLUMN, false, limits,
        zero_if_empty),
    ROW("column_quantile_values_to_be_between", "quantiles", COLUMN, false, quantiles,
        assay_gx_nearest),
    ROW("column_stdev_to_be_between", "stdev", COLUMN, false, limits, NULL),
    ROW("column_sum_to_be_between", "sum", COLUMN, false, limits, zero_if_empty),
    ROW("column_to_exist", "column_at", TABLE, false, exists, assay_gx_exists),
    ROW("column_unique_value_count_to_be_between", "distinct_count", COLUMN, false, limits,
        assay_gx_unique_count),
    ROW("column_value_lengths_to_be_between", "length", COLUMN, true, lengths, assay_gx_lengths),
    ROW("column_value_lengths_to_equal", "length", COLUMN, true, count, NULL),
    ROW("column_value_z_scores_to_be_less_than", "z_score", COLUMN, true, z_score, NULL),
    ROW("column_values_to_be_between", "range", COLUMN, true, limits, assay_gx_need_bound),
    BARE("column_values_to_be_dateutil_parseable", "date_text", COLUMN, NULL),
    ROW("column_values_to_be_decreasing", "decreasing", COLUMN, true, order, NULL),
    ROW("column_values_to_be_in_set", "accepted_values", COLUMN, true, members,
        assay_gx_no_members),
    ROW("column_values_to_be_in_type_list", "stored_type", COLUMN, true, types, NULL),
    ROW("column_values_to_be_increasing", "increasing", COLUMN, true, order, NULL),
    BARE("column_values_to_be_json_parseable", "json_text", COLUMN, allow_nan),
    BARE("column_values_to_be_null", "null", COLUMN, NULL),
    ROW("column_values_to_be_of_type", "stored_type", COLUMN, true, type, NULL),
    BARE("column_values_to_be_unique", "unique", COLUMN, NULL),
    ROW("column_values_to_match_json_schema", "json_schema", COLUMN, true, schema, json_texts),
    ROW("column_values_to_match_like_pattern", "like", COLUMN, true, like, case_insensitive),
    ROW("column_values_to_match_like_pattern_list", "like", COLUMN, true, likes, case_insensitive),
    ROW("column_values_to_match_regex", "regex", COLUMN, true, regex, assay_gx_any_regex),
    ROW("column_values_to_match_regex_list", "regex_list", COLUMN, true, regexes, NULL),
    ROW("column_values_to_match_strftime_format", "time_text", COLUMN, true, time_format, NULL),
    ROW("column_values_to_not_be_in_set", "rejected_values", COLUMN, true, members,
        assay_gx_no_members),
    BARE("column_values_to_not_be_null", "not_null", COLUMN, NULL),
    ROW("column_values_to_not_match_like_pattern", "not_like", COLUMN, true, like,
        case_insensitive),
    ROW("column_values_to_not_match_like_pattern_list", "not_like", COLUMN, true, not_likes,
        case_insensitive),
    ROW("column_values_to_not_match_regex", "not_regex", COLUMN, true, not_regex, NULL),
    ROW("column_values_to_not_match_regex_list", "not_regex_list", COLUMN, true, not_regexes, NULL),
    BARE("compound_columns_to_be_unique", "unique", MULTI, NULL),
    ROW("multicolumn_sum_to_equal", "row_sum", MULTI, true, sum_total, NULL),
    BARE("multicolumn_values_to_be_unique", "unique_in_record", MULTI, NULL),
    BARE("select_column_values_to_be_unique_within_record", "unique_in_record", MULTI, NULL),
    ROW("table_column_count_to_be_between", "column_count", TABLE, false, counts, NULL),
    ROW("table_column_count_to_equal", "column_count", TABLE, false, count, NULL),
    ROW("table_columns_to_match_ordered_list", "columns", TABLE, false, ordered_list,
        assay_gx_no_columns),
    ROW("table_columns_to_match_set", "columns", TABLE, false, column_set, assay_gx_no_columns),
    ROW("table_row_count_to_be_between", "row_count", TABLE, false, counts, NULL),
    ROW("table_row_count_to_equal", "row_count", TABLE, false, count, NULL),
    ROW("table_row_count_to_equal_other_table", "same_row_count", TABLE, false, other_table, NULL),
    {"unexpected_rows_expectation", "unexpected_rows", ASSAY_GX_TABLE, false, query, 1, NULL},
};

/* Keywords of every expectation, and of those about a column, a pair, several columns. */
#define EVERY                                                                                    \
    {"result_format", NULL, assay_gx_result_format, 0},                                          \
        {"catch_exceptions", NULL, assay_gx_unread, NULLABLE},                                   \
        {"include_config", NULL, assay_gx_unread, NULLABLE},                                     \
        {"meta", NULL, assay_gx_unread, NULLABLE}, {"notes", NULL, assay_gx_unread, NULLABLE},   \
        {"description", NULL, assay_gx_unread, NULLABLE},                                        \
        {"rendered_content", NULL, assay_gx_unread, NULLABLE},                                   \
        {"id", NULL, assay_gx_unread, NULLABLE}, {"batch_id", NULL, assay_gx_unread, NULLABLE},  \
        {"windows", NULL, assay_gx_unread, NULLABLE},                                            \
        {"severity", NULL, assay_gx_unread, NULLABLE}, {"auto", NULL, assay_gx_legacy, 0},       \
        {"profiler_config", NULL, assay_gx_legacy, 0},                                           \
        {"parse_strings_as_datetimes", "dates and times in ISO 8601 are read in any case",       \
         assay_gx_legacy, 0},                                                                    \
        {"output_strftime_format", "dates and times are shown in ISO 8601", assay_gx_legacy, 0}, \
        {"allow_cross_type_comparisons", "a value that cannot be compared is an unexpected one", \
         assay_gx_legacy, 0},                                                                    \
        {"condition_parser", NULL, assay_gx_unread, 0},                                          \
    {                                                                                            \
        "row_condition", NULL, assay_gx_row_condition, 0                                         \
    }

static const struct assay_gx_kwarg table_common[] = {EVERY};
static const struct assay_gx_kwarg column_common[] = {{"column", "column", NULL, REQUIRED}, EVERY};
static const struct assay_gx_kwarg pair_common[] = {
    {"column_A", "column", assay_gx_pair_column, REQUIRED},
    {"column_B", "other", assay_gx_pair_column, REQUIRED},
    {"ignore_row_if", "ignore_nulls", assay_gx_ignore_row_if, 0},
    EVERY};
static const struct assay_gx_kwarg multi_common[] = {
    {"column_list", "columns", assay_gx_list, REQUIRED},
    {"ignore_row_if", "ignore_nulls", assay_gx_ignore_row_if, 0},
    EVERY};

/* The table has `column` and `other` where the row does not ask for `columns`. */
void assay_gx_pair_column(struct assay_gx_item *item, const struct assay_gx_kwarg *kwarg,
                          const struct assay_node *node)
{
    if (node->kind == ASSAY_NODE_STRING)
        (void)assay_loader_field(item->loader, node->text);
    if (item->row->finish != assay_gx_pair)
        assay_gx_put(item, kwarg->to, node);
}

const struct assay_gx_kwarg *assay_gx_common(enum assay_gx_domain domain, size_t *count_out)
{
    static const struct {
        const struct assay_gx_kwarg *kwargs;
        size_t count;
    } tables[] = {
        [ASSAY_GX_COLUMN] = {column_common, sizeof column_common / sizeof column_common[0]},
        [ASSAY_GX_PAIR] = {pair_common, sizeof pair_common / sizeof pair_common[0]},
        [ASSAY_GX_MULTI] = {multi_common, sizeof multi_common / sizeof multi_common[0]},
        [ASSAY_GX_TABLE] = {table_common, sizeof table_common / sizeof table_common[0]},
    };
    *count_out = tables[domain].count;
    return tables[domain].kwargs;
}

const struct assay_gx_row *assay_gx_rows(size_t *count_out)
{
    *count_out = sizeof rows / sizeof rows[0];
    return rows;
}

static bool same_name(struct assay_str name, const char *row)
{
    for (size_t i = 0; i < name.len; i++, row++) {
        char c = name.ptr[i];
        if (*row == '\0' || (c == 'A' || c == 'B' ? c + 32 : c) != *row)
            return false;
    }
    return *row == '\0';
}

const struct assay_gx_row *assay_gx_row_find(struct assay_str name)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (same_name(name, rows[i].name))
            return &rows[i];
    return NULL;
}
