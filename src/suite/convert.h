/*
 * A suite from one format into another.
 *
 * Whatever the suite was read from becomes the tree of a native suite, and that is written:
 * as YAML, as JSON, or item by item as a suite of Great Expectations. What the other format
 * cannot say is kept where only assay looks (`meta`, `gx` in a native suite; `meta`, `assay`
 * in the other), so that converting back gives the suite again, and is told as a loss.
 * Variables stay as they are written; their values are never in the output.
 */
#ifndef ASSAY_SUITE_CONVERT_H
#define ASSAY_SUITE_CONVERT_H

#include "base/buf.h"
#include "suite/origin.h"

enum assay_convert_to {
    ASSAY_CONVERT_NATIVE, /* YAML */
    ASSAY_CONVERT_NATIVE_JSON,
    ASSAY_CONVERT_GX,    /* 1.x */
    ASSAY_CONVERT_GX_OLD /* 0.18 */
};

/*
 * Appends the converted suite. `origin` is what `suite` was read from. Each thing that has
 * no equal is filed in `losses` as a warning, code CONVERT-LOSS, at its place. Errors in
 * `losses`: CONVERT-MIXED where included files follow different conventions, CONVERT-LIMIT
 * where the result would be too large or too deep to be read.
 */
void assay_convert(struct assay_suite *suite, const struct assay_origin *origin,
                   enum assay_convert_to to, struct assay_buf *out, struct assay_diags *losses);

#endif
