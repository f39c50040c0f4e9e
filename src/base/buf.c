/*
 * The bounded buffer.
 */
#include "config.h"

#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>

void assay_buf_init(struct assay_buf *buf, size_t limit)
{
    *buf = (struct assay_buf){.limit = limit};
}

void assay_buf_free(struct assay_buf *buf)
{
    free(buf->ptr);
    assay_buf_init(buf, buf->limit);
}

void assay_buf_reset(struct assay_buf *buf)
{
    buf->len = 0;
    buf->failed = buf->nomem = false;
    if (buf->ptr != NULL)
        buf->ptr[0] = '\0';
}

bool assay_buf_reserve(struct assay_buf *buf, size_t more)
{
    if (buf->failed)
        return false;
    if (more > buf->limit || buf->len > buf->limit - more) {
        buf->failed = true;
        return false;
    }
    if (buf->ptr != NULL && more < buf->cap - buf->len)
        return true;
    size_t cap = buf->cap ? buf->cap : 64;
    while (cap <= buf->len + more)
        cap *= 2;
    char *ptr = realloc(buf->ptr, cap);
    if (ptr == NULL) {
        buf->failed = buf->nomem = true;
        return false;
    }
    buf->ptr = ptr;
    buf->cap = cap;
    buf->ptr[buf->len] = '\0';
    return true;
}

void assay_buf_add(struct assay_buf *buf, const void *data, size_t len)
{
    if (!assay_buf_reserve(buf, len) || len == 0)
        return;
    memcpy(buf->ptr + buf->len, data, len);
    buf->len += len;
    buf->ptr[buf->len] = '\0';
}

void assay_buf_str(struct assay_buf *buf, struct assay_str text)
{
    assay_buf_add(buf, text.ptr, text.len);
}

void assay_buf_puts(struct assay_buf *buf, const char *text)
{
    assay_buf_add(buf, text, strlen(text));
}

void assay_buf_putc(struct assay_buf *buf, char c)
{
    assay_buf_add(buf, &c, 1);
}

void assay_buf_vprintf(struct assay_buf *buf, const char *format, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, format, ap);
    if (n < 0)
        buf->failed = true;
    else if (assay_buf_reserve(buf, (size_t)n)) {
        vsnprintf(buf->ptr + buf->len, (size_t)n + 1, format, again);
        buf->len += (size_t)n;
    }
    va_end(again);
}

void assay_buf_printf(struct assay_buf *buf, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    assay_buf_vprintf(buf, format, ap);
    va_end(ap);
}
