/*
 * Several records at once for x86-64 with AVX2 and BMI (2013 and later).
 */
#include "config.h"

#ifdef __x86_64__

#include <immintrin.h>

#define JSON_TARGET __attribute__((target("avx2,bmi,bmi2")))
#include "source/json_steps.h"

JSON_INLINE __m256i json_load(const char *at)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)at);
}

#define DIFFER(i) other = _mm256_or_si256(other, _mm256_xor_si256(json_load(at[i]), bytes));
#define DIFFER_FAR(i) || memcmp(at[i], step->all, step->len) != 0

JSON_INLINE bool json_differ(const char *const *at, const struct json_step *step)
{
    const __m256i bytes = json_load(step->bytes), mask = json_load(step->mask);
    __m256i other = _mm256_setzero_si256();
    JSON_EACH(DIFFER)
    if (!_mm256_testz_si256(other, mask))
        return true;
    return step->len > 32 && (false JSON_EACH(DIFFER_FAR));
}

JSON_INLINE const char *json_stop(const char *at)
{
    const __m256i quote = json_load(json_stops.quote), backslash = json_load(json_stops.backslash);
    const __m256i space = json_load(json_stops.space);
    for (;; at += 32) {
        __m256i x = json_load(at);
        __m256i odd = _mm256_or_si256(_mm256_cmpeq_epi8(x, quote), _mm256_cmpeq_epi8(x, backslash));
        /* The top bit of what is not ASCII, and of what wraps around below a space. */
        odd = _mm256_or_si256(odd, _mm256_or_si256(x, _mm256_sub_epi8(x, space)));
        unsigned stop = (unsigned)_mm256_movemask_epi8(odd);
        if (stop != 0)
            return at + __builtin_ctz(stop);
    }
}

bool json_steps_take_avx2(const struct assay_json_shape *shape, const struct assay_json_scan *scan,
                          const struct assay_span *records)
{
    return json_steps_run(shape, scan, records);
}

#endif
