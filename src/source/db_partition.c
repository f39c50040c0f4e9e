/*
 * One partition of a table: rows whose columns have given values, by the database's own
 * equality, so that it reads no more than that partition.
 */
#include "config.h"

#include "source/db.h"
#include "source/source_base.h"

#define SQL_MAX ((size_t)1 << 20)

/* What Hive and its kin call a partition of nulls. */
static const struct assay_str hive_null = {"__HIVE_DEFAULT_PARTITION__", 26};

static bool put_value(const struct assay_db *db, const struct assay_db_column *column,
                      struct assay_str value, struct assay_buf *sql)
{
    bool exact = column->cls == ASSAY_DB_INTEGER || column->cls == ASSAY_DB_DECIMAL;
    struct assay_numref number = assay_numref(value);
    if (assay_str_equal(value, hive_null)) {
        assay_buf_puts(sql, " IS NULL");
        return !sql->failed;
    }
    assay_buf_puts(sql, " = ");
    if (!exact || !assay_number_is_small(number.code))
        return db->driver->literal(db, value, sql);
    assay_number_text(&number, sql);
    return !sql->failed;
}

static enum assay_status put_condition(struct assay_source *source, struct assay_db *db,
                                       const struct assay_db_column *columns,
                                       struct assay_str given, struct assay_buf *sql,
                                       struct assay_error *err)
{
    const char *equals = given.len > 0 ? memchr(given.ptr, '=', given.len) : NULL;
    uint32_t index;
    if (equals == NULL || equals == given.ptr) {
        assay_fail(err, ASSAY_USAGE, "DB-DSN", "a partition is COLUMN=VALUE, and not \"%.*s\"",
                   (int)(given.len < 200 ? given.len : 200), given.ptr);
        return ASSAY_USAGE;
    }
    struct assay_str name = assay_str(given.ptr, (size_t)(equals - given.ptr));
    struct assay_str value = assay_str(equals + 1, given.len - name.len - 1);
    ASSAY_TRY(assay_source_find_column(source, name, &index, err));
    if (db->driver->identifier(db, columns[index].name, sql) &&
        put_value(db, &columns[index], value, sql))
        return ASSAY_OK;
    return sql->nomem ? assay_fail_nomem(err)
                      : assay_fail(err, ASSAY_SOURCE, "DB-STATEMENT",
                                   "the value of a partition cannot be written for the database");
}

enum assay_status assay_db_partition(struct assay_source *source, struct assay_db *db,
                                     const struct assay_db_column *columns,
                                     const struct assay_source_options *options,
                                     struct assay_db_relation *relation, struct assay_error *err)
{
    struct assay_buf sql;
    enum assay_status status = ASSAY_OK;
    if (options->partition_count == 0)
        return ASSAY_OK;
    assay_buf_init(&sql, SQL_MAX);
    assay_buf_str(&sql, relation->where);
    for (uint32_t i = 0; status == ASSAY_OK && i < options->partition_count; i++) {
        assay_buf_puts(&sql, i > 0 ? " AND " : relation->where.len > 0 ? "\n) AND (" : "");
        status = put_condition(source, db, columns, options->partition[i], &sql, err);
        assay_source_notice(source, "only rows of the partition %.*s",
                            (int)options->partition[i].len, options->partition[i].ptr);
    }
    char *copy = sql.failed ? NULL : assay_arena_strdup(&source->arena, assay_buf_view(&sql));
    relation->where = assay_str(copy, sql.len);
    if (status == ASSAY_OK && copy == NULL)
        status = assay_fail_nomem(err);
    assay_buf_free(&sql);
    return status;
}
