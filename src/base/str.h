/*
 * Helpers for the borrowed text of include/assay/value.h.
 */
#ifndef ASSAY_BASE_STR_H
#define ASSAY_BASE_STR_H

#include "assay/value.h"

#include <string.h>

#define ASSAY_STR(literal) ((struct assay_str){(literal), sizeof(literal) - 1})

static inline struct assay_str assay_str(const char *ptr, size_t len)
{
    return (struct assay_str){ptr, len};
}

/* NULL becomes the empty string. */
static inline struct assay_str assay_cstr(const char *text)
{
    return (struct assay_str){text ? text : "", text ? strlen(text) : 0};
}

static inline bool assay_str_equal(struct assay_str a, struct assay_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool assay_str_is(struct assay_str a, const char *text)
{
    return assay_str_equal(a, assay_cstr(text));
}

/* Bytewise order, the shorter first where one begins the other: <0, 0, >0. */
static inline int assay_str_compare(struct assay_str a, struct assay_str b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int c = n ? memcmp(a.ptr, b.ptr, n) : 0;
    return c ? c : (a.len > b.len) - (a.len < b.len);
}

#endif
