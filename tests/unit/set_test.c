/*
 * Sets of values: what equal means for each type, and the same answer from every table.
 */
#include "config.h"

#include "metric/set.h"
#include "tests/unit/expr_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* A member as a suite has it: a letter for its kind, then its text. */
static struct assay_scalars members_of(struct assay_scalar *items, const char *const *texts)
{
    uint32_t n = 0;
    for (; texts[n] != NULL; n++)
        items[n] = (struct assay_scalar){
            .kind = texts[n][0] == 'n'   ? ASSAY_SCALAR_NUMBER
                    : texts[n][0] == 'b' ? ASSAY_SCALAR_BOOLEAN
                    : texts[n][0] == '0' ? ASSAY_SCALAR_NULL
                                         : ASSAY_SCALAR_STRING,
            .text = assay_cstr(texts[n] + 1),
        };
    return (struct assay_scalars){.given = true, .items = items, .count = n};
}

static enum assay_status make_set(struct assay_arena *arena, const struct assay_scalars *members,
                                  enum assay_type type, bool fold, const struct assay_set **out,
                                  struct assay_error *err)
{
    struct assay_check check = {.type = type};
    struct assay_prepare prepare = {.arena = arena, .check = &check};
    return assay_set_make(&prepare, members, fold, out, err);
}

struct asked {
    enum assay_type type;
    bool fold;
    const char *kinds;          /* of the values, or NULL */
    const char *const *members; /* NULL at the end */
    const char *const *values;  /* as many as `expected` has letters */
    const char *expected;       /* y: a member, n: not one, or masked out */
};

static void ask(struct asked q)
{
    struct fixture f;
    uint32_t rows = (uint32_t)strlen(q.expected);
    struct fixture_column column = {"a", q.type, q.kinds, q.values};
    fixture_init(&f, rows, &column, 1);
    struct assay_scalar items[300];
    struct assay_scalars members = members_of(items, q.members);
    const struct assay_set *set;
    struct assay_error error;
    assert_int_equal(make_set(&f.arena, &members, q.type, q.fold, &set, &error), ASSAY_OK);
    size_t words = ASSAY_BITMAP_WORDS(rows) + 1;
    uint64_t *mask = fixture_alloc(&f, words * 8), *in = fixture_alloc(&f, words * 8);
    for (size_t i = 0; i < words - 1; i++)
        mask[i] = ~f.columns[0].null[i] &
                  (rows - i * 64 >= 64 ? ~(uint64_t)0 : ((uint64_t)1 << (rows % 64)) - 1);
    struct assay_column *columns[] = {&f.columns[0]};
    uint32_t index = 0;
    struct assay_slice slice = {.batch = &f.batch,
                                .columns = columns,
                                .indexes = &index,
                                .column_count = 1,
                                .rows = rows,
                                .mask = mask,
                                .selected = mask};
    assert_int_equal(assay_set_test(set, &slice, in, &error), ASSAY_OK);
    for (uint32_t r = 0; r < rows; r++)
        if (assay_bit_get(in, r) != (q.expected[r] == 'y'))
            fail_msg("row %u, \"%s\": expected %c", r, q.values[r], q.expected[r]);
    for (uint32_t r = rows; r < words * 64; r++)
        assert_false(assay_bit_get(in, r));
    fixture_free(&f);
}

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})
#define ASK(...) ask((struct asked){__VA_ARGS__})

static void texts_are_equal_bytewise(void **state)
{
    (void)state;
    ASK(.members = LIST("splaced", "sshipped", "n1", "s"),
        .values = LIST("placed", "Placed", "shipped", "place", "placedx", "1", "1.0", "", NULL),
        .expected = "ynynnyny");
    ASK(.members = LIST("sa"), .values = LIST(NULL, "a", "b"), .expected = "nyn");
}

static void longer_members_are_found_too(void **state)
{
    (void)state;
    ASK(.members = LIST("sabcdefgh", "sabcdefghi", "sa"),
        .values = LIST("abcdefgh", "abcdefghi", "abcdefghj", "abcdefg", "a", "abcdefghijkl"),
        .expected = "yynnyn");
    ASK(.members = LIST("sabcdefgh", "sbbcdefgh"),
        .values = LIST("abcdefgh", "abcdefghi", "bbcdefgh", "abcdefgi"), .expected = "ynyn");
}

static void letters_are_folded_on_demand(void **state)
{
    (void)state;
    ASK(.fold = true, .members = LIST("sYes", "s\xc3\x84rger"),
        .values = LIST("YES", "yes", "\xc3\xa4RGER", "no", "\xc3\xb6rger"), .expected = "yyynn");
    ASK(.type = ASSAY_TYPE_BOOLEAN, .members = LIST("btrue"),
        .values = LIST("true", "TRUE", "false"), .expected = "yyn");
}

static void numbers_are_equal_by_value(void **state)
{
    (void)state;
    ASK(.type = ASSAY_TYPE_DECIMAL,
        .members = LIST("n1", "n2.50", "n-0", "n123456789012345678901234567890", "n1e400"),
        .values = LIST("1", "1.0", "01", "1e0", "2.5", "2.51", "0", "-0.00",
                       "123456789012345678901234567890.0", "123456789012345678901234567891",
                       "10e399", "x", "1 ", "nan"),
        .expected = "yyyyynyyynynnn");
    ASK(.type = ASSAY_TYPE_NUMBER, .members = LIST("nNaN", "n-Infinity"),
        .values = LIST("nan", "-inf", "inf", "0"), .expected = "yynn");
    ASK(.type = ASSAY_TYPE_INTEGER, .members = LIST("s7"), .values = LIST("7", "07"),
        .expected = "yy");
}

static void times_are_equal_as_instants(void **state)
{
    (void)state;
    ASK(.type = ASSAY_TYPE_TIMESTAMP,
        .members = LIST("s2026-11-21T12:00:00Z", "s2020-01-01T00:00:00Z", "s2026-11-21T12:00:00Z"),
        .values = LIST("2026-11-21T14:00:00+02:00", "2026-11-21 12:00", "2026-11-21T12:00:01Z",
                       "2020-01-01T00:00:00.000Z", "soon"),
        .expected = "yynyn");
    ASK(.type = ASSAY_TYPE_DATE, .members = LIST("s2026-11-21"),
        .values = LIST("2026-11-21", "2026-11-22", "21.11.2026"), .expected = "ynn");
}

static void kinds_of_json_are_told_apart(void **state)
{
    (void)state;
    ASK(.kinds = "ntbntta", .members = LIST("n1", "btrue", "sx", "s[1]"),
        .values = LIST("1.0", "1", "true", "2", "true", "x", "[1]"), .expected = "ynynnyn");
}

static void every_size_of_set_gives_the_same_answers(void **state)
{
    char texts[300][24], values[300][24];
    const char *members[301], *asked[300];
    char expected[301];
    (void)state;
    for (unsigned n = 1; n < 300; n += n < 40 ? 1 : 65)
        for (unsigned wide = 0; wide < 2; wide++) {
            for (unsigned i = 0; i < 300; i++) {
                snprintf(texts[i], sizeof texts[i], wide ? "smember number %u" : "s%u", i * 7);
                snprintf(values[i], sizeof values[i], "%s", texts[i % 2 ? i : (i + n) % 300] + 1);
                bool is_in = (i % 2 ? i : (i + n) % 300) < n;
                expected[i] = is_in ? 'y' : 'n';
                asked[i] = values[i];
                members[i] = i < n ? texts[i] : NULL;
            }
            members[300] = NULL;
            expected[300] = '\0';
            ASK(.members = members, .values = asked, .expected = expected);
        }
}

static void a_zero_byte_is_not_the_end_of_a_text(void **state)
{
    struct assay_scalar items[] = {{ASSAY_SCALAR_STRING, {"a", 1}, 0, 0},
                                   {ASSAY_SCALAR_STRING, {"a\0", 2}, 0, 0},
                                   {ASSAY_SCALAR_STRING, {"", 0}, 0, 0}};
    struct assay_scalars members = {true, items, 3};
    struct fixture f;
    const char *values[] = {"a", "aXX", "", "X"};
    struct fixture_column column = {"a", ASSAY_TYPE_NONE, NULL, values};
    const struct assay_set *set;
    struct assay_error error;
    (void)state;
    fixture_init(&f, 4, &column, 1);
    char *text = (char *)(uintptr_t)f.columns[0].base;
    text[f.columns[0].spans[1].off + 1] = '\0'; /* "a\0X" */
    text[f.columns[0].spans[3].off] = '\0';     /* "\0" */
    assert_int_equal(make_set(&f.arena, &members, ASSAY_TYPE_NONE, false, &set, &error), ASSAY_OK);
    uint64_t mask = 15, in = 0;
    struct assay_column *columns[] = {&f.columns[0]};
    struct assay_slice slice = {
        .batch = &f.batch, .columns = columns, .column_count = 1, .rows = 4, .mask = &mask};
    assert_int_equal(assay_set_test(set, &slice, &in, &error), ASSAY_OK);
    assert_int_equal(in, 5);
    fixture_free(&f);
}

static void a_member_that_cannot_occur_is_refused(void **state)
{
    static const struct {
        enum assay_type type;
        const char *member;
    } wrong[] = {{ASSAY_TYPE_INTEGER, "sx"},
                 {ASSAY_TYPE_DECIMAL, "s1,5"},
                 {ASSAY_TYPE_DATE, "s21.11.2026"},
                 {ASSAY_TYPE_NONE, "0null"},
                 {ASSAY_TYPE_TIMESTAMP, "n5"}};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct assay_arena arena;
        struct assay_scalar items[2];
        const struct assay_set *set;
        struct assay_error error;
        struct assay_scalars members = members_of(items, LIST(wrong[i].member));
        assay_arena_init(&arena, 0);
        assert_int_equal(make_set(&arena, &members, wrong[i].type, false, &set, &error),
                         ASSAY_CONFIG);
        assert_string_equal(error.code, "SUITE-TYPE");
        assay_arena_free(&arena);
    }
}

static void an_empty_set_has_no_members(void **state)
{
    (void)state;
    ASK(.members = LIST(NULL), .values = LIST("", "a"), .expected = "nn");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_equal_bytewise),
        cmocka_unit_test(longer_members_are_found_too),
        cmocka_unit_test(letters_are_folded_on_demand),
        cmocka_unit_test(numbers_are_equal_by_value),
        cmocka_unit_test(times_are_equal_as_instants),
        cmocka_unit_test(kinds_of_json_are_told_apart),
        cmocka_unit_test(every_size_of_set_gives_the_same_answers),
        cmocka_unit_test(a_zero_byte_is_not_the_end_of_a_text),
        cmocka_unit_test(a_member_that_cannot_occur_is_refused),
        cmocka_unit_test(an_empty_set_has_no_members),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
