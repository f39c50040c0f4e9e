/*
 * Incomplete gamma and beta functions by series and continued fractions.
 */
#include "config.h"

#include "base/special.h"

#include <math.h>

#define TERMS 10000000
#define TINY 1e-300
#define EPSILON 1e-16

/* ln |gamma(x)| for x > 0, without the global sign of lgamma. */
static double ln_gamma(double x)
{
    int sign;
    return lgamma_r(x, &sign);
}

/* P(a, x) = x^a e^-x / gamma(a + 1) * (1 + x / (a + 1) + x^2 / ((a + 1)(a + 2)) + …) */
static double gamma_series(double a, double x)
{
    double term = 1, sum = 1;
    for (int i = 1; i < TERMS && term > sum * EPSILON; i++) {
        term *= x / (a + i);
        sum += term;
    }
    return sum * exp(a * log(x) - x - ln_gamma(a + 1));
}

/* Q(a, x) as a continued fraction, from the front (W. J. Lentz, 1976). */
static double gamma_fraction(double a, double x)
{
    double b = x + 1 - a, c = 1 / TINY, d = 1 / b, h = d;
    for (int i = 1; i < TERMS; i++) {
        double an = -i * (i - a);
        b += 2;
        d = an * d + b;
        c = b + an / c;
        d = 1 / (fabs(d) < TINY ? TINY : d);
        c = fabs(c) < TINY ? TINY : c;
        h *= d * c;
        if (fabs(d * c - 1) < EPSILON)
            break;
    }
    return h * exp(a * log(x) - x - ln_gamma(a));
}

double assay_gamma_p(double a, double x)
{
    if (!(a > 0) || isnan(x))
        return NAN;
    if (x <= 0)
        return 0;
    if (isinf(x))
        return 1;
    return x < a + 1 ? gamma_series(a, x) : 1 - gamma_fraction(a, x);
}

double assay_gamma_q(double a, double x)
{
    if (!(a > 0) || isnan(x))
        return NAN;
    if (x <= 0)
        return 1;
    if (isinf(x))
        return 0;
    return x < a + 1 ? 1 - gamma_series(a, x) : gamma_fraction(a, x);
}

/* One step of the continued fraction with the numerator `an`. */
static double beta_step(double an, double *c, double *d)
{
    *d = 1 + an * *d;
    *c = 1 + an / *c;
    *d = 1 / (fabs(*d) < TINY ? TINY : *d);
    *c = fabs(*c) < TINY ? TINY : *c;
    return *c * *d;
}

static double beta_fraction(double a, double b, double x)
{
    double c = 1, d = 1 - (a + b) * x / (a + 1);
    d = 1 / (fabs(d) < TINY ? TINY : d);
    double h = d;
    for (int m = 1; m < TERMS; m++) {
        h *= beta_step(m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)), &c, &d);
        double last =
            beta_step(-(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)), &c, &d);
        h *= last;
        if (fabs(last - 1) < EPSILON)
            break;
    }
    return h;
}

double assay_beta_i(double a, double b, double x)
{
    if (!(a > 0) || !(b > 0) || isnan(x))
        return NAN;
    if (x <= 0 || x >= 1)
        return x >= 1;
    double front = exp(ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * log(x) + b * log1p(-x));
    if (x < (a + 1) / (a + b + 2))
        return front * beta_fraction(a, b, x) / a;
    return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

double assay_normal_cdf(double x)
{
    return erfc(-x / sqrt(2)) / 2;
}

double assay_chi2_sf(double df, double x)
{
    return assay_gamma_q(df / 2, x / 2);
}
