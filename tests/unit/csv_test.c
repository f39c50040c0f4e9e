/*
 * The CSV source as a whole: what it makes of files good and bad, in words.
 */
#include "config.h"

#include "tests/lib/source_dump.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <cmocka.h>

static char dir[] = "/tmp/assay-csv-XXXXXX";

static const char *path_of(const char *name)
{
    static char path[4][128];
    static int turn;
    char *out = path[turn++ % 4];
    snprintf(out, sizeof path[0], "%s/%s", dir, name);
    return out;
}

static void put(const char *name, const void *data, size_t len)
{
    FILE *file = fopen(path_of(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static void put_text(const char *name, const char *text)
{
    put(name, text, strlen(text));
}

/* One text, whatever the size of a batch and whichever engine. */
static struct assay_buf read_all(const char *name, struct assay_source_options options,
                                 bool positions)
{
    static const size_t sizes[] = {0, 1, 2, 3, 7, 16, 61, 4096};
    struct assay_buf first, other;
    dump_open(&first, path_of(name), &options, positions);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int engine = 0; engine < 2; engine++) {
            options.batch_bytes = sizes[i];
            options.csv_engine = engine ? ASSAY_CSV_LIBCSV : ASSAY_CSV_SCAN;
            dump_open(&other, path_of(name), &options, positions);
            assert_string_equal(first.ptr, other.ptr);
            assay_buf_free(&other);
        }
    return first;
}

static void expect_bytes(const char *data, size_t len, struct assay_source_options options,
                         const char *expected)
{
    put("t.csv", data, len);
    struct assay_buf text = read_all("t.csv", options, false);
    assert_string_equal(text.ptr, expected);
    assay_buf_free(&text);
}

static void expect(const char *data, const char *expected)
{
    expect_bytes(data, strlen(data), (struct assay_source_options){0}, expected);
}

static void reads_records(void **state)
{
    (void)state;
    expect("a,b\n1,\"x,y\"\r\n\"\",\n\"p\"\"q\",\"two\nlines\"\n",
           "columns a|b\n1: 1|x,y\n2: |~\n3: p\"q|two\\nlines\nnotice mixed line ends: 1 CRLF\n");
    expect("a,b\n1,2", "columns a|b\n1: 1|2\n");
}

static void says_where_values_stand(void **state)
{
    (void)state;
    put_text("p.csv", "a,b\n1,\"x\ny\"\n3,\"z\"\n");
    struct assay_buf text = read_all("p.csv", (struct assay_source_options){0}, true);
    assert_string_equal(text.ptr, "columns a|b\n1: 1@2:1|x\\ny@2:3 <1,\"x\\ny\"\\n>\n"
                                  "2: 3@4:1|z@4:3 <3,\"z\"\\n>\n");
    assay_buf_free(&text);
}

static void empty_file_has_no_columns(void **state)
{
    (void)state;
    put_text("t.csv", "");
    struct assay_buf text = read_all("t.csv", (struct assay_source_options){0}, false);
    assert_non_null(strstr(text.ptr, "t.csv: empty file: no header, 0 rows\n"));
    assert_memory_equal(text.ptr, "columns \n", 9);
    assay_buf_free(&text);
    expect("a,b\n", "columns a|b\n");
}

static void ragged_records_are_found(void **state)
{
    (void)state;
    expect("a,b,c\n1,2,3\n4,5\n6,7,8,\"n\x1b\",9\n1,2,3\n",
           "columns a|b|c\n1: 1|2|3\n2: [4|5|~]\n3: [6|7|8]\n4: 1|2|3\n"
           "finding 3:4 #2 expected 3 fields, found 2\n"
           "finding 4:7 #3 expected 3 fields, found 5; the first too many is \"n\\x1b\"\n");
}

static void odd_quotes_are_read_as_libcsv_does(void **state)
{
    (void)state;
    expect("a,b\n5\" x,y\n\"a\"b\",c\n\"d\\\"e\",f\n1,2\n",
           "columns a|b\n1: 5\" x|y\n2: a\"b|c\n3: d\\\"e|f\n4: 1|2\n"
           "finding 2:2 #1 a quote inside an unquoted field: read as it stands\n"
           "finding 3:4 #2 text after the closing quote\n"
           "finding 4:5 #3 text after the closing quote: quotes are doubled in CSV, \"\" and not "
           "\\\"\n");
}

static void open_quote_points_to_where_it_opens(void **state)
{
    (void)state;
    expect("a,b\n1,2\n3,\"x\n4,5\n",
           "columns a|b\n1: 1|2\n2: [3|x\\n4,5\\n]\nfinding 3:3 #2 this quote is never closed\n"
           "error CSV-OPEN-QUOTE t.csv:3:3: this quote is never closed (what follows it, to the "
           "end of the file, was read as one field; a quote within a quoted field is doubled)\n");
    expect("a,\"b\n1,2\n", "error CSV-OPEN-QUOTE t.csv:1:3: this quote is never closed "
                           "(everything behind it would be one name in the header)\n");
}

static void line_ends_may_be_mixed(void **state)
{
    (void)state;
    expect("a,b\n1,2\r3,4\n5,6\r\n7,8", "columns a|b\n1: 1|2\n2: 3|4\n3: 5|6\n4: 7|8\n"
                                        "notice mixed line ends: 1 CRLF, 1 CR-only\n");
}

static void blank_lines(void **state)
{
    (void)state;
    expect("\na,b\n\n1,2\n\r\n\n3,4\n",
           "columns a|b\n1: 1|2\n2: 3|4\nnotice mixed line ends: 1 CRLF\n"
           "notice 4 blank lines left out\n");
    expect("a\n1\n\n2\n", "columns a\n1: 1\n2: ~\n3: 2\n");
    struct assay_str name = ASSAY_STR("n");
    expect_bytes("\n1\n", 3,
                 (struct assay_source_options){
                     .header = ASSAY_HEADER_NAMES, .names = &name, .name_count = 1},
                 "columns n\n1: ~\n2: 1\n");
    expect_bytes("\n1\n", 3, (struct assay_source_options){.header = ASSAY_HEADER_NO},
                 "columns _1\n1: ~\n2: 1\n");
}

static void byte_order_mark_is_left_out(void **state)
{
    (void)state;
    expect("\xef\xbb\xbfid,b\n1,2\n", "columns id|b\n1: 1|2\n");
}

static void utf16_is_named(void **state)
{
    (void)state;
    static const char le[] = "\xff\xfei\0d\0\n\0"
                             "1\0\n\0";
    expect_bytes(le, sizeof le - 1, (struct assay_source_options){0},
                 "error CSV-ENCODING t.csv:1:1: looks like UTF-16LE (use encoding: utf-16le)\n");
    expect_bytes(le, sizeof le - 1,
                 (struct assay_source_options){.encoding = ASSAY_ENCODING_UTF16LE},
                 "columns id\n1: 1\n");
}

static void bytes_that_are_not_utf8(void **state)
{
    (void)state;
    expect("a,b\nx,caf\xe9\n\xc3\xa9,ok\n\xc0\x80,\xed\xa0\x80\nz,\xe2\x82",
           "columns a|b\n1: x|caf\\xe9\n2: \xc3\xa9|ok\n3: \\xc0\\x80|\\xed\\xa0\\x80\n"
           "4: z|\\xe2\\x82\n"
           "finding 2:6 #1 \\xe9 is not UTF-8 (encoding: latin1?)\n"
           "finding 4:1 #3 \\xc0\\x80 is not UTF-8\nfinding 5:3 #4 \\xe2\\x82 is not UTF-8\n");
    expect_bytes("a\ncaf\xe9\n", 7,
                 (struct assay_source_options){.encoding = ASSAY_ENCODING_LATIN1},
                 "columns a\n1: caf\xc3\xa9\n");
}

static void nul_never_cuts_a_value(void **state)
{
    (void)state;
    expect_bytes("a,b\n1,2\nx\0y,z\n", 14, (struct assay_source_options){0},
                 "columns a|b\n1: 1|2\n2: x\\x00y|z\nfinding 3:2 #2 a NUL byte\n");
}

static void header_in_the_middle(void **state)
{
    (void)state;
    expect("a,b\n1,2\na,b\r\n3,4\na,b",
           "columns a|b\n1: 1|2\n2: [a|b]\n3: 3|4\n4: [a|b]\n"
           "finding 3:1 #2 the header again, in the middle of the data\n"
           "finding 5:1 #4 the header again, in the middle of the data\n"
           "notice mixed line ends: 1 CRLF\n");
    expect("a\na\n", "columns a\n1: a\n");
}

static void columns_without_a_name(void **state)
{
    (void)state;
    expect("a,,\n1,2,3\n", "columns a|_2|_3\n"
                           "finding 1:3 #0 column 2 has no name; it is called \"_2\" here\n"
                           "finding 1:4 #0 column 3 has no name; it is called \"_3\" here\n"
                           "1: 1|2|3\n");
}

static struct assay_source *open_text(const char *data)
{
    struct assay_source *source;
    put_text("t.csv", data);
    assert_int_equal(assay_source_open(assay_cstr(path_of("t.csv")), NULL, &source, NULL),
                     ASSAY_OK);
    return source;
}

static void expect_missing(const char *data, const char *name, const char *code,
                           const char *message, const char *help)
{
    struct assay_source *source = open_text(data);
    struct assay_error err;
    uint32_t index;
    assert_int_equal(assay_source_column(source, assay_cstr(name), &index, &err), ASSAY_SOURCE);
    assert_string_equal(err.code, code);
    assert_string_equal(err.message, message);
    assert_string_equal(err.help, help);
    assay_source_close(source);
}

static void columns_are_found_by_name(void **state)
{
    (void)state;
    struct assay_source *source = open_text("id,x,id,y,id\n1,2,3,4,5\n");
    uint32_t index;
    assert_int_equal(assay_source_column(source, ASSAY_STR("y"), &index, NULL), ASSAY_OK);
    assert_int_equal(index, 3);
    assert_int_equal(assay_source_column(source, ASSAY_STR("id#1"), &index, NULL), ASSAY_OK);
    assert_int_equal(index, 0);
    assert_int_equal(assay_source_column(source, ASSAY_STR("id#3"), &index, NULL), ASSAY_OK);
    assert_int_equal(index, 4);
    assay_source_close(source);
    expect_missing("id,x,id\n1,2,3\n", "id", "CSV-DUPLICATE-COLUMN",
                   "columns 1 and 3 are both \"id\"", "say which: \"id#1\" or \"id#2\"");
    expect_missing("id,amount \n1,2\n", "amount", "COLUMN-MISSING", "no column \"amount\"",
                   "did you mean \"amount \"?");
    expect_missing("alpha,beta\n1,2\n", "something", "COLUMN-MISSING", "no column \"something\"",
                   "the columns are alpha, beta");
}

static void hints_explain_a_missing_column(void **state)
{
    (void)state;
    expect_missing("id;name;x\n1;2;3\n4\n", "id", "CSV-DELIMITER",
                   "no column \"id\": 1 column found, but the header contains 2 ';'",
                   "use delimiter: ';'");
    expect_missing("17,2024-01-01,x,9.5\n18,2024-01-02,y,1\n", "id", "CSV-NO-HEADER",
                   "no column \"id\": the first line looks like data (3 of 4 numeric)",
                   "use header: no, or a list of names: header: [id, …]");
    expect_missing("Report\n\nfor May\nid,a,b\n1,2,3\n4,5,6\n", "id", "CSV-PREAMBLE",
                   "no column \"id\": line 1 has 1 field, line 4 has 3", "use skip_lines: 3");
}

static void notices_are_made_once(void **state)
{
    (void)state;
    struct assay_source *source = open_text("Report\nx\nid,a\n1,5E+10\n\n3,4\r\n");
    struct assay_buf first, second;
    assay_buf_init(&first, 1 << 20);
    assay_buf_init(&second, 1 << 20);
    dump_source(&first, source, true);
    assert_true(source->rewindable);
    assert_int_equal(assay_source_rewind(source, NULL), ASSAY_OK);
    dump_source(&second, source, true);
    assert_string_equal(first.ptr, second.ptr);
    assert_int_equal(source->notice_count, 2);
    assert_string_equal(source->notices[0], "line 1 has 1 field, line 3 has 2 (skip_lines: 2?)");
    assert_string_equal(source->notices[1], "mixed line ends: 1 CRLF");
    assay_buf_free(&first);
    assay_buf_free(&second);
    assay_source_close(source);
    source = open_text("id,a\n1.5E+10,2\n");
    assert_string_equal(source->notices[0],
                        "values such as \"1.5E+10\" in \"id\" look like scientific notation: ids "
                        "that a spreadsheet rewrote?");
    assay_source_close(source);
}

static void null_values_and_trim(void **state)
{
    (void)state;
    struct assay_str nulls[] = {ASSAY_STR("NA"), ASSAY_STR("-"), ASSAY_STR("")};
    struct assay_source_options options = {.null_values = nulls, .null_value_count = 3};
    const char *data = "a,b\nNA,x\n\"NA\",-\n NA ,\"\"\n,--\n";
    expect_bytes(data, strlen(data), options, "columns a|b\n1: ~|x\n2: ~|~\n3:  NA |\n4: ~|--\n");
    options.trim = true;
    expect_bytes(data, strlen(data), options, "columns a|b\n1: ~|x\n2: ~|~\n3: ~|\n4: ~|--\n");
    data = "a,b\n \t,\" x \"\n x y ,\n1\n";
    options = (struct assay_source_options){.trim = true};
    expect_bytes(data, strlen(data), options,
                 "columns a|b\n1: ~| x \n2: x y|~\n3: [1|~]\n"
                 "finding 4:2 #3 expected 2 fields, found 1\n");
}

/* Many records at a time, with tokens that are short, and with one that is not. */
static void null_values_of_many_records(void **state)
{
    (void)state;
    static const struct assay_str nulls[] = {
        {"#N/A", 4}, {"NA", 2},   {"-1.#QNAN", 8}, {"<NA>", 4},
        {"n", 1},    {"NULL", 4}, {"\xc3\xa9", 2}, {"not available", 13}};
    static const char *const others[] = {
        "A",        "NAN", "NUL", "A1.#QNAN",         "XNULL", "1",  "#N/a",     "12.5",
        "\xc3\xa8", "N",   "NB",  "a longer text NA", "<NB>",  "nn", "available"};
    for (uint32_t count = 1; count <= 8; count++) {
        static char data[1 << 14], expected[1 << 14];
        size_t at = (size_t)sprintf(data, "a,b\n"), to = (size_t)sprintf(expected, "columns a|b\n");
        uint32_t random = count;
        for (uint32_t row = 1; row <= 230; row++) {
            random = random * 1664525 + 1013904223;
            uint32_t pick = (random >> 8) % 23;
            const char *text = pick < 8 ? nulls[pick].ptr : others[pick - 8];
            at += (size_t)sprintf(data + at, row % 5 ? "%s,\n" : "\"%s\",x\n", text);
            to += (size_t)sprintf(expected + to, "%u: %s|%s\n", row, pick < count ? "~" : text,
                                  row % 5 ? "~" : "x");
        }
        struct assay_source_options options = {.null_values = nulls, .null_value_count = count};
        expect_bytes(data, at, options, expected);
    }
}

static void lines_can_be_skipped(void **state)
{
    (void)state;
    struct assay_source_options options = {.skip_lines = 3};
    const char *data = "x\r\n\"y\rz\na,b\n1,2\n";
    expect_bytes(data, strlen(data), options, "columns a|b\n1: 1|2\n");
    put_text("t.csv", data);
    struct assay_buf text = read_all("t.csv", options, true);
    assert_non_null(strstr(text.ptr, "1@5:1|2@5:3"));
    assay_buf_free(&text);
}

static void dialects(void **state)
{
    (void)state;
    struct assay_source_options options = {.delimiter = ';', .quote = '\''};
    expect_bytes("a;b\n'x;y';\"\n", 12, options, "columns a|b\n1: x;y|\"\n");
    options.quote = ';';
    expect_bytes("a\n", 2, options,
                 "error CSV-DIALECT :0:0: delimiter and quote must be two different bytes, and no "
                 "line end ()\n");
}

static void files_are_read_as_one(void **state)
{
    (void)state;
    put_text("m-2.csv", "a,b\n3,4\n5\n");
    put_text("m-1.csv", "a,b\r\n1,2");
    put_text("m-3.csv", "");
    struct assay_buf text = read_all("m-?.csv", (struct assay_source_options){0}, true);
    assert_non_null(strstr(text.ptr, "1: 1@2:1|2@2:3 <1,2>\n2: 3@2:1|4@2:3"));
    assert_non_null(strstr(text.ptr, "finding 3:2 #3 expected 2 fields, found 1\n"));
    assert_non_null(strstr(text.ptr, "m-3.csv: empty file"));
    assay_buf_free(&text);
    put_text("m-3.csv", "a,c\n");
    text = read_all("m-?.csv", (struct assay_source_options){0}, false);
    assert_non_null(strstr(text.ptr, "error SOURCE-HEADER-MISMATCH m-3.csv:1:3: column 2 is \"c\", "
                                     "but \"b\" in "));
    assay_buf_free(&text);
    put_text("m-3.csv", "a\n");
    text = read_all("m-?.csv", (struct assay_source_options){0}, false);
    assert_non_null(strstr(text.ptr, "1 column, but 2 in "));
    assay_buf_free(&text);
}

static void long_fields_have_a_limit(void **state)
{
    (void)state;
    static char data[300000];
    memset(data, 'x', sizeof data);
    memcpy(data, "a,b\n1,2\n3,\"", 11);
    put("t.csv", data, sizeof data);
    struct assay_source_options options = {.max_field = 100000};
    struct assay_buf text = read_all("t.csv", options, false);
    assert_non_null(strstr(text.ptr, "1: 1|2\nerror CSV-FIELD-LIMIT t.csv:3:3: field over 100,000 "
                                     "bytes starting at 3:3: unterminated quote?"));
    assay_buf_free(&text);
    options.max_field = 400000;
    text = read_all("t.csv", options, false);
    assert_non_null(strstr(text.ptr, "error CSV-OPEN-QUOTE t.csv:3:3:"));
    assay_buf_free(&text);
}

static void a_hundred_thousand_columns(void **state)
{
    (void)state;
    struct assay_buf data;
    assay_buf_init(&data, 1u << 26);
    for (int line = 0; line < 2; line++)
        for (int i = 0; i < 100000; i++)
            assay_buf_printf(&data, "%s%d%c", i % 3 || line ? "c" : "", line ? i : i / 2,
                             i == 99999 ? '\n' : ',');
    put("wide.csv", data.ptr, data.len);
    assay_buf_free(&data);
    struct assay_source *source;
    assert_int_equal(assay_source_open(assay_cstr(path_of("wide.csv")), NULL, &source, NULL),
                     ASSAY_OK);
    assert_int_equal(source->column_count, 100000);
    uint32_t index;
    assert_int_equal(assay_source_column(source, ASSAY_STR("49998"), &index, NULL), ASSAY_OK);
    assert_int_equal(index, 99996);
    assay_source_close(source);
}

static void gzip_file(const char *name, const char *data, size_t len, size_t cut)
{
    gzFile file = gzopen(path_of(name), "wb");
    assert_non_null(file);
    assert_int_equal(gzwrite(file, data, (unsigned)len), (int)len);
    assert_int_equal(gzclose(file), Z_OK);
    struct stat st;
    assert_int_equal(stat(path_of(name), &st), 0);
    if (cut > 0)
        assert_int_equal(truncate(path_of(name), st.st_size - (off_t)cut), 0);
}

static void truncated_gzip_says_how_far(void **state)
{
    (void)state;
    struct assay_buf data;
    assay_buf_init(&data, 1u << 20);
    assay_buf_puts(&data, "a,b\n");
    for (int i = 0; i < 1500; i++)
        assay_buf_printf(&data, "%d,x\n", i);
    gzip_file("z.csv.gz", data.ptr, data.len, 8);
    struct assay_buf text = read_all("z.csv.gz", (struct assay_source_options){0}, false);
    assert_non_null(strstr(text.ptr, "1500: 1499|x\nerror SOURCE-TRUNCATED z.csv.gz:0:0: "
                                     "unexpected end of the gzip data after 1,500 records"));
    assay_buf_free(&text);
    gzip_file("z.csv", data.ptr, data.len, 0);
    text = read_all("z.csv", (struct assay_source_options){0}, false);
    assert_non_null(strstr(text.ptr, "the name does not say so, but it is compressed: unpacked\n"));
    assert_non_null(strstr(text.ptr, "1500: 1499|x\nnotice"));
    assay_buf_free(&text);
    assay_buf_free(&data);
}

static void change_while_reading_is_told(void **state)
{
    (void)state;
    struct assay_source *source = open_text("a\n1\n2\n");
    FILE *file = fopen(path_of("t.csv"), "ab");
    fputs("3\n", file);
    fclose(file);
    struct assay_buf text;
    assay_buf_init(&text, 1 << 20);
    dump_source(&text, source, false);
    assert_non_null(strstr(text.ptr, "error SOURCE-CHANGED t.csv:0:0: changed during the run: it "
                                     "grew"));
    assay_buf_free(&text);
    assay_source_close(source);
    source = open_text("a\n1\n2\n");
    put_text("other.csv", "a\n1\n2\n");
    assert_int_equal(rename(path_of("other.csv"), path_of("t.csv")), 0);
    struct assay_batch batch;
    struct assay_error err;
    assert_int_equal(assay_batch_init(source, &batch, &err), ASSAY_OK);
    do
        assert_int_equal(assay_source_next(source, &batch, &err), ASSAY_OK);
    while (batch.rows > 0);
    assert_int_equal(assay_source_finish(source, &err), ASSAY_SOURCE);
    assert_string_equal(err.message, "changed during the run: another file has its name now");
    assay_batch_free(source, &batch);
    assay_source_close(source);
}

static void *feed(void *path)
{
    FILE *file = fopen(path, "wb");
    for (int i = 0; i < 5000; i++) {
        fprintf(file, i ? "%d,\"v\n%d\"\n" : "a,b\n", i, i);
        if (i % 1000 == 0)
            fflush(file);
    }
    fclose(file);
    return NULL;
}

static void pipes_that_are_short_can_be_read_twice(void **state)
{
    (void)state;
    char path[128];
    snprintf(path, sizeof path, "%s", path_of("fifo"));
    assert_int_equal(mkfifo(path, 0600), 0);
    pthread_t writer;
    assert_int_equal(pthread_create(&writer, NULL, feed, path), 0);
    struct assay_source *source;
    _Atomic int stop = 0;
    struct assay_source_options options = {.batch_bytes = 1000, .stop = &stop};
    assert_int_equal(assay_source_open(assay_cstr(path), &options, &source, NULL), ASSAY_OK);
    assert_false(source->rewindable);
    struct assay_buf first, second;
    assay_buf_init(&first, 1 << 22);
    assay_buf_init(&second, 1 << 22);
    dump_source(&first, source, true);
    pthread_join(writer, NULL);
    assert_true(source->rewindable);
    assert_int_equal(assay_source_rewind(source, NULL), ASSAY_OK);
    dump_source(&second, source, true);
    assert_string_equal(first.ptr, second.ptr);
    assert_non_null(strstr(first.ptr, "4999: 4999@9998:1|v\\n4999@9998:6"));
    assay_buf_free(&first);
    assay_buf_free(&second);
    assay_source_close(source);
}

static int make_dir(void **state)
{
    (void)state;
    return mkdtemp(dir) == NULL ? -1 : 0;
}

static int remove_dir(void **state)
{
    (void)state;
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", dir);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_records),
        cmocka_unit_test(says_where_values_stand),
        cmocka_unit_test(empty_file_has_no_columns),
        cmocka_unit_test(ragged_records_are_found),
        cmocka_unit_test(odd_quotes_are_read_as_libcsv_does),
        cmocka_unit_test(open_quote_points_to_where_it_opens),
        cmocka_unit_test(line_ends_may_be_mixed),
        cmocka_unit_test(blank_lines),
        cmocka_unit_test(byte_order_mark_is_left_out),
        cmocka_unit_test(utf16_is_named),
        cmocka_unit_test(bytes_that_are_not_utf8),
        cmocka_unit_test(nul_never_cuts_a_value),
        cmocka_unit_test(header_in_the_middle),
        cmocka_unit_test(columns_without_a_name),
        cmocka_unit_test(columns_are_found_by_name),
        cmocka_unit_test(hints_explain_a_missing_column),
        cmocka_unit_test(notices_are_made_once),
        cmocka_unit_test(null_values_and_trim),
        cmocka_unit_test(null_values_of_many_records),
        cmocka_unit_test(lines_can_be_skipped),
        cmocka_unit_test(dialects),
        cmocka_unit_test(files_are_read_as_one),
        cmocka_unit_test(long_fields_have_a_limit),
        cmocka_unit_test(a_hundred_thousand_columns),
        cmocka_unit_test(truncated_gzip_says_how_far),
        cmocka_unit_test(change_while_reading_is_told),
        cmocka_unit_test(pipes_that_are_short_can_be_read_twice),
    };
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
