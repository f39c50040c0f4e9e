# A Great Expectations suite in each version of their format, with every expectation once,
# gives the result that is kept beside it; each level of result_format tells what it should.
. "${srcdir:=.}/tests/lib/tap_check.sh"
cp "$srcdir"/tests/data/gx/* .

# VERSION
golden() {
    run 1 "$ASSAY" validate "suite-$1.json" orders.csv -o gx --result-format complete \
        --no-timings --as-of 2024-02-01 || return 1
    sed 's/"assay_version": "[^"]*"/"assay_version": "*"/' out >found
    diff "result-$1.json" found && empty err
}

# LEVEL KEYS...: of the result of a check of values, exactly these
level() {
    local level=$1
    shift
    run 1 "$ASSAY" validate suite-1.2.json orders.csv -o gx --result-format "$level" || return 1
    python3 - "$@" <<'END'
import json, sys
results = json.load(open("out"))["results"]
found = next(r["result"] for r in results
             if r["expectation_config"]["type"] == "expect_column_values_to_match_regex")
if list(found) != sys.argv[1:]:
    sys.exit("found %s" % list(found))
END
}

# Lists are cut, counts are not; what is infinite is JSON all the same.
capped() {
    { echo a; seq 1 500; echo inf; } >many.csv
    cat >many.json <<'END'
{"name": "many", "expectations": [
 {"type": "expect_column_values_to_be_null", "kwargs": {"column": "a"}},
 {"type": "expect_column_distinct_values_to_be_in_set", "kwargs": {"column": "a", "value_set": [1]}}]}
END
    run 1 "$ASSAY" validate many.json many.csv -o gx --result-format complete "$@" || return 1
    python3 - "${2:-200}" <<'END'
import json, sys
def refuse(word):
    sys.exit("%s is no JSON" % word)
most = int(sys.argv[1])
nulls, distinct = json.load(open("out"), parse_constant=refuse)["results"]
assert nulls["result"]["unexpected_count"] == 501, nulls["result"]["unexpected_count"]
assert len(nulls["result"]["unexpected_list"]) == min(most, 501)
assert len(nulls["result"]["partial_unexpected_list"]) == min(20, most)
assert len(distinct["result"]["observed_value"]) == min(most, 501)
if most > 500:
    assert nulls["result"]["unexpected_list"][-1] == "Infinity"
END
}

# What pandas reads as missing is missing; that can be said otherwise.
missing() {
    printf 'a,b\nNA,1\nnull,1\n,1\nx,1\n' >na.csv
    echo '{"name": "s", "expectations": [{"type": "expect_column_values_to_not_be_null",
        "kwargs": {"column": "a"}}]}' >na.json
    run 1 "$ASSAY" validate na.json na.csv -o gx && grep -q '"unexpected_count": 3' out &&
        run 1 "$ASSAY" validate na.json na.csv -o gx --null-values '' &&
        grep -q '"unexpected_count": 1' out
}

# Faults never look like successes: malformed records, a column that is not there.
faults() {
    printf 'a,b\n1,2\n3\n' >bad.csv
    echo '{"name": "s", "expectations": [{"type": "expect_column_values_to_not_be_null",
        "kwargs": {"column": "a"}}, {"type": "expect_column_max_to_be_between",
        "kwargs": {"column": "z", "max_value": 3}}]}' >bad.json
    run 3 "$ASSAY" validate bad.json bad.csv -o gx || return 1
    python3 - <<'END'
import json
run = json.load(open("out"))
first, second, third = run["results"]
assert not run["success"] and first["success"] and not second["success"] and not third["success"]
assert second["exception_info"]["raised_exception"] and second["result"] == {}
assert third["expectation_config"]["type"] == "well_formed"
assert run["statistics"]["evaluated_expectations"] == 3
END
}

basic="element_count unexpected_count unexpected_percent partial_unexpected_list missing_count
    missing_percent unexpected_percent_total unexpected_percent_nonmissing"
summary="$basic partial_unexpected_counts partial_unexpected_index_list"
complete="$summary unexpected_list unexpected_index_list unexpected_index_query"

for version in 0.13 0.15 0.16 0.17 0.18 1.2 1.9; do
    check "a suite of $version" golden "$version"
done
check 'result_format boolean_only' level boolean_only
check 'result_format basic' level basic $basic
check 'result_format summary' level summary $summary
check 'result_format complete' level complete $complete
check 'lists are cut at 200' capped
check 'lists are cut where one says' capped --max-values 7
check 'lists are whole where one says' capped --max-values 1000
check 'what is missing in CSV' missing
check 'faults are failures' faults
done_testing
