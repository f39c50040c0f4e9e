/*
 * Trino. A value has the type of its column, and a text is UTF-8, compared by its code
 * points. Sums of integers would overflow, which is an error there; so they are of
 * decimal(38), and of squares no more than 32 bits are squared. Decimals of different
 * scales do not always have one that holds both, so they are streamed.
 */
#include "config.h"

#include "engine/dialect.h"

#define SQUARE "CAST($1 AS bigint) * CAST($1 AS bigint)"

const struct assay_dialect assay_dialect_trino = {
    .name = "trino",
    .max_items = 500,
    .limit = "LIMIT $1",
    .number = {[ASSAY_DB_INTEGER] = "", [ASSAY_DB_FLOAT] = "abs($1) < 9007199254740992"},
    .integer = {[ASSAY_DB_INTEGER] = ""},
    .whole = {[ASSAY_DB_INTEGER] = ""},
    .text = {[ASSAY_DB_TEXT] = ""},
    .keyed = {[ASSAY_DB_INTEGER] = "", [ASSAY_DB_TEXT] = "", [ASSAY_DB_UUID] = ""},
    .orders_bytewise = true,
    .bytewise = "CAST($1 AS varchar)",
    .length = "length($1)",
    .summable = "$1 BETWEEN -2147483648 AND 2147483648",
    .sum = "SUM(CAST($1 AS decimal(38, 0)))",
    .squares_high = "SUM(CAST(bitwise_right_shift(" SQUARE ", 31) AS decimal(38, 0)))",
    .squares_low = "SUM(CAST(bitwise_and(" SQUARE ", 2147483647) AS decimal(38, 0)))",
};
