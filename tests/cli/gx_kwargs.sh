# Every expectation of Great Expectations with every keyword that it has: each is loaded
# without an error, alone and with all at once, and evaluated.
. "${srcdir:=.}/tests/lib/tap_check.sh"
command -v python3 >/dev/null || exit 77

python3 - <<'END'
import json

bounds = {"min_value": 0, "max_value": 9, "strict_min": True, "strict_max": False}
many = {"mostly": 0.5}
rows = {"row_condition": "a > 0", "condition_parser": "pandas"}
every = {"result_format": {"result_format": "COMPLETE", "partial_unexpected_count": 3,
                           "include_unexpected_rows": True, "exclude_unexpected_values": False,
                           "return_unexpected_index_query": True,
                           "unexpected_index_column_names": ["b"]},
         "catch_exceptions": True, "meta": {"k": 1}, "notes": ["n"], "description": "d", "id": "0",
         "rendered_content": None, "batch_id": "b", "windows": None}
column = {"column": "a"}
pair = {"column_A": "a", "column_B": "b", "ignore_row_if": "either_value_is_missing"}
multi = {"column_list": ["a", "b"], "ignore_row_if": "any_value_is_missing"}
shares = {"values": [1, 2], "weights": [0.5, 0.5]}
bins = {"bins": [0, 1, 2], "weights": [0.5, 0.5]}

table = [
    ("column_distinct_values_to_be_in_set", column, {"value_set": [1, 2]}),
    ("column_distinct_values_to_contain_set", column, {"value_set": [1]}),
    ("column_distinct_values_to_equal_set", column, {"value_set": [1, 2]}),
    ("column_kl_divergence_to_be_less_than", column,
     {"partition_object": bins, "threshold": 1, "internal_weight_holdout": 0.1,
      "tail_weight_holdout": 0.1, "bucketize_data": True, "min_value": None, "max_value": None}),
    ("column_most_common_value_to_be_in_set", column, {"value_set": [1], "ties_okay": True}),
    ("column_quantile_values_to_be_between", column,
     {"quantile_ranges": {"quantiles": [0.5], "value_ranges": [[0, None]]}, "allow_relative_error": False}),
    ("column_to_exist", {}, {"column": "a", "column_index": 0}),
    ("column_value_lengths_to_equal", column, {"value": 1, **many}),
    ("column_value_lengths_to_be_between", column, {**bounds, **many}),
    ("column_value_z_scores_to_be_less_than", column, {"threshold": 3, "double_sided": True, **many}),
    ("column_values_to_be_between", column, {**bounds, **many}),
    ("column_values_to_be_in_set", column, {"value_set": [1], **many}),
    ("column_values_to_not_be_in_set", column, {"value_set": [1], **many}),
    ("column_values_to_be_in_type_list", column, {"type_list": ["int", "str"], **many}),
    ("column_values_to_be_of_type", column, {"type_": "int64", **many}),
    ("column_values_to_be_increasing", column, {"strictly": True, **many}),
    ("column_values_to_be_decreasing", column, {"strictly": False, **many}),
    ("column_values_to_match_json_schema", column, {"json_schema": {"type": "integer"}, **many}),
    ("column_values_to_match_like_pattern", column, {"like_pattern": "1%", **many}),
    ("column_values_to_not_match_like_pattern", column, {"like_pattern": "1%", **many}),
    ("column_values_to_match_like_pattern_list", column, {"like_pattern_list": ["1%"], "match_on": "any", **many}),
    ("column_values_to_not_match_like_pattern_list", column, {"like_pattern_list": ["1%"], **many}),
    ("column_values_to_match_regex", column, {"regex": "1", **many}),
    ("column_values_to_not_match_regex", column, {"regex": "1", **many}),
    ("column_values_to_match_regex_list", column, {"regex_list": ["1"], "match_on": "all", **many}),
    ("column_values_to_not_match_regex_list", column, {"regex_list": ["1"], **many}),
    ("column_values_to_match_strftime_format", column, {"strftime_format": "%Y", **many}),
    ("table_column_count_to_be_between", {}, {"min_value": 1, "max_value": 2}),
    ("table_column_count_to_equal", {}, {"value": 2}),
    ("table_columns_to_match_ordered_list", {}, {"column_list": ["a", "b"]}),
    ("table_columns_to_match_set", {}, {"column_set": ["a", "b"], "exact_match": True}),
    ("table_row_count_to_be_between", rows, {"min_value": 1, "max_value": 2}),
    ("table_row_count_to_equal", rows, {"value": 2}),
    ("table_row_count_to_equal_other_table", {}, {"other_table_name": "d.csv"}),
    ("column_pair_values_a_to_be_greater_than_b", pair, {"or_equal": True, **many}),
    ("column_pair_values_to_be_equal", pair, many),
    ("column_pair_values_to_be_in_set", pair, {"value_pairs_set": [[1, 1]], **many}),
    ("compound_columns_to_be_unique", multi, many),
    ("multicolumn_values_to_be_unique", multi, many),
    ("select_column_values_to_be_unique_within_record", multi, many),
    ("multicolumn_sum_to_equal", multi, {"sum_total": 2, **many}),
    ("column_chisquare_test_p_value_to_be_greater_than", column,
     {"partition_object": shares, "p": 0.05, "tail_weight_holdout": 0.1}),
    ("column_bootstrapped_ks_test_p_value_to_be_greater_than", column,
     {"partition_object": bins, "p": 0.05, "bootstrap_samples": 9, "bootstrap_sample_size": 4}),
    ("column_parameterized_distribution_ks_test_p_value_to_be_greater_than", column,
     {"distribution": "gamma", "params": [2, 0, 1], "p_value": 0.05}),
    ("column_pair_cramers_phi_value_to_be_less_than", {"column_A": "a", "column_B": "b"},
     {"bins_A": [0, 1, 5], "bins_B": [0, 1, 5], "n_bins_A": 4, "n_bins_B": 4, "threshold": 0.5}),
]
for name in ("null", "unique", "dateutil_parseable", "json_parseable"):
    table.append(("column_values_to_be_" + name, column, many))
table.append(("column_values_to_not_be_null", column, many))
for name in ("max", "min", "mean", "median", "stdev", "sum", "unique_value_count"):
    table.append(("column_%s_to_be_between" % name, column, bounds))
table.append(("column_proportion_of_unique_values_to_be_between", column, {"min_value": 0, "max_value": 1}))

items = []
for name, about, own in table:
    where = {} if name.startswith("table_column") or name == "column_to_exist" else rows
    for key in own:
        # A keyword alone, with those that it cannot do without.
        needed = {k: v for k, v in own.items() if k not in ("mostly", "strict_min", "strict_max")}
        items.append({"type": "expect_" + name, "kwargs": {**about, **needed, key: own[key]}})
    if "other_table" in name:
        where = {}
    items.append({"type": "expect_" + name, "kwargs": {**about, **own, **where, **every}})
items.append({"type": "unexpected_rows_expectation",
              "kwargs": {"unexpected_rows_query": "SELECT * FROM {batch} WHERE a > 5", **every}})
json.dump({"name": "all", "expectations": items}, open("all.json", "w"))
for item in items:
    item["expectation_type"] = item.pop("type")
json.dump({"expectation_suite_name": "all", "expectations": items}, open("old.json", "w"))
print("a,b\n1,1\n2,2", file=open("d.csv", "w"))
END

names() {
    sed -nE 's/.*(ROW|BARE)\("([a-z_]+)".*/expect_\2/p' "$srcdir/src/suite/gx_table.c" | sort -u >known
    grep -o '"expect_[a-z_]*"' all.json | tr -d '"' | sort -u | diff known -
}

loaded() {
    run 0 "$ASSAY" lint "$1" && ! grep -q SUITE- err
}

evaluated() {
    run 1 "$ASSAY" validate all.json d.csv -o gx || return 1
    python3 -c '
import json
results = json.load(open("out"))["results"]
broken = [r for r in results if r["exception_info"]["raised_exception"]]
assert len(results) > 150, len(results)
for r in broken:
    print(r["expectation_config"]["type"], r["exception_info"]["exception_message"])
assert not broken'
}

check 'there is no expectation beside these' names
check 'a suite of 1.x' loaded all.json
check 'a suite of 0.x' loaded old.json
check 'each can be evaluated' evaluated
done_testing
