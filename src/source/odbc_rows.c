/*
 * Statements of ODBC and their rows.
 *
 * Where every column has a bound, rows come in arrays that were bound before. Where one has
 * none (long texts), they come one by one, each value in as many pieces as it takes, so that
 * none is ever cut. The connection's thread reads into memory of the cursor's own, never
 * into the caller's: it may be left while it does.
 */
#include "config.h"

#include "source/odbc_rows.h"

#ifdef HAVE_ODBC

#include <stdio.h>
#include <stdlib.h>

#define ROWS_MAX 1024u
#define STAGE_BYTES ((size_t)1 << 20)
#define PIECE 8192u
#define STAGE_MAX ((size_t)UINT32_MAX)

/* A value that was read: where it is among the bytes of the stage. */
struct cell {
    size_t off, len;
    bool null;
};

struct odbc_cursor {
    struct assay_db_cursor base;
    struct assay_odbc *own;
    SQLHSTMT statement;
    struct assay_odbc_column *columns;
    struct assay_arena arena;
    int64_t used;     /* of the statement's time, so far */
    size_t max_field; /* most bytes of a value */
    bool whole;       /* arrays are bound */
    bool done;        /* the last row was read */
    bool too_large, nomem, cut;
    uint32_t bad_column; /* of those three */
    /* The stage: rows that were read, and are not yet in a block. */
    uint32_t rows, at, room;
    uint64_t seen;
    char **arrays; /* bound: by column */
    SQLLEN **lengths;
    SQLUSMALLINT *states;
    SQLULEN fetched;
    struct cell *cells; /* one by one */
    char *bytes;
    size_t len, bytes_room;
};

static void prepare_job(void *context)
{
    struct assay_odbc *own = context;
    own->result = SQLPrepare(own->statement, (SQLCHAR *)own->text.ptr, (SQLINTEGER)own->text.len);
}

static void execute_job(void *context)
{
    struct assay_odbc *own = context;
    own->result = SQLExecute(own->statement);
}

static void drop_job(void *context)
{
    struct assay_odbc *own = context;
    SQLFreeHandle(SQL_HANDLE_STMT, own->statement);
}

void assay_odbc_drop(struct assay_odbc *own, SQLHSTMT statement)
{
    own->statement = statement;
    if (!own->lost && statement != NULL)
        (void)!assay_odbc_run(own, drop_job, own, NULL, 5000000, NULL);
}

static enum assay_status checked(struct assay_odbc *own, enum assay_status status,
                                 struct assay_error *err)
{
    if (status != ASSAY_OK || SQL_SUCCEEDED(own->result) || own->result == SQL_NO_DATA)
        return status;
    return assay_odbc_fail(own, SQL_HANDLE_STMT, own->statement, err);
}

/* Whether the session itself knows how long a statement may take. */
static bool knows_limit(const struct assay_odbc *own)
{
    for (size_t i = 0; own->kind->begin[i] != NULL; i++)
        if (strstr(own->kind->begin[i], "$2") != NULL)
            return true;
    return false;
}

enum assay_status assay_odbc_prepare(struct assay_odbc *own, struct assay_str sql, SQLHSTMT *out,
                                     struct assay_error *err)
{
    int64_t limit = own->options->statement_timeout;
    *out = NULL;
    if (own->lost)
        return assay_fail(err, ASSAY_SOURCE, "DB-LOST", "the connection was left before");
    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, own->dbc, &own->statement)))
        return assay_odbc_fail(own, SQL_HANDLE_DBC, own->dbc, err);
    SQLSetStmtAttr(own->statement, SQL_ATTR_CURSOR_TYPE, (SQLPOINTER)SQL_CURSOR_FORWARD_ONLY, 0);
    if (limit != 0 && !knows_limit(own))
        SQLSetStmtAttr(own->statement, SQL_ATTR_QUERY_TIMEOUT,
                       (SQLPOINTER)(uintptr_t)((limit + 999999) / 1000000), 0);
    assay_buf_reset(&own->text);
    assay_buf_str(&own->text, sql);
    SQLHSTMT statement = own->statement;
    enum assay_status status =
        own->text.failed
            ? assay_fail_nomem(err)
            : checked(own, assay_odbc_run(own, prepare_job, own, statement, limit, err), err);
    if (status != ASSAY_OK) {
        assay_odbc_drop(own, statement);
        return status;
    }
    *out = statement;
    return ASSAY_OK;
}

enum assay_status assay_odbc_execute(struct assay_odbc *own, const char *sql,
                                     struct assay_error *err)
{
    SQLHSTMT statement;
    ASSAY_TRY(assay_odbc_prepare(own, assay_cstr(sql), &statement, err));
    own->statement = statement;
    enum assay_status status =
        checked(own, assay_odbc_run(own, execute_job, own, statement, 0, err), err);
    assay_odbc_drop(own, statement);
    return status;
}

/* Room in the stage; false where there is none. */
static bool reserve(struct odbc_cursor *c, size_t more)
{
    if (c->len + more <= c->bytes_room)
        return true;
    size_t room = c->bytes_room * 2 > c->len + more ? c->bytes_room * 2 : c->len + more;
    char *grown = room <= STAGE_MAX ? realloc(c->bytes, room) : NULL;
    c->nomem |= grown == NULL;
    if (grown == NULL)
        return false;
    c->bytes = grown;
    c->bytes_room = room;
    return true;
}

static size_t terminator(const struct assay_odbc_column *d)
{
    return d->c_type == SQL_C_CHAR ? 1 : d->c_type == SQL_C_WCHAR ? sizeof(SQLWCHAR) : 0;
}

/* One value of the row at hand, in pieces. Its room is what the driver says is left. */
static SQLRETURN read_value(struct odbc_cursor *c, uint32_t i, struct cell *cell)
{
    const struct assay_odbc_column *d = &c->columns[i];
    size_t end = terminator(d), room = d->width != 0 ? d->width : PIECE;
    *cell = (struct cell){.off = c->len};
    for (;;) {
        SQLLEN left = 0;
        if (!reserve(c, room))
            return SQL_ERROR;
        SQLRETURN got = SQLGetData(c->statement, (SQLUSMALLINT)(i + 1), d->c_type,
                                   c->bytes + c->len, (SQLLEN)room, &left);
        if (got == SQL_NO_DATA) /* all of it came before */
            return SQL_SUCCESS;
        if (!SQL_SUCCEEDED(got))
            return got;
        cell->null = left == SQL_NULL_DATA;
        if (cell->null)
            return SQL_SUCCESS;
        bool more = left == SQL_NO_TOTAL || (size_t)left > room - end;
        size_t came = more ? room - end : (size_t)left;
        c->len += came;
        cell->len += came;
        c->too_large |= cell->len > c->max_field;
        if (!more || c->too_large)
            return c->too_large ? SQL_ERROR : SQL_SUCCESS;
        room = left == SQL_NO_TOTAL ? room * 2 : (size_t)left - came + end;
        c->too_large |= left != SQL_NO_TOTAL && (size_t)left > c->max_field * 2;
        if (c->too_large)
            return SQL_ERROR;
    }
}

static void read_singly(struct odbc_cursor *c)
{
    struct assay_odbc *own = c->own;
    c->len = 0;
    while (c->rows < c->room && c->len < STAGE_BYTES) {
        own->result = SQLFetch(c->statement);
        if (!SQL_SUCCEEDED(own->result))
            return;
        for (uint32_t i = 0; i < c->base.column_count; i++) {
            own->result = read_value(c, i, &c->cells[(size_t)c->rows * c->base.column_count + i]);
            c->bad_column = i;
            if (!SQL_SUCCEEDED(own->result))
                return;
        }
        c->rows++;
    }
}

static void read_job(void *context)
{
    struct odbc_cursor *c = context;
    c->rows = c->at = 0;
    if (!c->whole) {
        read_singly(c);
        return;
    }
    c->fetched = 0;
    c->own->result = SQLFetch(c->statement);
    c->rows = SQL_SUCCEEDED(c->own->result) ? (uint32_t)c->fetched : 0;
}

/* Whether a bound value did not fit, which its type had promised. */
static bool is_cut(struct odbc_cursor *c)
{
    for (uint32_t i = 0; c->whole && i < c->base.column_count; i++) {
        const struct assay_odbc_column *d = &c->columns[i];
        size_t most = d->width - terminator(d);
        for (uint32_t row = 0; row < c->rows; row++) {
            SQLLEN len = c->lengths[i][row];
            if (len != SQL_NULL_DATA && (len < 0 || (size_t)len > most)) {
                c->bad_column = i;
                return true;
            }
        }
    }
    return false;
}

static enum assay_status bad_value(struct odbc_cursor *c, const char *what, struct assay_error *err)
{
    return assay_fail(err, ASSAY_SOURCE, "DB-VALUE", "row %llu: \"%s\" %s",
                      (unsigned long long)c->seen + 1, c->base.columns[c->bad_column].name.ptr,
                      what);
}

static enum assay_status too_large(struct odbc_cursor *c, size_t max_field, struct assay_error *err)
{
    char what[80];
    snprintf(what, sizeof what, "holds a value of more bytes than the limit, %zu", max_field);
    return bad_value(c, what, err);
}

static bool bad_rows(const struct odbc_cursor *c)
{
    for (uint32_t row = 0; c->whole && row < c->rows; row++)
        if (c->states[row] == SQL_ROW_ERROR)
            return true;
    return false;
}

/* A failure after rows says how many, which count for nothing. */
static enum assay_status failed(struct odbc_cursor *c, struct assay_error *err)
{
    struct assay_error ignored;
    size_t len;
    err = err != NULL ? err : &ignored;
    if (c->nomem)
        return assay_fail_nomem(err);
    if (c->too_large)
        return too_large(c, c->max_field, err);
    enum assay_status status = assay_odbc_fail(c->own, SQL_HANDLE_STMT, c->statement, err);
    len = strlen(err->message);
    if (c->seen + c->rows > 0)
        snprintf(err->message + len, sizeof err->message - len, " after %llu rows",
                 (unsigned long long)(c->seen + c->rows));
    return status;
}

static enum assay_status read_more(struct odbc_cursor *c, struct assay_error *err)
{
    struct assay_odbc *own = c->own;
    int64_t limit = own->options->statement_timeout;
    int64_t left = limit == 0 ? 0 : limit > c->base.micros ? limit - c->base.micros : 1;
    ASSAY_TRY(assay_odbc_run(own, read_job, c, c->statement, left, err));
    bool end = own->result == SQL_NO_DATA;
    if (!SQL_SUCCEEDED(own->result) && !end)
        return failed(c, err);
    if (bad_rows(c))
        return failed(c, err);
    if (is_cut(c))
        return bad_value(c, "holds a value that is longer than its type allows", err);
    c->done = end;
    return ASSAY_OK;
}

static struct assay_str value_at(const struct odbc_cursor *c, uint32_t i, bool *null)
{
    if (c->whole) {
        SQLLEN len = c->lengths[i][c->at];
        *null = len == SQL_NULL_DATA;
        return assay_str(c->arrays[i] + (size_t)c->at * c->columns[i].width,
                         *null ? 0 : (size_t)len);
    }
    const struct cell *cell = &c->cells[(size_t)c->at * c->base.column_count + i];
    *null = cell->null;
    return assay_str(c->bytes + cell->off, cell->len);
}

static enum assay_status put_row(struct odbc_cursor *c, struct assay_db_block *block,
                                 struct assay_error *err)
{
    for (uint32_t i = 0; i < c->base.column_count; i++) {
        bool null;
        struct assay_str bytes = value_at(c, i, &null);
        c->bad_column = i;
        if (null)
            assay_db_put_null(block, i);
        else if (!assay_odbc_put(&c->columns[i], block, i, bytes))
            return bytes.len > block->max_field / 4 ? too_large(c, block->max_field, err)
                                                    : assay_fail_nomem(err);
    }
    block->rows++;
    c->at++;
    c->seen++;
    return ASSAY_OK;
}

enum assay_status assay_odbc_fetch(struct assay_db_cursor *cursor, struct assay_db_block *block,
                                   struct assay_error *err)
{
    struct odbc_cursor *c = (struct odbc_cursor *)cursor;
    c->max_field = block->max_field;
    while (!assay_db_block_full(block)) {
        if (c->at == c->rows && c->done)
            return ASSAY_OK;
        if (c->at == c->rows)
            ASSAY_TRY(read_more(c, err));
        else
            ASSAY_TRY(put_row(c, block, err));
    }
    return ASSAY_OK;
}

/* Room for the stage: arrays, where every column has a bound. */
static bool make_stage(struct odbc_cursor *c)
{
    size_t width = 0, count = c->base.column_count;
    c->whole = !c->own->kind->dynamic;
    for (uint32_t i = 0; i < count; i++) {
        assay_odbc_fit(c->own, &c->columns[i]);
        c->whole &= c->columns[i].width != 0;
        width += c->columns[i].width + sizeof(SQLLEN);
    }
    size_t room = STAGE_BYTES / (width > 0 ? width : 1);
    c->room = room > ROWS_MAX ? ROWS_MAX : room < 1 ? 1 : (uint32_t)room;
    if (!c->whole) {
        c->cells = assay_arena_array(&c->arena, c->room * count + 1, sizeof *c->cells);
        return c->cells != NULL;
    }
    c->arrays = assay_arena_array(&c->arena, count + 1, sizeof *c->arrays);
    c->lengths = assay_arena_array(&c->arena, count + 1, sizeof *c->lengths);
    c->states = assay_arena_array(&c->arena, c->room + 1, sizeof *c->states);
    bool good = c->arrays != NULL && c->lengths != NULL && c->states != NULL;
    for (uint32_t i = 0; good && i < count; i++) {
        c->arrays[i] = assay_arena_array(&c->arena, c->room, c->columns[i].width);
        c->lengths[i] = assay_arena_array(&c->arena, c->room, sizeof(SQLLEN));
        good = c->arrays[i] != NULL && c->lengths[i] != NULL;
    }
    return good;
}

static bool set_attribute(struct odbc_cursor *c, SQLINTEGER what, SQLPOINTER value)
{
    return SQL_SUCCEEDED(SQLSetStmtAttr(c->statement, what, value, 0));
}

static bool bind(struct odbc_cursor *c)
{
    bool good = set_attribute(c, SQL_ATTR_ROW_BIND_TYPE, (SQLPOINTER)SQL_BIND_BY_COLUMN) &&
                set_attribute(c, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)(uintptr_t)c->room) &&
                set_attribute(c, SQL_ATTR_ROW_STATUS_PTR, c->states) &&
                set_attribute(c, SQL_ATTR_ROWS_FETCHED_PTR, &c->fetched);
    for (uint32_t i = 0; good && i < c->base.column_count; i++)
        good = SQL_SUCCEEDED(SQLBindCol(c->statement, (SQLUSMALLINT)(i + 1), c->columns[i].c_type,
                                        c->arrays[i], (SQLLEN)c->columns[i].width, c->lengths[i]));
    return good;
}

void assay_odbc_end(struct assay_db_cursor *cursor)
{
    struct odbc_cursor *c = (struct odbc_cursor *)cursor;
    assay_odbc_drop(c->own, c->statement);
    if (c->own->lost)
        return; /* who was left may still write to it */
    assay_arena_free(&c->arena);
    free(c->bytes);
    free(c);
}

static enum assay_status begin(struct odbc_cursor *c, struct assay_str sql, struct assay_error *err)
{
    struct assay_odbc *own = c->own;
    struct assay_db_column *columns;
    ASSAY_TRY(assay_odbc_prepare(own, sql, &c->statement, err));
    ASSAY_TRY(assay_odbc_columns(own, c->statement, &c->arena, &columns, &c->columns,
                                 &c->base.column_count, err));
    c->base.columns = columns;
    if (c->base.column_count == 0)
        return assay_db_not_reading(err);
    if (!make_stage(c))
        return assay_fail_nomem(err);
    if (c->whole && !bind(c))
        return assay_odbc_fail(own, SQL_HANDLE_STMT, c->statement, err);
    own->statement = c->statement;
    return checked(
        own,
        assay_odbc_run(own, execute_job, own, c->statement, own->options->statement_timeout, err),
        err);
}

enum assay_status assay_odbc_query(struct assay_db *db, struct assay_str sql,
                                   struct assay_db_cursor **out, struct assay_error *err)
{
    struct odbc_cursor *c = calloc(1, sizeof *c);
    if (c == NULL)
        return assay_fail_nomem(err);
    c->base.db = db;
    c->own = (struct assay_odbc *)db;
    assay_arena_init(&c->arena, 0);
    enum assay_status status = begin(c, sql, err);
    if (status != ASSAY_OK) {
        assay_odbc_end(&c->base);
        return status;
    }
    *out = &c->base;
    return ASSAY_OK;
}

/*
 * SQLite tells of each value what it is, and its driver does not: a letter before the value
 * does. Texts with a NUL, at which the driver ends, come in hexadecimal digits; doubles with
 * more digits than they have, so that they are read as the same.
 */
bool assay_odbc_project(const struct assay_db *db, const struct assay_db_column *column,
                        struct assay_buf *out)
{
    const struct assay_odbc *own = (const struct assay_odbc *)db;
    struct assay_buf name;
    if (!own->kind->dynamic)
        return db->driver->identifier(db, column->name, out);
    assay_buf_init(&name, (size_t)1 << 16);
    bool good = db->driver->identifier(db, column->name, &name);
    const char *n = good ? name.ptr : "";
    bool truth = column->cls == ASSAY_DB_BOOLEAN;
    assay_buf_printf(out, "CASE typeof(%s) WHEN 'integer' THEN ", n);
    if (truth)
        assay_buf_printf(out, "CASE WHEN +%s IN (0, 1) THEN 'b' ELSE 'n' END", n);
    assay_buf_printf(out,
                     "%s || %s"
                     " WHEN 'real' THEN 'r' || printf('%%!.20g', %s)"
                     " WHEN 'blob' THEN 't\\x' || lower(hex(%s))"
                     " WHEN 'text' THEN CASE WHEN instr(%s, char(0)) THEN 'h' || hex(%s)"
                     " ELSE 't' || %s END END AS " ASSAY_ODBC_CELL,
                     truth ? "" : "'n'", n, n, n, n, n, n);
    assay_buf_free(&name);
    return good && !out->failed;
}

#endif
