/*
 * One record through libcsv: where it ends, what its values are, and what is odd.
 */
#include "config.h"

#include "source/csv_record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct assay_csv_dialect comma = {',', '"'};

struct reading {
    char bytes[4096];
    struct assay_csv_text text;
    struct assay_csv_fields fields;
    struct assay_csv_record record;
    struct assay_csv_parser *parser;
    struct assay_error err;
};

static int set_up(void **state)
{
    struct reading *r = calloc(1, sizeof *r);
    *state = r;
    return r == NULL || assay_csv_parser_new(&comma, 1000, &r->parser, NULL) != ASSAY_OK;
}

static int tear_down(void **state)
{
    struct reading *r = *state;
    assay_csv_parser_free(r->parser);
    free(r->fields.at);
    free(r);
    return 0;
}

static enum assay_status parse_bytes(struct reading *r, const char *bytes, size_t len, bool final)
{
    memcpy(r->bytes, bytes, len);
    r->text = (struct assay_csv_text){.base = r->bytes,
                                      .len = (uint32_t)len,
                                      .scratch = (uint32_t)len + 64,
                                      .scratch_end = (uint32_t)len * 2 + 65,
                                      .final = final};
    r->fields.count = 0;
    return assay_csv_record_parse(r->parser, &r->text, 0, &r->fields, &r->record, &r->err);
}

/* The values joined by '|': a quoted one in <>, a null as ~. */
static const char *values(struct reading *r)
{
    static char text[4096];
    size_t at = 0;
    for (uint32_t i = 0; i < r->record.fields; i++) {
        struct assay_span value = r->fields.at[r->record.first_field + i];
        bool quoted = assay_csv_was_quoted(&r->text, &comma, value);
        const char *form = quoted ? "%s<%.*s>" : value.len == 0 ? "%s~%.*s" : "%s%.*s";
        at += (size_t)snprintf(text + at, sizeof text - at, form, i ? "|" : "", (int)value.len,
                               r->bytes + value.off);
    }
    return text;
}

#define PARSE(bytes, final) \
    assert_int_equal(parse_bytes(r, bytes, sizeof(bytes) - 1, final), ASSAY_OK)

static void check(struct reading *r, uint32_t end, enum assay_csv_ending ending, const char *want)
{
    assert_int_equal(r->record.kind, ASSAY_CSV_RECORD);
    assert_int_equal(r->record.end, end);
    assert_int_equal(r->record.ending, ending);
    assert_string_equal(values(r), want);
}

static void a_record_ends_at_lf_crlf_or_cr(void **state)
{
    struct reading *r = *state;
    PARSE("a,b\nc", false);
    check(r, 4, ASSAY_CSV_LF, "a|b");
    PARSE("a,b\r\nc", false);
    check(r, 5, ASSAY_CSV_CRLF, "a|b");
    PARSE("a,b\rc", false);
    check(r, 4, ASSAY_CSV_CR, "a|b");
    PARSE("a,\"b\"\r\n", false);
    check(r, 7, ASSAY_CSV_CRLF, "a|<b>");
}

static void the_end_of_the_data_ends_a_record(void **state)
{
    struct reading *r = *state;
    PARSE("a,b", true);
    check(r, 3, ASSAY_CSV_EOF, "a|b");
    PARSE("a,", true);
    check(r, 2, ASSAY_CSV_EOF, "a|~");
    PARSE("a\r", true);
    check(r, 2, ASSAY_CSV_CR, "a");
    PARSE("\"a\"", true);
    check(r, 3, ASSAY_CSV_EOF, "<a>");
    PARSE("", true);
    assert_int_equal(r->record.kind, ASSAY_CSV_DONE);
}

static void more_is_asked_for_until_the_end_is_certain(void **state)
{
    struct reading *r = *state;
    static const char whole[] = "a,\"b\"\"\r\n,\",c\r\nd";
    for (uint32_t len = 0; len < 14; len++) {
        assert_int_equal(parse_bytes(r, whole, len, false), ASSAY_OK);
        assert_int_equal(r->record.kind, ASSAY_CSV_MORE);
        assert_int_equal(r->record.fields, 0);
        assert_int_equal(r->fields.count, 0);
    }
    assert_int_equal(parse_bytes(r, whole, 14, false), ASSAY_OK);
    check(r, 14, ASSAY_CSV_CRLF, "a|<b\"\r\n,>|c");
}

static void an_empty_line_is_told_from_a_record(void **state)
{
    struct reading *r = *state;
    PARSE("\na", false);
    assert_int_equal(r->record.kind, ASSAY_CSV_BLANK);
    assert_int_equal(r->record.end, 1);
    PARSE("\r\na", false);
    assert_int_equal(r->record.kind, ASSAY_CSV_BLANK);
    assert_int_equal(r->record.end, 2);
    PARSE("\r\r", false);
    assert_int_equal(r->record.end, 1);
    PARSE("\r", false);
    assert_int_equal(r->record.kind, ASSAY_CSV_MORE);
    PARSE(" \n", false);
    check(r, 2, ASSAY_CSV_LF, " ");
}

static void a_quoted_empty_field_is_not_null(void **state)
{
    struct reading *r = *state;
    PARSE(",\"\",\n", false);
    check(r, 5, ASSAY_CSV_LF, "~|<>|~");
}

static void spaces_are_data(void **state)
{
    struct reading *r = *state;
    PARSE(" a , b\t\n", false);
    check(r, 8, ASSAY_CSV_LF, " a | b\t");
}

static void oddities_are_read_as_libcsv_does_and_told(void **state)
{
    struct reading *r = *state;
    PARSE("5\" x,b\n", false);
    check(r, 7, ASSAY_CSV_LF, "5\" x|b");
    assert_int_equal(r->record.finding[ASSAY_CSV_BARE_QUOTE], 1);
    PARSE("\"ab\"cd,e\n\",f\n", false);
    check(r, 13, ASSAY_CSV_LF, "<ab\"cd,e\n>|f");
    assert_int_equal(r->record.finding[ASSAY_CSV_AFTER_QUOTE], 4);
    assert_int_equal(r->record.finding[ASSAY_CSV_BARE_QUOTE], ASSAY_CSV_NONE);
    PARSE("a,\"b\nc", true);
    check(r, 6, ASSAY_CSV_EOF, "a|<b\nc>");
    assert_int_equal(r->record.finding[ASSAY_CSV_UNTERMINATED], 2);
    PARSE("a,b\0c\n", false);
    assert_int_equal(r->record.finding[ASSAY_CSV_NUL], 3);
    assert_int_equal(r->fields.at[1].len, 3);
}

static void a_field_over_the_limit_says_where_it_began(void **state)
{
    struct reading *r = *state;
    char bytes[1300];
    memset(bytes, 'x', sizeof bytes);
    memcpy(bytes, "a,\"", 3);
    assert_int_equal(parse_bytes(r, bytes, 1002, false), ASSAY_OK);
    assert_int_equal(r->record.kind, ASSAY_CSV_MORE);
    assert_int_equal(parse_bytes(r, bytes, 1003, false), ASSAY_LIMIT);
    assert_int_equal(r->record.limit_at, 2);
    assert_string_equal(r->err.code, "CSV-FIELD-SIZE");
    assert_int_equal(parse_bytes(r, bytes, sizeof bytes, true), ASSAY_LIMIT);
    PARSE("a,b\n", false); /* and the parser is as before */
    check(r, 4, ASSAY_CSV_LF, "a|b");
}

static void scratch_that_is_too_small_is_an_error(void **state)
{
    struct reading *r = *state;
    PARSE("abc,d\n", false);
    r->text.scratch = r->text.scratch_end - 6;
    assert_int_equal(
        assay_csv_record_parse(r->parser, &r->text, 0, &r->fields, &r->record, &r->err),
        ASSAY_LIMIT);
    assert_string_equal(r->err.code, "CSV-SCRATCH");
}

static void fields_are_found_in_the_text(void **state)
{
    struct reading *r = *state;
    PARSE("a,\"b,\"\"\",c\r\n", false);
    const uint32_t want[] = {0, 2, 9, 10, 10};
    for (uint32_t c = 0; c < 5; c++)
        assert_int_equal(assay_csv_record_field(&r->text, &comma, 0, r->record.end, c), want[c]);
}

static void a_dialect_that_cannot_be_is_refused(void **state)
{
    (void)state;
    struct assay_csv_parser *parser;
    const struct assay_csv_dialect bad = {'"', '"'};
    assert_int_equal(assay_csv_parser_new(&bad, 1, &parser, NULL), ASSAY_USAGE);
    assert_null(parser);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_record_ends_at_lf_crlf_or_cr),
        TEST(the_end_of_the_data_ends_a_record),
        TEST(more_is_asked_for_until_the_end_is_certain),
        TEST(an_empty_line_is_told_from_a_record),
        TEST(a_quoted_empty_field_is_not_null),
        TEST(spaces_are_data),
        TEST(oddities_are_read_as_libcsv_does_and_told),
        TEST(a_field_over_the_limit_says_where_it_began),
        TEST(scratch_that_is_too_small_is_an_error),
        TEST(fields_are_found_in_the_text),
        TEST(a_dialect_that_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
