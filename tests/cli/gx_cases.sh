# Great Expectations' own cases, where the environment variable GX_CASES names the folder
# that holds them and the script that runs them, on every carrier that can be read.
case ${GX_CASES:-} in '') exit 77 ;; esac
. "${srcdir:=.}/tests/lib/tap_check.sh"

# A case about a column that its data does not have cannot be told from a mistake.
python3 - "$GX_CASES" >cases.ndjson <<'END'
import glob, json, os, sys
for path in sorted(glob.glob(os.path.join(sys.argv[1], "*.ndjson"))):
    for line in open(path):
        case = json.loads(line)
        named = [case["kwargs"].get(k) for k in ("column", "column_A", "column_B")]
        if "unexpected_list" not in case["expect"] or set(filter(None, named)) <= set(case["columns"]):
            print(line, end="")
END

carrier() {
    run 0 "$GX_CASES/run" "$ASSAY" cases.ndjson --carrier "$1" --verbose
}

check 'there are cases' test -s cases.ndjson
check 'as NDJSON' carrier ndjson
check 'as CSV' carrier csv
if "$ASSAY" list sources 2>/dev/null | grep -q '^sqlite'; then
    check 'as a table of SQLite' carrier sqlite
fi
done_testing
