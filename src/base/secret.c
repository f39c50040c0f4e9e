/*
 * Secrets: a copy on the heap that is overwritten before it is given back.
 */
#include "config.h"

#include "base/secret.h"

#include <stdlib.h>

struct assay_secret {
    size_t len;
    char text[];
};

struct assay_secret *assay_secret_new(struct assay_str text)
{
    struct assay_secret *secret = malloc(sizeof *secret + text.len + 1);
    if (secret == NULL)
        return NULL;
    secret->len = text.len;
    if (text.len > 0)
        memcpy(secret->text, text.ptr, text.len);
    secret->text[text.len] = '\0';
    return secret;
}

void assay_secret_free(struct assay_secret *secret)
{
    if (secret == NULL)
        return;
    assay_secret_wipe(secret->text, secret->len);
    free(secret);
}

struct assay_str assay_secret_reveal(const struct assay_secret *secret)
{
    return secret != NULL ? assay_str(secret->text, secret->len) : assay_str("", 0);
}

void assay_secret_wipe(void *memory, size_t size)
{
    explicit_bzero(memory, size);
}
