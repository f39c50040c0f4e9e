/*
 * Walking values through an automaton, one at a time or four side by side.
 *
 * Values are taken eight bytes at a time. What a last word holds beyond its value is
 * replaced by bytes of 0x80, which keep the state. Bytes that really are 0x80 or more
 * are noticed on the words, not on the bytes, and make the whole answer ESCAPE.
 */
#include "config.h"

#include "base/dfa_impl.h"

#include "base/cpu.h"

#define HIGH_BITS 0x8080808080808080u
#define LANES 4
#define UNEVEN 8 /* words by which the longest of four may exceed the shortest: see late_word */

/* Little-endian on every machine: the first byte is the lowest. */
static inline uint64_t load_word(const char *p)
{
    uint64_t w;
    memcpy(&w, p, 8);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    w = __builtin_bswap64(w);
#endif
    return w;
}

/* The first `n` (1 to 8) bytes at `p`, reading no others; zeros above. */
static inline uint64_t load_part(const char *p, size_t n)
{
    char bytes[8] = {0};
    if (n == 8)
        return load_word(p);
    for (size_t i = 0; i < n; i++)
        bytes[i] = p[i];
    return load_word(bytes);
}

/* The bits of the first `n` bytes of a word. */
static const uint64_t first_bytes[9] = {0,
                                        UINT64_C(0xff),
                                        UINT64_C(0xffff),
                                        UINT64_C(0xffffff),
                                        UINT64_C(0xffffffff),
                                        UINT64_C(0xffffffffff),
                                        UINT64_C(0xffffffffffff),
                                        UINT64_C(0xffffffffffffff),
                                        UINT64_MAX};

static bool is_ascii(const char *p, size_t len)
{
    uint64_t high = 0;
    for (; len >= 8; p += 8, len -= 8)
        high |= load_word(p);
    return ((high | (len ? load_part(p, len) : 0)) & HIGH_BITS) == 0;
}

/* One step of each form; the two differ in nothing else. */
static inline __attribute__((always_inline)) uint64_t step(const struct assay_dfa *dfa, bool words,
                                                           uint64_t state, uint64_t bytes)
{
    if (words)
        return dfa->step[bytes & 0xff] >> (state & 63);
    return dfa->next[state + dfa->column[bytes & 0xff]];
}

#define EIGHT_STEPS(STEP) \
    do {                  \
        STEP(0);          \
        STEP(8);          \
        STEP(16);         \
        STEP(24);         \
        STEP(32);         \
        STEP(40);         \
        STEP(48);         \
        STEP(56);         \
    } while (0)

static inline bool is_accepting(const struct assay_dfa *dfa, uint64_t state)
{
    return dfa->word_form ? dfa->word_accept >> (state & 63) & 1
                          : dfa->accept[state >> dfa->shift] & 1;
}

static inline bool is_sink(const struct assay_dfa *dfa, uint64_t state)
{
    return dfa->word_form ? dfa->word_sink >> (state & 63) & 1
                          : dfa->accept[state >> dfa->shift] & 2;
}

enum assay_dfa_result assay_dfa_match(const struct assay_dfa *dfa, const char *p, size_t len)
{
    uint64_t s = dfa->start;
    uint64_t high = 0;
    bool words = dfa->word_form;
    for (size_t blocks = 0; len > 0; blocks++) {
        size_t n = len < 8 ? len : 8;
        uint64_t w = load_part(p, n);
        high |= w;
        w |= HIGH_BITS & ~first_bytes[n];
#define STEP(at) s = step(dfa, words, s, w >> (at))
        if (words)
            EIGHT_STEPS(STEP);
        else
            EIGHT_STEPS(STEP);
#undef STEP
        p += n;
        len -= n;
        /* In a long text the rest often no longer matters, but for being ASCII. */
        if (blocks % 8 == 7 && len > 64 && is_sink(dfa, s)) {
            if (!is_ascii(p, len))
                return ASSAY_DFA_ESCAPE;
            break;
        }
    }
    if (high & HIGH_BITS)
        return ASSAY_DFA_ESCAPE;
    return is_accepting(dfa, s) ? ASSAY_DFA_YES : ASSAY_DFA_NO;
}

/* ---- Four at a time ---- */

struct lanes {
    const char *p[LANES];
    uint32_t len[LANES];
    uint64_t state[LANES];
    uint64_t high; /* all bytes of all four, or-ed */
};

/*
 * Word number `i` of a value, which may end before it: as readable as everything is
 * that lies less than 64 bytes behind a value.
 */
static inline uint64_t late_word(const char *p, size_t len, size_t i, uint64_t *high)
{
    size_t left = len > 8 * i ? len - 8 * i : 0;
    uint64_t mask = first_bytes[left < 8 ? left : 8];
    uint64_t word = load_word(p + 8 * i) & mask;
    *high |= word;
    return word | (HIGH_BITS & ~mask);
}

/*
 * Walks four values to the end of the longest. All words before `full` lie within all
 * four values; from there on a word is masked to what its value still has.
 */
static inline __attribute__((always_inline)) void walk(const struct assay_dfa *dfa, bool words,
                                                       struct lanes *lanes, size_t full, size_t all)
{
    const char *p0 = lanes->p[0], *p1 = lanes->p[1], *p2 = lanes->p[2], *p3 = lanes->p[3];
    uint64_t s0 = dfa->start, s1 = s0, s2 = s0, s3 = s0, high = 0;
    for (size_t i = 0; i < all; i++) {
        uint64_t w0, w1, w2, w3;
        if (i < full) {
            w0 = load_word(p0 + 8 * i);
            w1 = load_word(p1 + 8 * i);
            w2 = load_word(p2 + 8 * i);
            w3 = load_word(p3 + 8 * i);
            high |= w0 | w1 | w2 | w3;
        } else {
            w0 = late_word(p0, lanes->len[0], i, &high);
            w1 = late_word(p1, lanes->len[1], i, &high);
            w2 = late_word(p2, lanes->len[2], i, &high);
            w3 = late_word(p3, lanes->len[3], i, &high);
        }
#define STEP(at)                           \
    s0 = step(dfa, words, s0, w0 >> (at)); \
    s1 = step(dfa, words, s1, w1 >> (at)); \
    s2 = step(dfa, words, s2, w2 >> (at)); \
    s3 = step(dfa, words, s3, w3 >> (at))
        EIGHT_STEPS(STEP);
#undef STEP
    }
    lanes->state[0] = s0;
    lanes->state[1] = s1;
    lanes->state[2] = s2;
    lanes->state[3] = s3;
    lanes->high = high;
}

static void walk_words(const struct assay_dfa *dfa, struct lanes *lanes, size_t full, size_t all)
{
    walk(dfa, true, lanes, full, all);
}

#ifdef __x86_64__
/* Shifts by any register: a third fewer instructions. */
__attribute__((target("bmi2"))) static void
walk_words_bmi2(const struct assay_dfa *dfa, struct lanes *lanes, size_t full, size_t all)
{
    walk(dfa, true, lanes, full, all);
}
#endif

static void walk_table(const struct assay_dfa *dfa, struct lanes *lanes, size_t full, size_t all)
{
    walk(dfa, false, lanes, full, all);
}

static void walk_any(const struct assay_dfa *dfa, struct lanes *lanes, size_t full, size_t all)
{
    if (!dfa->word_form)
        walk_table(dfa, lanes, full, all);
#ifdef __x86_64__
    else if (__builtin_cpu_supports("bmi2"))
        walk_words_bmi2(dfa, lanes, full, all);
#endif
    else
        walk_words(dfa, lanes, full, all);
}

/* The answers for the `count` values rows[0 ...], as bits of no_match and escape. */
static void match_alone(const struct assay_dfa *dfa, const struct lanes *lanes, const uint8_t *rows,
                        unsigned count, uint64_t *no_match, uint64_t *escape)
{
    for (unsigned k = 0; k < count; k++) {
        enum assay_dfa_result r = assay_dfa_match(dfa, lanes->p[k], lanes->len[k]);
        *no_match |= (uint64_t)(r == ASSAY_DFA_NO) << rows[k];
        *escape |= (uint64_t)(r == ASSAY_DFA_ESCAPE) << rows[k];
    }
}

static void match_lanes(const struct assay_dfa *dfa, struct lanes *lanes, const uint8_t *rows,
                        unsigned count, uint64_t *no_match, uint64_t *escape)
{
    uint32_t shortest = lanes->len[0], longest = shortest;
    for (int k = 1; k < LANES; k++) {
        shortest = lanes->len[k] < shortest ? lanes->len[k] : shortest;
        longest = lanes->len[k] > longest ? lanes->len[k] : longest;
    }
    size_t full = shortest / 8, all = ((size_t)longest + 7) / 8;
    if (all - full > UNEVEN) {
        match_alone(dfa, lanes, rows, count, no_match, escape);
        return;
    }
    walk_any(dfa, lanes, full, all);
    if (lanes->high & HIGH_BITS) {
        match_alone(dfa, lanes, rows, count, no_match, escape);
        return;
    }
    for (unsigned k = 0; k < count; k++)
        *no_match |= (uint64_t)!is_accepting(dfa, lanes->state[k]) << rows[k];
}

void assay_dfa_match64(const struct assay_dfa *dfa, const char *base,
                       const struct assay_span *spans, uint64_t mask, uint64_t *no_match,
                       uint64_t *escape)
{
    uint64_t no = 0, not_ascii = 0;
    struct lanes lanes;
    uint8_t rows[LANES];
    if (dfa->has_runs && assay_cpu_has_avx512())
        mask = assay_dfa_match_collapsed(dfa, base, spans, mask, &no);
    while (mask != 0) {
        unsigned count = 0;
        do {
            unsigned r = (unsigned)__builtin_ctzll(mask);
            rows[count] = (uint8_t)r;
            lanes.p[count] = base + spans[r].off;
            lanes.len[count] = spans[r].len;
            mask &= mask - 1;
        } while (++count < LANES && mask != 0);
        for (unsigned k = count; k < LANES; k++) {
            lanes.p[k] = lanes.p[0];
            lanes.len[k] = lanes.len[0];
        }
        match_lanes(dfa, &lanes, rows, count, &no, &not_ascii);
    }
    *no_match = no;
    *escape = not_ascii;
}
