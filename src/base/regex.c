/*
 * PCRE2 with the limits, the fall-backs and the cross-check that a verdict needs.
 */
#include "config.h"

#include "base/regex.h"

#include "base/dfa.h"
#include "base/error.h"

#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define PATTERN_MAX (64 * 1024)
#define MATCH_LIMIT 100000
#define HEAP_LIMIT_KIB (32 * 1024)
#define LONG_VALUE 4096 /* bytes from which on the match limit grows with the value */
#define LIMIT_PER_BYTE 4
#define JIT_STACK_MIN (32 * 1024)
#define JIT_STACK_MAX (1024 * 1024)
#define CHECKED_VALUES 2000
#define CHECKED_REGEXES 64

struct assay_regex {
    pcre2_code *code;
    struct assay_dfa *dfa; /* NULL: not translated */
    uint64_t identity;     /* hash of pattern and flags; never 0 */
    bool jit;
};

/* How many answers of one regex's automaton are still to be checked. */
struct check {
    uint64_t identity; /* 0: free */
    uint32_t left;
};

struct assay_regex_scratch {
    pcre2_match_data *data;
    pcre2_match_context *context;
    pcre2_jit_stack *jit_stack;
    struct check checks[CHECKED_REGEXES];
    uint64_t disagreements;
};

/* ---- Compilation ---- */

/* FNV-1a; tells regexes apart within a scratch, wherever they lie in memory. */
static uint64_t identity_of(struct assay_str pattern, unsigned flags)
{
    uint64_t h = 0xcbf29ce484222325 ^ flags;
    for (size_t i = 0; i < pattern.len; i++)
        h = (h ^ (unsigned char)pattern.ptr[i]) * 0x100000001b3;
    return h ? h : 1;
}

/* Points at PCRE2's offset, on the line of the pattern that it lies on. */
static enum assay_status refuse(struct assay_error *err, struct assay_str pattern, int code,
                                size_t at)
{
    PCRE2_UCHAR text[256];
    if (pcre2_get_error_message(code, text, sizeof text) < 0 && text[0] == '\0')
        memcpy(text, "unknown error", sizeof "unknown error");
    assay_fail(err, ASSAY_CONFIG, "SUITE-REGEX", "invalid regular expression: %s",
               (const char *)text);
    assay_error_help(err, "patterns are PCRE2's (man pcre2pattern); in YAML, write them in "
                          "single quotes");
    at = at < pattern.len ? at : pattern.len;
    size_t from = at;
    while (from > 0 && pattern.ptr[from - 1] != '\n')
        from--;
    assay_error_excerpt(err, pattern.ptr + from, pattern.len - from, at - from);
    return ASSAY_CONFIG;
}

/*
 * Without the start optimisations: they make the JIT of PCRE2 up to 10.42 miss matches,
 * such as that of (a|).[^0-9]*k?x in "ax", and it was not the first defect of the kind.
 * What they would skip in a long text, the automaton mostly does faster.
 */
static enum assay_status compile(struct assay_regex *regex, struct assay_str pattern,
                                 unsigned flags, struct assay_error *err)
{
    uint32_t options =
        PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_DOLLAR_ENDONLY | PCRE2_NO_START_OPTIMIZE;
    if (flags & ASSAY_REGEX_WHOLE)
        options |= PCRE2_ANCHORED | PCRE2_ENDANCHORED;
    if (flags & ASSAY_REGEX_CASELESS)
        options |= PCRE2_CASELESS;
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    if (context == NULL)
        return assay_fail_nomem(err);
    pcre2_set_newline(context, PCRE2_NEWLINE_LF);
    pcre2_set_max_pattern_length(context, PATTERN_MAX);
    int code = 0;
    PCRE2_SIZE at = 0;
    regex->code = pcre2_compile((PCRE2_SPTR)pattern.ptr, pattern.len, options, &code, &at, context);
    pcre2_compile_context_free(context);
    if (regex->code != NULL)
        return ASSAY_OK;
    return code == PCRE2_ERROR_HEAP_FAILED ? assay_fail_nomem(err) : refuse(err, pattern, code, at);
}

static struct assay_dfa *translate(struct assay_str pattern, unsigned flags)
{
    unsigned dfa_flags = 0;
    if (flags & ASSAY_REGEX_WHOLE)
        dfa_flags |= ASSAY_DFA_WHOLE;
    if (flags & ASSAY_REGEX_CASELESS)
        dfa_flags |= ASSAY_DFA_CASELESS;
    return assay_dfa_new(pattern, dfa_flags);
}

enum assay_status assay_regex_new(struct assay_str pattern, unsigned flags,
                                  struct assay_regex **out, struct assay_error *err)
{
    *out = NULL;
    if (pattern.len == 0)
        pattern = ASSAY_STR("");
    struct assay_regex *regex = calloc(1, sizeof *regex);
    if (regex == NULL)
        return assay_fail_nomem(err);
    enum assay_status status = compile(regex, pattern, flags, err);
    if (status != ASSAY_OK) {
        assay_regex_free(regex);
        return status;
    }
    regex->identity = identity_of(pattern, flags);
    /* Without JIT (not built in, forbidden by the system) the interpreter does it all. */
    regex->jit =
        !(flags & ASSAY_REGEX_NO_JIT) && pcre2_jit_compile(regex->code, PCRE2_JIT_COMPLETE) == 0;
    if (!(flags & ASSAY_REGEX_NO_DFA))
        regex->dfa = translate(pattern, flags);
    *out = regex;
    return ASSAY_OK;
}

void assay_regex_free(struct assay_regex *regex)
{
    if (regex == NULL)
        return;
    pcre2_code_free(regex->code);
    assay_dfa_free(regex->dfa);
    free(regex);
}

const char *assay_regex_engine(const struct assay_regex *regex)
{
    if (regex->dfa != NULL)
        return "dfa";
    return regex->jit ? "jit" : "interpreter";
}

/* ---- Working memory ---- */

static void set_limits(struct assay_regex_scratch *scratch, uint32_t limit)
{
    pcre2_set_match_limit(scratch->context, limit);
    pcre2_set_depth_limit(scratch->context, limit);
}

enum assay_status assay_regex_scratch_new(struct assay_regex_scratch **out, struct assay_error *err)
{
    *out = NULL;
    struct assay_regex_scratch *scratch = calloc(1, sizeof *scratch);
    if (scratch == NULL)
        return assay_fail_nomem(err);
    scratch->data = pcre2_match_data_create(1, NULL);
    scratch->context = pcre2_match_context_create(NULL);
    if (scratch->data == NULL || scratch->context == NULL) {
        assay_regex_scratch_free(scratch);
        return assay_fail_nomem(err);
    }
    set_limits(scratch, MATCH_LIMIT);
    pcre2_set_heap_limit(scratch->context, HEAP_LIMIT_KIB);
    /* Without it (no JIT built in) PCRE2 uses 32 KB of the machine stack. */
    scratch->jit_stack = pcre2_jit_stack_create(JIT_STACK_MIN, JIT_STACK_MAX, NULL);
    if (scratch->jit_stack != NULL)
        pcre2_jit_stack_assign(scratch->context, NULL, scratch->jit_stack);
    *out = scratch;
    return ASSAY_OK;
}

void assay_regex_scratch_free(struct assay_regex_scratch *scratch)
{
    if (scratch == NULL)
        return;
    pcre2_match_data_free(scratch->data);
    pcre2_match_context_free(scratch->context);
    pcre2_jit_stack_free(scratch->jit_stack);
    free(scratch);
}

uint64_t assay_regex_disagreements(const struct assay_regex_scratch *scratch)
{
    return scratch->disagreements;
}

/* ---- PCRE2 ---- */

static bool is_ascii(const char *p, size_t len)
{
    uint64_t high = 0, w;
    for (; len >= 8; p += 8, len -= 8) {
        memcpy(&w, p, 8);
        high |= w;
    }
    for (; len > 0; p++, len--)
        high |= (unsigned char)*p;
    return (high & 0x8080808080808080) == 0;
}

static enum assay_regex_result result_of(int code)
{
    if (code >= 0)
        return ASSAY_REGEX_YES;
    if (code == PCRE2_ERROR_NOMATCH)
        return ASSAY_REGEX_NO;
    if (code == PCRE2_ERROR_MATCHLIMIT || code == PCRE2_ERROR_DEPTHLIMIT ||
        code == PCRE2_ERROR_HEAPLIMIT)
        return ASSAY_REGEX_LIMIT;
    if (code <= PCRE2_ERROR_UTF8_ERR1 && code >= PCRE2_ERROR_UTF8_ERR21)
        return ASSAY_REGEX_BAD_UTF8;
    return ASSAY_REGEX_FAULT;
}

/*
 * The interpreter keeps the largest heap it ever needed in the match data: after a long
 * value that may be megabytes, which the next thousand values do not need.
 */
static int interpret(const struct assay_regex *regex, struct assay_regex_scratch *scratch,
                     PCRE2_SPTR p, size_t len)
{
    int code = pcre2_match(regex->code, p, len, 0, PCRE2_NO_JIT, scratch->data, scratch->context);
    if (len > LONG_VALUE) {
        pcre2_match_data *fresh = pcre2_match_data_create(1, NULL);
        if (fresh != NULL) {
            pcre2_match_data_free(scratch->data);
            scratch->data = fresh;
        }
    }
    return code;
}

static int match_once(const struct assay_regex *regex, struct assay_regex_scratch *scratch,
                      const char *text, size_t len)
{
    PCRE2_SPTR p = (PCRE2_SPTR)text;
    int code = PCRE2_ERROR_JIT_STACKLIMIT;
    if (regex->jit && is_ascii(text, len)) /* jit_match does not look whether it is UTF-8 */
        code = pcre2_jit_match(regex->code, p, len, 0, 0, scratch->data, scratch->context);
    else if (regex->jit)
        code = pcre2_match(regex->code, p, len, 0, 0, scratch->data, scratch->context);
    if (code == PCRE2_ERROR_JIT_STACKLIMIT)
        code = interpret(regex, scratch, p, len);
    return code;
}

/* A fair match of a long value takes a few steps a byte, so its limit grows with it. */
static enum assay_regex_result match_pcre2(const struct assay_regex *regex,
                                           struct assay_regex_scratch *scratch, const char *p,
                                           size_t len)
{
    if (len <= LONG_VALUE)
        return result_of(match_once(regex, scratch, p, len));
    size_t limit = len < UINT32_MAX / 8 ? MATCH_LIMIT + len * LIMIT_PER_BYTE : UINT32_MAX / 2;
    set_limits(scratch, (uint32_t)limit);
    int code = match_once(regex, scratch, p, len);
    set_limits(scratch, MATCH_LIMIT);
    return result_of(code);
}

/* ---- The automaton and its cross-check ---- */

/* The entry of `regex`; a full table forgets its oldest guess, which costs only time. */
static struct check *find_check(struct assay_regex_scratch *scratch,
                                const struct assay_regex *regex)
{
    unsigned home = (unsigned)(regex->identity % CHECKED_REGEXES);
    for (unsigned i = 0; i < CHECKED_REGEXES; i++) {
        struct check *check = &scratch->checks[(home + i) % CHECKED_REGEXES];
        if (check->identity == regex->identity)
            return check;
        if (check->identity != 0)
            continue;
        *check = (struct check){regex->identity, CHECKED_VALUES};
        return check;
    }
    scratch->checks[home] = (struct check){regex->identity, CHECKED_VALUES};
    return &scratch->checks[home];
}

/*
 * The automaton's answer, confirmed by PCRE2. Where PCRE2 ran into a limit the automaton
 * stands, as it does for a value that is not checked: results must not depend on which
 * thread saw a value first.
 */
static enum assay_regex_result match_checked(const struct assay_regex *regex,
                                             struct assay_regex_scratch *scratch,
                                             struct check *check, const char *p, size_t len)
{
    enum assay_dfa_result fast = assay_dfa_match(regex->dfa, p, len);
    enum assay_regex_result slow = match_pcre2(regex, scratch, p, len);
    if (fast == ASSAY_DFA_ESCAPE)
        return slow;
    enum assay_regex_result answer = fast == ASSAY_DFA_YES ? ASSAY_REGEX_YES : ASSAY_REGEX_NO;
    check->left--;
    if (slow == answer || slow == ASSAY_REGEX_LIMIT || slow == ASSAY_REGEX_FAULT)
        return answer;
    scratch->disagreements++;
    return slow;
}

static bool trusts_dfa(const struct assay_regex *regex, const struct assay_regex_scratch *scratch)
{
    return regex->dfa != NULL && scratch->disagreements == 0;
}

/* `check` is NULL where the automaton is not used. */
static enum assay_regex_result match_with(const struct assay_regex *regex,
                                          struct assay_regex_scratch *scratch, struct check *check,
                                          const char *p, size_t len)
{
    if (check == NULL || scratch->disagreements != 0)
        return match_pcre2(regex, scratch, p, len);
    if (check->left > 0)
        return match_checked(regex, scratch, check, p, len);
    enum assay_dfa_result fast = assay_dfa_match(regex->dfa, p, len);
    if (fast == ASSAY_DFA_ESCAPE)
        return match_pcre2(regex, scratch, p, len);
    return fast == ASSAY_DFA_YES ? ASSAY_REGEX_YES : ASSAY_REGEX_NO;
}

enum assay_regex_result assay_regex_match(const struct assay_regex *regex,
                                          struct assay_regex_scratch *scratch, const char *p,
                                          size_t len)
{
    struct check *check = trusts_dfa(regex, scratch) ? find_check(scratch, regex) : NULL;
    return match_with(regex, scratch, check, len ? p : "", len);
}

/* ---- Batches ---- */

static void note_fault(struct assay_regex_fault *fault, uint32_t row, enum assay_regex_result what)
{
    if (fault->count++ > 0 && row > fault->first_row)
        return;
    fault->first_row = row;
    fault->first = what;
}

/* Judges the rows of one word of the bitmap one by one; returns the bits of "no match". */
static uint64_t match_each(const struct assay_regex *regex, struct assay_regex_scratch *scratch,
                           struct check *check, const char *base, const struct assay_span *spans,
                           uint32_t row0, uint64_t mask, struct assay_regex_fault *fault)
{
    uint64_t no = 0;
    for (; mask != 0 && fault->count < ASSAY_REGEX_FAULTS_MAX; mask &= mask - 1) {
        uint32_t row = row0 + (uint32_t)__builtin_ctzll(mask);
        enum assay_regex_result r =
            match_with(regex, scratch, check, base + spans[row].off, spans[row].len);
        if (r == ASSAY_REGEX_NO || r == ASSAY_REGEX_BAD_UTF8)
            no |= mask & -mask;
        else if (r != ASSAY_REGEX_YES)
            note_fault(fault, row, r);
    }
    return no;
}

void assay_regex_match_spans(const struct assay_regex *regex, struct assay_regex_scratch *scratch,
                             const char *base, const struct assay_span *spans, uint32_t rows,
                             const uint64_t *mask, uint64_t *no_match,
                             struct assay_regex_fault *fault)
{
    struct check *check = trusts_dfa(regex, scratch) ? find_check(scratch, regex) : NULL;
    for (uint32_t row = 0; row < rows && fault->count < ASSAY_REGEX_FAULTS_MAX; row += 64) {
        uint64_t bits = mask != NULL ? mask[row / 64] : ~(uint64_t)0;
        if (rows - row < 64)
            bits &= ((uint64_t)1 << (rows - row)) - 1;
        uint64_t no = 0, escaped;
        if (check != NULL && check->left == 0 && scratch->disagreements == 0) {
            assay_dfa_match64(regex->dfa, base, spans + row, bits, &no, &escaped);
            no |= match_each(regex, scratch, NULL, base, spans, row, escaped, fault);
        } else {
            no = match_each(regex, scratch, check, base, spans, row, bits, fault);
        }
        no_match[row / 64] |= no;
        if (rows - row < 64)
            break;
    }
}
