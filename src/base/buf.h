/*
 * A growing buffer with a hard limit (the idea of curl's dynbuf).
 *
 * A failed append leaves the buffer as it was and sets `failed`; all later appends
 * do nothing, so a writer may append many times and ask once at the end.
 */
#ifndef ASSAY_BASE_BUF_H
#define ASSAY_BASE_BUF_H

#include "base/str.h"

#include <stdarg.h>

struct assay_buf {
    char *ptr;  /* NUL-terminated once anything was appended; NULL before */
    size_t len; /* bytes held, the NUL not counted */
    size_t cap;
    size_t limit; /* the most it may hold */
    bool failed;  /* an append found no memory or hit the limit */
    bool nomem;   /* it found no memory */
};

void assay_buf_init(struct assay_buf *buf, size_t limit);
void assay_buf_free(struct assay_buf *buf);

/* Empties it and clears `failed`; the memory is kept. */
void assay_buf_reset(struct assay_buf *buf);

/* Room for `more` bytes behind `len`; false where it cannot be had. */
bool assay_buf_reserve(struct assay_buf *buf, size_t more);

void assay_buf_add(struct assay_buf *buf, const void *data, size_t len);
void assay_buf_str(struct assay_buf *buf, struct assay_str text);
void assay_buf_puts(struct assay_buf *buf, const char *text);
void assay_buf_putc(struct assay_buf *buf, char c);
void assay_buf_printf(struct assay_buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void assay_buf_vprintf(struct assay_buf *buf, const char *format, va_list ap);

static inline struct assay_str assay_buf_view(const struct assay_buf *buf)
{
    return assay_str(buf->ptr ? buf->ptr : "", buf->len);
}

#endif
