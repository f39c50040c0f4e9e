/*
 * Which scanner kernels this build has. For csv_scan.c and the kernels themselves.
 */
#ifndef ASSAY_SOURCE_CSV_KERNELS_H
#define ASSAY_SOURCE_CSV_KERNELS_H

#include "source/csv_scan.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define ASSAY_CSV_HAVE_AVX512 1
#define ASSAY_CSV_HAVE_AVX2 1
extern const struct assay_csv_kernel assay_csv_kernel_avx512;
extern const struct assay_csv_kernel assay_csv_kernel_avx2;
#endif

#if defined(__SSE2__)
#define ASSAY_CSV_HAVE_SSE2 1
extern const struct assay_csv_kernel assay_csv_kernel_sse2;
#endif

#if defined(__aarch64__) && defined(__ARM_NEON) && !defined(__AARCH64EB__)
#define ASSAY_CSV_HAVE_NEON 1
extern const struct assay_csv_kernel assay_csv_kernel_neon;
#endif

extern const struct assay_csv_kernel assay_csv_kernel_portable;

#endif
