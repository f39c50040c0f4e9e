# Every case of tests/cases whose data a table can hold, by way of ODBC: in a MariaDB server,
# and in a file of SQLite. The same verdicts, counts, observed values and failing rows as
# from a file of text.
. "${srcdir:=.}/tests/server/lib.sh"
. "$srcdir/tests/server/mariadb_lib.sh"

server_begin mariadb-cases
mariadb_settings="--innodb-doublewrite=0 --general-log=0" mariadb_start || exit 1
ASSAY_CASES_MARIADB="$mariadb_odbc;Pwd=$mariadb_password"
ASSAY_CASES_SQLITE_ODBC='odbc:Driver={SQLite3};Database=data.db'
export ASSAY_CASES_MARIADB ASSAY_CASES_SQLITE_ODBC srcdir
"$builddir/tests/cases_runner" >"$server_work/cases.out"
status=$?
cat "$server_work/cases.out"
# A runner that made no table would pass as well.
for name in ASSAY_CASES_MARIADB ASSAY_CASES_SQLITE_ODBC; do
    runs=$(sed -n "s/^# \([0-9]*\) runs in $name\$/\1/p" "$server_work/cases.out")
    [ "${runs:-0}" -ge 1000 ] || {
        echo "not ok - cases ran in $name: ${runs:-none}"
        exit 1
    }
done
exit $status
