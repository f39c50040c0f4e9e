# Every kind of trouble that a ClickHouse server gives, each with what assay says of it and
# its exit status, against real servers: one transcript a kind in tests/server/clickhouse.
. "${srcdir:=.}/tests/server/lib.sh"
. "$srcdir/tests/server/clickhouse_lib.sh"
case $srcdir in /*) ;; *) srcdir=$PWD/$srcdir ;; esac

server_begin clickhouse
clickhouse_ports one
clickhouse_ports two
clickhouse_start one "$one_tcp" "$two_tcp" || exit 1
clickhouse_start two "$one_tcp" "$two_tcp" || exit 1

# A file of statements, a blank line between them, on a server.
load()
{
    local statement=
    while IFS= read -r line || [ -n "$line" ]; do
        if [ -n "$line" ]; then
            statement=$statement$line$'\n'
        elif [ -n "$statement" ]; then
            printf %s "$statement" | clickhouse_sql "$1" || return 1
            statement=
        fi
    done
    [ -z "$statement" ] || printf %s "$statement" | clickhouse_sql "$1"
}
load one <"$srcdir/tests/server/clickhouse.sql" || exit 1
load two <"$srcdir/tests/server/clickhouse_shard.sql" || exit 1

# $CH is the server as the user `assay`; its password, too, for the tests that ask for it.
unset CLICKHOUSE_HOST CLICKHOUSE_USER CLICKHOUSE_PASSWORD
base=127.0.0.1:$one_http
export CH=clickhouse://assay:$clickhouse_password@$base/default
export CH_BASE=$base CH_TWO=127.0.0.1:$two_http clickhouse_password ASSAY srcdir one_http two_http
export server_work

# proxy NAME OPTION...: a proxy before the server; $CH_PROXY is the server through it.
proxy()
{
    local name=$1
    shift
    rm -f "$server_work/$name.run/port"
    server_start "$name" TERM python3 "$srcdir/tests/server/cutting_proxy.py" --to "$base" \
        --port-file "$server_work/$name.run/port" "$@"
    server_wait "$name" 20 test -s "$server_work/$name.run/port" || return 1
    CH_PROXY=clickhouse://assay:$clickhouse_password@127.0.0.1:$(cat "$server_work/$name.run/port")/default
}

# A statement on the first server.
admin()
{
    echo "$1" | clickhouse_sql one
}

# Waits until a statement with a text in it runs there; another one asks.
running()
{
    local n=0
    until [ "$(admin "SELECT count() > 0 FROM system.processes WHERE query LIKE '%$1%' AND query NOT LIKE '%system.processes%'")" = 1 ]; do
        sleep 0.1
        [ $((n += 1)) -lt 200 ] || return 1
    done
}

# Ports and passwords are others each time, and never to be seen.
# Where a syntax error is found the server does not always say the same.
replay_masks='s/Syntax error.*failed at .* (62)/Syntax error … (62)/; /^waiting for data$/d; s/127\.0\.0\.1:[0-9][0-9]*/HOST:PORT/g; s/localhost:[0-9][0-9]*/HOST:PORT/g; s,//:[0-9][0-9]*,//:PORT,g'
. "$srcdir/tests/lib/transcript.sh"
trap 'server_end; rm -rf "$replay_work"' EXIT
replay_all tests/server/clickhouse
