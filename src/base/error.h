/*
 * Filling an assay_error, and the macro that hands a failure on.
 */
#ifndef ASSAY_BASE_ERROR_H
#define ASSAY_BASE_ERROR_H

#include "assay/status.h"

#include <stddef.h>

/* Evaluates `call`; a status other than ASSAY_OK is returned to the caller's caller. */
#define ASSAY_TRY(call)                         \
    do {                                        \
        enum assay_status try_status_ = (call); \
        if (try_status_ != ASSAY_OK)            \
            return try_status_;                 \
    } while (0)

/*
 * Clears `err`, sets status, code and message, and returns the status, so that a
 * failing function can end in `return assay_fail(...)`. `err` may be NULL.
 */
enum assay_status assay_fail(struct assay_error *err, enum assay_status status, const char *code,
                             const char *format, ...) ASSAY_PRINTF(4, 5);

/* The same for memory that could not be had; always ASSAY_NOMEM. */
enum assay_status assay_fail_nomem(struct assay_error *err);

/* Add to an error already set; each does nothing where `err` is NULL. */
void assay_error_help(struct assay_error *err, const char *format, ...) ASSAY_PRINTF(2, 3);
void assay_error_at(struct assay_error *err, const char *file, uint64_t line, uint64_t column);

/*
 * Shows `line_text` under the error with a caret at byte `at`. A long line is cut
 * to a window around the caret.
 */
void assay_error_excerpt(struct assay_error *err, const char *line_text, size_t length, size_t at);

#endif
