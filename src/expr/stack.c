/*
 * The evaluator's memory: blocks that are kept and used again, handed out like a stack.
 */
#include "config.h"

#include "expr/eval.h"

#include <stdlib.h>

#define FIRST_BLOCK ((size_t)256 << 10)
#define ALIGN 16u

/* A block of at least `size` bytes becomes the top one. */
static enum assay_status next_block(struct assay_expr_eval *e, size_t size)
{
    struct assay_expr_stack *stack = &e->stack;
    uint32_t at = stack->block[stack->top] ? stack->top + 1 : stack->top;
    if (at < ASSAY_EXPR_STACK_BLOCKS && stack->block[at] != NULL && stack->size[at] < size) {
        free(stack->block[at]);
        stack->block[at] = NULL;
        stack->total -= stack->size[at];
    }
    if (at < ASSAY_EXPR_STACK_BLOCKS && stack->block[at] == NULL) {
        size_t want = FIRST_BLOCK << (at < 8 ? at : 8);
        want = want < size ? size : want;
        if (want > ASSAY_EXPR_STACK_MAX - stack->total)
            at = ASSAY_EXPR_STACK_BLOCKS;
        else if ((stack->block[at] = malloc(want)) == NULL)
            return assay_fail_nomem(e->err);
        else {
            stack->size[at] = want;
            stack->total += want;
        }
    }
    if (at >= ASSAY_EXPR_STACK_BLOCKS)
        return assay_fail(e->err, ASSAY_LIMIT, "EXPR-MEMORY",
                          "an expression needs more than %zu MB for its texts",
                          ASSAY_EXPR_STACK_MAX >> 20);
    stack->top = at;
    stack->used = 0;
    return ASSAY_OK;
}

enum assay_status assay_expr_stack_alloc(struct assay_expr_eval *e, size_t size, void **out)
{
    struct assay_expr_stack *stack = &e->stack;
    size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (stack->block[stack->top] == NULL || size > stack->size[stack->top] - stack->used)
        ASSAY_TRY(next_block(e, size));
    *out = stack->block[stack->top] + stack->used;
    stack->used += size;
    return ASSAY_OK;
}

void assay_expr_stack_free(struct assay_expr_stack *stack)
{
    for (uint32_t i = 0; i < ASSAY_EXPR_STACK_BLOCKS; i++)
        free(stack->block[i]);
    *stack = (struct assay_expr_stack){0};
}
