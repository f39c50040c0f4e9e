/*
 * Chooses a kernel for this machine and brings what it found to whole records.
 */
#include "config.h"

#include "source/csv_scan.h"
#include "source/csv_kernels.h"

#include <string.h>

static const struct assay_csv_kernel *const kernels[] = {
#ifdef ASSAY_CSV_HAVE_AVX512
    &assay_csv_kernel_avx512,
#endif
#ifdef ASSAY_CSV_HAVE_AVX2
    &assay_csv_kernel_avx2,
#endif
#ifdef ASSAY_CSV_HAVE_SSE2
    &assay_csv_kernel_sse2,
#endif
#ifdef ASSAY_CSV_HAVE_NEON
    &assay_csv_kernel_neon,
#endif
    &assay_csv_kernel_portable, NULL,
};

bool assay_csv_dialect_valid(const struct assay_csv_dialect *dialect)
{
    const char bytes[2] = {dialect->delimiter, dialect->quote};
    for (int i = 0; i < 2; i++)
        if (bytes[i] == '\0' || bytes[i] == '\n' || bytes[i] == '\r')
            return false;
    return dialect->delimiter != dialect->quote;
}

const struct assay_csv_kernel *const *assay_csv_kernels(void)
{
    return kernels;
}

const struct assay_csv_kernel *assay_csv_kernel_choose(const char *forced)
{
    for (size_t i = 0; kernels[i] != NULL; i++)
        if ((forced == NULL || strcmp(forced, kernels[i]->name) == 0) && kernels[i]->usable())
            return kernels[i];
    return NULL;
}

/* Drops the fields of the record that is not complete. */
static void trim_to_record(const char *base, uint32_t begin, struct assay_csv_scan *scan)
{
    while (scan->count > 0 && base[scan->index[scan->count - 1]] != '\n')
        scan->count--;
    scan->end = scan->count > 0 ? scan->index[scan->count - 1] + 1 : begin;
}

/* Only the first NUL matters, and it is rare: found again here to keep the kernels lean. */
static void cut_at_nul(const char *base, uint32_t begin, struct assay_csv_scan *scan)
{
    const char *nul = memchr(base + begin, '\0', scan->end - begin);
    if (nul == NULL)
        return;
    scan->irregular = (uint32_t)(nul - base);
    while (scan->count > 0 && scan->index[scan->count - 1] > scan->irregular)
        scan->count--;
    trim_to_record(base, begin, scan);
    scan->records = 0;
    scan->crlf = 0;
    for (uint32_t i = 0; i < scan->count; i++) {
        uint32_t at = scan->index[i];
        if (base[at] != '\n')
            continue;
        scan->records++;
        scan->crlf += at > begin && base[at - 1] == '\r';
    }
}

void assay_csv_scan(const struct assay_csv_kernel *kernel, const struct assay_csv_dialect *dialect,
                    const char *base, uint32_t begin, uint32_t end, struct assay_csv_scan *scan)
{
    kernel->run(dialect, base, begin, end, scan);
    trim_to_record(base, begin, scan);
    if (scan->seen & ASSAY_CSV_SEEN_NUL)
        cut_at_nul(base, begin, scan);
}

/* At most one a byte, so 64 bytes fit a byte's count, which compilers turn into SIMD. */
static unsigned char count_block(const char *bytes)
{
    unsigned char lines = 0;
    for (int i = 0; i < 64; i++)
        lines +=
            (unsigned char)((bytes[i] == '\r') | ((bytes[i] == '\n') & (bytes[i - 1] != '\r')));
    return lines;
}

uint64_t assay_csv_count_lines(const char *base, uint32_t from, uint32_t to)
{
    if (from >= to)
        return 0;
    uint64_t lines = base[from] == '\n' || base[from] == '\r';
    uint32_t i = from + 1;
    for (; to - i >= 64; i += 64)
        lines += count_block(base + i);
    for (; i < to; i++)
        lines += (base[i] == '\r') | ((base[i] == '\n') & (base[i - 1] != '\r'));
    return lines;
}

void assay_csv_locate(const char *base, uint32_t from, uint64_t line, uint32_t at,
                      uint64_t *at_line, uint64_t *at_column)
{
    uint32_t start = at;
    while (start > from && base[start - 1] != '\n' && base[start - 1] != '\r')
        start--;
    *at_line = line + assay_csv_count_lines(base, from, start);
    *at_column = (uint64_t)(at - start) + 1;
}
