/*
 * A Suite as text: everything that decides what is checked and how it is reported, whatever
 * format it was read from. Checks stand in order of their ids; positions, and the names that
 * another format has for a check, are left out.
 */
#ifndef ASSAY_TESTS_SUITE_DUMP_H
#define ASSAY_TESTS_SUITE_DUMP_H

#include "suite/suite.h"

void suite_dump(const struct assay_suite *suite, struct assay_buf *out);

#endif
