# Every case of tests/cases whose data a table can hold, in a PostgreSQL server: the same
# verdicts, counts, observed values and failing rows as from a file.
. "${srcdir:=.}/tests/server/lib.sh"
. "$srcdir/tests/server/postgres_lib.sh"

server_begin postgres-cases
postgres_settings='-c log_statement=none' postgres_start || exit 1
ASSAY_CASES_POSTGRES=postgresql://assay:$postgres_password@127.0.0.1:$PGPORT/assay
export ASSAY_CASES_POSTGRES srcdir
"$builddir/tests/cases_runner" >"$server_work/cases.out"
status=$?
cat "$server_work/cases.out"
# A runner that made no table would pass as well.
runs=$(sed -n 's/^# \([0-9]*\) runs in ASSAY_CASES_POSTGRES$/\1/p' "$server_work/cases.out")
[ "${runs:-0}" -ge 200 ] || {
    echo "not ok - cases ran in PostgreSQL: ${runs:-none}"
    exit 1
}
exit $status
