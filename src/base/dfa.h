/*
 * A regular expression as a small deterministic automaton over bytes.
 *
 * PCRE2 says what a pattern means; this is its fast form for the patterns where the
 * meaning is plain: literals, escapes, classes, `.`, groups, alternation, greedy and
 * lazy repetition, ^ and $ (also \A and \z) anywhere, and a leading (*UCP) or (?i). Look-around,
 * back-references, \b, \Z, \R, \X, \p, atomic and possessive forms, other options, and
 * anything that is not ASCII are not translated.
 *
 * Only "is there a match" is asked, never "where", so greedy and lazy are the same.
 * The meaning is that of PCRE2 with PCRE2_UTF, PCRE2_DOLLAR_ENDONLY, newline LF and
 * the built-in tables: `.` does not match a newline, a negated class does, \s has VT.
 *
 * An automaton knows ASCII alone: a subject with a byte of 0x80 or more gets the
 * answer ASSAY_DFA_ESCAPE and is PCRE2's to judge.
 *
 * Construction: Thompson's NFA, subset construction over byte classes, Moore's
 * minimisation (Hopcroft, Motwani, Ullman, "Introduction to Automata Theory", ch. 2, 4).
 * Execution: up to 10 states the whole next-state function of a byte is one 64-bit
 * word, six bits a state, and a step is one shift by the current state ("shift-based
 * DFA", P. Cawley / G. Langdale, after Mytkowicz et al., ASPLOS 2014); up to 256
 * states it is a table. Four values are walked at a time, so that the steps of one
 * fill the waiting time of the others.
 */
#ifndef ASSAY_BASE_DFA_H
#define ASSAY_BASE_DFA_H

#include "base/span.h"
#include "base/str.h"

struct assay_dfa;

enum assay_dfa_flag {
    ASSAY_DFA_WHOLE = 1,    /* the whole subject must match, not a part of it */
    ASSAY_DFA_CASELESS = 2, /* letters match both cases */
    ASSAY_DFA_TABLE = 4     /* the table form even where the word form would do (tests) */
};

enum assay_dfa_result {
    ASSAY_DFA_NO,
    ASSAY_DFA_YES,
    ASSAY_DFA_ESCAPE /* not ASCII: ask PCRE2 */
};

/*
 * The automaton of `pattern`, which PCRE2 must have accepted; NULL where it is not in
 * the subset, grows past 256 states or takes too much work, or where there is no
 * memory: all of them mean "use PCRE2". Work is bounded, to some ten milliseconds
 * at worst. Immutable, shared by threads.
 */
struct assay_dfa *assay_dfa_new(struct assay_str pattern, unsigned flags);
void assay_dfa_free(struct assay_dfa *dfa);

/* The number of states, after minimisation. */
unsigned assay_dfa_states(const struct assay_dfa *dfa);

/* Judges one subject; reads nothing outside of it. */
enum assay_dfa_result assay_dfa_match(const struct assay_dfa *dfa, const char *p, size_t len);

/*
 * Judges up to 64 values: bit i of `mask` selects spans[i]. Sets *no_match to the bits
 * of the values that do not match and *escape to those that are not ASCII (a value is
 * in one at most). Reads up to 8 bytes behind a value, as span.h allows.
 */
void assay_dfa_match64(const struct assay_dfa *dfa, const char *base,
                       const struct assay_span *spans, uint64_t mask, uint64_t *no_match,
                       uint64_t *escape);

#endif
