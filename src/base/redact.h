/*
 * Secrets stay secret: passwords and tokens inside of URLs and connection strings are
 * masked before a text goes anywhere, and removed from what libraries and servers say.
 *
 * A database's or a proxy's error message may repeat what it was given. Whoever connects
 * keeps the secrets that were used in a struct assay_secrets, which has no way to print
 * them, and passes foreign texts through it.
 */
#ifndef ASSAY_BASE_REDACT_H
#define ASSAY_BASE_REDACT_H

#include "base/buf.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Appends a URL or connection string with its secrets as `***`: the password of
 * `scheme://user:password@host`, and the value of every `name=value` whose name says that
 * it is one (password, pwd, token, secret, …), in a query, in `a=b c=d` and in `A=b;C=d`.
 * In doubt too much is hidden. What is neither a URL nor has a `=` stays as it is.
 */
void assay_redact_mask(struct assay_str text, struct assay_buf *out);

/* The same as a text of the caller's size, NUL-terminated, cut where it has to be. */
void assay_redact_mask_into(struct assay_str text, char *out, size_t size);

/*
 * Appends a line of a file that people write, in which connection strings may stand anywhere,
 * with their secrets masked. Returns where in what was appended the byte `at` of the line is
 * now; where it was hidden, where that begins.
 */
size_t assay_redact_line(struct assay_str line, size_t at, struct assay_buf *out);

/* Whether the value of a parameter of this name is a secret. */
bool assay_redact_is_name(struct assay_str name);

#define ASSAY_SECRETS_MAX 16

struct assay_secrets {
    struct {
        char *hidden;
        size_t len;
    } items[ASSAY_SECRETS_MAX];
    uint32_t count;
};

/*
 * Keeps a copy of a secret, and another one with %XX decoded. False where there is no
 * memory or no room; the caller then gives up. An empty one is no secret.
 */
bool assay_secrets_add(struct assay_secrets *secrets, struct assay_str text) ASSAY_CHECKED;

/* Keeps every secret of a URL or connection string: those that assay_redact_mask hides. */
bool assay_secrets_add_dsn(struct assay_secrets *secrets, struct assay_str text) ASSAY_CHECKED;

/* Replaces every secret in a NUL-terminated text, in place. */
void assay_secrets_redact(const struct assay_secrets *secrets, char *text);

/* The same for all texts of an error. */
void assay_secrets_redact_error(const struct assay_secrets *secrets, struct assay_error *err);

/* Overwrites and frees them. */
void assay_secrets_free(struct assay_secrets *secrets);

#endif
