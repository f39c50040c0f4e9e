/*
 * ClickHouse's types, its values in TabSeparated, and the texts that they become.
 */
#include "config.h"

#include "source/clickhouse_types.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct value {
    const char *type;
    const char *sent;
    const char *text; /* NULL: null */
    enum assay_kind kind;
};

static const struct value values[] = {
    {"Int8", "-128", "-128", ASSAY_KIND_NUMBER},
    {"UInt64", "18446744073709551615", "18446744073709551615", ASSAY_KIND_NUMBER},
    {"UInt256", "115792089237316195423570985008687907853269984665640564039457584007913129639935",
     "115792089237316195423570985008687907853269984665640564039457584007913129639935",
     ASSAY_KIND_NUMBER},
    {"Decimal(9, 2)", "-0.01", "-0.01", ASSAY_KIND_NUMBER},
    {"Float64", "1e-300", "1e-300", ASSAY_KIND_NUMBER},
    {"Float64", "nan", "NaN", ASSAY_KIND_NUMBER},
    {"Float32", "inf", "Infinity", ASSAY_KIND_NUMBER},
    {"Nullable(Float64)", "-inf", "-Infinity", ASSAY_KIND_NUMBER},
    {"Nullable(Float64)", "\\N", NULL, ASSAY_KIND_NULL},
    {"Bool", "true", "true", ASSAY_KIND_BOOLEAN},
    {"Bool", "false", "false", ASSAY_KIND_BOOLEAN},
    {"String", "", "", ASSAY_KIND_TEXT},
    {"String", "a\\tb\\nc\\\\d\\'e\\rf", "a\tb\nc\\d'e\rf", ASSAY_KIND_TEXT},
    {"String", "\\\\N", "\\N", ASSAY_KIND_TEXT},
    {"LowCardinality(Nullable(String))", "\\N", NULL, ASSAY_KIND_NULL},
    {"FixedString(5)", "ab\\0\\0\\0", "ab", ASSAY_KIND_TEXT},
    {"Enum8('it\\'s' = 1)", "it\\'s", "it's", ASSAY_KIND_TEXT},
    {"DateTime64(3, 'UTC')", "2026-01-02 03:04:05.678", "2026-01-02 03:04:05.678", ASSAY_KIND_TEXT},
    {"IPv4", "127.0.0.1", "127.0.0.1", ASSAY_KIND_TEXT},
    {"Array(Int8)", "[]", "[]", ASSAY_KIND_TEXT},
    {"Array(Nullable(String))", "['it\\'s',NULL,'a\"b\\n']", "[\"it's\",null,\"a\\\"b\\n\"]",
     ASSAY_KIND_TEXT},
    {"Array(Array(Float64))", "[[1.5,nan],[]]", "[[1.5,\"nan\"],[]]", ASSAY_KIND_TEXT},
    {"Tuple(Int8, String)", "(1,'x')", "[1,\"x\"]", ASSAY_KIND_TEXT},
    {"Tuple(Int8)", "(1,)", "[1]", ASSAY_KIND_TEXT},
    {"Map(String, Array(Bool))", "{'a':[true],'b':[]}", "{\"a\":[true],\"b\":[]}", ASSAY_KIND_TEXT},
    {"Map(Int8, String)", "{1:'x'}", "{\"1\":\"x\"}", ASSAY_KIND_TEXT},
    {"Array(String)", "['no end", "['no end", ASSAY_KIND_TEXT},
    {"SomethingNew(Int8)", "what\\tever", "what\tever", ASSAY_KIND_TEXT},
};

/* One row with as many columns as types; the line is put together. */
static enum assay_status decode(const struct assay_ch_type *types, uint32_t count, const char *line,
                                struct assay_db_block *block, struct assay_error *err)
{
    uint32_t end = (uint32_t)strlen(line);
    assert_int_equal(assay_db_block_init(block, count, 4096, 1000, err), ASSAY_OK);
    assay_db_block_empty(block);
    assert_true(assay_db_block_reserve(block, end));
    memcpy(block->text, line, end);
    block->len = end;
    block->rows = 1;
    return assay_ch_decode(types, &end, block, err);
}

static void values_become_texts(void **state)
{
    struct assay_db_block block;
    struct assay_error err;
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        const struct value *value = &values[i];
        struct assay_ch_type types[2];
        char line[512];
        assay_ch_type_read(assay_cstr(value->type), &types[0]);
        assay_ch_type_read(ASSAY_STR("String"), &types[1]);
        snprintf(line, sizeof line, "1\t%s\tbeside\n", value->sent);
        assert_int_equal(decode(types, 2, line, &block, &err), ASSAY_OK);
        assert_int_equal(block.rows, 1);
        assert_int_equal(block.columns[0].kind[0], value->kind);
        assert_int_equal(assay_db_is_null(&block, 0, 0), value->text == NULL);
        struct assay_str text = assay_db_text(&block, 0, 0);
        if (!assay_str_is(text, value->text != NULL ? value->text : ""))
            fail_msg("%s %s became %.*s", value->type, value->sent, (int)text.len, text.ptr);
        assert_true(assay_str_is(assay_db_text(&block, 0, 1), "beside"));
        assay_db_block_free(&block);
    }
}

static void types_are_taken_apart(void **state)
{
    static const struct {
        const char *name;
        enum assay_db_class cls;
        int scale;
        bool nullable;
    } types[] = {
        {"Int64", ASSAY_DB_INTEGER, -1, false},
        {"Nullable(Int64)", ASSAY_DB_INTEGER, -1, true},
        {"LowCardinality(Nullable(String))", ASSAY_DB_TEXT, -1, true},
        {"SimpleAggregateFunction(sum, Nullable(Decimal(38, 4)))", ASSAY_DB_DECIMAL, 4, true},
        {"Decimal(9)", ASSAY_DB_DECIMAL, 0, false},
        {"Int128", ASSAY_DB_DECIMAL, 0, false},
        {"DateTime('Europe/Berlin')", ASSAY_DB_INSTANT, -1, false},
        {"Array(Nullable(String))", ASSAY_DB_OTHER, -1, false},
        {"Enum16('Nullable(x)' = 1)", ASSAY_DB_ENUM, -1, false},
        {"", ASSAY_DB_OTHER, -1, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        struct assay_ch_type type;
        assay_ch_type_read(assay_cstr(types[i].name), &type);
        assert_int_equal(type.cls, types[i].cls);
        assert_int_equal(type.scale, types[i].scale);
        assert_int_equal(type.nullable, types[i].nullable);
    }
}

static void bad_lines_are_errors(void **state)
{
    static const struct {
        const char *line, *code;
    } lines[] = {
        {"1\ta\n", "DB-LOST"},
        {"1\ta\tb\tc\n", "DB-LOST"},
        {"a\tb\n", "DB-LOST"},
        {"1\n", "DB-LOST"},
        {"1\ta\t4Code: 241. DB::Exception: no\n", "DB-LOST"},
        {"Code: 241\tDB::Exception\tno\n", "DB-LOST"},
    };
    struct assay_ch_type types[2];
    struct assay_db_block block;
    struct assay_error err;
    (void)state;
    assay_ch_type_read(ASSAY_STR("String"), &types[0]);
    assay_ch_type_read(ASSAY_STR("UInt64"), &types[1]);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        assert_int_equal(decode(types, 2, lines[i].line, &block, &err), ASSAY_SOURCE);
        assert_string_equal(err.code, lines[i].code);
        assay_db_block_free(&block);
    }
}

static void a_value_over_the_limit_is_an_error(void **state)
{
    struct assay_ch_type type;
    struct assay_db_block block;
    struct assay_error err;
    char line[2048];
    (void)state;
    assay_ch_type_read(ASSAY_STR("String"), &type);
    snprintf(line, sizeof line, "1\t%01001d\n", 0);
    assert_int_equal(decode(&type, 1, line, &block, &err), ASSAY_SOURCE);
    assert_string_equal(err.code, "DB-VALUE");
    assay_db_block_free(&block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_become_texts),
        cmocka_unit_test(types_are_taken_apart),
        cmocka_unit_test(bad_lines_are_errors),
        cmocka_unit_test(a_value_over_the_limit_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
