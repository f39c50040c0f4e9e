/*
 * Reading eight timestamps at a time, one in each 64-bit lane of a vector. The steps are
 * those of time.c, without branches; a lane they do not suit is read by itself.
 */
#include "config.h"

#include "base/time_impl.h"

#ifdef __x86_64__

#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512dq")))
#define INLINE TARGET static inline __attribute__((always_inline))
#define GIVE_UP 64 /* values that do not suit, after which no more are tried */

/* The most that each byte may be once the expected ones are taken away by xor. */
#define DATE_MOST UINT64_C(0x0009090009090909)
#define CLOCK_MOST UINT64_C(0x0909000909000909)
#define SECOND_MOST UINT64_C(0x090900)

/* Fields of eight timestamps as they are written. */
struct fields {
    __m512i century, year, month, day, hour, minute, second;
};

INLINE __m512i all(uint64_t value)
{
    return _mm512_set1_epi64((int64_t)value);
}

INLINE __m512i byte_of(__m512i word, unsigned at)
{
    return _mm512_and_si512(_mm512_srli_epi64(word, 8 * at), all(0xff));
}

INLINE __m512i times(__m512i value, uint64_t factor)
{
    return _mm512_mul_epu32(value, all(factor));
}

/* In each byte, ten times it plus the next. */
INLINE __m512i pairs(__m512i t)
{
    __m512i ten = _mm512_add_epi64(_mm512_slli_epi64(t, 3), _mm512_slli_epi64(t, 1));
    return _mm512_add_epi64(ten, _mm512_srli_epi64(t, 8));
}

INLINE __m512i join(__m128i a, __m128i b, __m128i c, __m128i d)
{
    __m256i first = _mm256_inserti128_si256(_mm256_castsi128_si256(a), b, 1);
    __m256i second = _mm256_inserti128_si256(_mm256_castsi128_si256(c), d, 1);
    return _mm512_inserti64x4(_mm512_castsi256_si512(first), second, 1);
}

/* The first 24 bytes of each text. Single loads are faster than gathers. */
INLINE void load(const char *base, const struct assay_span *spans, __m512i *date, __m512i *clock,
                 __m512i *tail)
{
    __m128i dates[4], clocks[4], tails[4];
    for (int i = 0; i < 4; i++) {
        const char *p = base + spans[2 * i].off, *q = base + spans[2 * i + 1].off;
        __m128i a = _mm_loadu_si128((const __m128i *)(const void *)p);
        __m128i b = _mm_loadu_si128((const __m128i *)(const void *)q);
        dates[i] = _mm_unpacklo_epi64(a, b);
        clocks[i] = _mm_unpackhi_epi64(a, b);
        tails[i] = _mm_unpacklo_epi64(_mm_loadl_epi64((const __m128i *)(const void *)(p + 16)),
                                      _mm_loadl_epi64((const __m128i *)(const void *)(q + 16)));
    }
    *date = join(dates[0], dates[1], dates[2], dates[3]);
    *clock = join(clocks[0], clocks[1], clocks[2], clocks[3]);
    *tail = join(tails[0], tails[1], tails[2], tails[3]);
}

/* Which lanes have the layout of 19 bytes, or of 20 with a final Z. */
INLINE __mmask8 split(const char *base, const struct assay_span *spans, __mmask8 zoned,
                      struct fields *out)
{
    __m512i date, clock, tail;
    load(base, spans, &date, &clock, &tail);
    __m512i separator = byte_of(clock, 2);
    __m512i zone = _mm512_or_si512(byte_of(tail, 3), all(0x20));
    __mmask8 good = (__mmask8)(~zoned | _mm512_cmpeq_epi64_mask(zone, all('z')));
    good &= _mm512_cmpeq_epi64_mask(_mm512_or_si512(separator, all(0x20)), all('t')) |
            _mm512_cmpeq_epi64_mask(separator, all(' '));
    date = _mm512_xor_si512(date, all(ASSAY_DATE_BYTES));
    clock = _mm512_xor_si512(clock, all(ASSAY_CLOCK_BYTES));
    clock = _mm512_and_si512(clock, all(~(UINT64_C(0xff) << 16)));
    tail = _mm512_xor_si512(_mm512_and_si512(tail, all(0xffffff)), all(ASSAY_SECOND_BYTES));
    __m512i over = _mm512_or_si512(_mm512_subs_epu8(date, all(DATE_MOST)),
                                   _mm512_or_si512(_mm512_subs_epu8(clock, all(CLOCK_MOST)),
                                                   _mm512_subs_epu8(tail, all(SECOND_MOST))));
    good &= _mm512_testn_epi64_mask(over, over);
    date = pairs(date);
    clock = pairs(clock);
    *out = (struct fields){
        .century = byte_of(date, 0),
        .year = byte_of(date, 2),
        .month = byte_of(date, 5),
        .day = byte_of(clock, 0),
        .hour = byte_of(clock, 3),
        .minute = byte_of(clock, 6),
        .second = byte_of(pairs(tail), 1),
    };
    return good;
}

/* Days since 0001-01-01; lanes that are no date leave `good`. */
INLINE __m512i days_of(const struct fields *f, __mmask8 *good)
{
    const __m512i zero = _mm512_setzero_si512(), one = all(1);
    __m512i full = _mm512_add_epi64(times(f->century, 100), f->year);
    __mmask8 round = _mm512_cmpeq_epi64_mask(f->year, zero);
    __m512i fourth = _mm512_mask_mov_epi64(f->year, round, f->century);
    __mmask8 leap = _mm512_testn_epi64_mask(fourth, all(3));
    __m512i table = _mm512_permutexvar_epi32(f->month, _mm512_loadu_si512(assay_months[0]));
    __m512i leaps = _mm512_permutexvar_epi32(f->month, _mm512_loadu_si512(assay_months[1]));
    table = _mm512_mask_mov_epi64(table, leap, leaps);
    __m512i before = _mm512_and_si512(table, all(0xffff)), length = _mm512_srli_epi64(table, 16);
    __m512i past = _mm512_sub_epi64(full, one), day = _mm512_sub_epi64(f->day, one);
    *good &= _mm512_cmpneq_epi64_mask(full, zero) & _mm512_cmple_epu64_mask(f->month, all(15)) &
             _mm512_cmplt_epu64_mask(day, length);
    __m512i centuries = _mm512_srli_epi64(times(past, 5243), 19); /* / 100, up to 43698 */
    __m512i days = _mm512_add_epi64(times(past, 365), _mm512_srli_epi64(past, 2));
    days = _mm512_sub_epi64(days, centuries);
    days = _mm512_add_epi64(days, _mm512_srli_epi64(centuries, 2));
    return _mm512_add_epi64(days, _mm512_add_epi64(before, day));
}

/* Returns which of eight values were read. */
TARGET static inline __mmask8 eight_times(const char *base, const struct assay_span *spans,
                                          int64_t offset, int64_t *micros)
{
    struct fields f;
    __m512i len = _mm512_srli_epi64(_mm512_loadu_si512(spans), 32);
    __mmask8 zoned = _mm512_cmpeq_epi64_mask(len, all(20));
    __mmask8 good = split(base, spans, zoned, &f);
    good &= zoned | _mm512_cmpeq_epi64_mask(len, all(19));
    good &= _mm512_cmplt_epu64_mask(f.hour, all(24)) & _mm512_cmplt_epu64_mask(f.minute, all(60)) &
            _mm512_cmplt_epu64_mask(f.second, all(60));
    __m512i days = _mm512_sub_epi64(days_of(&f, &good), all(ASSAY_DAYS_TO_1970));
    __m512i clock =
        _mm512_add_epi64(_mm512_add_epi64(times(f.hour, 3600), times(f.minute, 60)), f.second);
    __m512i seconds = _mm512_add_epi64(_mm512_mullo_epi64(days, all(86400)), clock);
    __m512i value = _mm512_mullo_epi64(seconds, all(ASSAY_SECOND_US));
    value =
        _mm512_sub_epi64(value, _mm512_maskz_mov_epi64((__mmask8)~zoned, all((uint64_t)offset)));
    good &= _mm512_cmpge_epi64_mask(value, all((uint64_t)ASSAY_TIME_MIN)) &
            _mm512_cmple_epi64_mask(value, all((uint64_t)ASSAY_TIME_MAX));
    _mm512_storeu_si512(micros, value);
    return good;
}

TARGET uint32_t assay_time_parse_wide(const char *base, const struct assay_span *spans,
                                      uint32_t rows, unsigned want, int64_t offset, int64_t *micros,
                                      uint64_t *valid)
{
    uint32_t row = 0;
    for (unsigned odd = 0; rows - row >= 64 && odd < GIVE_UP; row += 64) {
        uint64_t good = 0;
        for (unsigned i = 0; i < 64; i += 8)
            good |= (uint64_t)eight_times(base, spans + row + i, offset, micros + row + i) << i;
        for (uint64_t left = ~good; left != 0; left &= left - 1, odd++) {
            unsigned i = (unsigned)__builtin_ctzll(left);
            struct assay_span span = spans[row + i];
            bool is = assay_time_parse(base + span.off, span.len, want, offset, &micros[row + i]);
            good |= (uint64_t)is << i;
        }
        valid[row / 64] = good;
    }
    return row;
}

#else

uint32_t assay_time_parse_wide(const char *base, const struct assay_span *spans, uint32_t rows,
                               unsigned want, int64_t offset, int64_t *micros, uint64_t *valid)
{
    (void)base, (void)spans, (void)rows, (void)want, (void)offset, (void)micros, (void)valid;
    return 0;
}

#endif
