/*
 * The distribution of the two-sided Kolmogorov-Smirnov statistic.
 *
 * Small n and middling d: the matrix power of G. Marsaglia, W. W. Tsang and J. Wang,
 * "Evaluating Kolmogorov's distribution", 2003. Large d: twice the one-sided tail of
 * N. V. Smirnov, as Z. W. Birnbaum and F. H. Tingey sum it, 1951. Large n: the asymptotic
 * series of W. Pelz and I. J. Good, 1976. Which where: see the header.
 */
#include "config.h"

#include "base/special.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define PI 3.14159265358979323846
#define ONE_SIDED_MOST 10000000u /* terms of the one-sided sum */

static double ln_gamma(double x)
{
    int sign;
    return lgamma_r(x, &sign);
}

/* P(D+ >= d) = d * sum over j of C(n, j) (d + j/n)^(j-1) (1 - d - j/n)^(n-j) */
static double one_sided_sf(double n, double d)
{
    double sum = 0, last = floor(n * (1 - d));
    for (double j = 0; j <= last; j++) {
        double up = d + j / n, down = 1 - up;
        if (down <= 0) /* (0)^0 is 1 where j = n, else the term is nothing */
            continue;
        double ln = ln_gamma(n + 1) - ln_gamma(j + 1) - ln_gamma(n - j + 1) + (j - 1) * log(up) +
                    (n - j) * log(down);
        sum += exp(ln);
    }
    return fmin(1, d * sum);
}

/* c = a * b of m rows and columns. */
static void multiply(const double *a, const double *b, double *c, int m)
{
    memset(c, 0, sizeof(double) * (size_t)m * (size_t)m);
    for (int i = 0; i < m; i++)
        for (int k = 0; k < m; k++)
            for (int j = 0; j < m; j++)
                c[i * m + j] += a[i * m + k] * b[k * m + j];
}

/* Keeps the entries in range: value is matrix * 10^exponent. */
static void rescale(double *matrix, int m, int *exponent)
{
    double middle = matrix[(m / 2) * m + m / 2];
    if (middle < 1e140)
        return;
    for (int i = 0; i < m * m; i++)
        matrix[i] *= 1e-140;
    *exponent += 140;
}

/* out = a^n by squaring; `spare` has room for one more matrix. */
static void power(const double *a, int m, uint64_t n, double *out, double *spare, int *exponent)
{
    size_t size = sizeof(double) * (size_t)m * (size_t)m;
    if (n == 1) {
        memcpy(out, a, size);
        *exponent = 0;
        return;
    }
    power(a, m, n / 2, out, spare, exponent);
    multiply(out, out, spare, m);
    *exponent *= 2;
    if (n % 2 == 0)
        memcpy(out, spare, size);
    else
        multiply(a, spare, out, m);
    rescale(out, m, exponent);
}

/* H of Marsaglia, Tsang and Wang: n d = k - h with 0 <= h < 1, m = 2k - 1. */
static void fill_matrix(double *H, int m, double h)
{
    for (int i = 0; i < m; i++)
        for (int j = 0; j < m; j++)
            H[i * m + j] = i - j + 1 < 0 ? 0 : 1;
    for (int i = 0; i < m; i++) {
        H[i * m] -= pow(h, i + 1);
        H[(m - 1) * m + i] -= pow(h, m - i);
    }
    H[(m - 1) * m] += 2 * h - 1 > 0 ? pow(2 * h - 1, m) : 0;
    for (int i = 0; i < m; i++)
        for (int j = 0; j < m; j++)
            for (int g = 1; g <= i - j + 1; g++)
                H[i * m + j] /= g;
}

/* P(D < d); negative where there is no memory. */
static double matrix_cdf(uint64_t n, double d)
{
    int k = (int)((double)n * d) + 1, m = 2 * k - 1, exponent;
    double *H = calloc((size_t)m * (size_t)m * 3, sizeof *H);
    if (H == NULL)
        return -1;
    double *Q = H + m * m, *spare = Q + m * m;
    fill_matrix(H, m, k - (double)n * d);
    power(H, m, n, Q, spare, &exponent);
    double s = Q[(k - 1) * m + k - 1];
    for (uint64_t i = 1; i <= n; i++) {
        s = s * (double)i / (double)n;
        if (s < 1e-140) {
            s *= 1e140;
            exponent -= 140;
        }
    }
    free(H);
    return s * pow(10, exponent);
}

/* The two sums over k that correct the second and third term of Pelz and Good. */
static void correct_terms(double z, int most, double *terms)
{
    double q = exp(-PI * PI / 2 / (z * z)), second = 0, third = 0;
    for (int k = most; k > 0; k--) {
        double weight = (double)k * k * pow(q, (double)k * k);
        second += weight;
        third += weight * (3 * z * z - PI * PI * k * k);
    }
    terms[2] += second * PI * PI * sqrt(2 * PI) / (-36 * z * z * z);
    terms[3] += third * PI * PI * sqrt(2 * PI) / (216 * pow(z, 6));
}

static double pelz_good_cdf(double n, double d)
{
    double z = sqrt(n) * d, z2 = z * z, z4 = z2 * z2, z6 = z4 * z2, pi2 = PI * PI;
    double q = exp(-pi2 / 8 / z2), terms[4] = {0};
    int most = (int)ceil(16 * z / PI);
    for (int k = most; k > 0; k--) {
        double m2 = (2.0 * k - 1) * (2.0 * k - 1), step = pow(q, 8.0 * k);
        const double at[4] = {
            1,
            -z2 + pi2 / 4 * m2,
            6 * z6 + 2 * z4 + (2 * z4 - 5 * z2) * pi2 / 4 * m2 +
                pi2 * pi2 * (1 - 2 * z2) / 16 * m2 * m2,
            -30 * z6 - 90 * z6 * z2 + pi2 * (135 * z4 - 96 * z6) / 4 * m2 +
                pi2 * pi2 * (-60 * z2 + 212 * z4) / 16 * m2 * m2 +
                pi2 * pi2 * pi2 * (5 - 30 * z2) / 64 * m2 * m2 * m2,
        };
        for (int i = 0; i < 4; i++)
            terms[i] = terms[i] * step + at[i];
    }
    const double under[4] = {z, 6 * z4, 72 * z6 * z, 6480 * z6 * z4};
    double sum = 0, root = 1;
    for (int i = 0; i < 4; i++)
        terms[i] *= q * sqrt(2 * PI) / under[i];
    correct_terms(z, most, terms);
    for (int i = 0; i < 4; i++, root *= sqrt(n))
        sum += terms[i] / root;
    return sum;
}

/* The ends, where the distribution has a closed form; false: it has none there. */
static bool closed_form(double n, double d, double *sf)
{
    if (d >= 1 || d <= 1 / (2 * n))
        *sf = d < 1;
    else if (n * d <= 1)
        *sf = 1 - exp(ln_gamma(n + 1) + n * log(2 * d - 1 / n));
    else if (d >= 1 - 1 / n)
        *sf = 2 * pow(1 - d, n);
    else
        return false;
    return true;
}

double assay_kolmogorov_sf(uint64_t count, double d)
{
    double n = (double)count, sf, cdf = -1, spread = n * d * d;
    if (count == 0 || isnan(d))
        return NAN;
    if (closed_form(n, d, &sf))
        return sf;
    bool tail = count <= 140 ? spread > 4 : spread >= 2.2;
    if (spread >= 370) /* less than the smallest double */
        return 0;
    if ((d >= 0.5 || tail) && count <= ONE_SIDED_MOST)
        return fmin(1, 2 * one_sided_sf(n, d));
    if (count <= 140 || (count <= 100000 && n * d * sqrt(d) <= 1.4))
        cdf = matrix_cdf(count, d);
    if (cdf < 0)
        cdf = pelz_good_cdf(n, d);
    return fmin(1, fmax(0, 1 - cdf));
}
