/*
 * Asks the processor, once.
 */
#include "config.h"

#include "base/cpu.h"

#include <stdatomic.h>
#include <stdlib.h>

static bool is_denied(const char *variable)
{
    const char *denied = getenv(variable);
    return denied != NULL && *denied != '\0';
}

static bool find_avx2(void)
{
#ifdef __x86_64__
    __builtin_cpu_init();
    return !is_denied("ASSAY_NO_AVX2") && __builtin_cpu_supports("avx2") &&
           __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
#else
    return false;
#endif
}

static bool find_avx512(void)
{
#ifdef __x86_64__
    __builtin_cpu_init();
    return !is_denied("ASSAY_NO_AVX512") && __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2") &&
           __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt");
#else
    return false;
#endif
}

/* `*answer` is 0 where it is not known yet; any thread may find out. */
static bool once(atomic_int *answer, bool (*find)(void))
{
    int known = atomic_load_explicit(answer, memory_order_relaxed);
    if (known == 0) {
        known = find() ? 1 : -1;
        atomic_store_explicit(answer, known, memory_order_relaxed);
    }
    return known > 0;
}

bool assay_cpu_has_avx2(void)
{
    static atomic_int answer;
    return once(&answer, find_avx2);
}

bool assay_cpu_has_avx512(void)
{
    static atomic_int answer;
    return once(&answer, find_avx512);
}
