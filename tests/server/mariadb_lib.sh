# A MariaDB server of the tests' own: source this after tests/server/lib.sh.
#
#   mariadb_start         starts it; then mariadb_port, mariadb_socket and mariadb_odbc (a
#                         connection string of the user `assay` for the database `assay`,
#                         without a password) are set; unixODBC finds the drivers
#   mariadb_admin [DB]    runs SQL from standard input as the superuser
mariadb_password=CANARY_51d0e4b7_secret

mariadb_ready()
{
    mariadb --no-defaults --socket="$mariadb_socket" --user=root -e ''
}

# The drivers by their paths, so that nothing of the machine's own settings is needed.
mariadb_driver()
{
    local file
    for file in /usr/lib/*/odbc/"$1" /usr/lib/odbc/"$1" /usr/lib64/"$1" /usr/local/lib/"$1"; do
        [ -f "$file" ] && echo "$file" && return
    done
    return 1
}

mariadb_start()
{
    local data user=nobody
    server_need mariadbd mariadb-install-db mariadb
    mariadb_library=$(mariadb_driver libmaodbc.so) || {
        echo "odbc-mariadb is not installed"
        exit 77
    }
    data=$(server_folder mariadb) || return 1
    mariadb_port=$(server_port)
    mariadb_socket=$server_work/mariadb.run/s
    [ "$(id -u)" -eq 0 ] || user=$(id -un)
    server_as mariadb-install-db --no-defaults --datadir="$data" --auth-root-authentication-method=normal \
        --skip-test-db >"$server_work/install.log" 2>&1 || {
        cat "$server_work/install.log" >&2
        return 1
    }
    server_start mariadb TERM mariadbd --no-defaults --datadir="$data" --socket="$mariadb_socket" \
        --port="$mariadb_port" --bind-address=127.0.0.1 --pid-file="$server_work/mariadb.run/pid" \
        --innodb-flush-log-at-trx-commit=0 --skip-name-resolve --character-set-server=utf8mb4 \
        --log-error="$server_work/mariadb.run/error" --general-log=1 \
        --general-log-file="$server_work/mariadb.run/queries" ${mariadb_settings-}
    server_wait mariadb 60 mariadb_ready || return 1
    printf '[MariaDB]\nDriver=%s\n[SQLite3]\nDriver=%s\n' "$mariadb_library" \
        "$(mariadb_driver libsqlite3odbc.so)" >"$server_work/odbcinst.ini"
    : >"$server_work/odbc.ini"
    chmod 644 "$server_work"/odbc*.ini
    export ODBCSYSINI=$server_work ODBCINI=$server_work/odbc.ini
    mariadb_odbc="odbc:Driver={MariaDB};Server=127.0.0.1;Port=$mariadb_port;Database=assay;Uid=assay"
    mariadb_admin mysql <<SQL
create database assay;
create user assay@'127.0.0.1' identified by '$mariadb_password';
grant all on assay.* to assay@'127.0.0.1';
SQL
}

mariadb_admin()
{
    mariadb --no-defaults --socket="$mariadb_socket" --user=root --default-character-set=utf8mb4 "${1:-assay}"
}
