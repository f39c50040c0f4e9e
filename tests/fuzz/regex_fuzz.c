/*
 * The law: wherever the automaton takes a pattern and a value, it says what PCRE2 says.
 *
 * The first bytes choose how a pattern is had from the rest: as the bytes stand, of the
 * characters that mean something (both try what the translator believes to be in its
 * subset), or drawn from a grammar of that subset, which gets deep into it. The subjects
 * come from the remaining bytes, mostly of an alphabet as small as the grammar's. Both
 * executable forms, the walk of one and of four values, and the batch call are held to
 * the answer of PCRE2's interpreter.
 */
#include "config.h"

#include "base/dfa.h"
#include "base/regex.h"

#include <stdint.h>
#include <stdlib.h>

#define PATTERN_MAX 256
#define VALUES_MAX 24
#define SLACK 64

struct input {
    const uint8_t *p;
    size_t left;
};

struct text {
    char bytes[PATTERN_MAX];
    size_t len;
};

static unsigned draw(struct input *in, unsigned bound)
{
    if (in->left == 0)
        return 0;
    in->left--;
    return *in->p++ % bound;
}

static void add(struct text *t, const char *s)
{
    size_t n = strlen(s);
    if (n > sizeof t->bytes - t->len)
        return;
    memcpy(t->bytes + t->len, s, n);
    t->len += n;
}

#define PICK(in, table) (table)[draw(in, sizeof(table) / sizeof *(table))]

static const char *const literals[] = {"a", "b", "k",   "A",       "S",     "0",    "_", " ",
                                       "-", "@", "\\.", "\\n",     "\\x41", "\\\\", "]", "}",
                                       ",", "=", "\\t", "\\x{61}", "\\e",   "\n",   "/", ":"};
static const char *const sets[] = {".",   "\\d", "\\D", "\\w", "\\W", "\\s",
                                   "\\S", "\\h", "\\H", "\\v", "\\V", "\\N"};
static const char *const members[] = {
    "a",   "b",   "-",     "a-c",      "A-b", "0-9",        "^",          "]",
    "[",   "\\]", "\\d",   "\\W",      "\\s", "[:alpha:]",  "[:^space:]", "[:punct:]",
    "\\b", "\\n", "\\x2d", " -~",      "\\-", "[:xdigit:]", "[:lower:]",  "@",
    "k",   "--0", "\\h",   "\\\\-\\]", ".",   "$"};
static const char *const anchors[] = {"^", "$", "\\A", "\\z"};
static const char *const counts[] = {"?",     "*",     "+",    "{2}", "{0}", "{1,}", "{0,2}",
                                     "{2,3}", "{3,5}", "*?",   "+?",  "??",  "{0,}", "{2,}?",
                                     "{1}",   "{0,0}", "{,2}", "*+",  "++",  "{7}"};
/* What the translator must refuse or PCRE2 must; and what only looks like it. */
static const char *const oddities[] = {
    "(?=a)", "(?!a)",   "\\b",      "\\1",     "(?i)",     "(?>a)", "\\R",  "\\K",   "\\Z",
    "(?#x)", "\\Qa\\E", "\xc3\xa9", "\\x{e9}", "\\o{101}", "(?|a)", "\\cA", "\\101", "(?<n>a)"};

static void make_class(struct input *in, struct text *t)
{
    add(t, draw(in, 3) == 0 ? "[^" : "[");
    for (unsigned n = 1 + draw(in, 3); n > 0; n--)
        add(t, PICK(in, members));
    add(t, "]");
}

static void make_pattern(struct input *in, struct text *t, unsigned depth)
{
    for (unsigned n = draw(in, 6); n > 0 && in->left > 0; n--) {
        unsigned kind = draw(in, depth > 0 ? 20 : 14);
        if (kind < 6)
            add(t, PICK(in, literals));
        else if (kind < 9)
            add(t, PICK(in, sets));
        else if (kind < 12)
            make_class(in, t);
        else if (kind == 12)
            add(t, PICK(in, anchors));
        else if (kind == 13)
            add(t, draw(in, 8) == 0 ? PICK(in, oddities) : "a");
        else if (kind < 18) {
            add(t, draw(in, 2) ? "(" : "(?:");
            make_pattern(in, t, depth - 1);
            add(t, ")");
        } else {
            make_pattern(in, t, depth - 1);
            add(t, "|");
        }
        if (kind != 12 && draw(in, 3) == 0)
            add(t, PICK(in, counts));
    }
}

static void make_any_pattern(struct input *in, struct text *t)
{
    static const char syntax[] = "aabbK019--[[]]^^$(()){}??**++||\\\\\\dwsDWSxnbtz::,,..\n=i<>!";
    unsigned kind = draw(in, 8);
    if (kind > 1) {
        unsigned option = draw(in, 16);
        add(t, option == 1 || option == 2 ? "(*UCP)" : "");
        add(t, option == 0 || option == 2 ? "(?i)" : "");
        make_pattern(in, t, 3);
        return;
    }
    for (unsigned n = draw(in, kind == 0 ? 64 : 20); n > 0 && in->left > 0; n--) {
        unsigned c = draw(in, 256);
        t->bytes[t->len++] = (char)(kind == 0 ? c : (unsigned char)syntax[c % (sizeof syntax - 1)]);
    }
}

static void make_subject(struct input *in, struct text *t)
{
    static const char alphabet[] = "aabbkKAsS0_ -@.\n\t\\]}x\v\f\r\x1b";
    unsigned style = draw(in, 16);
    for (unsigned n = draw(in, style == 0 ? 200 : 20); n > 0 && t->len < sizeof t->bytes; n--) {
        unsigned c = draw(in, 256);
        t->bytes[t->len++] = style < 3 ? (char)c : alphabet[c % (sizeof alphabet - 1)];
    }
}

/* Aborts, so that the fuzzer keeps the input. */
static void must(bool law)
{
    if (!law)
        abort();
}

static void compare_one(const struct assay_dfa *dfa, enum assay_regex_result truth, const char *p,
                        size_t len)
{
    enum assay_dfa_result r = assay_dfa_match(dfa, p, len);
    bool ascii = true;
    for (size_t i = 0; i < len; i++)
        ascii = ascii && (unsigned char)p[i] < 0x80;
    must((r == ASSAY_DFA_ESCAPE) == !ascii);
    if (ascii && truth != ASSAY_REGEX_LIMIT)
        must((r == ASSAY_DFA_YES) == (truth == ASSAY_REGEX_YES));
}

struct values {
    char *base; /* of `slack` bytes more than the values have */
    struct assay_span spans[VALUES_MAX];
    enum assay_regex_result truth[VALUES_MAX];
    unsigned count;
};

/* The bitmap of four at a time against the truth. */
static void compare_batch(const struct assay_dfa *dfa, const struct values *v, uint64_t mask)
{
    uint64_t no, escape;
    mask &= ((uint64_t)1 << v->count) - 1;
    assay_dfa_match64(dfa, v->base, v->spans, mask, &no, &escape);
    must((no & escape) == 0 && ((no | escape) & ~mask) == 0);
    for (unsigned i = 0; i < v->count; i++) {
        if (!(mask >> i & 1) || v->truth[i] == ASSAY_REGEX_LIMIT)
            continue;
        if (!(escape >> i & 1))
            must((no >> i & 1) == (v->truth[i] == ASSAY_REGEX_NO));
    }
}

/* Whether there is an automaton. */
static bool check_dfa(struct assay_str pattern, unsigned flags, const struct values *v,
                      uint64_t mask)
{
    struct assay_dfa *dfa = assay_dfa_new(pattern, flags);
    if (dfa == NULL)
        return false;
    for (unsigned i = 0; i < v->count; i++)
        compare_one(dfa, v->truth[i], v->base + v->spans[i].off, v->spans[i].len);
    compare_batch(dfa, v, mask);
    assay_dfa_free(dfa);
    return true;
}

/* The regex as the program uses it, once per value and as a batch. */
static void check_regex(struct assay_str pattern, unsigned flags,
                        struct assay_regex_scratch *scratch, const struct values *v)
{
    struct assay_regex *regex;
    must(assay_regex_new(pattern, flags, &regex, NULL) == ASSAY_OK);
    uint64_t no = 0, mask = ((uint64_t)1 << v->count) - 1;
    struct assay_regex_fault fault = {0};
    assay_regex_match_spans(regex, scratch, v->base, v->spans, v->count, &mask, &no, &fault);
    for (unsigned i = 0; i < v->count; i++) {
        enum assay_regex_result r =
            assay_regex_match(regex, scratch, v->base + v->spans[i].off, v->spans[i].len);
        if (v->truth[i] == ASSAY_REGEX_LIMIT || r == ASSAY_REGEX_LIMIT)
            continue;
        must(r == v->truth[i]);
        must((no >> i & 1) == (r != ASSAY_REGEX_YES));
    }
    must(assay_regex_disagreements(scratch) == 0);
    assay_regex_free(regex);
}

static void check(struct assay_str pattern, unsigned flags, struct values *v, uint64_t mask)
{
    struct assay_regex *truth;
    struct assay_regex_scratch *scratch;
    if (assay_regex_new(pattern, flags | ASSAY_REGEX_NO_DFA | ASSAY_REGEX_NO_JIT, &truth, NULL) !=
        ASSAY_OK) {
        assay_dfa_free(assay_dfa_new(pattern, flags)); /* must be safe, need not make sense */
        return;
    }
    must(assay_regex_scratch_new(&scratch, NULL) == ASSAY_OK);
    for (unsigned i = 0; i < v->count; i++)
        v->truth[i] = assay_regex_match(truth, scratch, v->base + v->spans[i].off, v->spans[i].len);
    assay_regex_free(truth);
    /* Elsewhere JIT and interpreter are PCRE2's to keep in step. */
    if (check_dfa(pattern, flags, v, mask)) {
        check_dfa(pattern, flags | ASSAY_DFA_TABLE, v, ~mask);
        check_regex(pattern, flags, scratch, v);
        check_regex(pattern, flags | ASSAY_REGEX_NO_DFA, scratch, v);
    }
    assay_regex_scratch_free(scratch);
}

static void make_values(struct input *in, struct values *v)
{
    uint32_t used = 8;
    for (v->count = 0; v->count < VALUES_MAX && (in->left > 0 || v->count < 2); v->count++) {
        struct text subject = {.len = 0};
        make_subject(in, &subject);
        memcpy(v->base + used, subject.bytes, subject.len);
        v->spans[v->count] = (struct assay_span){used, (uint32_t)subject.len};
        used += (uint32_t)subject.len;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, size};
    struct text pattern = {.len = 0};
    struct values v;
    unsigned flags = draw(&in, 4); /* WHOLE and CASELESS, the same bits for both modules */
    make_any_pattern(&in, &pattern);
    uint64_t mask = draw(&in, 256) * 0x0101010101010101u;
    v.base = calloc(1, 8 + VALUES_MAX * PATTERN_MAX + SLACK);
    if (v.base == NULL)
        return 0;
    make_values(&in, &v);
    check(assay_str(pattern.bytes, pattern.len), flags, &v, mask);
    free(v.base);
    return 0;
}
