/*
 * What other files of the evaluator need of numbers, private to src/expr.
 */
#ifndef ASSAY_EXPR_EVAL_NUMBER_H
#define ASSAY_EXPR_EVAL_NUMBER_H

#include "expr/eval.h"

/* The value as an integer of 64 bits; false where it is none. */
bool assay_expr_vec_integer(const struct assay_expr_vec *v, uint32_t row, int64_t *out);

/* Puts the number that a text is, or a fault where it is none. */
enum assay_status assay_expr_numbers_text(struct assay_expr_eval *e,
                                          struct assay_expr_numbers *numbers,
                                          const struct assay_expr_node *node, uint32_t row,
                                          struct assay_str text);

#endif
