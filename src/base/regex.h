/*
 * The one regular expression of the program: PCRE2 in UTF mode, searched, not anchored.
 *
 * `$` matches at the very end only, never before a final newline; \C is refused; the
 * newline is LF whatever PCRE2 was built with. The answer is a verdict about data, so
 * running out of a limit is never "no match": it is told apart, and the expectation
 * becomes an error.
 *
 * Three engines give the same answer, the fastest that can goes first: an automaton
 * (base/dfa.h) where the pattern is plain and the value ASCII; PCRE2's JIT; PCRE2's
 * interpreter, where there is no JIT or its stack of 1 MB is too small for a value.
 * Each thread has its first 2,000 answers of the automaton checked against PCRE2.
 *
 * An assay_regex is immutable and shared by threads. Each thread brings its own
 * assay_regex_scratch, which serves any number of regexes.
 */
#ifndef ASSAY_BASE_REGEX_H
#define ASSAY_BASE_REGEX_H

#include "assay/status.h"
#include "base/span.h"
#include "base/str.h"

struct assay_regex;
struct assay_regex_scratch;

enum assay_regex_flag {
    ASSAY_REGEX_WHOLE = 1,    /* the whole value must match, not a part of it */
    ASSAY_REGEX_CASELESS = 2, /* letters match both cases */
    ASSAY_REGEX_NO_DFA = 4,   /* without the automaton */
    ASSAY_REGEX_NO_JIT = 8    /* without the JIT */
};

enum assay_regex_result {
    ASSAY_REGEX_NO,
    ASSAY_REGEX_YES,
    ASSAY_REGEX_LIMIT,    /* the match, depth or heap limit was reached: no answer */
    ASSAY_REGEX_BAD_UTF8, /* the value is not UTF-8: counts as no match */
    ASSAY_REGEX_FAULT     /* PCRE2 failed otherwise (no memory): no answer */
};

/*
 * Compiles `pattern` (copied; 64 KiB at most). ASSAY_CONFIG with code SUITE-REGEX where
 * PCRE2 refuses it: the message is PCRE2's, the excerpt the pattern with the caret at
 * the offending byte. ASSAY_NOMEM. *out is NULL after a failure.
 */
enum assay_status assay_regex_new(struct assay_str pattern, unsigned flags,
                                  struct assay_regex **out, struct assay_error *err) ASSAY_CHECKED;
void assay_regex_free(struct assay_regex *regex);

/* Which engine an ASCII value meets first: "dfa", "jit" or "interpreter". */
const char *assay_regex_engine(const struct assay_regex *regex);

/* A thread's working memory for matching. ASSAY_NOMEM. */
enum assay_status assay_regex_scratch_new(struct assay_regex_scratch **out,
                                          struct assay_error *err) ASSAY_CHECKED;
void assay_regex_scratch_free(struct assay_regex_scratch *scratch);

/*
 * How often the automaton and PCRE2 differed in this scratch: 0 unless assay has a
 * defect. After the first time the scratch leaves all matching to PCRE2.
 */
uint64_t assay_regex_disagreements(const struct assay_regex_scratch *scratch);

/* Judges one value; reads nothing outside of it. `p` may be NULL where `len` is 0. */
enum assay_regex_result assay_regex_match(const struct assay_regex *regex,
                                          struct assay_regex_scratch *scratch, const char *p,
                                          size_t len);

/* Values of a batch without an answer (LIMIT, FAULT). Zeroed by the caller. */
#define ASSAY_REGEX_FAULTS_MAX 100
struct assay_regex_fault {
    uint64_t count;
    uint32_t first_row;            /* the lowest such row, where count > 0 */
    enum assay_regex_result first; /* what happened to it */
};

/*
 * Judges the rows whose bit is set in `mask` (NULL: all `rows`) and sets the bit in
 * `no_match` of those that do not match or are not UTF-8; other bits stay. A row
 * without an answer goes to `fault` instead. With ASSAY_REGEX_FAULTS_MAX of them it
 * stops at once and leaves the remaining rows unjudged: the column has no verdict any
 * more, and hostile values must not take hours to say so.
 */
void assay_regex_match_spans(const struct assay_regex *regex, struct assay_regex_scratch *scratch,
                             const char *base, const struct assay_span *spans, uint32_t rows,
                             const uint64_t *mask, uint64_t *no_match,
                             struct assay_regex_fault *fault);

#endif
