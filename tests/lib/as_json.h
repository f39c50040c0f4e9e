/*
 * CSV as JSON: the same records, for tests that read data in several formats.
 */
#ifndef ASSAY_TESTS_AS_JSON_H
#define ASSAY_TESTS_AS_JSON_H

#include "suite/suite.h"

/*
 * The records of a CSV file as `array` or as lines. A value is a number where JSON has it as
 * one and its column is not declared to hold anything else, true or false where the column
 * holds booleans, null where it is one in the CSV; else a string. False where the file says
 * something that JSON cannot: malformed records, no records, columns without a name.
 */
bool as_json(const char *path, const struct assay_suite *suite, bool array, struct assay_buf *out);

#endif
