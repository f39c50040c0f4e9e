# Every case of tests/cases whose data a table can hold, in a ClickHouse server, and then
# with every second record on another one, under a Distributed table: the same verdicts,
# counts, observed values and failing rows as from a file.
. "${srcdir:=.}/tests/server/lib.sh"
. "$srcdir/tests/server/clickhouse_lib.sh"

server_begin clickhouse-cases
clickhouse_ports one
clickhouse_ports two
clickhouse_start one "$one_tcp" "$two_tcp" || exit 1
clickhouse_start two "$one_tcp" "$two_tcp" || exit 1
export srcdir ASSAY_CASES_CLICKHOUSE=clickhouse://assay:$clickhouse_password@127.0.0.1:$one_http/default

# cases NAME LEAST: what a runner that made no table prints would pass as well.
cases()
{
    local status=0 runs
    echo "# $1"
    "$builddir/tests/cases_runner" >"$server_work/cases.out" || status=$?
    cat "$server_work/cases.out"
    runs=$(sed -n 's/^# \([0-9]*\) runs in ASSAY_CASES_CLICKHOUSE$/\1/p' "$server_work/cases.out")
    [ "${runs:-0}" -ge "$2" ] || {
        echo "not ok - cases ran in ClickHouse: ${runs:-none}"
        status=1
    }
    return $status
}

failed=0
cases 'one node' 800 || failed=1
ASSAY_CASES_SHARD=clickhouse://assay:$clickhouse_password@127.0.0.1:$two_http/default \
    cases 'two shards' 750 || failed=1
exit $failed
