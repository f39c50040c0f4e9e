/*
 * Chunks: which records become runs and which stand alone, where each is, and the
 * values of their columns, the same with every kernel and with libcsv alone.
 */
#include "config.h"

#include "data/bitmap.h"
#include "source/csv_gather.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct reading {
    char *bytes;
    struct assay_csv_text text;
    struct assay_csv_chunk chunk;
    struct assay_error err;
};

static enum assay_status fill(struct reading *r, const struct assay_csv_kernel *kernel,
                              uint32_t columns, uint32_t field_limit, const char *bytes,
                              uint32_t len, bool final)
{
    struct assay_csv_chunk_options options = {
        .dialect = {',', '"'}, .kernel = kernel, .columns = columns, .field_limit = field_limit};
    memset(r, 0, sizeof *r);
    r->bytes = malloc(2 * (size_t)len + 200);
    assert_non_null(r->bytes);
    memcpy(r->bytes, bytes, len);
    r->text = (struct assay_csv_text){.base = r->bytes,
                                      .len = len,
                                      .scratch = len + 64,
                                      .scratch_end = 2 * len + 65,
                                      .final = final};
    assert_int_equal(assay_csv_chunk_init(&r->chunk, &options, NULL), ASSAY_OK);
    return assay_csv_chunk_fill(&r->chunk, &r->text, 1, &r->err);
}

static void done(struct reading *r)
{
    assay_csv_chunk_free(&r->chunk);
    free(r->bytes);
}

/* One column's values, each followed by '|', a null as ~. */
static const char *gathered(struct reading *r, uint32_t column)
{
    static char text[1 << 16];
    struct assay_span values[2000];
    uint64_t null[ASSAY_BITMAP_WORDS(2000)];
    size_t at = 0;
    assert_in_range(r->chunk.records, 0, 2000);
    assert_int_equal(assay_csv_gather(&r->chunk, column, values, null, NULL), ASSAY_OK);
    text[0] = '\0';
    for (uint32_t i = 0; i < r->chunk.records; i++)
        at += (size_t)snprintf(text + at, sizeof text - at,
                               assay_bit_get(null, i) ? "~%.*s|" : "%.*s|", (int)values[i].len,
                               r->bytes + values[i].off);
    return text;
}

/* Runs `body` with kernel set to each usable kernel and to NULL, which is libcsv. */
#define EACH_ENGINE(kernel, body)                                                 \
    for (const struct assay_csv_kernel *const *k_ = assay_csv_kernels();; k_++) { \
        const struct assay_csv_kernel *kernel = *k_;                              \
        if (kernel == NULL || kernel->usable())                                   \
            body if (kernel == NULL) break;                                       \
    }

static void regular_text_is_one_run(void **state)
{
    (void)state;
    struct reading r;
    static const char text[] = "1,a\n2,\"b\"\r\n3,\n4,\"\"\n5,x";
    assert_int_equal(fill(&r, assay_csv_kernel_choose(NULL), 2, 0, text, sizeof text - 1, false),
                     ASSAY_OK);
    assert_int_equal(r.chunk.segment_count, 1);
    assert_int_equal(r.chunk.segments[0].kind, ASSAY_CSV_RUN);
    assert_int_equal(r.chunk.records, 4);
    assert_int_equal(r.chunk.consumed, sizeof text - 1 - 3);
    assert_int_equal(r.chunk.endings[ASSAY_CSV_LF], 3);
    assert_int_equal(r.chunk.endings[ASSAY_CSV_CRLF], 1);
    assert_string_equal(gathered(&r, 0), "1|2|3|4|");
    assert_string_equal(gathered(&r, 1), "a|b|~||");
    done(&r);
}

static void values_are_the_same_with_every_engine(void **state)
{
    (void)state;
    static const char text[] =
        "1,\"a\"\"b\",x\n2,\"c,\nd\",\r\n3\n\n4,5\" x,y,z\r6,\"\"\"\",\"\"\n7,,8";
    EACH_ENGINE(kernel, {
        struct reading r;
        assert_int_equal(fill(&r, kernel, 3, 0, text, sizeof text - 1, true), ASSAY_OK);
        assert_int_equal(r.chunk.consumed, sizeof text - 1);
        assert_int_equal(r.chunk.lines, 7);
        assert_string_equal(gathered(&r, 0), "1|2|3|4|6|7|");
        assert_string_equal(gathered(&r, 1), "a\"b|c,\nd|~|5\" x|\"|~|");
        assert_string_equal(gathered(&r, 2), "x|~|~|y||8|");
        done(&r);
    })
}

static uint32_t draw(uint32_t *random, uint32_t below)
{
    *random = *random * 1664525 + 1013904223;
    return (*random >> 8) % below;
}

/* Records enough for loops that take many at a time: all sorts of fields, or all but some. */
static size_t many_records(char *text, uint32_t columns, uint32_t kinds, uint32_t seed)
{
    static const char *const fields[] = {"",     "a", "\r",       "12345678", "\"q\"",
                                         "\"\"", "é", "\"x\ny\"", " b ",      "\",\""};
    size_t at = 0;
    for (uint32_t row = 0; row < 300; row++)
        for (uint32_t c = 0; c < columns; c++) {
            const char *field = fields[draw(&seed, kinds)];
            field = *field == '\r' ? "c" : field;
            const char *end = c + 1 < columns ? "," : draw(&seed, 3) == 0 ? "\r\n" : "\n";
            at += (size_t)sprintf(text + at, "%s%s", field, end);
        }
    return at;
}

static void many_records_have_the_same_values_with_every_engine(void **state)
{
    (void)state;
    static char text[1 << 16], expected[1 << 16];
    static const uint32_t widths[] = {1, 2, 3, 7, 8, 13};
    for (uint32_t kinds = 1; kinds <= 10; kinds++)
        for (size_t w = 0; w < sizeof widths / sizeof widths[0]; w++) {
            struct reading plain, r;
            uint32_t len = (uint32_t)many_records(text, widths[w], kinds, kinds * 31 + (uint32_t)w);
            assert_int_equal(fill(&plain, NULL, widths[w], 0, text, len, true), ASSAY_OK);
            EACH_ENGINE(kernel, {
                assert_int_equal(fill(&r, kernel, widths[w], 0, text, len, true), ASSAY_OK);
                assert_int_equal(r.chunk.records, plain.chunk.records);
                for (uint32_t c = 0; c < widths[w]; c++) {
                    strcpy(expected, gathered(&plain, c));
                    assert_string_equal(gathered(&r, c), expected);
                    plain.text.scratch = r.text.scratch = len + 64;
                }
                done(&r);
            })
            done(&plain);
        }
}

static void rows_say_where_they_stand(void **state)
{
    (void)state;
    static const char text[] = "1,\"a\nb\"\n2\n\n3,x\"y\n4,z\n";
    static const uint32_t starts[] = {0, 8, 11, 17}, lines[] = {0, 2, 4, 5},
                          fields[] = {2, 1, 2, 2};
    EACH_ENGINE(kernel, {
        struct reading r;
        assert_int_equal(fill(&r, kernel, 2, 0, text, sizeof text - 1, true), ASSAY_OK);
        assert_int_equal(r.chunk.records, 4);
        for (uint32_t i = 0; i < 4; i++) {
            struct assay_csv_row row = assay_csv_chunk_row(&r.chunk, i);
            assert_int_equal(row.start, starts[i]);
            assert_int_equal(row.line, lines[i]);
            assert_int_equal(row.fields, fields[i]);
            assert_int_equal(assay_csv_row_field(&r.chunk, &row, 0), starts[i]);
            assert_int_equal(assay_csv_row_field(&r.chunk, &row, 1), starts[i] + (i == 1 ? 1 : 2));
        }
        struct assay_csv_row odd = assay_csv_chunk_row(&r.chunk, 2);
        assert_int_equal(odd.segment->finding[ASSAY_CSV_BARE_QUOTE], 14);
        assert_int_equal(odd.segment->kind, ASSAY_CSV_ODD);
        done(&r);
    })
}

static void an_empty_line_is_a_record_only_of_one_column(void **state)
{
    (void)state;
    static const char text[] = "a\n\n\r\n\rb\n";
    EACH_ENGINE(kernel, {
        struct reading r;
        assert_int_equal(fill(&r, kernel, 1, 0, text, sizeof text - 1, true), ASSAY_OK);
        assert_string_equal(gathered(&r, 0), "a|~|~|~|b|");
        done(&r);
        assert_int_equal(fill(&r, kernel, 2, 0, text, sizeof text - 1, true), ASSAY_OK);
        assert_int_equal(r.chunk.records, 2);
        assert_int_equal(r.chunk.segment_count, 3);
        assert_int_equal(r.chunk.segments[1].kind, ASSAY_CSV_EMPTY);
        assert_int_equal(r.chunk.segments[1].start, 2);
        assert_int_equal(r.chunk.segments[1].end, 6);
        assert_int_equal(r.chunk.lines, 5);
        done(&r);
    })
}

static void an_odd_record_does_not_end_the_run_for_long(void **state)
{
    (void)state;
    char text[20000];
    uint32_t len = 0;
    for (int i = 0; i < 1000; i++)
        len += (uint32_t)snprintf(text + len, sizeof text - len,
                                  i == 500 ? "%d,b\"c\n" : "%d,abc\n", i);
    struct reading r;
    assert_int_equal(fill(&r, assay_csv_kernel_choose(NULL), 2, 0, text, len, true), ASSAY_OK);
    assert_int_equal(r.chunk.records, 1000);
    assert_int_equal(r.chunk.segment_count, 3);
    assert_int_equal(r.chunk.segments[0].records, 500);
    assert_int_equal(r.chunk.segments[2].records, 499);
    done(&r);
}

static void what_is_cut_is_left_for_the_next_fill(void **state)
{
    (void)state;
    EACH_ENGINE(kernel, {
        struct reading r;
        assert_int_equal(fill(&r, kernel, 2, 0, "a,\"b\n", 5, false), ASSAY_OK);
        assert_int_equal(r.chunk.consumed, 0);
        assert_int_equal(r.chunk.records, 0);
        done(&r);
        assert_int_equal(fill(&r, kernel, 2, 0, "a,b\nc,d\r", 8, false), ASSAY_OK);
        assert_int_equal(r.chunk.consumed, 4);
        done(&r);
    })
}

static void a_field_over_the_limit_is_an_error_with_its_place(void **state)
{
    (void)state;
    static const char text[] = "a,b\nc,\"d\n1234567890\",e\n";
    EACH_ENGINE(kernel, {
        struct reading r;
        assert_int_equal(fill(&r, kernel, 2, 8, text, sizeof text - 1, true), ASSAY_OK);
        assert_int_equal(r.chunk.records, 1);
        assert_int_equal(r.chunk.consumed, 4);
        done(&r);
        assert_int_equal(fill(&r, kernel, 2, 8, text + 4, sizeof text - 5, true), ASSAY_LIMIT);
        assert_string_equal(r.err.code, "CSV-FIELD-SIZE");
        assert_int_equal(r.err.line, 1);
        assert_int_equal(r.err.column, 3);
        done(&r);
    })
}

static void a_record_longer_than_any_window_is_read(void **state)
{
    (void)state;
    uint32_t len = 3u << 20;
    char *text = malloc(len);
    assert_non_null(text);
    memset(text, 'x', len);
    memcpy(text, "a,b\nc,\"", 7);
    memcpy(text + len - 8, "\"\ne,f\ng,", 8);
    EACH_ENGINE(kernel, {
        struct reading r;
        assert_int_equal(fill(&r, kernel, 2, 0, text, len, false), ASSAY_OK);
        assert_int_equal(r.chunk.records, 3);
        assert_int_equal(r.chunk.consumed, len - 2);
        assert_string_equal(gathered(&r, 0), "a|c|e|");
        done(&r);
    })
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(regular_text_is_one_run),
        cmocka_unit_test(values_are_the_same_with_every_engine),
        cmocka_unit_test(many_records_have_the_same_values_with_every_engine),
        cmocka_unit_test(rows_say_where_they_stand),
        cmocka_unit_test(an_empty_line_is_a_record_only_of_one_column),
        cmocka_unit_test(an_odd_record_does_not_end_the_run_for_long),
        cmocka_unit_test(what_is_cut_is_left_for_the_next_fill),
        cmocka_unit_test(a_field_over_the_limit_is_an_error_with_its_place),
        cmocka_unit_test(a_record_longer_than_any_window_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
