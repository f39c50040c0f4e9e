/*
 * Converts CSV to a table of MariaDB.
 */
#include "config.h"

#include "tests/lib/as_odbc.h"

#ifdef HAVE_ODBC

#include "tests/lib/csv_table.h"

#include <sql.h>
#include <sqlext.h>
#include <stdlib.h>

/* What the numbers of a column have in common. */
struct numbers {
    bool big, decimal, doubles; /* all would be the same as bigint, decimal, double */
    size_t scale, digits;
    bool any;
};

struct table {
    struct csv_table csv;
    struct numbers *numbers;
    struct assay_buf rows; /* of an INSERT */
    SQLHENV env;
    SQLHDBC dbc;
};

static bool is_double(const struct assay_numref *number)
{
    char shown[32];
    double real = assay_number_to_double(number);
    struct assay_numref back = assay_numref(assay_str(shown, assay_double_text(real, shown)));
    return assay_number_compare(number, &back) == 0;
}

static void note_number(struct numbers *n, struct assay_str text)
{
    struct assay_numref number = assay_numref(text);
    size_t whole = 0, scale = 0;
    const char *point = memchr(text.ptr, '.', text.len);
    whole = point != NULL ? (size_t)(point - text.ptr) : text.len;
    scale = point != NULL ? text.len - whole - 1 : 0;
    bool plain = memchr(text.ptr, 'e', text.len) == NULL && memchr(text.ptr, 'E', text.len) == NULL;
    if (!n->any)
        *n = (struct numbers){
            .big = true, .decimal = true, .doubles = true, .scale = scale, .any = true};
    n->digits = whole > n->digits ? whole : n->digits;
    n->big &= plain && scale == 0 && number.code == 0;
    n->decimal &= plain && scale == n->scale && scale <= 30 && n->digits + scale <= 65;
    n->doubles &= number.code != ASSAY_NUM_NOT && is_double(&number);
}

static bool put_value(struct csv_table *csv, uint32_t column, struct assay_str text, bool null)
{
    struct table *t = csv->context;
    if (t->numbers == NULL)
        t->numbers = calloc(csv->column_count, sizeof *t->numbers);
    assay_buf_puts(&t->rows, column ? ", " : t->rows.len > 0 ? ", (" : "(");
    bool truth = csv->columns[column].type == ASSAY_TYPE_BOOLEAN &&
                 (assay_str_is(text, "true") || assay_str_is(text, "false"));
    if (!null)
        note_number(&t->numbers[column], text);
    if (null)
        assay_buf_puts(&t->rows, "NULL");
    else if (truth)
        assay_buf_puts(&t->rows, text.len == 4 ? "1" : "0");
    else {
        assay_buf_puts(&t->rows, "_utf8mb4 x'");
        for (size_t i = 0; i < text.len; i++)
            assay_buf_printf(&t->rows, "%02x", (unsigned char)text.ptr[i]);
        assay_buf_putc(&t->rows, '\'');
    }
    if (column + 1 == csv->column_count)
        assay_buf_putc(&t->rows, ')');
    return !t->rows.failed;
}

static bool put_type(const struct table *t, uint32_t i, struct assay_buf *sql)
{
    const struct csv_table_column *column = &t->csv.columns[i];
    const struct numbers *n = &t->numbers[i];
    switch (csv_table_kind(column)) {
    case 'n':
        if (n->big)
            assay_buf_puts(sql, "bigint");
        else if (n->decimal)
            assay_buf_printf(sql, "decimal(65, %zu)", n->scale);
        else if (n->doubles)
            assay_buf_puts(sql, "double");
        return n->big || n->decimal || n->doubles;
    case 'b': assay_buf_puts(sql, "bit(1)"); return true;
    case 't':
        assay_buf_puts(sql, column->longest <= 200 && t->csv.column_count < 40 ? "varchar(200)"
                                                                               : "longtext");
        return true;
    default: return false;
    }
}

static bool create(const struct table *t, struct assay_buf *sql)
{
    assay_buf_puts(sql, "CREATE TABLE data(assay_key bigint auto_increment primary key invisible");
    for (uint32_t i = 0; i < t->csv.column_count; i++) {
        struct assay_str name = t->csv.columns[i].name;
        assay_buf_puts(sql, ", `");
        for (size_t k = 0; k < name.len; k++) {
            assay_buf_puts(sql, name.ptr[k] == '`' ? "`" : "");
            assay_buf_putc(sql, name.ptr[k]);
        }
        assay_buf_puts(sql, "` ");
        if (!put_type(t, i, sql))
            return false;
    }
    assay_buf_puts(sql, ") character set utf8mb4");
    return !sql->failed;
}

static bool run(const struct table *t, const char *sql)
{
    SQLHSTMT statement;
    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, t->dbc, &statement)))
        return false;
    bool good = SQL_SUCCEEDED(SQLExecDirect(statement, (SQLCHAR *)sql, SQL_NTS));
    SQLFreeHandle(SQL_HANDLE_STMT, statement);
    return good;
}

static bool fill(struct table *t, struct assay_buf *sql)
{
    assay_buf_reset(sql);
    assay_buf_puts(sql, "INSERT INTO data VALUES ");
    assay_buf_str(sql, assay_buf_view(&t->rows));
    return !sql->failed && run(t, "DROP TABLE IF EXISTS data");
}

static bool connect_to(struct table *t, const char *to)
{
    return SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &t->env)) &&
           SQL_SUCCEEDED(
               SQLSetEnvAttr(t->env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3, 0)) &&
           SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, t->env, &t->dbc)) &&
           SQL_SUCCEEDED(SQLDriverConnect(t->dbc, NULL, (SQLCHAR *)to, SQL_NTS, NULL, 0, NULL,
                                          SQL_DRIVER_NOPROMPT));
}

static void hang_up(struct table *t)
{
    if (t->dbc != NULL) {
        SQLDisconnect(t->dbc);
        SQLFreeHandle(SQL_HANDLE_DBC, t->dbc);
    }
    if (t->env != NULL)
        SQLFreeHandle(SQL_HANDLE_ENV, t->env);
}

bool as_odbc(const char *path, const struct assay_suite *suite, const char *to)
{
    struct table t = {.csv = {.put = put_value, .context = &t}};
    struct assay_buf made, filled;
    assay_buf_init(&t.rows, (size_t)64 << 20);
    assay_buf_init(&made, (size_t)1 << 20);
    assay_buf_init(&filled, (size_t)64 << 20);
    bool good = csv_table_read(&t.csv, path, suite) && t.numbers != NULL && create(&t, &made) &&
                connect_to(&t, to) && fill(&t, &filled) && run(&t, made.ptr) && run(&t, filled.ptr);
    hang_up(&t);
    assay_buf_free(&filled);
    assay_buf_free(&made);
    assay_buf_free(&t.rows);
    free(t.numbers);
    csv_table_free(&t.csv);
    return good;
}

#else

bool as_odbc(const char *path, const struct assay_suite *suite, const char *to)
{
    (void)path, (void)suite, (void)to;
    return false;
}

#endif
