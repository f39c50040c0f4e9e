/*
 * SQLite. A value has the type that it has, whatever its column was declared, so nearly
 * everything is guarded. Numbers beyond 2^53 that are doubles are left out: their shortest
 * text, which is what assay reads, is not quite the number that SQLite compares.
 */
#include "config.h"

#include "engine/dialect.h"

#define NUMBER                                             \
    "(typeof($1) = 'integer' OR (typeof($1) = 'real' AND " \
    "$1 BETWEEN -9007199254740991.0 AND 9007199254740991.0))"

/* The plus takes the column's affinity off: a text stays a text beside a number. */
static void identifier(struct assay_buf *out, struct assay_str name)
{
    assay_buf_puts(out, "(+\"");
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] == '"')
            assay_buf_putc(out, '"');
        assay_buf_putc(out, name.ptr[i]);
    }
    assay_buf_puts(out, "\" COLLATE BINARY)");
}

const struct assay_dialect assay_dialect_sqlite = {
    .name = "sqlite",
    .max_items = 1000, /* SQLITE_MAX_COLUMN is 2000 */
    .limit = "LIMIT $1",
    .number = {[ASSAY_DB_DYNAMIC] = NUMBER},
    .integer = {[ASSAY_DB_DYNAMIC] = "typeof($1) = 'integer'"},
    .text = {[ASSAY_DB_DYNAMIC] = "(typeof($1) = 'text' AND instr($1, char(0)) = 0)"},
    .keyed = {[ASSAY_DB_DYNAMIC] = "(typeof($1) = 'text' OR " NUMBER ")"},
    .orders_bytewise = true,
    .bytewise = "(+$1 COLLATE BINARY)",
    .length = "length($1)",
    .valid = "assay_utf8($1)",
    .summable = "(typeof($1) = 'integer' AND $1 BETWEEN -2147483648 AND 2147483648)",
    .sum = "SUM($1)",
    .squares_high = "SUM(($1 * $1) >> 31)",
    .squares_low = "SUM(($1 * $1) & 2147483647)",
    .expr = {.identifier = identifier},
};
