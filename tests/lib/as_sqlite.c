/*
 * Converts CSV to an SQLite table by way of the source that the program itself uses.
 */
#include "config.h"

#include "tests/lib/as_sqlite.h"

#ifdef HAVE_SQLITE3

#include "base/json_write.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

struct table {
    const struct assay_suite *suite;
    struct assay_source *source;
    sqlite3 *db;
    sqlite3_stmt *insert;
};

static enum assay_type type_of(const struct table *t, uint32_t column)
{
    const struct assay_field *field = assay_suite_field(t->suite, t->source->names[column]);
    return field != NULL ? field->type : ASSAY_TYPE_NONE;
}

/* Binds a number; false where SQLite has none that is equal. */
static bool bind_number(struct table *t, int at, enum assay_type type, struct assay_str text)
{
    char shown[32];
    struct assay_numref number = assay_numref(text), back;
    if (assay_number_is_small(number.code) && number.code == 0)
        return sqlite3_bind_int64(t->insert, at, number.mantissa) == SQLITE_OK;
    double real = assay_number_to_double(&number);
    back = assay_numref(assay_str(shown, assay_double_text(real, shown)));
    if (assay_number_compare(&number, &back) == 0)
        return sqlite3_bind_double(t->insert, at, real) == SQLITE_OK;
    return assay_type_is_numeric(type) &&
           sqlite3_bind_text(t->insert, at, text.ptr, (int)text.len, SQLITE_TRANSIENT) == SQLITE_OK;
}

static bool bind(struct table *t, uint32_t column, const struct assay_column *values, uint32_t row)
{
    int at = (int)column + 1;
    enum assay_type type = type_of(t, column);
    struct assay_str text = assay_column_text(values, row);
    if (assay_bit_get(values->null, row))
        return sqlite3_bind_null(t->insert, at) == SQLITE_OK;
    if ((type == ASSAY_TYPE_NONE || assay_type_is_numeric(type)) && assay_json_is_number(text))
        return bind_number(t, at, type, text);
    if (type == ASSAY_TYPE_BOOLEAN) {
        struct assay_numref number = assay_numref(text);
        bool yes = assay_str_is(text, "true");
        if (yes || assay_str_is(text, "false"))
            return sqlite3_bind_int64(t->insert, at, yes) == SQLITE_OK;
        if (number.code != ASSAY_NUM_NOT) /* would become a number */
            return false;
    }
    return sqlite3_bind_text(t->insert, at, text.ptr, (int)text.len, SQLITE_TRANSIENT) == SQLITE_OK;
}

static bool put_batch(struct table *t, struct assay_batch *batch)
{
    if (batch->ops->decode(batch, NULL) != ASSAY_OK || batch->finding_count > 0)
        return false;
    for (uint32_t row = 0; row < batch->rows; row++) {
        for (uint32_t i = 0; i < t->source->column_count; i++) {
            const struct assay_column *column = assay_batch_column(batch, i, NULL, NULL);
            if (column == NULL || !bind(t, i, column, row))
                return false;
        }
        if (sqlite3_step(t->insert) != SQLITE_DONE || sqlite3_reset(t->insert) != SQLITE_OK)
            return false;
    }
    return true;
}

static void put_name(struct assay_buf *sql, struct assay_str name)
{
    assay_buf_putc(sql, '"');
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] == '"')
            assay_buf_putc(sql, '"');
        assay_buf_putc(sql, name.ptr[i]);
    }
    assay_buf_putc(sql, '"');
}

static const char *declared(enum assay_type type)
{
    switch (type) {
    case ASSAY_TYPE_BOOLEAN: return " BOOLEAN";
    case ASSAY_TYPE_STRING: return " TEXT";
    default: return "";
    }
}

static bool create(struct table *t)
{
    struct assay_buf sql;
    assay_buf_init(&sql, (size_t)1 << 20);
    assay_buf_puts(&sql, "CREATE TABLE data(");
    for (uint32_t i = 0; i < t->source->column_count; i++) {
        assay_buf_puts(&sql, i > 0 ? ", " : "");
        put_name(&sql, t->source->names[i]);
        assay_buf_puts(&sql, declared(type_of(t, i)));
    }
    assay_buf_puts(&sql, ")");
    bool good = sqlite3_exec(t->db, sql.ptr, NULL, NULL, NULL) == SQLITE_OK;
    assay_buf_reset(&sql);
    assay_buf_puts(&sql, "INSERT INTO data VALUES(?");
    for (uint32_t i = 1; i < t->source->column_count; i++)
        assay_buf_puts(&sql, ",?");
    assay_buf_puts(&sql, ")");
    good = good && sqlite3_prepare_v2(t->db, sql.ptr, -1, &t->insert, NULL) == SQLITE_OK;
    assay_buf_free(&sql);
    return good;
}

static bool put_source(struct table *t)
{
    struct assay_batch batch;
    struct assay_source *source = t->source;
    bool good = source->header_finding_count == 0 && source->column_count > 0;
    for (uint32_t i = 0; good && i < source->column_count; i++)
        good = source->repeated == NULL || source->repeated[i] == 0;
    if (!good || !create(t) || assay_batch_init(source, &batch, NULL) != ASSAY_OK)
        return false;
    do {
        good = assay_source_next(source, &batch, NULL) == ASSAY_OK;
        if (good && batch.rows > 0)
            good = put_batch(t, &batch);
    } while (good && batch.rows > 0);
    good = good && assay_source_finish(source, NULL) == ASSAY_OK && source->files[0].records > 0;
    assay_batch_free(source, &batch);
    return good;
}

bool as_sqlite(const char *path, const struct assay_suite *suite, const char *to)
{
    struct assay_source_options options = suite->options.source;
    struct table t = {.suite = suite};
    options.format = "csv";
    unlink(to);
    if (assay_source_open(assay_cstr(path), &options, &t.source, NULL) != ASSAY_OK)
        return false;
    bool good = sqlite3_open(to, &t.db) == SQLITE_OK &&
                sqlite3_exec(t.db, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN", NULL,
                             NULL, NULL) == SQLITE_OK &&
                put_source(&t);
    sqlite3_finalize(t.insert);
    good = good && sqlite3_exec(t.db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
    sqlite3_close(t.db);
    assay_source_close(t.source);
    return good;
}

#else

bool as_sqlite(const char *path, const struct assay_suite *suite, const char *to)
{
    (void)path, (void)suite, (void)to;
    return false;
}

#endif
