/*
 * CSV as a table of an SQLite database: the same records, for tests that read data in
 * several formats.
 */
#ifndef ASSAY_TESTS_AS_SQLITE_H
#define ASSAY_TESTS_AS_SQLITE_H

#include "suite/suite.h"

/*
 * Makes the database `to` with the table `data` from a CSV file. Values are what as_json
 * makes of them: whole numbers, reals, true and false as 1 and 0 in a column declared
 * BOOLEAN, NULL, else text. False where the table cannot say the same as the file: what
 * as_json refuses, numbers that are neither int64 nor double, names that differ in case only.
 */
bool as_sqlite(const char *path, const struct assay_suite *suite, const char *to);

#endif
