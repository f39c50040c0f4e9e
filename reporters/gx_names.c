/*
 * gx: the expectations' names there, and how each is told.
 */
#include "config.h"

#include "reporters/gx_write.h"

/* The name there of each native expectation. Without a name it keeps its own. */
static const struct row {
    const char *native;
    const char *name;
    enum assay_gx_layout layout;
} rows[] = {
    {"accepted_tuples", "expect_column_pair_values_to_be_in_set", ASSAY_GX_PAIR},
    {"accepted_values", "expect_column_values_to_be_in_set", ASSAY_GX_MAP},
    {"association", "expect_column_pair_cramers_phi_value_to_be_less_than", ASSAY_GX_AGGREGATE},
    {"column_at", "expect_column_to_exist", ASSAY_GX_BARE},
    {"column_count", "expect_table_column_count_to_be_between", ASSAY_GX_AGGREGATE},
    {"columns", "expect_table_columns_to_match_set", ASSAY_GX_AGGREGATE},
    {"compare", "expect_column_pair_values_to_be_equal", ASSAY_GX_PAIR},
    {"date_text", "expect_column_values_to_be_dateutil_parseable", ASSAY_GX_MAP},
    {"decreasing", "expect_column_values_to_be_decreasing", ASSAY_GX_MAP},
    {"distinct_count", "expect_column_unique_value_count_to_be_between", ASSAY_GX_AGGREGATE},
    {"distinct_values", "expect_column_distinct_values_to_be_in_set", ASSAY_GX_AGGREGATE},
    {"fits_bins", "expect_column_bootstrapped_ks_test_p_value_to_be_greater_than",
     ASSAY_GX_AGGREGATE},
    {"fits_distribution",
     "expect_column_parameterized_distribution_ks_test_p_value_to_be_greater_than",
     ASSAY_GX_AGGREGATE},
    {"fits_values", "expect_column_chisquare_test_p_value_to_be_greater_than", ASSAY_GX_AGGREGATE},
    {"increasing", "expect_column_values_to_be_increasing", ASSAY_GX_MAP},
    {"json_schema", "expect_column_values_to_match_json_schema", ASSAY_GX_MAP},
    {"json_text", "expect_column_values_to_be_json_parseable", ASSAY_GX_MAP},
    {"kl_divergence", "expect_column_kl_divergence_to_be_less_than", ASSAY_GX_AGGREGATE},
    {"length", "expect_column_value_lengths_to_be_between", ASSAY_GX_MAP},
    {"like", "expect_column_values_to_match_like_pattern_list", ASSAY_GX_MAP},
    {"max", "expect_column_max_to_be_between", ASSAY_GX_AGGREGATE},
    {"mean", "expect_column_mean_to_be_between", ASSAY_GX_AGGREGATE},
    {"median", "expect_column_median_to_be_between", ASSAY_GX_AGGREGATE},
    {"min", "expect_column_min_to_be_between", ASSAY_GX_AGGREGATE},
    {"most_common", "expect_column_most_common_value_to_be_in_set", ASSAY_GX_AGGREGATE},
    {"not_like", "expect_column_values_to_not_match_like_pattern_list", ASSAY_GX_MAP},
    {"not_null", "expect_column_values_to_not_be_null", ASSAY_GX_NULLS},
    {"not_regex", "expect_column_values_to_not_match_regex", ASSAY_GX_MAP},
    {"not_regex_list", "expect_column_values_to_not_match_regex_list", ASSAY_GX_MAP},
    {"null", "expect_column_values_to_be_null", ASSAY_GX_NULLS},
    {"quantiles", "expect_column_quantile_values_to_be_between", ASSAY_GX_AGGREGATE},
    {"range", "expect_column_values_to_be_between", ASSAY_GX_MAP},
    {"regex", "expect_column_values_to_match_regex", ASSAY_GX_MAP},
    {"regex_list", "expect_column_values_to_match_regex_list", ASSAY_GX_MAP},
    {"rejected_values", "expect_column_values_to_not_be_in_set", ASSAY_GX_MAP},
    {"row_count", "expect_table_row_count_to_be_between", ASSAY_GX_AGGREGATE},
    {"row_sum", "expect_multicolumn_sum_to_equal", ASSAY_GX_MAP},
    {"same_row_count", "expect_table_row_count_to_equal_other_table", ASSAY_GX_AGGREGATE},
    {"stdev", "expect_column_stdev_to_be_between", ASSAY_GX_AGGREGATE},
    {"stored_type", "expect_column_values_to_be_in_type_list", ASSAY_GX_MAP},
    {"sum", "expect_column_sum_to_be_between", ASSAY_GX_AGGREGATE},
    {"time_text", "expect_column_values_to_match_strftime_format", ASSAY_GX_MAP},
    {"unexpected_rows", "unexpected_rows_expectation", ASSAY_GX_AGGREGATE},
    {"unique", "expect_column_values_to_be_unique", ASSAY_GX_MAP},
    {"unique_in_record", "expect_select_column_values_to_be_unique_within_record", ASSAY_GX_MAP},
    {"unique_ratio", "expect_column_proportion_of_unique_values_to_be_between", ASSAY_GX_AGGREGATE},
    {"z_score", "expect_column_value_z_scores_to_be_less_than", ASSAY_GX_MAP},
};

static const struct row *find_row(struct assay_str native)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (assay_str_is(native, rows[i].native))
            return &rows[i];
    return NULL;
}

struct assay_str assay_gx_name(const struct assay_result *result)
{
    const struct row *row = find_row(result->expectation);
    return row ? assay_cstr(row->name) : result->expectation;
}

enum assay_gx_layout assay_gx_layout_of(const struct assay_result *result)
{
    const struct row *row = find_row(result->expectation);
    if (assay_str_is(result->alias, "expect_column_to_exist"))
        return ASSAY_GX_BARE;
    if (row == NULL)
        return result->has_counts && result->observed.kind == ASSAY_VALUE_NULL ? ASSAY_GX_MAP
                                                                               : ASSAY_GX_AGGREGATE;
    if (row->layout == ASSAY_GX_MAP && !result->has_counts && result->verdict != ASSAY_SKIPPED)
        return ASSAY_GX_AGGREGATE;
    return row->layout;
}
