/*
 * ClickHouse, versions since 18; those before 22 have a dialect of their own. A value has the
 * type of its column. A text is bytes, which need not be UTF-8, and is compared byte by byte.
 * Integers and doubles are compared with numbers of any type exactly; decimals are not, so they
 * are streamed. Sums wrap around, so they are of Decimal(38), in which 2^63 squares of 32 bits
 * fit.
 *
 * In a Distributed table rows of one key may be on several shards, which is no matter to
 * GROUP BY; a set of keys has to be the same one on all of them, hence GLOBAL.
 */
#include "config.h"

#include "engine/dialect.h"

/* RE2 reads bytes that are no UTF-8 as no character at all. 18 has no isValidUTF8. */
#define UTF8 \
    "($1 IS NULL OR match(toString($1), '^[\\\\x{0}-\\\\x{D7FF}\\\\x{E000}-\\\\x{10FFFF}]*$'))"

static void quoted(struct assay_buf *out, struct assay_str text, char quote)
{
    assay_buf_putc(out, quote);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == quote || text.ptr[i] == '\\')
            assay_buf_putc(out, '\\');
        assay_buf_putc(out, text.ptr[i]);
    }
    assay_buf_putc(out, quote);
}

static void identifier(struct assay_buf *out, struct assay_str name)
{
    quoted(out, name, '`');
}

static void literal(struct assay_buf *out, struct assay_str text)
{
    quoted(out, text, '\'');
}

/*
 * In 18 NULL AND 0 is NULL, and NULL OR 0 is 0. With false, unknown and true as 0, 1 and 2
 * they are the least and the greatest.
 */
#define BEGIN(which) "nullIf(arrayReduce('" which "', [ifNull("
#define NEXT " * 2, 1), ifNull("
#define END " * 2, 1)]), 1) = 2"
#define BETWEEN BEGIN("min") "($1 >= $2)" NEXT "($1 <= $3)" END

/* NULL IN (…) is false there, and 18 has no NOT BETWEEN. */
static const struct assay_expr_template templates[] = {
    {"in", "CASE WHEN $1 IS NOT NULL THEN $1 IN ($*) END"},
    {"not in", "CASE WHEN $1 IS NOT NULL THEN $1 NOT IN ($*) END"},
    {"between", "(" BETWEEN ")"},
    {"not between", "(NOT (" BETWEEN "))"},
};

/* What all versions have. */
#define COMMON                                                                                     \
    .max_items = 500, .limit = "LIMIT $1",                                                         \
    .number = {[ASSAY_DB_INTEGER] = "", [ASSAY_DB_FLOAT] = "abs($1) < 9007199254740992"},          \
    .integer = {[ASSAY_DB_INTEGER] = "$1 <= 9223372036854775807"},                                 \
    .whole = {[ASSAY_DB_INTEGER] = ""}, .text = {[ASSAY_DB_TEXT] = ""},                            \
    .keyed = {[ASSAY_DB_INTEGER] = "", [ASSAY_DB_TEXT] = "", [ASSAY_DB_UUID] = ""},                \
    .orders_bytewise = true, .bytewise = "toString($1)", .length = "lengthUTF8($1)",               \
    .valid = UTF8, .not_in = "GLOBAL NOT IN", .summable = "$1 BETWEEN -2147483648 AND 2147483648", \
    .sum = "SUM(toDecimal128($1, 0))",                                                             \
    .squares_high = "SUM(toDecimal128(bitShiftRight(toInt64($1) * toInt64($1), 31), 0))",          \
    .squares_low = "SUM(toDecimal128(bitAnd(toInt64($1) * toInt64($1), 2147483647), 0))",          \
    .expr = {.identifier = identifier,                                                             \
             .literal = literal,                                                                   \
             .templates = templates,                                                               \
             .template_count = sizeof templates / sizeof *templates,                               \
             .all = {BEGIN("min"), NEXT, END},                                                     \
             .any = {BEGIN("max"), NEXT, END}}

const struct assay_dialect assay_dialect_clickhouse = {.name = "clickhouse", COMMON};

/* Without window functions. */
const struct assay_dialect assay_dialect_clickhouse_18 = {
    .name = "clickhouse-18",
    .numbered = "*, rowNumberInAllBlocks() + 1",
    .copies = "toString(tuple($1)) GLOBAL IN (SELECT toString(tuple($1)) AS assay_key FROM $2"
              " GROUP BY assay_key HAVING COUNT(*) > 1)",
    COMMON,
};
