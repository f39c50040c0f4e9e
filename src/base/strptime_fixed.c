/*
 * Formats in which every part has one width when numbers are padded, such as
 * %Y-%m-%dT%H:%M:%S: a text of just that length is tested without going through the parts.
 *
 * All bytes are taken away from the expected ones by xor, which leaves 0 for a literal and
 * 0 to 9 for a digit; ten times each byte plus the next is the number at every place where
 * one begins, and there it is held against its range. A text that passes is what the long
 * way would find first, since that tries the longest numbers first; one that does not may
 * be right nevertheless, and is tested the long way.
 */
#include "config.h"

#include "base/strptime.h"

#include "base/cpu.h"
#include "base/time.h"

#define WIDTH ASSAY_STRPTIME_FIXED
#define WORDS (WIDTH / 8)

/* Numbers of two digits and of four; `high` is what both digits may make. */
static const struct number {
    char directive;
    uint8_t digits;
    uint8_t low, high;
} numbers[] = {
    {'d', 2, 1, 31}, {'H', 2, 0, 23}, {'I', 2, 1, 12}, {'m', 2, 1, 12},
    {'M', 2, 0, 59}, {'S', 2, 0, 59}, {'U', 2, 0, 53}, {'W', 2, 0, 53},
    {'y', 2, 0, 99}, {'Y', 4, 0, 99}, {'f', 6, 0, 99},
};

static const struct number *find_number(char directive)
{
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (numbers[i].directive == directive)
            return &numbers[i];
    return NULL;
}

static void note_place(struct assay_strptime_fixed *fixed, char directive)
{
    switch (directive) {
    case 'd': fixed->day = (int8_t)fixed->len; break;
    case 'm': fixed->month = (int8_t)fixed->len; break;
    case 'y': fixed->short_year = true; /* fall through */
    case 'Y': fixed->year = (int8_t)fixed->len; break;
    default: break;
    }
}

static bool add_number(struct assay_strptime_fixed *fixed, const struct number *number)
{
    if (number->digits > WIDTH - fixed->len)
        return false;
    note_place(fixed, number->directive);
    for (unsigned i = 0; i < number->digits; i++) {
        fixed->expect[fixed->len + i] = '0';
        fixed->most[fixed->len + i] = 9;
    }
    fixed->low[fixed->len] = number->low;
    fixed->high[fixed->len] = number->high;
    fixed->len = (uint8_t)(fixed->len + number->digits);
    return true;
}

static bool add_literal(struct assay_strptime_fixed *fixed, char literal)
{
    if (fixed->len == WIDTH)
        return false;
    fixed->expect[fixed->len] = (uint8_t)literal;
    fixed->fold[fixed->len] = literal >= 'a' && literal <= 'z' ? 0x20 : 0;
    fixed->len++;
    return true;
}

void assay_strptime_fix(struct assay_strptime *format)
{
    struct assay_strptime_fixed *fixed = &format->fixed;
    bool fits = true;
    *fixed = (struct assay_strptime_fixed){.year = -1, .month = -1, .day = -1};
    memset(fixed->high, 127, sizeof fixed->high);
    for (uint32_t i = 0; i < format->count && fits; i++) {
        const struct assay_strptime_part *part = &format->parts[i];
        const struct number *number = find_number(part->directive);
        if (number != NULL && fixed->year >= 0 && (part->directive | 0x20) == 'y')
            fits = false; /* two years: the last of them counts */
        else if (part->directive == 0 || part->directive == ' ')
            fits = add_literal(fixed, part->directive == 0 ? part->literal : ' ');
        else
            fits = number != NULL && add_number(fixed, number);
    }
    if (!fits)
        fixed->len = 0;
    memset(fixed->keep, 0xff, fixed->len);
}

/* Whether the day is in its month; `pairs` are the numbers that begin at each byte. */
static inline bool day_exists(const struct assay_strptime_fixed *fixed, const uint8_t *pairs)
{
    if (fixed->day < 0)
        return true;
    unsigned day = pairs[fixed->day], month = fixed->month >= 0 ? pairs[fixed->month] : 1;
    if (day <= 28)
        return true;
    int year = day == 29 && month == 2 ? 1904 : 1900; /* as the long way has it */
    if (fixed->short_year)
        year = pairs[fixed->year] + (pairs[fixed->year] < 69 ? 2000 : 1900);
    else if (fixed->year >= 0)
        year = pairs[fixed->year] * 100 + pairs[fixed->year + 2];
    return assay_time_is_date(year, month, day);
}

/* There is no year 0. */
static inline bool year_exists(const struct assay_strptime_fixed *fixed, const uint8_t *pairs)
{
    return fixed->year < 0 || fixed->short_year ||
           (pairs[fixed->year] | pairs[fixed->year + 2]) != 0;
}

static inline uint64_t word_at(const uint8_t *bytes, size_t i)
{
    uint64_t word;
    memcpy(&word, bytes + i, sizeof word);
    return word;
}

#define ALL(byte) (UINT64_C(0x0101010101010101) * (byte))

/* What stands at p[i ..] once the expected bytes are taken away. Order of bytes is no matter. */
static inline uint64_t rest_of(const struct assay_strptime_fixed *fixed, const char *p, size_t i)
{
    uint64_t word = word_at((const uint8_t *)p, i);
    return ((word | word_at(fixed->fold, i)) ^ word_at(fixed->expect, i)) & word_at(fixed->keep, i);
}

static bool suits(const struct assay_strptime_fixed *fixed, const char *p)
{
    uint64_t bad = 0, pairs[WORDS];
    for (size_t i = 0; i < fixed->len; i += 8) {
        uint64_t rest = rest_of(fixed, p, i), next = rest_of(fixed, p, i + 1);
        bad |= ((rest & ALL(127)) + (ALL(127) - word_at(fixed->most, i))) | rest;
        uint64_t pair = rest * 10 + next;
        bad |= pair + (ALL(127) - word_at(fixed->high, i));
        bad |= ~(pair + (ALL(128) - word_at(fixed->low, i)));
        pairs[i / 8] = pair;
    }
    return (bad & ALL(128)) == 0 && year_exists(fixed, (const uint8_t *)pairs) &&
           day_exists(fixed, (const uint8_t *)pairs);
}

#ifdef __x86_64__

#include <immintrin.h>

#define TARGET __attribute__((target("avx2")))

TARGET static inline __m256i load(const void *p)
{
    return _mm256_loadu_si256(p);
}

/* The same with all bytes at once; returns the rows of `mask` that suit. */
TARGET static uint64_t suit_wide(const struct assay_strptime_fixed *fixed, const char *base,
                                 const struct assay_span *spans, uint64_t mask)
{
    const __m256i expect = load(fixed->expect), then = load(fixed->expect + 1);
    const __m256i fold = load(fixed->fold), fold_then = load(fixed->fold + 1);
    const __m256i keep = load(fixed->keep), keep_then = load(fixed->keep + 1);
    const __m256i most = load(fixed->most), low = load(fixed->low), high = load(fixed->high);
    uint64_t good = 0;
    for (; mask != 0; mask &= mask - 1) {
        unsigned row = (unsigned)__builtin_ctzll(mask);
        const char *p = base + spans[row].off;
        __m256i rest = _mm256_xor_si256(_mm256_or_si256(load(p), fold), expect);
        __m256i next = _mm256_xor_si256(_mm256_or_si256(load(p + 1), fold_then), then);
        rest = _mm256_and_si256(rest, keep);
        next = _mm256_and_si256(next, keep_then);
        __m256i twice = _mm256_add_epi8(rest, rest), eight = _mm256_slli_epi16(rest, 3);
        __m256i pair = _mm256_add_epi8(_mm256_add_epi8(eight, twice), next);
        __m256i bad = _mm256_or_si256(
            _mm256_subs_epu8(rest, most),
            _mm256_or_si256(_mm256_subs_epu8(pair, high), _mm256_subs_epu8(low, pair)));
        uint8_t pairs[WIDTH];
        _mm256_storeu_si256((void *)pairs, pair);
        bool suits = spans[row].len == fixed->len && _mm256_testz_si256(bad, bad) &&
                     year_exists(fixed, pairs) && day_exists(fixed, pairs);
        good |= (uint64_t)suits << row;
    }
    return good;
}

#else

static uint64_t suit_wide(const struct assay_strptime_fixed *fixed, const char *base,
                          const struct assay_span *spans, uint64_t mask)
{
    (void)fixed, (void)base, (void)spans, (void)mask;
    return 0;
}

#endif

static uint64_t suit_each(const struct assay_strptime_fixed *fixed, const char *base,
                          const struct assay_span *spans, uint64_t mask)
{
    uint64_t good = 0;
    for (; mask != 0; mask &= mask - 1) {
        unsigned row = (unsigned)__builtin_ctzll(mask);
        bool right = spans[row].len == fixed->len && suits(fixed, base + spans[row].off);
        good |= (uint64_t)right << row;
    }
    return good;
}

uint64_t assay_strptime_hold64(const struct assay_strptime *format, const char *base,
                               const struct assay_span *spans, uint64_t mask)
{
    uint64_t good = 0;
    if (format->fixed.len != 0)
        good = assay_cpu_has_avx2() ? suit_wide(&format->fixed, base, spans, mask)
                                    : suit_each(&format->fixed, base, spans, mask);
    for (uint64_t left = mask & ~good; left != 0; left &= left - 1) {
        unsigned row = (unsigned)__builtin_ctzll(left);
        struct assay_str text = {base + spans[row].off, spans[row].len};
        good |= (uint64_t)assay_strptime_holds(format, text) << row;
    }
    return good;
}
