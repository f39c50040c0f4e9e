/*
 * Data source names taken apart: `scheme:[//[user[:password]@]host[:port]]path[?name=value&…]`.
 *
 * Nothing is decoded and nothing copied: the parts are views of the text, percent signs
 * and all. A part that is not there has ptr NULL.
 */
#ifndef ASSAY_BASE_DSN_H
#define ASSAY_BASE_DSN_H

#include "base/buf.h"

#include <stdbool.h>

struct assay_dsn {
    struct assay_str scheme;
    bool authority; /* there is a `//` */
    struct assay_str user;
    struct assay_str password; /* a secret */
    struct assay_str host;     /* [::1] without its brackets; with ports where there are several */
    struct assay_str port;
    struct assay_str path;  /* with the slash that follows an authority */
    struct assay_str query; /* behind the question mark */
};

/*
 * The scheme that a text begins with, a letter and then letters, digits, `+`, `-` and `.`,
 * at least two characters and a colon; ptr NULL where it begins with none.
 */
struct assay_str assay_dsn_scheme(struct assay_str text);

/* False where there is no scheme, or the text holds a control character. */
bool assay_dsn_split(struct assay_str text, struct assay_dsn *out);

/* Takes the next parameter off a query; false at its end. The value may be missing: empty. */
bool assay_dsn_next_param(struct assay_str *query, struct assay_str *name, struct assay_str *value);

/*
 * Where the `?` of the query is, which is not one within the quotes of `name='value'`, or of
 * ODBC's `name={value}`; or the end.
 */
size_t assay_dsn_query_at(struct assay_str text);

/*
 * Appends a value as one value of `name=value name=value` (of ODBC, `name=value;name=value`),
 * which is what `before` it is where that ends in `=`, `='` or `={`: what would end the value
 * is escaped, and where `before` has no quote yet, what needs them is put between quotes
 * (braces). False where it is not, with nothing appended.
 */
bool assay_dsn_put_setting(struct assay_str before, struct assay_str value, struct assay_buf *out);

/*
 * Appends the text with %XX decoded; a percent sign without two digits behind it stands
 * for itself, and `+` too.
 */
void assay_dsn_decode(struct assay_str text, struct assay_buf *out);

#endif
