/*
 * SQLite. A value has the type that it has, whatever its column was declared, so nearly
 * everything is guarded. In its order of all values numbers come before texts and texts
 * before blobs, which tells them apart without calling typeof() for every row; the plus
 * takes the column's affinity off, so that nothing is converted before it is compared.
 *
 * Doubles beyond 2^53 are left out: their shortest text, which is what assay reads, is not
 * quite the number that SQLite compares.
 */
#include "config.h"

#include "engine/dialect.h"

#define NUMBER                                                                           \
    "(+$1 < '' AND (+$1 BETWEEN -9007199254740991 AND 9007199254740991 OR typeof($1) = " \
    "'integer'))"
#define TEXT "(+$1 >= '' AND +$1 < x'')"

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
    .integer = {[ASSAY_DB_DYNAMIC] = "(+$1 < '' AND ($1 | 0) = +$1)"},
    .whole = {[ASSAY_DB_DYNAMIC] = "typeof($1) = 'integer'"},
    .text = {[ASSAY_DB_DYNAMIC] = TEXT},
    .keyed = {[ASSAY_DB_DYNAMIC] = "(" TEXT " OR " NUMBER ")"},
    .orders_bytewise = true,
    .bytewise = "(+$1 COLLATE BINARY)",
    .grouped = "(+$1 COLLATE BINARY)",
    .length = "assay_length($1)", /* its own ends at a NUL */
    .valid = "(+$1 < '' OR assay_utf8($1))",
    .summable = "(+$1 BETWEEN -2147483648 AND 2147483648 AND ($1 | 0) = +$1)",
    .sum = "SUM($1 | 0)",
    .squares_high = "SUM((($1 | 0) * ($1 | 0)) >> 31)",
    .squares_low = "SUM((($1 | 0) * ($1 | 0)) & 2147483647)",
    .expr = {.identifier = identifier},
};
