# A PostgreSQL server of the tests' own: source this after tests/server/lib.sh.
#
#   postgres_start        starts it; then PGHOST, PGPORT and postgres_socket are set, and
#                         the role `assay` owns the database `assay`
#   postgres_admin [DB]   runs SQL from standard input as the superuser
#
# Over the socket nobody is asked for a password, over TCP every role is.
postgres_password=CANARY_7f3a91c2_secret

# Debian keeps the server's programs out of the way, a folder for each version.
postgres_bin()
{
    local bin
    bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
    [ -n "$bin" ] || bin=$(dirname "$(command -v initdb 2>/dev/null || echo /none/initdb)")
    echo "$bin"
}

postgres_ready()
{
    "$postgres_programs/pg_isready" -q -h "$postgres_socket" -p "$PGPORT" &&
        "$postgres_programs/psql" -X -q -h "$postgres_socket" -p "$PGPORT" -U root -d postgres -c ''
}

postgres_start()
{
    local data
    postgres_programs=$(postgres_bin)
    server_need "$postgres_programs/initdb" "$postgres_programs/postgres" "$postgres_programs/psql"
    data=$(server_folder postgres) || return 1
    postgres_socket=$(server_folder socket) || return 1
    chmod 755 "$postgres_socket"
    echo "$postgres_password" >"$server_work/postgres.password"
    chmod 644 "$server_work/postgres.password"
    server_as "$postgres_programs/initdb" -D "$data" -U root --no-sync --locale=C --encoding=UTF8 \
        --auth-local=trust --auth-host=scram-sha-256 --pwfile="$server_work/postgres.password" \
        >"$server_work/initdb.log" 2>&1 || {
        cat "$server_work/initdb.log" >&2
        return 1
    }
    PGPORT=$(server_port)
    PGHOST=127.0.0.1
    unset PGUSER PGPASSWORD PGDATABASE PGSERVICE PGOPTIONS PGSSLMODE PGPASSFILE
    export PGPORT PGHOST PGTZ=UTC
    server_start postgres INT "$postgres_programs/postgres" -D "$data" -p "$PGPORT" \
        -c listen_addresses=127.0.0.1 -c unix_socket_directories="$postgres_socket" \
        -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c log_statement=all \
        -c log_line_prefix='%q%u@%d ' -c timezone=UTC ${postgres_settings-}
    server_wait postgres 60 postgres_ready || return 1
    postgres_admin postgres <<SQL
create role assay login password '$postgres_password';
create database assay owner assay;
SQL
}

postgres_admin()
{
    "$postgres_programs/psql" -X -q -v ON_ERROR_STOP=1 -h "$postgres_socket" -U root -d "${1:-assay}"
}
