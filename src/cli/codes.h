/*
 * Every error code, and what there is to say about it beyond the message.
 */
#ifndef ASSAY_CLI_CODES_H
#define ASSAY_CLI_CODES_H

#include <stddef.h>

struct assay_code {
    const char *code;
    const char *text;
};

/* In alphabetical order. */
const struct assay_code *assay_codes(size_t *count);
const struct assay_code *assay_code_find(const char *code);

#endif
