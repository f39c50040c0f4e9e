/*
 * Keywords of Great Expectations from what a native check gives. Private to gx_write.c.
 */
#ifndef ASSAY_SUITE_GX_TAKE_H
#define ASSAY_SUITE_GX_TAKE_H

#include "suite/gx_write.h"

/* A check on its way to an item. */
struct assay_gx_attempt {
    struct assay_gx_writing *writing;
    struct assay_gx_item make; /* makes nodes; `row` is tried, `given` is the kwargs */
    const struct assay_expectation *expectation;
    bool own_where;                 /* the condition says the same in other words */
    const struct assay_node *wants; /* what the native suite gives, under its own names */
};

/* Fills make.given with the keywords of the row that the check asks for. */
void assay_gx_take(struct assay_gx_attempt *attempt);

/* Whether two conditions are one expression, however they are written. */
bool assay_gx_same_condition(struct assay_loader *loader, const struct assay_node *a,
                             const struct assay_node *b);

#endif
