/*
 * PostgreSQL's binary values and the texts that they become. The bytes are those that a
 * server sent for the values; the texts are what it shows, but for the exponents of long
 * numbers, which need no zeros to be right.
 */
#include "config.h"

#include "source/postgres_types.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct value {
    uint32_t oid;
    const char *hex;
    uint32_t len;
    const char *text;
};

static const struct value values[] = {
    {20, "0000000000000000", 8, "0"},
    {20, "0000000000000001", 8, "1"},
    {20, "ffffffffffffffff", 8, "-1"},
    {20, "0000000000000009", 8, "9"},
    {20, "000000000000000a", 8, "10"},
    {20, "0000000000000063", 8, "99"},
    {20, "0000000000000064", 8, "100"},
    {20, "7fffffffffffffff", 8, "9223372036854775807"},
    {20, "8000000000000000", 8, "-9223372036854775808"},
    {20, "0de0b6b3a763ffff", 8, "999999999999999999"},
    {20, "0de0b6b3a7640000", 8, "1000000000000000000"},
    {21, "0000", 2, "0"},
    {21, "8000", 2, "-32768"},
    {21, "7fff", 2, "32767"},
    {23, "80000000", 4, "-2147483648"},
    {23, "7fffffff", 4, "2147483647"},
    {23, "00000007", 4, "7"},
    {26, "ffffffff", 4, "4294967295"},
    {16, "01", 1, "true"},
    {16, "00", 1, "false"},
    {700, "3dcccccd", 4, "0.1"},
    {700, "60ad78ec", 4, "1e+20"},
    {700, "7f7fffff", 4, "3.4028235e+38"},
    {700, "7fc00000", 4, "NaN"},
    {700, "ff800000", 4, "-Infinity"},
    {700, "4b800000", 4, "16777216"},
    {700, "00000001", 4, "1e-45"},
    {700, "3eaaaaaa", 4, "0.3333333"},
    {701, "3fb999999999999a", 8, "0.1"},
    {701, "4028ae147ae147ae", 8, "12.34"},
    {701, "bf847ae147ae147b", 8, "-0.01"},
    {701, "430c6bf526340000", 8, "1000000000000000"},
    {701, "40fe240c9fbe76c9", 8, "123456.789"},
    {701, "4480f0cf064dd592", 8, "1e22"},
    {701, "3e7ad7f29abcaf48", 8, "1e-7"},
    {701, "7ff8000000000000", 8, "NaN"},
    {701, "7ff0000000000000", 8, "Infinity"},
    {701, "fff0000000000000", 8, "-Infinity"},
    {701, "3fd5555555555555", 8, "0.3333333333333333"},
    {701, "4340000000000000", 8, "9007199254740992"},
    {1700, "0000000000000000", 8, "0"},
    {1700, "0000000000000002", 8, "0.00"},
    {1700, "0001000000000002000a", 10, "10.00"},
    {1700, "0001ffff400000020064", 10, "-0.01"},
    {1700, "00010000000000000001", 10, "1"},
    {1700, "00010001000000000001", 10, "10000"},
    {1700, "0001000000000000270f", 10, "9999"},
    {1700, "000300010000000104d2162e2328", 14, "12345678.9"},
    {1700, "0005000400000000000c0d801ed204d2162e", 18, "123456789012345678"},
    {1700, "000b00090000000104d2162e23340d801ed204d2162e23340d801ed21388", 30,
     "1234567890123456789012345678901234567890.5"},
    {1700, "00000000c0000000", 8, "NaN"},
    {1700, "00000000d0000020", 8, "Infinity"},
    {1700, "00000000f0000020", 8, "-Infinity"},
    {1700, "0001ffff000000040001", 10, "0.0001"},
    {1700, "0001fff3000000320064", 10, "0.00000000000000000000000000000000000000000000000001"},
    {1700, "0001000a00000000000a", 10, "100000000000000000000000000000000000000000"},
    {1700, "00060003000000080063270f270f270f270f270f", 20, "99999999999999.99999999"},
    {1700, "00050003400000020063270f270f270f26ac", 18, "-99999999999999.99"},
    {1700, "0001ffff000000060001", 10, "0.000100"},
    {1700, "00017fff0000000003e8", 10, "1e131071"},
    {1700, "0001ffe94000005a04b0", 10, "-12e-90"},
    {1700, "00010011000000000096", 10, "15e69"},
    {1082, "00000000", 4, "2000-01-01"},
    {1082, "ffffffff", 4, "1999-12-31"},
    {1082, "00002279", 4, "2024-02-29"},
    {1082, "fff4dbf9", 4, "0001-01-01"},
    {1082, "fff4dbf8", 4, "0001-12-31 BC"},
    {1082, "ffda97cd", 4, "4713-01-01 BC"},
    {1082, "7fda970c", 4, "5874897-12-31"},
    {1082, "7fffffff", 4, "infinity"},
    {1082, "80000000", 4, "-infinity"},
    {1083, "0000000000000000", 8, "00:00:00"},
    {1083, "000000141dd75fff", 8, "23:59:59.999999"},
    {1083, "000000141dd76000", 8, "24:00:00"},
    {1083, "0000000a0ef35120", 8, "12:00:00.5"},
    {1114, "0000000000000000", 8, "2000-01-01 00:00:00"},
    {1114, "ffffffffffffffff", 8, "1999-12-31 23:59:59.999999"},
    {1114, "0002b583416802a0", 8, "2024-02-29 12:34:56.1"},
    {1114, "7fffffffffffffff", 8, "infinity"},
    {1114, "8000000000000000", 8, "-infinity"},
    {1114, "ff1af9e8fb46d000", 8, "0044-03-15 12:00:00 BC"},
    {1114, "7fffff5bb3b29fff", 8, "294276-12-31 23:59:59.999999"},
    {1184, "0002b5811750c800", 8, "2024-02-29 10:00:00+00"},
    {1184, "ff1fe2ffc59c6000", 8, "0001-01-01 00:00:00+00"},
    {2950, "a0eebc999c0b4ef8bb6d6bb9bd380a11", 16, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"},
    {17, "", 0, "\\x"},
    {17, "deadbeef00", 5, "\\xdeadbeef00"},
    {25, "", 0, ""},
    {25, "c3a9e697a5", 5, "é日"},
    {1042, "6162202020", 5, "ab"},
    {3802, "017b2261223a20317d", 9, "{\"a\": 1}"},
    {114, "7b202261223a317d", 8, "{ \"a\":1}"},
    {1043, "78", 1, "x"},
    {19, "6e6d", 2, "nm"},
};

#define VALUES (sizeof values / sizeof *values)

struct rows {
    struct assay_db_block block;
    uint32_t ends[64];
};

static void rows_init(struct rows *rows, uint32_t columns)
{
    struct assay_error err;
    memset(rows, 0, sizeof *rows);
    assert_int_equal(assay_db_block_init(&rows->block, columns, 0, 1024, &err), ASSAY_OK);
    assay_db_block_empty(&rows->block);
}

static void put_bytes(struct rows *rows, const char *bytes, size_t len)
{
    assert_true(assay_db_block_reserve(&rows->block, len));
    memcpy(rows->block.text + rows->block.len, bytes, len);
    rows->block.len += len;
}

static void put_number(struct rows *rows, uint32_t value, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--)
        put_bytes(rows, &(char){(char)(value >> 8 * i)}, 1);
}

static void put_hex(struct rows *rows, const char *hex, uint32_t len)
{
    put_number(rows, len, 4);
    for (uint32_t i = 0; i < len; i++) {
        char pair[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        put_number(rows, (uint32_t)strtoul(pair, NULL, 16), 1);
    }
}

static void end_row(struct rows *rows)
{
    rows->ends[rows->block.rows++] = (uint32_t)rows->block.len;
}

static enum assay_status decode(struct rows *rows, uint32_t oid, struct assay_error *err)
{
    const struct assay_pg_type *type = assay_pg_type_find(oid);
    assert_non_null(type);
    return assay_pg_decode(&type, rows->ends, &rows->block, err);
}

/* Each as the first row, behind a null and before one: nothing runs into its neighbour. */
static void each_value_becomes_its_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < VALUES; i++) {
        struct rows rows;
        struct assay_error err = {0};
        rows_init(&rows, 1);
        for (int r = 0; r < 5; r++) {
            put_number(&rows, 1, 2);
            if (r % 2 == 0)
                put_hex(&rows, values[i].hex, values[i].len);
            else
                put_number(&rows, UINT32_MAX, 4);
            end_row(&rows);
        }
        assert_int_equal(decode(&rows, values[i].oid, &err), ASSAY_OK);
        for (uint32_t r = 0; r < 5; r++) {
            struct assay_str text = assay_db_text(&rows.block, r, 0);
            assert_int_equal(assay_db_is_null(&rows.block, r, 0), r % 2);
            const char *wanted = r % 2 ? "" : values[i].text;
            if (!assay_str_is(text, wanted))
                fail_msg("oid %u, %s: wanted %s, got %.*s", values[i].oid, values[i].hex, wanted,
                         (int)text.len, text.ptr);
        }
        assay_db_block_free(&rows.block);
    }
}

/* Where a number comes with its value, it is the one that its text would be read as. */
static void numbers_are_those_of_their_texts(void **state)
{
    (void)state;
    size_t seen = 0;
    for (size_t i = 0; i < VALUES; i++) {
        struct rows rows;
        struct assay_error err = {0};
        rows_init(&rows, 1);
        put_number(&rows, 1, 2);
        put_hex(&rows, values[i].hex, values[i].len);
        end_row(&rows);
        assert_int_equal(decode(&rows, values[i].oid, &err), ASSAY_OK);
        const struct assay_db_values *column = &rows.block.columns[0];
        if (column->numbers) {
            struct assay_numref wanted = assay_numref(assay_cstr(values[i].text));
            assert_int_equal(column->code[0], wanted.code);
            assert_int_equal(column->mantissa[0], wanted.mantissa);
            seen++;
        }
        assay_db_block_free(&rows.block);
    }
    assert_true(seen > 30);
}

static void refused(uint32_t oid, const char *hex, uint32_t len, const char *code)
{
    struct rows rows;
    struct assay_error err = {0};
    rows_init(&rows, 1);
    put_number(&rows, 1, 2);
    put_hex(&rows, hex, len);
    end_row(&rows);
    assert_int_not_equal(decode(&rows, oid, &err), ASSAY_OK);
    assert_string_equal(err.code, code);
    assay_db_block_free(&rows.block);
}

static void bytes_that_are_no_value_are_refused(void **state)
{
    (void)state;
    refused(20, "00", 1, "DB-VALUE");
    refused(2950, "0000", 2, "DB-VALUE");
    refused(3802, "", 0, "DB-VALUE");
    refused(3802, "0261", 2, "DB-VALUE");
    refused(1700, "0001", 2, "DB-VALUE");
    refused(1700, "00020000000000000001", 10, "DB-VALUE"); /* a digit is missing */
    refused(1700, "00010000000000002710", 10, "DB-VALUE"); /* a digit of 10000 */
    refused(1700, "ffff000000000000", 8, "DB-VALUE");      /* minus one digit */
    refused(1700, "0001000012340000000a", 10, "DB-VALUE"); /* no such sign */
    refused(1083, "ffffffffffffffff", 8, "DB-VALUE");
}

static void rows_that_are_not_whole_are_refused(void **state)
{
    static const char *const broken[] = {
        "",               /* nothing */
        "0002",           /* two fields */
        "000100",         /* half a length */
        "000100000008",   /* eight bytes that are not there */
        "0001ffffffff00", /* more than the row */
        "00017fffffff",   /* very many bytes that are not there */
    };
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct rows rows;
        struct assay_error err = {0};
        rows_init(&rows, 1);
        for (const char *p = broken[i]; *p != '\0'; p += 2)
            put_number(&rows, (uint32_t)strtoul((char[]){p[0], p[1], '\0'}, NULL, 16), 1);
        end_row(&rows);
        assert_int_equal(decode(&rows, 20, &err), ASSAY_SOURCE);
        assert_string_equal(err.code, "DB-LOST");
        assay_db_block_free(&rows.block);
    }
}

static void a_value_over_the_limit_is_refused(void **state)
{
    struct rows rows;
    struct assay_error err = {0};
    (void)state;
    rows_init(&rows, 1);
    put_number(&rows, 1, 2);
    put_number(&rows, 1025, 4);
    for (int i = 0; i < 1025; i++)
        put_bytes(&rows, "x", 1);
    end_row(&rows);
    assert_int_equal(decode(&rows, 25, &err), ASSAY_SOURCE);
    assert_string_equal(err.code, "DB-VALUE");
    assay_db_block_free(&rows.block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_value_becomes_its_text),
        cmocka_unit_test(numbers_are_those_of_their_texts),
        cmocka_unit_test(bytes_that_are_no_value_are_refused),
        cmocka_unit_test(rows_that_are_not_whole_are_refused),
        cmocka_unit_test(a_value_over_the_limit_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
