/*
 * Shortening values before they are walked. Most bytes of most values change nothing: in
 * a run of bytes that all do the same, and of which a second does no more than the first,
 * one is enough. What is left of an e-mail address is five or six bytes.
 */
#include "config.h"

#include "base/dfa_impl.h"

/* The state that follows on a byte's word, both as shifts. */
static unsigned after(uint64_t step, unsigned state)
{
    return step >> state & 63;
}

void assay_dfa_find_runs(struct assay_dfa *dfa)
{
    uint64_t effects[ASSAY_DFA_EFFECTS];
    unsigned count = 0;
    for (unsigned c = 0; c < 128; c++) {
        unsigned id = 0;
        bool twice_is_once = true;
        while (id < count && effects[id] != dfa->step[c])
            id++;
        if (id == ASSAY_DFA_EFFECTS - 1)
            return;
        effects[id] = dfa->step[c];
        count += id == count;
        for (unsigned s = 0; s < 6 * dfa->states; s += 6)
            twice_is_once &= after(dfa->step[c], after(dfa->step[c], s)) == after(dfa->step[c], s);
        dfa->effect[c] = (uint8_t)(id | (twice_is_once ? 0 : ASSAY_DFA_NO_RUN));
    }
    effects[ASSAY_DFA_EFFECTS - 1] = dfa->step[0x80]; /* none */
    for (unsigned id = count; id < ASSAY_DFA_EFFECTS - 1; id++)
        effects[id] = dfa->step[0x80];
    for (unsigned i = 0; i < 256; i++)
        for (unsigned s = 0; s < 6 * dfa->states; s += 6) {
            unsigned first = after(effects[i % ASSAY_DFA_EFFECTS], s);
            dfa->pair[i] |= (uint64_t)after(effects[i / ASSAY_DFA_EFFECTS], first) << s;
        }
    dfa->has_runs = true;
}

#ifdef __x86_64__

#include <immintrin.h>

#define LANES 4
#define GIVE_UP 8 /* values that stay too long, after which no more are tried */
#define COLLAPSE_TARGET \
    __attribute__((target("avx512f,avx512bw,avx512vbmi,avx512vbmi2,bmi2,popcnt")))

/*
 * What stays of a value, four bits for the effect of each byte, the first lowest. False:
 * too much does.
 */
COLLAPSE_TARGET static inline bool collapse(__m512i low, __m512i top, const char *p, uint32_t len,
                                            uint32_t *word)
{
    uint64_t mask = len < 64 ? _bzhi_u64(UINT64_MAX, len) : UINT64_MAX;
    __m512i bytes = _mm512_loadu_si512(p);
    __m512i run = _mm512_permutex2var_epi8(low, bytes, top);
    __m512i before = _mm512_permutex2var_epi8(low, _mm512_loadu_si512(p - 1), top);
    uint64_t keep = _mm512_cmpneq_epi8_mask(run, before) | _mm512_movepi8_mask(run) | 1;
    keep &= mask;
    uint64_t high = _mm512_movepi8_mask(bytes) & mask;
    __m512i packed = _mm512_mask_compress_epi8(_mm512_set1_epi8(0xf), keep, run);
    uint64_t effects = (uint64_t)_mm_cvtsi128_si64(_mm512_castsi512_si128(packed));
    *word = (uint32_t)_pext_u64(effects, UINT64_C(0x0f0f0f0f0f0f0f0f));
    return (high == 0) & (_mm_popcnt_u64(keep) <= 8) & (len <= 64);
}

/* Which of four words lead to no match, as bits of the rows they are of. */
COLLAPSE_TARGET static inline uint64_t walk(const struct assay_dfa *dfa, const uint32_t *word,
                                            const unsigned *row)
{
    const uint64_t *pair = dfa->pair;
    uint32_t w0 = word[0], w1 = word[1], w2 = word[2], w3 = word[3];
    uint64_t s0 = dfa->start, s1 = s0, s2 = s0, s3 = s0, reject = ~dfa->word_accept;
    for (unsigned i = 0; i < 4; i++) {
        s0 = pair[w0 & 0xff] >> (s0 & 63);
        s1 = pair[w1 & 0xff] >> (s1 & 63);
        s2 = pair[w2 & 0xff] >> (s2 & 63);
        s3 = pair[w3 & 0xff] >> (s3 & 63);
        w0 >>= 8;
        w1 >>= 8;
        w2 >>= 8;
        w3 >>= 8;
    }
    return (reject >> (s0 & 63) & 1) << row[0] | (reject >> (s1 & 63) & 1) << row[1] |
           (reject >> (s2 & 63) & 1) << row[2] | (reject >> (s3 & 63) & 1) << row[3];
}

COLLAPSE_TARGET uint64_t assay_dfa_match_collapsed(const struct assay_dfa *dfa, const char *base,
                                                   const struct assay_span *spans, uint64_t mask,
                                                   uint64_t *no_match)
{
    const __m512i low = _mm512_loadu_si512(dfa->effect), top = _mm512_loadu_si512(dfa->effect + 64);
    uint64_t no = 0, left = 0;
    unsigned row[LANES], lane = 0;
    uint32_t word[LANES] = {0};
    while (mask != 0) {
        unsigned r = (unsigned)__builtin_ctzll(mask);
        mask &= mask - 1;
        row[lane] = r;
        if (!collapse(low, top, base + spans[r].off, spans[r].len, &word[lane])) {
            left |= (uint64_t)1 << r;
            if (__builtin_popcountll(left) >= GIVE_UP)
                break;
            continue;
        }
        if (++lane == LANES) {
            no |= walk(dfa, word, row);
            lane = 0;
        }
    }
    for (unsigned k = lane; lane > 0 && k < LANES; k++) {
        row[k] = row[0];
        word[k] = word[0];
    }
    if (lane > 0)
        no |= walk(dfa, word, row);
    *no_match = no;
    return left | mask;
}

#else

uint64_t assay_dfa_match_collapsed(const struct assay_dfa *dfa, const char *base,
                                   const struct assay_span *spans, uint64_t mask,
                                   uint64_t *no_match)
{
    (void)dfa, (void)base, (void)spans;
    *no_match = 0;
    return mask;
}

#endif
