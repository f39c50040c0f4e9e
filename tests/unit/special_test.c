/*
 * Distribution functions against published and computed values.
 */
#include "config.h"

#include "base/random.h"
#include "base/special.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void near_to(double found, double expected, double relative)
{
    if (!(fabs(found - expected) <= relative * fabs(expected)))
        fail_msg("found %.17g, expected %.17g", found, expected);
}

/* Values of SciPy 1.11 (gammainc, gammaincc); the third is 1 - e^-1. */
static void gamma_functions(void **state)
{
    (void)state;
    near_to(assay_gamma_p(1, 1), 0.63212055882855767, 1e-14);
    near_to(assay_gamma_q(1, 1), 0.36787944117144233, 1e-14);
    near_to(assay_gamma_p(0.5, 0.1), 0.34527915398142306, 1e-13);
    near_to(assay_gamma_q(10, 30), 7.121750862815593e-06, 1e-12);
    near_to(assay_gamma_p(100, 80), 0.017108313035133114, 1e-11);
    assert_true(assay_gamma_p(2, 0) == 0 && assay_gamma_q(2, INFINITY) == 0);
    assert_true(isnan(assay_gamma_p(0, 1)) && isnan(assay_gamma_q(-1, 1)));
}

/* I_x(1, b) is 1 - (1 - x)^b, I_x(a, 1) is x^a; I_1/2(a, a) is 1/2. */
static void beta_function(void **state)
{
    (void)state;
    near_to(assay_beta_i(1, 3, 0.25), 1 - 0.75 * 0.75 * 0.75, 1e-14);
    near_to(assay_beta_i(4, 1, 0.5), 0.0625, 1e-14);
    near_to(assay_beta_i(7.5, 7.5, 0.5), 0.5, 1e-13);
    near_to(assay_beta_i(2, 5, 0.1), 0.114265, 1e-12);
    assert_true(assay_beta_i(2, 3, 0) == 0 && assay_beta_i(2, 3, 1) == 1);
    assert_true(isnan(assay_beta_i(0, 1, 0.5)));
}

/* The 5 % points of M. Abramowitz and I. A. Stegun, tables 26.1 and 26.8. */
static void normal_and_chi_squared(void **state)
{
    (void)state;
    near_to(assay_normal_cdf(0), 0.5, 1e-15);
    near_to(assay_normal_cdf(1.959963984540054), 0.975, 1e-13);
    near_to(assay_normal_cdf(-8), 6.2209605742717841e-16, 1e-12);
    near_to(assay_chi2_sf(1, 3.841458820694124), 0.05, 1e-12);
    near_to(assay_chi2_sf(10, 18.307038053275146), 0.05, 1e-12);
    near_to(assay_chi2_sf(2, 10), exp(-5), 1e-13);
}

/* The critical values of L. H. Miller, "Table of percentage points of Kolmogorov statistics",
   1956, at 5 %: .97500 (n = 1), .84189 (2), .70760 (3), .40925 (10), .13403 (100). */
static void kolmogorov_table(void **state)
{
    (void)state;
    near_to(assay_kolmogorov_sf(1, 0.975), 0.05, 1e-12);
    near_to(assay_kolmogorov_sf(2, 0.84189), 0.05, 1e-4);
    near_to(assay_kolmogorov_sf(3, 0.70760), 0.05, 1e-4);
    near_to(assay_kolmogorov_sf(10, 0.40925), 0.05, 1e-4);
    near_to(assay_kolmogorov_sf(100, 0.13403), 0.05, 1e-3);
}

/* Where one method takes over from another, SciPy 1.11's kstwo.sf. */
static void kolmogorov_methods(void **state)
{
    (void)state;
    near_to(assay_kolmogorov_sf(10, 0.274), 0.3715203845434957, 1e-9);
    near_to(assay_kolmogorov_sf(20, 0.41594216798848727), 0.001198168100013608, 1e-9);
    near_to(assay_kolmogorov_sf(140, 0.16239294515723549), 0.001078771952361756, 1e-9);
    near_to(assay_kolmogorov_sf(141, 0.2657380508532225), 2.799288153965404e-09, 1e-9);
    near_to(assay_kolmogorov_sf(5000, 0.021579824304660558), 0.018715478862112746, 1e-9);
    near_to(assay_kolmogorov_sf(100000, 0.0166572291540827), 1.5653794040977803e-24, 1e-9);
    assert_true(assay_kolmogorov_sf(10, 0) == 1 && assay_kolmogorov_sf(10, 1) == 0);
    assert_true(assay_kolmogorov_sf(1000000, 0.5) == 0);
    assert_true(isnan(assay_kolmogorov_sf(0, 0.5)));
}

/* The first numbers of SplitMix64 from 1234567, as S. Vigna's program gives them. */
static void random_numbers(void **state)
{
    uint64_t seed = 1234567;
    (void)state;
    assert_true(assay_random_next(&seed) == UINT64_C(6457827717110365317));
    assert_true(assay_random_next(&seed) == UINT64_C(3203168211198807973));
    for (int i = 0; i < 1000; i++)
        assert_true(assay_random_below(&seed, 7) < 7);
    assert_true(assay_random_below(&seed, 1) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gamma_functions),        cmocka_unit_test(beta_function),
        cmocka_unit_test(normal_and_chi_squared), cmocka_unit_test(kolmogorov_table),
        cmocka_unit_test(kolmogorov_methods),     cmocka_unit_test(random_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
