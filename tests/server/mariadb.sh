# Every kind of trouble that a MariaDB server gives by way of ODBC, each with what assay says
# of it and its exit status, against a real server: one transcript a kind in
# tests/server/mariadb.
. "${srcdir:=.}/tests/server/lib.sh"
. "$srcdir/tests/server/mariadb_lib.sh"
case $srcdir in /*) ;; *) srcdir=$PWD/$srcdir ;; esac

server_begin mariadb
mariadb_settings=--max-allowed-packet=268435456 mariadb_start || exit 1
mariadb_admin <"$srcdir/tests/server/mariadb.sql" || exit 1
"$ASSAY" list sources | grep '^odbc ' | grep -q 'not built in' && {
    echo "built without ODBC"
    exit 77
}

# $MDB is the server as the user `assay`; behind it comes ?table=NAME.
base=127.0.0.1:$mariadb_port
export MDB="$mariadb_odbc;Pwd=$mariadb_password"
export MDB_NO_PASSWORD=$mariadb_odbc
export ASSAY mariadb_password mariadb_socket mariadb_port server_work srcdir

# proxy NAME OPTION...: a proxy before the server; $MDB_PROXY is the server through it.
proxy()
{
    local name=$1 port
    shift
    rm -f "$server_work/$name.run/port"
    server_start "$name" TERM python3 "$srcdir/tests/server/cutting_proxy.py" --to "$base" \
        --port-file "$server_work/$name.run/port" "$@"
    server_wait "$name" 20 test -s "$server_work/$name.run/port" || return 1
    port=$(cat "$server_work/$name.run/port")
    MDB_PROXY=${MDB/Port=$mariadb_port/Port=$port}
}

# A statement as the superuser, its value.
admin()
{
    mariadb --no-defaults --socket="$mariadb_socket" --user=root -N -e "$1" assay
}

# Ports and times are others each time, and passwords never to be seen.
replay_masks="/^waiting for data$/d; s/127\.0\.0\.1:[0-9][0-9]*/HOST:PORT/g; s/Port=[0-9][0-9]*/Port=PORT/g; s,$server_work,WORK,g"
. "$srcdir/tests/lib/transcript.sh"
trap 'server_end; rm -rf "$replay_work"' EXIT
replay_all tests/server/mariadb
