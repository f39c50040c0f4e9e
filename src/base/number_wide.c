/*
 * Reading eight short numbers at a time, one in each 64-bit lane of a vector. The steps
 * are those of number.c, without branches; a lane they do not suit is read by itself.
 */
#include "config.h"

#include "base/number_parts.h"

#include <string.h>

#ifdef __x86_64__

#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512cd,avx512vl")))
#define LANES 8
#define GIVE_UP 64 /* numbers that do not suit, after which no more are tried */

/* Eight bytes 0..9 in each lane, the first in the lowest byte, as a number. */
TARGET static inline __m512i eight_digits(__m512i digits)
{
    __m512i two = _mm512_maddubs_epi16(digits, _mm512_set1_epi16(0x010a));
    __m512i four = _mm512_madd_epi16(two, _mm512_set1_epi32(0x00010064));
    __m512i high = _mm512_mul_epu32(four, _mm512_set1_epi64(10000));
    return _mm512_add_epi64(high, _mm512_srli_epi64(four, 32));
}

/* The last eight bytes of each text. Single loads are faster than a gather. */
TARGET static inline __m512i last_bytes(const char *base, const struct assay_span *spans)
{
    __m128i pair[4];
    for (int i = 0; i < 4; i++) {
        const struct assay_span a = spans[2 * i], b = spans[2 * i + 1];
        int64_t low, high;
        memcpy(&low, base + a.off + a.len - 8, sizeof low);
        memcpy(&high, base + b.off + b.len - 8, sizeof high);
        pair[i] = _mm_set_epi64x(high, low);
    }
    __m256i first = _mm256_inserti128_si256(_mm256_castsi128_si256(pair[0]), pair[1], 1);
    __m256i second = _mm256_inserti128_si256(_mm256_castsi128_si256(pair[2]), pair[3], 1);
    return _mm512_inserti64x4(_mm512_castsi256_si512(first), second, 1);
}

/* Lanes of texts that end as no number does, or are empty. */
TARGET static inline __mmask8 no_numbers(__m512i word, __m512i len)
{
    __m512i last = _mm512_srli_epi64(word, 56);
    __m512i lower = _mm512_or_si512(last, _mm512_set1_epi64(0x20));
    __m512i digit = _mm512_sub_epi64(last, _mm512_set1_epi64('0'));
    __mmask8 may = _mm512_cmplt_epu64_mask(digit, _mm512_set1_epi64(10));
    may |= _mm512_cmpeq_epi64_mask(lower, _mm512_set1_epi64('n'));
    may |= _mm512_cmpeq_epi64_mask(lower, _mm512_set1_epi64('f'));
    may |= _mm512_cmpeq_epi64_mask(lower, _mm512_set1_epi64('y'));
    return (__mmask8) ~(may & _mm512_test_epi64_mask(len, len));
}

/*
 * One number in each lane: 1 to 8 digits, or fewer with a dot between, or what can be none.
 * Returns which were.
 */
TARGET static inline __mmask8 eight_numbers(const char *base, const struct assay_span *spans,
                                            int64_t *mantissas, uint8_t *codes)
{
    const __m512i ones = _mm512_set1_epi64(-1), zero = _mm512_setzero_si512();
    __m512i len = _mm512_srli_epi64(_mm512_loadu_si512(spans), 32);
    __m512i word = last_bytes(base, spans);
    __mmask8 none = no_numbers(word, len);
    __m512i unused = _mm512_sub_epi64(_mm512_set1_epi64(64), _mm512_slli_epi64(len, 3));
    __mmask8 fits =
        _mm512_cmple_epu64_mask(_mm512_sub_epi64(len, _mm512_set1_epi64(1)), _mm512_set1_epi64(7));
    word = _mm512_and_si512(_mm512_xor_si512(word, _mm512_set1_epi8('0')),
                            _mm512_sllv_epi64(ones, unused));
    /* The top bit of each byte that is no digit; then the place of the only one, if it is. */
    __m512i bad = _mm512_movm_epi8(_mm512_cmpgt_epu8_mask(word, _mm512_set1_epi8(9)));
    bad = _mm512_and_si512(bad, _mm512_set1_epi8((char)0x80));
    __mmask8 whole = _mm512_cmpeq_epi64_mask(bad, zero);
    __mmask8 single = _mm512_testn_epi64_mask(bad, _mm512_add_epi64(bad, ones));
    __m512i behind = _mm512_lzcnt_epi64(bad); /* bits of the digits behind the dot */
    __m512i at = _mm512_sub_epi64(_mm512_set1_epi64(56), behind);
    __m512i found = _mm512_and_si512(_mm512_srlv_epi64(word, at), _mm512_set1_epi64(0xff));
    __mmask8 dot = single & ~whole & _mm512_cmpeq_epi64_mask(found, _mm512_set1_epi64('.' ^ '0')) &
                   _mm512_cmpgt_epi64_mask(at, unused) & _mm512_cmpgt_epi64_mask(behind, zero);
    /* What lies before the dot moves up by a byte. */
    __m512i above = _mm512_slli_epi64(_mm512_sllv_epi64(ones, at), 8);
    __m512i below = _mm512_andnot_si512(_mm512_sllv_epi64(ones, at), word);
    __m512i closed = _mm512_or_si512(_mm512_and_si512(word, above), _mm512_slli_epi64(below, 8));
    word = _mm512_mask_mov_epi64(word, dot, closed);
    _mm512_storeu_si512(mantissas, _mm512_maskz_mov_epi64((__mmask8)~none, eight_digits(word)));
    __m512i scale = _mm512_maskz_srli_epi64(dot, behind, 3);
    scale = _mm512_mask_mov_epi64(scale, none, _mm512_set1_epi64(ASSAY_NUM_NOT));
    _mm_storel_epi64((__m128i *)(void *)codes, _mm512_cvtepi64_epi8(scale));
    return none | (fits & (whole | dot));
}

TARGET uint32_t assay_number_parse_wide(const char *base, const struct assay_span *spans,
                                        uint32_t rows, int64_t *mantissas, uint8_t *codes,
                                        bool *plain)
{
    uint32_t row = 0;
    for (unsigned odd = 0; rows - row >= LANES && odd < GIVE_UP; row += LANES) {
        unsigned left =
            0xffu & ~(unsigned)eight_numbers(base, spans + row, mantissas + row, codes + row);
        for (; left != 0; left &= left - 1, odd++) {
            uint32_t r = row + (uint32_t)__builtin_ctz(left);
            codes[r] =
                assay_number_parse_plain(base + spans[r].off, spans[r].len, &mantissas[r], plain);
        }
    }
    return row;
}

#else

uint32_t assay_number_parse_wide(const char *base, const struct assay_span *spans, uint32_t rows,
                                 int64_t *mantissas, uint8_t *codes, bool *plain)
{
    (void)base, (void)spans, (void)rows, (void)mantissas, (void)codes, (void)plain;
    return 0;
}

#endif
