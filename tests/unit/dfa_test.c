#include "config.h"

#include "base/dfa.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

static enum assay_dfa_result ask(const char *pattern, unsigned flags, struct assay_str subject)
{
    struct assay_dfa *dfa = assay_dfa_new(assay_cstr(pattern), flags);
    assert_non_null(dfa);
    enum assay_dfa_result result = assay_dfa_match(dfa, subject.ptr, subject.len);
    assay_dfa_free(dfa);
    return result;
}

#define YES(pattern, subject) \
    assert_int_equal(ask(pattern, 0, assay_str(subject, sizeof(subject) - 1)), ASSAY_DFA_YES)
#define NO(pattern, subject) \
    assert_int_equal(ask(pattern, 0, assay_str(subject, sizeof(subject) - 1)), ASSAY_DFA_NO)

static bool translates(const char *pattern)
{
    struct assay_dfa *dfa = assay_dfa_new(assay_cstr(pattern), 0);
    assay_dfa_free(dfa);
    return dfa != NULL;
}

static void a_pattern_is_searched(void **state)
{
    (void)state;
    YES("b", "abc");
    YES("", "");
    YES("", "x");
    NO("bd", "abcd");
    YES("abab", "abaabab");
    YES("a|cd", "xcd");
    NO("a|cd", "xdc");
}

static void anchors_hold_wherever_they_stand(void **state)
{
    (void)state;
    YES("^a", "ab");
    NO("^b", "ab");
    YES("(?:^a|b)c", "xbc");
    NO("(?:^a|b)c", "xac");
    YES("b$", "ab");
    NO("b$", "ab\n");
    NO("b\\z", "bc");
    YES("^$", "");
    YES("$^", "");
    NO("^$", "a");
    NO("a^", "a");
    YES("(a|$)", "b");
    YES("\\Aab\\z", "ab");
}

static void classes_are_those_of_pcre2(void **state)
{
    (void)state;
    NO("a.c", "a\nc");
    YES("a[^b]c", "a\nc");
    YES("^\\s$", "\v");
    YES("^[]a]$", "]");
    NO("^[^]a]$", "]");
    YES("^[a-]$", "-");
    YES("^[a-c-e]+$", "b-e");
    NO("^[a-c-e]+$", "d");
    YES("^[\\d.-]+$", "1.2-3");
    YES("^[[:alpha:][:^print:]]+$", "aB\001");
    YES("^[\\x41\\x{42}]+$", "AB");
    YES("^[\\b]$", "\b");
    YES("^\\w\\W\\D\\S\\h\\V\\N$", "_ ax\tab");
    YES("^\\.\\[\\_\\ $", ".[_ ");
}

/* What Unicode adds to \\d, \\s and \\w lies beyond ASCII, where PCRE2 is asked. */
static void unicode_classes_are_the_same_in_ascii(void **state)
{
    (void)state;
    YES("(*UCP)^\\w\\W\\D\\S\\h\\V\\N$", "_ ax\tab");
    NO("(*UCP)^\\s$", "\x1c");
    YES("(*UCP)(?i)^[a-c]\\d$", "B7");
    assert_int_equal(ask("(*UCP)^\\d$", 0, ASSAY_STR("\xd9\xa3")), ASSAY_DFA_ESCAPE);
}

static void repetition_is_counted(void **state)
{
    (void)state;
    YES("^a{2,3}$", "aa");
    YES("^a{2,3}$", "aaa");
    NO("^a{2,3}$", "a");
    NO("^a{2,3}$", "aaaa");
    YES("^(ab){2,}$", "abababab");
    NO("^(ab){2,}$", "ab");
    YES("^(a|bc?)*?d+?$", "abbcadd");
    YES("^(?:a?){3}b??$", "aab");
    YES("^\\d{4}-\\d{2}-\\d{2}$", "2024-02-29");
    NO("^\\d{4}-\\d{2}-\\d{2}$", "2024-2-29");
}

static void the_whole_value_can_be_asked_for(void **state)
{
    (void)state;
    assert_int_equal(ask("a|ab", ASSAY_DFA_WHOLE, ASSAY_STR("ab")), ASSAY_DFA_YES);
    assert_int_equal(ask("a", ASSAY_DFA_WHOLE, ASSAY_STR("ab")), ASSAY_DFA_NO);
    assert_int_equal(ask("b", ASSAY_DFA_WHOLE, ASSAY_STR("ab")), ASSAY_DFA_NO);
    assert_int_equal(ask("", ASSAY_DFA_WHOLE, ASSAY_STR("a")), ASSAY_DFA_NO);
}

static void case_is_folded_on_request(void **state)
{
    (void)state;
    assert_int_equal(ask("^aB[c-d]$", ASSAY_DFA_CASELESS, ASSAY_STR("AbD")), ASSAY_DFA_YES);
    assert_int_equal(ask("^[^a]$", ASSAY_DFA_CASELESS, ASSAY_STR("A")), ASSAY_DFA_NO);
    assert_int_equal(ask("^@\\[$", ASSAY_DFA_CASELESS, ASSAY_STR("`{")), ASSAY_DFA_NO);
    YES("(?i)^abc$|x", "aBC");
    NO("^abc$", "aBC");
}

static void what_is_not_plain_is_left_to_pcre2(void **state)
{
    (void)state;
    static const char *const patterns[] = {
        "(?=a)",     "(?!a)",       "(?<=a)",  "(?<!a)",     "(a)\\1",
        "\\bword",   "\\B",         "a++",     "a*+",        "a{2}+",
        "(?>a)",     "a(?i)b",      "(?x)a",   "(?i:a)",     "\\R",
        "\\X",       "\\pL",        "\\Z",     "\\K",        "\\Qa\\E",
        "\\x{e9}",   "\\xe9",       "\\101",   "\\o{101}",   "\\cA",
        "\xc3\xa9",  "[\xc3\xa9]",  "(*UTF)a", "a{,3}",      "{",
        "^*",        "(?:a|^){0}b", "[[.a.]]", "[a-\\d]",    "(?#x)",
        "(?|a|b)",   "(?<n>a)",     "a{1001}", "(?R)",       "[\\d-z]",
        "\\",        "[a",          "(a",      "a)",         "a**",
        "\\N{U+41}", "\\x4",        "\\x{4",   "[[:nope:]]", "(*UCP)[[:punct:]]",
    };
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
        if (translates(patterns[i]))
            fail_msg("translated: %s", patterns[i]);
}

static void a_pattern_too_large_is_left_to_pcre2(void **state)
{
    (void)state;
    assert_true(translates("^a{200}$"));
    assert_false(translates("^a{300}$"));
    assert_false(translates("(a|b)*a(a|b){9}$"));
    assert_false(translates("((((a{20}){20}){20}){20})"));
    assert_false(translates("(?:(?:(?:(?:){1000}){1000}){1000}){1000}"));
    char deep[121];
    memset(deep, '(', 60);
    memset(deep + 60, ')', 60);
    deep[120] = '\0';
    assert_false(translates(deep));
}

static void minimisation_finds_the_smallest(void **state)
{
    (void)state;
    static const struct {
        const char *pattern;
        unsigned states;
    } cases[] = {
        {"", 1},
        {"a", 2},
        {"a|a|a", 2},
        {"^a$", 3},
        {"[ab]|b|a", 2},
        {"^(a|b)*$", 2},
        {"^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", 7},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct assay_dfa *dfa = assay_dfa_new(assay_cstr(cases[i].pattern), 0);
        assert_non_null(dfa);
        assert_int_equal(assay_dfa_states(dfa), cases[i].states);
        assay_dfa_free(dfa);
    }
}

static void bytes_beyond_ascii_escape(void **state)
{
    (void)state;
    assert_int_equal(ask("a", 0, ASSAY_STR("a\xc3\xa9")), ASSAY_DFA_ESCAPE);
    assert_int_equal(ask("^b", 0, ASSAY_STR("a23456789\x80")), ASSAY_DFA_ESCAPE);
    static char text[1000];
    memset(text, 'a', sizeof text);
    assert_int_equal(ask("a", 0, assay_str(text, sizeof text)), ASSAY_DFA_YES);
    text[999] = '\xff';
    assert_int_equal(ask("a", 0, assay_str(text, sizeof text)), ASSAY_DFA_ESCAPE);
    text[999] = 'b';
    assert_int_equal(ask("ab$", 0, assay_str(text, sizeof text)), ASSAY_DFA_YES);
}

/* 64 values of all lengths, some far longer than others, in both forms. */
static void many_values_answer_as_each_alone(void **state)
{
    (void)state;
    enum { COUNT = 64, SPACE = 64 * 1024 };
    char *base = calloc(1, SPACE);
    struct assay_span spans[COUNT];
    assert_non_null(base);
    uint32_t at = 8;
    for (uint32_t i = 0; i < COUNT; i++) {
        spans[i] = (struct assay_span){at, i % 7 == 0 ? i * 20 : i % 29};
        for (uint32_t k = 0; k < spans[i].len; k++)
            base[at + k] = "ab-@."[(i * 7 + k * k) % 5];
        if (i % 11 == 3 && spans[i].len > 0)
            base[at + spans[i].len - 1] = '\xc3';
        at += spans[i].len;
    }
    for (unsigned flags = 0; flags <= ASSAY_DFA_TABLE; flags += ASSAY_DFA_TABLE) {
        struct assay_dfa *dfa = assay_dfa_new(ASSAY_STR("(a.b|@)[-.]*$"), flags);
        assert_non_null(dfa);
        for (uint64_t mask = ~(uint64_t)0; mask != 0; mask >>= 3) {
            uint64_t no, escape;
            assay_dfa_match64(dfa, base, spans, mask, &no, &escape);
            for (unsigned i = 0; i < COUNT; i++) {
                enum assay_dfa_result r = assay_dfa_match(dfa, base + spans[i].off, spans[i].len);
                bool asked = mask >> i & 1;
                assert_int_equal(no >> i & 1, asked && r == ASSAY_DFA_NO);
                assert_int_equal(escape >> i & 1, asked && r == ASSAY_DFA_ESCAPE);
            }
        }
        assay_dfa_free(dfa);
    }
    free(base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pattern_is_searched),
        cmocka_unit_test(anchors_hold_wherever_they_stand),
        cmocka_unit_test(classes_are_those_of_pcre2),
        cmocka_unit_test(unicode_classes_are_the_same_in_ascii),
        cmocka_unit_test(repetition_is_counted),
        cmocka_unit_test(the_whole_value_can_be_asked_for),
        cmocka_unit_test(case_is_folded_on_request),
        cmocka_unit_test(what_is_not_plain_is_left_to_pcre2),
        cmocka_unit_test(a_pattern_too_large_is_left_to_pcre2),
        cmocka_unit_test(minimisation_finds_the_smallest),
        cmocka_unit_test(bytes_beyond_ascii_escape),
        cmocka_unit_test(many_values_answer_as_each_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
