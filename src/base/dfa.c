/*
 * From the NFA of a pattern to the smallest DFA, and into the form it is run in.
 */
#include "config.h"

#include "base/dfa_impl.h"

#include <stdlib.h>

#define NFA_WORDS ((ASSAY_NFA_MAX + 63) / 64)
#define SUBSETS_MAX 1024
#define SLOTS (SUBSETS_MAX * 2)
#define STATES_MAX 256
#define WORD_STATES_MAX 10
#define WORK_MAX 2000000 /* elementary steps: a few milliseconds */

/*
 * The automaton while it is made. Subset i is sets[i * words ..]; from it, on a byte of
 * class c, next[i * classes + c] follows. Subset 0 is the only one that stands before
 * the first byte.
 */
struct builder {
    struct assay_nfa *nfa;
    bool whole;
    unsigned words; /* of a subset's bitmap */
    unsigned classes;
    unsigned count; /* of subsets */
    uint64_t work;  /* steps left; 0: give up */
    uint8_t class_of[128];
    uint8_t class_byte[128]; /* one byte of each class */
    uint64_t *sets;
    uint16_t *next;
    uint16_t slots[SLOTS];          /* hash table: 1 + index, 0 empty */
    uint64_t restart[NFA_WORDS];    /* where a match may begin behind the first byte */
    uint16_t stack[ASSAY_NFA_MAX];  /* of the closure */
    uint16_t part[SUBSETS_MAX];     /* minimisation: the part a subset is in */
    uint16_t new_part[SUBSETS_MAX]; /* and the one it will be in */
    uint16_t leader[SUBSETS_MAX];   /* a subset of each part */
    uint8_t accept[SUBSETS_MAX];
};

static bool spend(struct builder *b, uint64_t steps)
{
    b->work = steps < b->work ? b->work - steps : 0;
    return b->work > 0;
}

/* ---- Subsets ---- */

/* What a closure may pass through. */
enum place { PLACE_FIRST = 1, PLACE_END = 2 };

/* Adds `node` and all that is reached from it without taking a byte. */
static void close_over(struct builder *b, uint64_t *set, unsigned node, unsigned place)
{
    unsigned depth = 0;
    unsigned seen = 0;
    b->stack[depth++] = (uint16_t)node;
    while (depth > 0) {
        unsigned i = b->stack[--depth];
        const struct assay_nfa_node *at = &b->nfa->nodes[i];
        if (set[i / 64] >> (i % 64) & 1)
            continue;
        set[i / 64] |= 1ULL << (i % 64);
        seen++;
        bool passes = at->kind == ASSAY_NFA_JUMP || at->kind == ASSAY_NFA_SPLIT ||
                      (at->kind == ASSAY_NFA_START && (place & PLACE_FIRST)) ||
                      (at->kind == ASSAY_NFA_END && (place & PLACE_END));
        if (!passes)
            continue;
        /* Each node is expanded once and adds one entry net at most: no overflow. */
        if (at->kind == ASSAY_NFA_SPLIT)
            b->stack[depth++] = at->out1;
        b->stack[depth++] = at->out;
    }
    spend(b, seen + 1);
}

/* Leaves only the nodes that tell subsets apart; a match anywhere swallows the rest. */
static void canonise(const struct builder *b, uint64_t *set)
{
    unsigned accept = b->nfa->accept;
    if (!b->whole && (set[accept / 64] >> (accept % 64) & 1)) {
        memset(set, 0, b->words * sizeof *set);
        set[accept / 64] = 1ULL << (accept % 64);
        return;
    }
    for (unsigned w = 0; w < b->words; w++)
        for (uint64_t left = set[w]; left != 0; left &= left - 1) {
            unsigned kind = b->nfa->nodes[w * 64 + (unsigned)__builtin_ctzll(left)].kind;
            if (kind == ASSAY_NFA_JUMP || kind == ASSAY_NFA_SPLIT || kind == ASSAY_NFA_START)
                set[w] &= ~(left & -left);
        }
}

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0xff51afd7ed558ccd;
    return hash ^ hash >> 32;
}

static uint64_t hash_set(const uint64_t *set, unsigned words)
{
    uint64_t h = 0;
    for (unsigned w = 0; w < words; w++)
        h = mix(h, set[w]);
    return h;
}

/* The index of the subset equal to the scratch one at `count`, which is kept if new. */
static unsigned find_subset(struct builder *b)
{
    size_t size = b->words * sizeof *b->sets;
    const uint64_t *set = b->sets + (size_t)b->count * b->words;
    for (uint64_t h = hash_set(set, b->words);; h++) {
        uint16_t *slot = &b->slots[h % SLOTS];
        if (*slot == 0) {
            *slot = (uint16_t)(b->count + 1);
            return b->count++;
        }
        if (memcmp(b->sets + (size_t)(*slot - 1) * b->words, set, size) == 0)
            return *slot - 1u;
    }
}

/* The subset that follows `from` on `byte`. */
static unsigned follow(struct builder *b, unsigned from, unsigned byte)
{
    const uint64_t *set = b->sets + (size_t)from * b->words;
    uint64_t *to = b->sets + (size_t)b->count * b->words;
    unsigned accept = b->nfa->accept;
    if (!b->whole && (set[accept / 64] >> (accept % 64) & 1))
        return from;
    memcpy(to, b->restart, b->words * sizeof *to);
    spend(b, 4 * b->words);
    for (unsigned w = 0; w < b->words; w++)
        for (uint64_t left = set[w]; left != 0; left &= left - 1) {
            unsigned i = w * 64 + (unsigned)__builtin_ctzll(left);
            const struct assay_nfa_node *node = &b->nfa->nodes[i];
            spend(b, 1);
            if (node->kind == ASSAY_NFA_BYTE && assay_ascii_has(&node->set, byte))
                close_over(b, to, node->out, 0);
        }
    canonise(b, to);
    return find_subset(b);
}

/* Whether the subject may end in subset `i`. */
static bool accepts(struct builder *b, unsigned i)
{
    uint64_t end[NFA_WORDS] = {0};
    const uint64_t *set = b->sets + (size_t)i * b->words;
    unsigned accept = b->nfa->accept;
    if (set[accept / 64] >> (accept % 64) & 1)
        return true;
    for (unsigned w = 0; w < b->words; w++)
        for (uint64_t left = set[w]; left != 0; left &= left - 1) {
            unsigned n = w * 64 + (unsigned)__builtin_ctzll(left);
            if (b->nfa->nodes[n].kind == ASSAY_NFA_END)
                close_over(b, end, n, PLACE_END | (i == 0 ? PLACE_FIRST : 0));
        }
    return end[accept / 64] >> (accept % 64) & 1;
}

/* A byte that differs from the first byte of its class moves to a new class. */
static void split_classes(struct builder *b, const struct assay_ascii *set)
{
    uint8_t first[128], split[128]; /* by old class; 0xff: none yet */
    memset(first, 0xff, sizeof first);
    memset(split, 0xff, sizeof split);
    for (unsigned c = 0; c < 128; c++) {
        uint8_t old = b->class_of[c];
        bool member = assay_ascii_has(set, c);
        if (first[old] == 0xff)
            first[old] = member;
        if (first[old] == member)
            continue;
        if (split[old] == 0xff)
            split[old] = (uint8_t)b->classes++;
        b->class_of[c] = split[old];
    }
}

/* Bytes that no set of the pattern tells apart share a class. */
static void classify(struct builder *b)
{
    b->classes = 1;
    memset(b->class_of, 0, sizeof b->class_of);
    for (unsigned n = 0; n < b->nfa->count && b->classes < 128; n++) {
        const struct assay_nfa_node *node = &b->nfa->nodes[n];
        if (node->kind == ASSAY_NFA_BYTE)
            split_classes(b, &node->set);
    }
    for (unsigned c = 128; c-- > 0;)
        b->class_byte[b->class_of[c]] = (uint8_t)c;
}

/* False where the automaton gets too large. */
static bool make_subsets(struct builder *b)
{
    unsigned start = b->nfa->start;
    close_over(b, b->sets, start, PLACE_FIRST);
    canonise(b, b->sets);
    if (!b->whole)
        close_over(b, b->restart, start, 0);
    b->count = 1; /* not in the table: no other subset is the first */
    for (unsigned i = 0; i < b->count; i++) {
        for (unsigned c = 0; c < b->classes; c++) {
            unsigned to = follow(b, i, b->class_byte[c]);
            if (b->count == SUBSETS_MAX || b->work == 0)
                return false;
            b->next[(size_t)i * b->classes + c] = (uint16_t)to;
        }
        b->accept[i] = accepts(b, i);
    }
    return true;
}

/* ---- Minimisation ---- */

static bool same_part(const struct builder *b, unsigned x, unsigned y)
{
    if (b->part[x] != b->part[y])
        return false;
    for (unsigned c = 0; c < b->classes; c++)
        if (b->part[b->next[(size_t)x * b->classes + c]] !=
            b->part[b->next[(size_t)y * b->classes + c]])
            return false;
    return true;
}

/* Splits the parts once by where their members go; returns the number of parts. */
static unsigned refine(struct builder *b)
{
    unsigned parts = 0;
    memset(b->slots, 0, sizeof b->slots);
    for (unsigned i = 0; i < b->count; i++) {
        uint64_t h = b->part[i];
        for (unsigned c = 0; c < b->classes; c++)
            h = mix(h, b->part[b->next[(size_t)i * b->classes + c]]);
        uint16_t *slot;
        for (;; h++) {
            slot = &b->slots[h % SLOTS];
            if (*slot == 0 || same_part(b, b->leader[*slot - 1], i))
                break;
        }
        if (*slot == 0) {
            b->leader[parts++] = (uint16_t)i;
            *slot = (uint16_t)parts;
        }
        b->new_part[i] = (uint16_t)(*slot - 1);
    }
    memcpy(b->part, b->new_part, b->count * sizeof *b->part);
    spend(b, (uint64_t)b->count * (b->classes + 1) + SLOTS / 8);
    return parts;
}

/* The number of states, at most STATES_MAX; 0 where there are more. */
static unsigned minimise(struct builder *b)
{
    for (unsigned i = 0; i < b->count; i++)
        b->part[i] = b->accept[i];
    for (unsigned before = 0;;) {
        unsigned parts = refine(b);
        if (parts > STATES_MAX || b->work == 0)
            return 0;
        if (parts == before)
            return parts;
        before = parts;
    }
}

/* ---- The executable forms ---- */

static unsigned part_after(const struct builder *b, unsigned part, unsigned class)
{
    return b->part[b->next[(size_t)b->leader[part] * b->classes + class]];
}

static bool is_sink(const struct builder *b, unsigned part)
{
    for (unsigned c = 0; c < b->classes; c++)
        if (part_after(b, part, c) != part)
            return false;
    return true;
}

static void fill_words(struct assay_dfa *dfa, const struct builder *b)
{
    for (unsigned s = 0; s < dfa->states; s++) {
        dfa->word_accept |= (uint64_t)b->accept[b->leader[s]] << (6 * s);
        dfa->word_sink |= (uint64_t)is_sink(b, s) << (6 * s);
        for (unsigned c = 0; c < 256; c++) {
            unsigned to = c < 128 ? part_after(b, s, b->class_of[c]) : s;
            dfa->step[c] |= (uint64_t)(6 * to) << (6 * s);
        }
    }
    dfa->start = 6u * b->part[0];
    assay_dfa_find_runs(dfa);
}

static void fill_table(struct assay_dfa *dfa, const struct builder *b)
{
    for (unsigned c = 0; c < 256; c++)
        dfa->column[c] = (uint8_t)(c < 128 ? b->class_of[c] : b->classes);
    for (unsigned s = 0; s < dfa->states; s++) {
        dfa->accept[s] = (uint8_t)(b->accept[b->leader[s]] | (is_sink(b, s) ? 2 : 0));
        for (unsigned c = 0; c <= b->classes; c++) {
            unsigned to = c < b->classes ? part_after(b, s, c) : s;
            dfa->next[(s << dfa->shift) + c] = (uint16_t)(to << dfa->shift);
        }
    }
    dfa->start = (unsigned)b->part[0] << dfa->shift;
}

static struct assay_dfa *pack(const struct builder *b, unsigned states, bool table)
{
    bool word_form = states <= WORD_STATES_MAX && !table;
    unsigned shift = 0;
    while (1u << shift < b->classes + 1)
        shift++;
    size_t cells = word_form ? 0 : (size_t)states << shift;
    struct assay_dfa *dfa = calloc(1, sizeof *dfa + cells * sizeof *dfa->next);
    if (dfa == NULL)
        return NULL;
    dfa->states = states;
    dfa->word_form = word_form;
    dfa->shift = shift;
    if (word_form)
        fill_words(dfa, b);
    else
        fill_table(dfa, b);
    return dfa;
}

static struct assay_dfa *build(struct builder *b, unsigned flags)
{
    unsigned states;
    if (!make_subsets(b) || (states = minimise(b)) == 0)
        return NULL;
    return pack(b, states, flags & ASSAY_DFA_TABLE);
}

struct assay_dfa *assay_dfa_new(struct assay_str pattern, unsigned flags)
{
    struct assay_dfa *dfa = NULL;
    struct builder *b = calloc(1, sizeof *b);
    struct assay_nfa *nfa = malloc(sizeof *nfa);
    if (b == NULL || nfa == NULL || !assay_nfa_parse(nfa, pattern, flags & ASSAY_DFA_CASELESS))
        goto done;
    b->nfa = nfa;
    b->whole = flags & ASSAY_DFA_WHOLE;
    b->work = WORK_MAX;
    b->words = (nfa->count + 63) / 64;
    classify(b);
    b->sets = calloc((size_t)SUBSETS_MAX * b->words, sizeof *b->sets);
    b->next = malloc((size_t)SUBSETS_MAX * b->classes * sizeof *b->next);
    if (b->sets != NULL && b->next != NULL)
        dfa = build(b, flags);
    free(b->sets);
    free(b->next);
done:
    free(nfa);
    free(b);
    return dfa;
}

void assay_dfa_free(struct assay_dfa *dfa)
{
    free(dfa);
}

unsigned assay_dfa_states(const struct assay_dfa *dfa)
{
    return dfa->states;
}
