/*
 * Distribution functions of statistics, in IEEE double.
 *
 * Relative errors stay below about 1e-11 for shapes up to 1e4, and grow with the shape
 * (cancellation in the leading factor) to about 1e-8 at 1e7. Formulas are those of the
 * NIST Digital Library of Mathematical Functions: 8.7.1 and 8.9.2 for the incomplete gamma
 * function, 8.17.22 for the incomplete beta function.
 */
#ifndef ASSAY_BASE_SPECIAL_H
#define ASSAY_BASE_SPECIAL_H

#include <stdint.h>

/* The regularised incomplete gamma functions P and Q = 1 - P; a > 0, else NaN. */
double assay_gamma_p(double a, double x);
double assay_gamma_q(double a, double x);

/* The regularised incomplete beta function I_x(a, b); a, b > 0, else NaN. */
double assay_beta_i(double a, double b, double x);

/* Probability that a normal variable of mean 0 and deviation 1 is at most x. */
double assay_normal_cdf(double x);

/* Probability that a chi-squared variable with `df` degrees of freedom exceeds x. */
double assay_chi2_sf(double df, double x);

/*
 * Probability that the two-sided Kolmogorov-Smirnov statistic of n values from a
 * continuous distribution is at least d. Exact but for rounding up to n = 140, and beyond
 * with at least 5 digits. The choice of method by n and d is that of R. Simard and
 * P. L'Ecuyer, "Computing the two-sided Kolmogorov-Smirnov distribution", 2011.
 */
double assay_kolmogorov_sf(uint64_t n, double d);

#endif
