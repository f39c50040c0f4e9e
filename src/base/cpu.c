/*
 * Asks the processor, once.
 */
#include "config.h"

#include "base/cpu.h"

#include <stdatomic.h>
#include <stdlib.h>

static bool find_avx512(void)
{
    const char *denied = getenv("ASSAY_NO_AVX512");
    if (denied != NULL && *denied != '\0')
        return false;
#ifdef __x86_64__
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi") &&
           __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("bmi2") &&
           __builtin_cpu_supports("popcnt");
#else
    return false;
#endif
}

bool assay_cpu_has_avx512(void)
{
    static atomic_int answer; /* 0: not known yet; any thread may find out */
    int known = atomic_load_explicit(&answer, memory_order_relaxed);
    if (known == 0) {
        known = find_avx512() ? 1 : -1;
        atomic_store_explicit(&answer, known, memory_order_relaxed);
    }
    return known > 0;
}
