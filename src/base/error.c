/*
 * Errors for people: filled here, printed elsewhere.
 */
#include "config.h"

#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum assay_status assay_fail(struct assay_error *err, enum assay_status status, const char *code,
                             const char *format, ...)
{
    if (err == NULL)
        return status;
    memset(err, 0, sizeof *err);
    err->status = status;
    snprintf(err->code, sizeof err->code, "%s", code);
    va_list ap;
    va_start(ap, format);
    vsnprintf(err->message, sizeof err->message, format, ap);
    va_end(ap);
    return status;
}

enum assay_status assay_fail_nomem(struct assay_error *err)
{
    assay_fail(err, ASSAY_NOMEM, "MEMORY", "out of memory");
    assay_error_help(err, "free some memory, or lower --memory-limit so that more goes to disk");
    return ASSAY_NOMEM;
}

void assay_error_help(struct assay_error *err, const char *format, ...)
{
    if (err == NULL)
        return;
    va_list ap;
    va_start(ap, format);
    vsnprintf(err->help, sizeof err->help, format, ap);
    va_end(ap);
}

void assay_error_at(struct assay_error *err, const char *file, uint64_t line, uint64_t column)
{
    if (err == NULL)
        return;
    snprintf(err->file, sizeof err->file, "%s", file ? file : "");
    err->line = line;
    err->column = column;
}

void assay_error_excerpt(struct assay_error *err, const char *line_text, size_t length, size_t at)
{
    if (err == NULL)
        return;
    const char *end = memchr(line_text, '\n', length);
    if (end != NULL)
        length = (size_t)(end - line_text);
    if (at > length)
        at = length;
    size_t room = sizeof err->excerpt - 1;
    size_t from = at > room / 2 && length > room ? at - room / 2 : 0;
    size_t n = length - from < room ? length - from : room;
    memcpy(err->excerpt, line_text + from, n);
    err->excerpt[n] = '\0';
    err->caret = (uint32_t)(at - from);
}
