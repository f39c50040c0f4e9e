/*
 * The databases behind ODBC, and the drivers, as far as something is known of them.
 *
 * Names are folded differently (Oracle and Snowflake to capitals, PostgreSQL to small
 * letters, SQL Server and MariaDB by collation or not at all), which does not matter: those
 * that assay uses are always quoted. How many rows are wanted is said in three ways, which
 * are different dialects of the engine: LIMIT, FETCH FIRST, and TOP, instead of which assay
 * stops fetching.
 */
#include "config.h"

#include "source/odbc.h"

#ifdef HAVE_ODBC

#include <strings.h>

/*
 * A transaction that only reads, with its snapshot from the beginning; times in UTC; texts as
 * they are stored; groups of equal texts may show one of them; nobody ends a connection that
 * computes for a while.
 */
#define MYSQL                                                                        \
    "SET SESSION sql_mode = REPLACE(REPLACE(@@sql_mode, 'PAD_CHAR_TO_FULL_LENGTH', ''), \
'ONLY_FULL_GROUP_BY', '')",                                                          \
        "SET SESSION time_zone = '+00:00', SESSION net_write_timeout = 3600",        \
        "SET SESSION lock_wait_timeout = $1, SESSION innodb_lock_wait_timeout = $1", \
        "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ"
#define MYSQL_SNAPSHOT "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"

static const struct assay_odbc_kind kinds[] = {
    {.dbms = "MariaDB",
     .dialect = "mariadb",
     .quote = '`',
     .begin = {MYSQL, "SET SESSION max_statement_time = $2", MYSQL_SNAPSHOT},
     .one_snapshot = true,
     .text_checked = true,
     .primary_keys = true,
     .hex_escapes = true},
    {.dbms = "MySQL",
     .dialect = "odbc-backtick",
     .quote = '`',
     .begin = {MYSQL, MYSQL_SNAPSHOT},
     .one_snapshot = true,
     .text_checked = true,
     .primary_keys = true,
     .hex_escapes = true},
    {.dbms = "SQLite",
     .quote = '"',
     .begin = {"PRAGMA query_only = 1", "BEGIN"},
     .one_snapshot = true,
     .dynamic = true},
    {.dbms = "PostgreSQL",
     .dialect = "odbc-limit",
     .quote = '"',
     .begin = {"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"},
     .one_snapshot = true},
    {.dbms = "Redshift", .dialect = "odbc-limit", .quote = '"'},
    {.dbms = "Snowflake", .dialect = "odbc-limit", .quote = '"'},
    {.dbms = "Vertica", .dialect = "odbc-limit", .quote = '"'},
    {.dbms = "DuckDB", .dialect = "odbc-limit", .quote = '"'},
    {.dbms = "Google BigQuery", .dialect = "odbc-backtick", .quote = '`'},
    {.dbms = "BigQuery", .dialect = "odbc-backtick", .quote = '`'},
    {.dbms = "Spark", .dialect = "odbc-backtick", .quote = '`'},
    {.dbms = "Databricks", .dialect = "odbc-backtick", .quote = '`'},
    {.dbms = "Hive", .dialect = "odbc-backtick", .quote = '`'},
    {.dbms = "Oracle",
     .dialect = "odbc-fetch",
     .quote = '"',
     .begin = {"SET TRANSACTION READ ONLY"},
     .one_snapshot = true},
    {.dbms = "DB2", .dialect = "odbc-fetch", .quote = '"'},
    {.dbms = "", .dialect = "odbc", .quote = '"'}, /* SQL Server has TOP */
};

const struct assay_odbc_kind *assay_odbc_kind_of(const char *dbms)
{
    const struct assay_odbc_kind *kind = kinds;
    while (strncasecmp(dbms, kind->dbms, strlen(kind->dbms)) != 0)
        kind++;
    return kind;
}

static const struct assay_odbc_library libraries[] = {
    /* NO_CACHE and FORWARD_ONLY: from 3.1.17 on rows are not all kept before the first. */
    {.file = "maodbc", .utf8 = true, .keys = "OPTION=3145728"},
    {.file = "sqlite3odbc", .utf8 = true},
    {.file = ""},
};

const struct assay_odbc_library *assay_odbc_library_of(const char *file)
{
    const struct assay_odbc_library *library = libraries;
    while (strcasestr(file, library->file) == NULL)
        library++;
    return library;
}

#endif
