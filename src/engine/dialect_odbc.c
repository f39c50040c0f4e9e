/*
 * Databases behind ODBC of which only the standard is known: rows and nulls are counted,
 * whole numbers are compared and grouped, and nothing else is taken to mean the same
 * everywhere. Texts are compared by collations, sums overflow at different numbers, and
 * decimals are sometimes doubles: these are streamed.
 */
#include "config.h"

#include "engine/dialect.h"

#define WHOLE                   \
    {                           \
        [ASSAY_DB_INTEGER] = "" \
    }
#define DIALECT(name_, limit_, ...)                                                          \
    {                                                                                        \
        .name = name_, .max_items = 250, .limit = limit_, .number = WHOLE, .integer = WHOLE, \
        .whole = WHOLE, .keyed = WHOLE, .collates = true, .bytewise = "$1", .grouped = "$1", \
        __VA_ARGS__                                                                          \
    }

static void backtick(struct assay_buf *out, struct assay_str name)
{
    assay_buf_putc(out, '`');
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] == '`')
            assay_buf_putc(out, '`');
        assay_buf_putc(out, name.ptr[i]);
    }
    assay_buf_putc(out, '`');
}

/* Without a limit in the statement rows are no longer fetched once there are enough. */
const struct assay_dialect assay_dialect_odbc = DIALECT("odbc", "", .orders_bytewise = false);
const struct assay_dialect assay_dialect_odbc_limit =
    DIALECT("odbc-limit", "LIMIT $1", .orders_bytewise = false);
const struct assay_dialect assay_dialect_odbc_fetch =
    DIALECT("odbc-fetch", "FETCH FIRST $1 ROWS ONLY", .orders_bytewise = false);
const struct assay_dialect assay_dialect_odbc_backtick =
    DIALECT("odbc-backtick", "LIMIT $1", .expr = {.identifier = backtick});
