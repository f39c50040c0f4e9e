/*
 * What the three files of the automaton share; nobody else includes this.
 *
 *   dfa_nfa.c   pattern -> NFA (the parser: decides what is in the subset)
 *   dfa.c       NFA -> minimal DFA -> one of the two executable forms
 *   dfa_run.c   the executable forms, walked
 *   dfa_collapse.c   values made shorter before
 */
#ifndef ASSAY_BASE_DFA_IMPL_H
#define ASSAY_BASE_DFA_IMPL_H

#include "base/dfa.h"

#define ASSAY_NFA_MAX 4000 /* nodes */
#define ASSAY_NFA_NONE 0xffff

/* A set of ASCII bytes. */
struct assay_ascii {
    uint64_t bits[2];
};

static inline bool assay_ascii_has(const struct assay_ascii *set, unsigned c)
{
    return set->bits[c >> 6] >> (c & 63) & 1;
}

enum assay_nfa_kind {
    ASSAY_NFA_JUMP,  /* to out */
    ASSAY_NFA_SPLIT, /* to out and to out1 */
    ASSAY_NFA_BYTE,  /* takes one byte of `set`, to out */
    ASSAY_NFA_START, /* to out, only before the first byte */
    ASSAY_NFA_END,   /* to out, only behind the last byte */
    ASSAY_NFA_ACCEPT
};

struct assay_nfa_node {
    struct assay_ascii set;
    uint16_t out, out1; /* a node, or ASSAY_NFA_NONE */
    uint8_t kind;
};

struct assay_nfa {
    unsigned count;
    unsigned start;
    unsigned accept;
    struct assay_nfa_node nodes[ASSAY_NFA_MAX];
};

/* Fills `nfa`; false where the pattern is not in the subset or needs too many nodes. */
bool assay_nfa_parse(struct assay_nfa *nfa, struct assay_str pattern, bool caseless);

#define ASSAY_DFA_EFFECTS 16  /* the last of them is to do nothing */
#define ASSAY_DFA_NO_RUN 0x80 /* twice that byte may do more than once */

/*
 * The word form: state s is the shift 6 * s, and `step[c]` holds for each state the
 * shift of the state that follows on byte c. The table form: state s is s << `shift`,
 * and next[state + column[c]] the state that follows. In both, a byte of 0x80 or more
 * keeps the state: whatever is short of a whole word is padded with such bytes, and
 * real ones have been found before.
 */
struct assay_dfa {
    unsigned states;
    bool word_form;
    unsigned start;       /* in the form's own encoding, as are the sinks */
    uint64_t word_accept; /* word form: bit 6 * s */
    uint64_t word_sink;   /* word form: bit 6 * s: s is never left again */
    unsigned shift;
    uint8_t accept[256]; /* table form, by s: 1 accepting, 2 never left again, or both */
    uint8_t column[256];
    uint64_t step[256];
    bool has_runs;       /* the next two are there */
    uint8_t effect[128]; /* word form: a number for what a byte does; ASSAY_DFA_NO_RUN */
    uint64_t pair[256];  /* as `step`, of two effects: the first in the low four bits */
    uint16_t next[];
};

/* Fills `effect` and `pair` from `step`, unless there are too many effects. */
void assay_dfa_find_runs(struct assay_dfa *dfa);

/*
 * With AVX-512 (base/cpu.h), where has_runs is set: judges the rows of `mask` by what is left
 * of their values without repetitions: each one of at most 64 ASCII bytes of which eight or
 * fewer are left. Sets `*no_match` to those of them that do not match, and returns the rows
 * that it did not judge.
 */
uint64_t assay_dfa_match_collapsed(const struct assay_dfa *dfa, const char *base,
                                   const struct assay_span *spans, uint64_t mask,
                                   uint64_t *no_match);

#endif
