/*
 * PostgreSQL. A value has the type of its column, so little is to be guarded: NaN and the
 * infinities, which are numbers to it. Texts are compared by the database's collation, of
 * which only equality is bytewise; casts of the other types are their texts.
 */
#include "config.h"

#include "engine/dialect.h"

/* NaN and the infinities have no scale. */
#define FINITE "scale($1) IS NOT NULL"
#define SQUARES "SUM($1::numeric * $1)"

const struct assay_dialect assay_dialect_postgres = {
    .name = "postgresql",
    .max_items = 1600, /* MaxTupleAttributeNumber is 1664 */
    .limit = "LIMIT $1",
    .number = {[ASSAY_DB_INTEGER] = "",
               [ASSAY_DB_DECIMAL] = FINITE,
               /* NaN is greater than every number. */
               [ASSAY_DB_FLOAT] = "abs($1) < 9007199254740992"},
    .integer = {[ASSAY_DB_INTEGER] = "",
                [ASSAY_DB_DECIMAL] = "(scale($1) = 0 AND abs($1) < 9223372036854775808)"},
    .whole = {[ASSAY_DB_INTEGER] = ""},
    .text = {[ASSAY_DB_TEXT] = ""},
    .keyed = {[ASSAY_DB_INTEGER] = "", [ASSAY_DB_TEXT] = "", [ASSAY_DB_UUID] = ""},
    .bytewise = "($1::text COLLATE \"C\")",
    .grouped = "$1",
    .length = "char_length($1)",
    .sum = "SUM($1)",
    .squares_high = "div(" SQUARES ", 2147483648)",
    .squares_low = "mod(" SQUARES ", 2147483648)",
};
