/*
 * What this machine can do beyond what the program was built for.
 */
#ifndef ASSAY_BASE_CPU_H
#define ASSAY_BASE_CPU_H

#include <stdbool.h>

/*
 * Whether loops may use AVX-512 with BW, CD, DQ, VL, VBMI and VBMI2, and BMI2 (Ice Lake,
 * Zen 4 and later). Found out once; the environment variable ASSAY_NO_AVX512, set to
 * anything but nothing, denies it. Every such loop has a plain form with the same results.
 */
bool assay_cpu_has_avx512(void);

/* The same for AVX2 with BMI and BMI2 (Haswell, Zen); ASSAY_NO_AVX2 denies it. */
bool assay_cpu_has_avx2(void);

#endif
