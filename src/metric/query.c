/*
 * SQL over the records, with SQLite as the engine.
 *
 * The statement is prepared once over an empty table to learn which columns it reads; of
 * these the records are inserted into a temporary database of SQLite's own, which keeps them
 * on disk past its cache. Rows are numbered as the records are, so that any split and any
 * order of merging makes the same table.
 */
#include "config.h"

#include "metric/query_sql.h"

#include "metric/judge.h"
#include "metric/state.h"

static void query_key(const void *arguments, struct assay_buf *out)
{
    const struct assay_query_args *args = arguments;
    assay_buf_printf(out, "%u %s", args->most, args->sql);
}

#ifdef HAVE_SQLITE3

struct query {
    const struct assay_query_args *args;
    const struct assay_metric_env *env;
    struct assay_query_db db;
};

static enum assay_status query_choose(const void *arguments, const struct assay_str *schema,
                                      uint32_t schema_count, struct assay_arena *arena,
                                      const struct assay_str **columns, uint32_t *count,
                                      struct assay_error *err)
{
    const struct assay_query_args *args = arguments;
    struct assay_str *names = assay_arena_array(arena, schema_count + 1u, sizeof *names);
    struct assay_query_db db = {0};
    *columns = names;
    *count = 0;
    if (names == NULL)
        return assay_fail_nomem(err);
    enum assay_status status = assay_query_open(&db, args->sql, schema, schema_count, err);
    for (uint32_t c = 0; status == ASSAY_OK && !db.failed && c < schema_count; c++)
        if (db.read[c])
            names[(*count)++] = schema[c];
    assay_query_close(&db);
    return status;
}

static enum assay_status query_init(void *state, const void *args,
                                    const struct assay_metric_env *env, struct assay_error *err)
{
    struct query *q = state;
    q->args = args;
    q->env = env;
    ASSAY_TRY(assay_query_open(&q->db, q->args->sql, env->schema, env->schema_count, err));
    if (q->db.failed)
        return ASSAY_OK;
    memset(q->db.read, 0, env->schema_count * sizeof *q->db.read);
    for (uint32_t i = 0; i < env->field_count; i++)
        for (uint32_t c = 0; c < env->schema_count; c++)
            if (assay_str_equal(env->schema[c], env->fields[i]->name))
                q->db.read[c] = true;
    return assay_query_create(&q->db, err);
}

static void query_reset(void *state)
{
    struct query *q = state;
    assay_query_close(&q->db);
}

static void bind_number(sqlite3_stmt *insert, int at, const struct assay_numref *number)
{
    if (number->code == 0)
        sqlite3_bind_int64(insert, at, number->mantissa);
    else
        sqlite3_bind_double(insert, at, assay_number_to_double(number));
}

/* True where the value is a text that reads as no number, or a text of its own right. */
static bool bind_value(sqlite3_stmt *insert, int at, struct assay_column *column, uint32_t row)
{
    struct assay_str text = assay_column_text(column, row);
    enum assay_kind kind = column->kind ? (enum assay_kind)column->kind[row] : ASSAY_KIND_TEXT;
    if (assay_bit_get(column->null, row)) {
        sqlite3_bind_null(insert, at);
        return false;
    }
    if (kind == ASSAY_KIND_NUMBER) {
        struct assay_numref number = assay_column_numref(column, row);
        bind_number(insert, at, &number);
        return false;
    }
    if (kind == ASSAY_KIND_BOOLEAN) {
        sqlite3_bind_int(insert, at, text.len == 4);
        return false;
    }
    sqlite3_bind_text(insert, at, text.ptr, (int)text.len, SQLITE_TRANSIENT);
    return column->kind != NULL || !assay_number_is_finite(assay_numref(text).code);
}

static enum assay_status query_update(void *state, const struct assay_slice *slice,
                                      struct assay_error *err)
{
    struct query *q = state;
    uint32_t count = q->env->schema_count;
    struct assay_column **columns =
        assay_arena_array(&slice->batch->arena, count + 1u, sizeof *columns);
    if (columns == NULL)
        return assay_fail_nomem(err);
    if (q->db.failed)
        return ASSAY_OK;
    for (uint32_t i = 0; i < slice->column_count; i++)
        for (uint32_t c = 0; c < count; c++)
            if (assay_str_equal(q->env->schema[c], q->env->fields[i]->name))
                columns[c] = slice->columns[i];
    ASSAY_BITS_EACH(slice->mask, slice->rows, row, {
        int at = 1;
        sqlite3_bind_int64(q->db.insert, at++, (int64_t)(slice->batch->record + row + 1));
        for (uint32_t c = 0; c < count; c++)
            if (columns[c] != NULL)
                q->db.texts[c] |= bind_value(q->db.insert, at++, columns[c], row);
        ASSAY_TRY(assay_query_insert(&q->db, err));
    })
    return ASSAY_OK;
}

static enum assay_status query_merge(void *into, void *from, struct assay_error *err)
{
    struct query *a = into, *b = from;
    if (a->db.failed || b->db.failed)
        return ASSAY_OK;
    for (uint32_t c = 0; c < a->env->schema_count; c++)
        a->db.texts[c] |= b->db.texts[c];
    sqlite3_stmt *rows = assay_query_records(&b->db);
    if (rows == NULL)
        return assay_query_fail(&b->db, err);
    enum assay_status status = ASSAY_OK;
    while (status == ASSAY_OK && sqlite3_step(rows) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(rows); i++)
            sqlite3_bind_value(a->db.insert, i + 1, sqlite3_column_value(rows, i));
        status = assay_query_insert(&a->db, err);
    }
    sqlite3_finalize(rows);
    return status;
}

static enum assay_status query_finish(void *state, struct assay_arena *arena,
                                      struct assay_measure *out, struct assay_error *err)
{
    struct query *q = state;
    struct assay_query_detail *detail = assay_arena_alloc(arena, sizeof *detail);
    if (detail == NULL)
        return assay_fail_nomem(err);
    if (!q->db.failed)
        ASSAY_TRY(assay_query_fetch(&q->db, q->args, arena, detail, err));
    out->detail = detail;
    out->value = assay_value_count(arena, detail->count);
    out->failed = q->db.failed;
    out->error = q->db.error;
    return ASSAY_OK;
}

static void save_value(sqlite3_stmt *rows, int i, struct assay_buf *out)
{
    int type = sqlite3_column_type(rows, i);
    assay_state_put_u64(out, (uint64_t)type);
    if (type == SQLITE_INTEGER)
        assay_state_put_u64(out, (uint64_t)sqlite3_column_int64(rows, i));
    else if (type == SQLITE_FLOAT) {
        double number = sqlite3_column_double(rows, i);
        uint64_t bits;
        memcpy(&bits, &number, sizeof bits);
        assay_state_put_u64(out, bits);
    } else if (type != SQLITE_NULL) {
        const char *text = (const char *)sqlite3_column_text(rows, i);
        assay_state_put_text(out, assay_str(text, (size_t)sqlite3_column_bytes(rows, i)));
    }
}

static enum assay_status query_save(void *state, struct assay_buf *out, struct assay_error *err)
{
    struct query *q = state;
    assay_state_begin(out, "query", 1);
    for (uint32_t c = 0; c < q->env->schema_count; c++)
        assay_state_put_u64(out, q->db.texts[c]);
    sqlite3_stmt *rows = q->db.failed ? NULL : assay_query_records(&q->db);
    while (rows != NULL && sqlite3_step(rows) == SQLITE_ROW)
        for (int i = 0; i < sqlite3_column_count(rows); i++)
            save_value(rows, i, out);
    sqlite3_finalize(rows);
    return out->failed ? assay_fail_nomem(err) : ASSAY_OK;
}

static bool load_value(sqlite3_stmt *insert, int at, struct assay_str *saved)
{
    bool failed = false;
    uint64_t type = assay_state_get_u64(saved, &failed);
    if (type == SQLITE_INTEGER)
        sqlite3_bind_int64(insert, at, (int64_t)assay_state_get_u64(saved, &failed));
    else if (type == SQLITE_FLOAT) {
        uint64_t bits = assay_state_get_u64(saved, &failed);
        double number;
        memcpy(&number, &bits, sizeof number);
        sqlite3_bind_double(insert, at, number);
    } else if (type == SQLITE_TEXT) {
        struct assay_str text = assay_state_get_text(saved, &failed);
        sqlite3_bind_text(insert, at, failed ? "" : text.ptr, failed ? 0 : (int)text.len,
                          SQLITE_TRANSIENT);
    } else if (type == SQLITE_NULL)
        sqlite3_bind_null(insert, at);
    else
        return false;
    return !failed;
}

static enum assay_status query_load(void *state, struct assay_str saved, struct assay_error *err)
{
    struct query *q = state;
    bool failed = false;
    int columns = q->db.insert ? sqlite3_bind_parameter_count(q->db.insert) : 0;
    assay_state_expect(&saved, "query", 1, &failed);
    for (uint32_t c = 0; c < q->env->schema_count; c++)
        q->db.texts[c] |= assay_state_get_u64(&saved, &failed) != 0;
    while (!failed && saved.len != 0 && columns != 0) {
        for (int i = 0; i < columns && !failed; i++)
            failed = !load_value(q->db.insert, i + 1, &saved);
        if (!failed)
            ASSAY_TRY(assay_query_insert(&q->db, err));
    }
    return failed || saved.len ? assay_state_bad("query", err) : ASSAY_OK;
}

#else

/* Built without SQLite, which is said where it would be needed. */
struct query {
    bool unused;
};

#define query_choose NULL

static enum assay_status query_init(void *state, const void *args,
                                    const struct assay_metric_env *env, struct assay_error *err)
{
    (void)state, (void)args, (void)env, (void)err;
    return ASSAY_OK;
}

static void query_reset(void *state)
{
    (void)state;
}

static enum assay_status query_update(void *state, const struct assay_slice *slice,
                                      struct assay_error *err)
{
    (void)state, (void)slice, (void)err;
    return ASSAY_OK;
}

static enum assay_status query_merge(void *into, void *from, struct assay_error *err)
{
    (void)into, (void)from, (void)err;
    return ASSAY_OK;
}

static enum assay_status query_finish(void *state, struct assay_arena *arena,
                                      struct assay_measure *out, struct assay_error *err)
{
    (void)state, (void)arena, (void)err;
    out->failed = true;
    assay_fail(&out->error, ASSAY_CONFIG, "QUERY-SQL", "SQLite is not built in");
    return ASSAY_OK;
}

static enum assay_status query_save(void *state, struct assay_buf *out, struct assay_error *err)
{
    (void)state;
    assay_state_begin(out, "query", 1);
    return out->failed ? assay_fail_nomem(err) : ASSAY_OK;
}

static enum assay_status query_load(void *state, struct assay_str saved, struct assay_error *err)
{
    bool failed = false;
    (void)state;
    assay_state_expect(&saved, "query", 1, &failed);
    return failed || saved.len ? assay_state_bad("query", err) : ASSAY_OK;
}

#endif

const struct assay_metric assay_metric_query = {
    .name = "query",
    .summary = "rows that a SELECT finds in the records",
    .state_size = sizeof(struct query),
    .choose = query_choose,
    .key = query_key,
    .init = query_init,
    .update = query_update,
    .merge = query_merge,
    .finish = query_finish,
    .save = query_save,
    .load = query_load,
    .reset = query_reset,
};
