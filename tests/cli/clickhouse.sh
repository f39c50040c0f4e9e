# What newer versions of ClickHouse answer, good and faulty, from a server of the tests' own:
# one transcript a kind in tests/cli/clickhouse. tests/server/clickhouse.sh has the real one.
: "${srcdir:=.}"
case $srcdir in /*) ;; *) srcdir=$PWD/$srcdir ;; esac
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
unset CLICKHOUSE_HOST CLICKHOUSE_USER CLICKHOUSE_PASSWORD
if "$ASSAY" list sources | grep '^clickhouse ' | grep -q 'not built in'; then
    echo "1..0 # SKIP no libcurl"
    exit 0
fi
clickhouse_work=$(mktemp -d) || exit 1
mkdir "$clickhouse_work/data"
printf '%s\t%s\n' id UInt64 word 'LowCardinality(Nullable(String))' at "DateTime64(3, \\'UTC\\')" yes Bool \
    bag 'Map(String, Array(UInt8))' big UInt256 ip IPv4 day Date32 list 'Array(Nullable(String))' \
    pair 'Tuple(a Int8, b String)' doc JSON >"$clickhouse_work/data/columns"
n=0
while [ $((n += 1)) -le 40 ]; do
    printf "%s\t%s\t2026-01-02 03:04:05.678+00\t%s\t{'k':[1,2]}\t%s\t127.0.0.%s\t1900-01-01\t%s\t(1,'x')\t%s\n" \
        $n "$([ $((n % 4)) -eq 0 ] && echo '\N' || echo "w$n")" "$([ $((n % 2)) -eq 1 ] && echo true || echo false)" \
        ${n}00000000000000000000000000000000000000000 $n "['it\\'s',NULL]" "{\"a\":$n}"
done >"$clickhouse_work/data/rows"
mkfifo "$clickhouse_work/stop" "$clickhouse_work/port"
python3 "$srcdir/tests/lib/clickhouse_server.py" "$clickhouse_work/data" <"$clickhouse_work/stop" \
    >"$clickhouse_work/port" 2>"$clickhouse_work/err" &
exec {clickhouse_hold}>"$clickhouse_work/stop"
read -r clickhouse_port <"$clickhouse_work/port"
export C_BASE=127.0.0.1:$clickhouse_port/default clickhouse_work ASSAY

replay_masks='/^waiting for data$/d; s/127\.0\.0\.1:[0-9][0-9]*/HOST:PORT/g'
. "$srcdir/tests/lib/transcript.sh"
trap 'exec {clickhouse_hold}>&-; rm -rf "$replay_work" "$clickhouse_work"' EXIT
replay_all tests/cli/clickhouse
