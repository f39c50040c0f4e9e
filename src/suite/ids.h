/*
 * Ids of checks. Private to the loaders.
 */
#ifndef ASSAY_SUITE_IDS_H
#define ASSAY_SUITE_IDS_H

#include "suite/suite.h"

/*
 * Gives every check its id. Two equal declared ids, and two equal checks without one,
 * are filed as errors. False where memory ran out.
 */
bool assay_suite_identify(struct assay_suite *suite, struct assay_diags *diags);

#endif
