/*
 * Variables in a document: ${NAME} and ${NAME:-default}.
 *
 * They are put in after parsing, and only into the text of scalars that are text, so a
 * value can never add a key, a list item or a line of YAML; keys stay as they are. It is
 * done once: what a variable holds is not looked at again. NAME is a letter or '_', then
 * letters, digits and '_'. The default, everything up to the next '}', stands in for a
 * variable that is unset or empty.
 *
 * A '$' that no '{' follows is just a '$', as in the regex ^a$. Of a run of '$' before
 * a '{' each two become one: $${NAME} is the text ${NAME}.
 *
 * A plain YAML scalar that is wholly one ${NAME} is typed by the core schema once the
 * value is in, so `min: ${MIN}` can be a number; every other one stays text. Quoted and
 * JSON ones stay text as well, with node->interpolated set, for a loader that wants a
 * number there to ask assay_scalar_kind.
 *
 * Errors, at the place of the variable and never with its value: SUITE-VAR for one that
 * is unset, misspelt or not UTF-8; SUITE-LIMIT where the texts grow past a limit.
 */
#ifndef ASSAY_SUITE_INTERP_H
#define ASSAY_SUITE_INTERP_H

#include "suite/node.h"

#define ASSAY_VARIABLES_BYTES ((size_t)4 << 20)

struct assay_variable; /* suite/suite.h */

struct assay_variables {
    const struct assay_variable *items; /* looked at first; the last of one name counts */
    size_t count;
    const char *(*lookup)(void *ctx, const char *name); /* then this; NULL: nothing more */
    void *ctx;
};

/* The lookup of the process environment; `ctx` is not used. */
const char *assay_variables_environment(void *ctx, const char *name);

/*
 * Replaces the variables in the node and all below it; what stood there is kept in
 * node->written. All problems are filed in `diags`.
 */
void assay_node_interpolate(struct assay_node *node, struct assay_arena *arena,
                            const struct assay_variables *variables, struct assay_diags *diags);

#endif
