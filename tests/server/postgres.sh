# Every kind of trouble that a PostgreSQL server gives, each with what assay says of it and
# its exit status, against a real server: one transcript a kind in tests/server/postgres.
. "${srcdir:=.}/tests/server/lib.sh"
. "$srcdir/tests/server/postgres_lib.sh"
case $srcdir in /*) ;; *) srcdir=$PWD/$srcdir ;; esac

server_begin postgres
postgres_start || exit 1
PGPASSWORD=$postgres_password "$postgres_programs/psql" -X -q -v ON_ERROR_STOP=1 -U assay -d assay \
    -f "$srcdir/tests/server/postgres.sql" || exit 1
postgres_admin <"$srcdir/tests/server/postgres_admin.sql" || exit 1
postgres_admin postgres <<SQL || exit 1
create database old owner assay encoding latin1 template template0;
create database bytes owner assay encoding sql_ascii template template0;
SQL
postgres_admin old <<'SQL' || exit 1
create table cafes (name text);
insert into cafes values (convert_from('\x636166e9', 'latin1')), ('plain');
grant select on cafes to assay;
SQL
# In SQL_ASCII bytes are what the client said they are.
PGCLIENTENCODING=SQL_ASCII postgres_admin bytes <<SQL || exit 1
create table cafes (name text);
insert into cafes values (E'caf\\xe9'), ('plain');
grant select on cafes to assay;
SQL

# $PG is the server as the role `assay`; its password, too, for the tests that ask for it.
base=127.0.0.1:$PGPORT
export PG=postgresql://assay:$postgres_password@$base/assay
export PG_NO_PASSWORD=postgresql://assay@$base/assay
export PG_SOCKET="postgresql:host=$postgres_socket port=$PGPORT user=assay dbname=assay"
export PG_BASE=$base ASSAY postgres_programs postgres_password postgres_socket PGPORT server_work srcdir

# proxy NAME OPTION...: a proxy before the server; $PG_PROXY is the server through it.
proxy()
{
    local name=$1
    shift
    rm -f "$server_work/$name.port"
    server_start "$name" TERM python3 "$srcdir/tests/server/cutting_proxy.py" --to "$base" \
        --port-file "$server_work/$name.run/port" "$@"
    server_wait "$name" 20 test -s "$server_work/$name.run/port" || return 1
    PG_PROXY=postgresql://assay:$postgres_password@127.0.0.1:$(cat "$server_work/$name.run/port")/assay
}

# A statement as the superuser, one value.
admin()
{
    "$postgres_programs/psql" -X -qAt -h "$postgres_socket" -U root -d assay -c "$1"
}

# Ports and passwords are others each time, and never to be seen.
replay_masks="/^waiting for data$/d; s/127\.0\.0\.1:[0-9][0-9]*/HOST:PORT/g; s/port [0-9][0-9]*/port PORT/g; s,$postgres_socket,SOCKET,g; s/SOCKET:[0-9][0-9]*/SOCKET:PORT/g; s/port=[0-9][0-9]*/port=PORT/g"
. "$srcdir/tests/lib/transcript.sh"
trap 'server_end; rm -rf "$replay_work"' EXIT
replay_all tests/server/postgres
