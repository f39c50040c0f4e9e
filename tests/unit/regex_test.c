#include "config.h"

#include "base/regex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static const unsigned engines[] = {0, ASSAY_REGEX_NO_DFA, ASSAY_REGEX_NO_DFA | ASSAY_REGEX_NO_JIT};
#define ENGINES (sizeof engines / sizeof *engines)

static struct assay_regex_scratch *new_scratch(void)
{
    struct assay_regex_scratch *scratch;
    assert_int_equal(assay_regex_scratch_new(&scratch, NULL), ASSAY_OK);
    return scratch;
}

static struct assay_regex *new_regex(const char *pattern, unsigned flags)
{
    struct assay_regex *regex;
    assert_int_equal(assay_regex_new(assay_cstr(pattern), flags, &regex, NULL), ASSAY_OK);
    return regex;
}

/* The answer that all three engines give. */
static enum assay_regex_result ask(const char *pattern, unsigned flags, struct assay_str value)
{
    struct assay_regex_scratch *scratch = new_scratch();
    enum assay_regex_result first = ASSAY_REGEX_FAULT;
    for (size_t i = 0; i < ENGINES; i++) {
        struct assay_regex *regex = new_regex(pattern, flags | engines[i]);
        enum assay_regex_result r = assay_regex_match(regex, scratch, value.ptr, value.len);
        if (i == 0)
            first = r;
        assert_int_equal(r, first);
        assay_regex_free(regex);
    }
    assert_int_equal(assay_regex_disagreements(scratch), 0);
    assay_regex_scratch_free(scratch);
    return first;
}

static void a_pattern_is_searched_not_anchored(void **state)
{
    (void)state;
    assert_int_equal(ask("b+", 0, ASSAY_STR("abbc")), ASSAY_REGEX_YES);
    assert_int_equal(ask("b+", ASSAY_REGEX_WHOLE, ASSAY_STR("abbc")), ASSAY_REGEX_NO);
    assert_int_equal(ask("a|abbc", ASSAY_REGEX_WHOLE, ASSAY_STR("abbc")), ASSAY_REGEX_YES);
    assert_int_equal(ask("B+", ASSAY_REGEX_CASELESS, ASSAY_STR("abbc")), ASSAY_REGEX_YES);
    assert_int_equal(ask("(?<=a)b(?!x)", 0, ASSAY_STR("abbc")), ASSAY_REGEX_YES);
}

static void dollar_is_the_very_end(void **state)
{
    (void)state;
    assert_int_equal(ask("^a$", 0, ASSAY_STR("a\n")), ASSAY_REGEX_NO);
    assert_int_equal(ask("^a$", 0, ASSAY_STR("a")), ASSAY_REGEX_YES);
    assert_int_equal(ask("^a.$", 0, ASSAY_STR("a\n")), ASSAY_REGEX_NO);
    assert_int_equal(ask("^a.$", 0, ASSAY_STR("a\r")), ASSAY_REGEX_YES);
}

static void a_character_is_not_a_byte(void **state)
{
    (void)state;
    assert_int_equal(ask("^.$", 0, ASSAY_STR("\xc3\xa9")), ASSAY_REGEX_YES);
    assert_int_equal(ask("^\xc3\xa9$", 0, ASSAY_STR("\xc3\xa9")), ASSAY_REGEX_YES);
    assert_int_equal(ask("^\xc3\x89$", ASSAY_REGEX_CASELESS, ASSAY_STR("\xc3\xa9")),
                     ASSAY_REGEX_YES);
    assert_int_equal(ask("^k$", ASSAY_REGEX_CASELESS, ASSAY_STR("\xe2\x84\xaa")), ASSAY_REGEX_YES);
}

static void bad_utf8_is_told_apart(void **state)
{
    (void)state;
    static const char *const bad[] = {"\x80",         "a\xff",    "\xc0\xaf",
                                      "\xed\xa0\x80", "\xe2\x82", "\xf4\x90\x80\x80"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(ask("a", 0, assay_cstr(bad[i])), ASSAY_REGEX_BAD_UTF8);
}

static void nothing_and_nul_are_values(void **state)
{
    (void)state;
    assert_int_equal(ask("^$", 0, assay_str(NULL, 0)), ASSAY_REGEX_YES);
    assert_int_equal(ask("a", 0, assay_str(NULL, 0)), ASSAY_REGEX_NO);
    assert_int_equal(ask("", 0, assay_str(NULL, 0)), ASSAY_REGEX_YES);
    assert_int_equal(ask("^a\\x00b$", 0, ASSAY_STR("a\0b")), ASSAY_REGEX_YES);
}

static void a_bad_pattern_is_shown_with_a_caret(void **state)
{
    (void)state;
    static const struct {
        const char *pattern;
        const char *excerpt;
        uint32_t caret;
    } cases[] = {
        {"ab(c", "ab(c", 4},
        {"one\ntwo)", "two)", 3},
        {"a\\C", "a\\C", 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct assay_regex *regex;
        struct assay_error err;
        assert_int_equal(assay_regex_new(assay_cstr(cases[i].pattern), 0, &regex, &err),
                         ASSAY_CONFIG);
        assert_null(regex);
        assert_string_equal(err.code, "SUITE-REGEX");
        assert_string_equal(err.excerpt, cases[i].excerpt);
        assert_int_equal(err.caret, cases[i].caret);
        assert_true(strlen(err.message) > 20 && strlen(err.help) > 0);
    }
}

static void a_huge_pattern_is_refused(void **state)
{
    (void)state;
    size_t len = 70000;
    char *pattern = malloc(len);
    assert_non_null(pattern);
    memset(pattern, 'a', len);
    struct assay_regex *regex;
    struct assay_error err;
    assert_int_equal(assay_regex_new(assay_str(pattern, len), 0, &regex, &err), ASSAY_CONFIG);
    assert_string_equal(err.code, "SUITE-REGEX");
    free(pattern);
}

static void a_limit_is_not_a_mismatch(void **state)
{
    (void)state;
    struct assay_str hostile = ASSAY_STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab");
    for (size_t i = 1; i < ENGINES; i++) {
        struct assay_regex_scratch *scratch = new_scratch();
        struct assay_regex *regex = new_regex("^(a+)+$", engines[i]);
        assert_int_equal(assay_regex_match(regex, scratch, hostile.ptr, hostile.len),
                         ASSAY_REGEX_LIMIT);
        assert_int_equal(assay_regex_match(regex, scratch, "aa", 2), ASSAY_REGEX_YES);
        assay_regex_free(regex);
        assay_regex_scratch_free(scratch);
    }
}

static void the_automaton_has_no_limit_checked_or_not(void **state)
{
    (void)state;
    struct assay_str hostile = ASSAY_STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab");
    struct assay_regex_scratch *scratch = new_scratch();
    struct assay_regex *regex = new_regex("^(a+)+$", 0);
    assert_string_equal(assay_regex_engine(regex), "dfa");
    for (int i = 0; i < 2100; i++)
        assert_int_equal(assay_regex_match(regex, scratch, i % 100 ? "a" : hostile.ptr,
                                           i % 100 ? 1 : hostile.len),
                         i % 100 ? ASSAY_REGEX_YES : ASSAY_REGEX_NO);
    assert_int_equal(assay_regex_disagreements(scratch), 0);
    assay_regex_free(regex);
    assay_regex_scratch_free(scratch);
}

static void a_small_jit_stack_does_not_change_the_answer(void **state)
{
    (void)state;
    size_t len = 100000;
    char *value = malloc(len);
    assert_non_null(value);
    memset(value, 'a', len);
    assert_int_equal(ask("^(?:a|b)*$", 0, assay_str(value, len)), ASSAY_REGEX_YES);
    value[len - 1] = 'c';
    assert_int_equal(ask("^(?:a|b)*(?=c)", 0, assay_str(value, len)), ASSAY_REGEX_YES);
    free(value);
}

/* ---- Batches ---- */

struct values {
    char *base;
    struct assay_span *spans;
    uint32_t rows;
};

/* Row r holds texts[r % count]. */
static struct values repeat(const char *const *texts, uint32_t count, uint32_t rows)
{
    struct values v = {calloc(rows + 2, 64), calloc(rows, sizeof *v.spans), rows};
    assert_true(v.base != NULL && v.spans != NULL);
    uint32_t at = 8;
    for (uint32_t r = 0; r < rows; r++) {
        const char *text = texts[r % count];
        v.spans[r] = (struct assay_span){at, (uint32_t)strlen(text)};
        memcpy(v.base + at, text, v.spans[r].len);
        at += v.spans[r].len;
    }
    return v;
}

static void free_values(struct values *v)
{
    free(v->base);
    free(v->spans);
}

static void a_batch_answers_as_each_value(void **state)
{
    (void)state;
    static const char *const texts[] = {"ann@x.org",
                                        "bob@y",
                                        "",
                                        "\xc3\xa9@x.fr",
                                        "bad\xff@x.fr",
                                        "a b@x.org",
                                        "someone.with.a.name@example.co.uk"};
    enum { ROWS = 5001 };
    struct values v = repeat(texts, 7, ROWS);
    struct assay_regex_scratch *scratch = new_scratch();
    for (size_t i = 0; i < ENGINES; i++) {
        struct assay_regex *regex = new_regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", engines[i]);
        uint64_t mask[ROWS / 64 + 1], no[ROWS / 64 + 1] = {0}, all[ROWS / 64 + 1] = {0};
        struct assay_regex_fault fault = {0};
        for (size_t w = 0; w < sizeof mask / sizeof *mask; w++)
            mask[w] = 0xdeadbeefcafef00d * (w + 1);
        assay_regex_match_spans(regex, scratch, v.base, v.spans, ROWS, mask, no, &fault);
        assay_regex_match_spans(regex, scratch, v.base, v.spans, ROWS, NULL, all, &fault);
        for (uint32_t r = 0; r < ROWS; r++) {
            bool bad = !(r % 7 == 0 || r % 7 == 3 || r % 7 == 6);
            assert_int_equal(all[r / 64] >> (r % 64) & 1, bad);
            assert_int_equal(no[r / 64] >> (r % 64) & 1, bad && (mask[r / 64] >> (r % 64) & 1));
        }
        assert_int_equal(no[ROWS / 64] >> (ROWS % 64), 0);
        assert_int_equal(all[ROWS / 64] >> (ROWS % 64), 0);
        assert_int_equal(fault.count, 0);
        assay_regex_free(regex);
    }
    assert_int_equal(assay_regex_disagreements(scratch), 0);
    assay_regex_scratch_free(scratch);
    free_values(&v);
}

static void a_batch_reports_its_faults_and_stops(void **state)
{
    (void)state;
    static const char *const texts[] = {"aa", "b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"};
    struct assay_regex_scratch *scratch = new_scratch();
    struct assay_regex *regex = new_regex("^(a+)+$", ASSAY_REGEX_NO_DFA);
    struct values v = repeat(texts, 3, 30);
    uint64_t no[16] = {0};
    struct assay_regex_fault fault = {0};
    assay_regex_match_spans(regex, scratch, v.base, v.spans, 30, NULL, no, &fault);
    assert_int_equal(fault.count, 10);
    assert_int_equal(fault.first_row, 2);
    assert_int_equal(fault.first, ASSAY_REGEX_LIMIT);
    assert_int_equal(no[0], 0x12492492); /* rows 1, 4, 7 ... */
    free_values(&v);

    v = repeat(texts, 3, 1000);
    fault = (struct assay_regex_fault){0};
    assay_regex_match_spans(regex, scratch, v.base, v.spans, 1000, NULL, no, &fault);
    assert_int_equal(fault.count, ASSAY_REGEX_FAULTS_MAX);
    free_values(&v);
    assay_regex_free(regex);
    assay_regex_scratch_free(scratch);
}

static void one_scratch_serves_many_regexes(void **state)
{
    (void)state;
    struct assay_regex_scratch *scratch = new_scratch();
    for (int i = 0; i < 200; i++) {
        char pattern[] = {'^', (char)('a' + i % 26), (char)('a' + i / 26), '$', '\0'};
        struct assay_regex *regex = new_regex(pattern, 0);
        assert_int_equal(assay_regex_match(regex, scratch, pattern + 1, 2), ASSAY_REGEX_YES);
        assert_int_equal(assay_regex_match(regex, scratch, "zz", 2), ASSAY_REGEX_NO);
        assay_regex_free(regex);
    }
    assay_regex_scratch_free(scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pattern_is_searched_not_anchored),
        cmocka_unit_test(dollar_is_the_very_end),
        cmocka_unit_test(a_character_is_not_a_byte),
        cmocka_unit_test(bad_utf8_is_told_apart),
        cmocka_unit_test(nothing_and_nul_are_values),
        cmocka_unit_test(a_bad_pattern_is_shown_with_a_caret),
        cmocka_unit_test(a_huge_pattern_is_refused),
        cmocka_unit_test(a_limit_is_not_a_mismatch),
        cmocka_unit_test(the_automaton_has_no_limit_checked_or_not),
        cmocka_unit_test(a_small_jit_stack_does_not_change_the_answer),
        cmocka_unit_test(a_batch_answers_as_each_value),
        cmocka_unit_test(a_batch_reports_its_faults_and_stops),
        cmocka_unit_test(one_scratch_serves_many_regexes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
