/*
 * MariaDB. Texts are equal and ordered by a collation, mostly one that takes capitals and
 * trailing spaces for nothing. One that compares code points and pads nothing is therefore
 * said wherever texts meet; the column is converted first, because it may be in another
 * character set. In an expression the literal says it, which outweighs the column's own, so
 * that only comparisons without a literal have to be streamed.
 *
 * Whole numbers may be unsigned, and products of two of them overflow: squares are decimals.
 * No value is NaN or infinite. Divisions are of decimals, whose quotient is rounded: the high
 * part of a sum of squares is taken from what divides without a rest.
 */
#include "config.h"

#include "engine/dialect.h"

#define EXACT "COLLATE utf8mb4_nopad_bin"
#define SQUARES "SUM(CAST($1 AS DECIMAL(20)) * $1)"
#define LOW "MOD(" SQUARES ", 2147483648)"

static void identifier(struct assay_buf *out, struct assay_str name)
{
    assay_buf_putc(out, '`');
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] == '`')
            assay_buf_putc(out, '`');
        assay_buf_putc(out, name.ptr[i]);
    }
    assay_buf_putc(out, '`');
}

/* In digits, because what a backslash means in quotes depends on the session. */
static void literal(struct assay_buf *out, struct assay_str text)
{
    if (memchr(text.ptr, '\\', text.len) == NULL) {
        assay_buf_putc(out, '\'');
        for (size_t i = 0; i < text.len; i++) {
            if (text.ptr[i] == '\'')
                assay_buf_putc(out, '\'');
            assay_buf_putc(out, text.ptr[i]);
        }
        assay_buf_puts(out, "' " EXACT);
        return;
    }
    assay_buf_puts(out, "_utf8mb4 x'");
    for (size_t i = 0; i < text.len; i++)
        assay_buf_printf(out, "%02x", (unsigned char)text.ptr[i]);
    assay_buf_puts(out, "' " EXACT);
}

const struct assay_dialect assay_dialect_mariadb = {
    .name = "mariadb",
    .max_items = 1000, /* 4096, and what a packet holds */
    .limit = "LIMIT $1",
    .number = {[ASSAY_DB_INTEGER] = "",
               [ASSAY_DB_DECIMAL] = "",
               [ASSAY_DB_FLOAT] = "abs($1) < 9007199254740992"},
    .integer = {[ASSAY_DB_INTEGER] = "($1 <= 9223372036854775807)"},
    .whole = {[ASSAY_DB_INTEGER] = ""},
    .text = {[ASSAY_DB_TEXT] = ""},
    .keyed = {[ASSAY_DB_INTEGER] = "", [ASSAY_DB_TEXT] = ""},
    .orders_bytewise = true,
    .collates = true,
    .bytewise = "(CONVERT($1 USING utf8mb4) " EXACT ")",
    .grouped = "(CONVERT($1 USING utf8mb4) " EXACT ")",
    .length = "CHAR_LENGTH($1)",
    .sum = "SUM($1)",
    .squares_high = "TRUNCATE((" SQUARES " - " LOW ") / 2147483648, 0)",
    .squares_low = LOW,
    .expr = {.identifier = identifier, .literal = literal},
};
