/*
 * A native suite as one of Great Expectations.
 */
#ifndef ASSAY_SUITE_CONVERT_GX_H
#define ASSAY_SUITE_CONVERT_GX_H

#include "suite/gx_write.h"

/*
 * The suite as a tree. What has no equal stands under meta, assay, and is filed in `losses`
 * where it is about what is checked. NULL: no memory.
 */
struct assay_node *assay_convert_gx(struct assay_gx_writing *writing, struct assay_node *native,
                                    struct assay_diags *losses);

/* Files that something at `at` has no equal. */
void assay_convert_lose(struct assay_diags *losses, const struct assay_node *at, const char *help,
                        const char *format, ...) ASSAY_PRINTF(4, 5);

#endif
