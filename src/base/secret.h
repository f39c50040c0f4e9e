/*
 * A text that nobody may see: a password, a token, a key.
 *
 * It is a type of its own so that no printf, log or report takes it by accident. What
 * sends it where it belongs asks for it by a name that is easy to search for. Its memory
 * is wiped when it is freed.
 */
#ifndef ASSAY_BASE_SECRET_H
#define ASSAY_BASE_SECRET_H

#include "base/str.h"

struct assay_secret;

/* A copy of `text`; NULL without memory. */
struct assay_secret *assay_secret_new(struct assay_str text);
void assay_secret_free(struct assay_secret *secret);

/* The text, NUL-terminated, as long as the secret: for the call that needs it, only. */
struct assay_str assay_secret_reveal(const struct assay_secret *secret);

/* Overwrites memory that held a secret in passing; no compiler leaves it out. */
void assay_secret_wipe(void *memory, size_t size);

#endif
