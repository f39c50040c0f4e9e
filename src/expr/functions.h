/*
 * The functions of the expression language, one row each; private to src/expr.
 */
#ifndef ASSAY_EXPR_FUNCTIONS_H
#define ASSAY_EXPR_FUNCTIONS_H

#include "expr/eval.h"
#include "expr/node.h"

#define ASSAY_EXPR_ARGS_ANY 255

struct assay_expr_function {
    const char *name;
    uint8_t min, max; /* how many arguments it takes; max ASSAY_EXPR_ARGS_ANY: no limit */
    /*
     * One letter an argument, the last one for all that follow:
     *   n number, t text, m date or timestamp, i interval,
     *   v any value, as text,
     *   = any type, the same for all of these arguments,
     *   u a literal that names a unit of time ('day'), p a literal pattern, f its flags
     */
    const char *args;
    char result;  /* n, t, b truth, d date, s timestamp, = that of the arguments marked so */
    uint8_t unit; /* what tells functions of one evaluator apart: see there */
    assay_expr_evaluator *eval;
    const char *sql; /* in standard SQL, $1 ... for the arguments; NULL: NAME(arguments) */
    const char *help;
};

/* The row of a name in any case, or NULL. */
const struct assay_expr_function *assay_expr_function_find(struct assay_str name);

/* The name nearest to one that does not exist, or NULL. */
const char *assay_expr_function_suggest(struct assay_str name);

/* All rows, for help texts; in order of their names. */
const struct assay_expr_function *assay_expr_functions(uint32_t *count);

#endif
