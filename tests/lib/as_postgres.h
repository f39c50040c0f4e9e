/*
 * CSV as a table of a PostgreSQL server: the same records, for tests that read data in
 * several formats.
 */
#ifndef ASSAY_TESTS_AS_POSTGRES_H
#define ASSAY_TESTS_AS_POSTGRES_H

#include "suite/suite.h"

/*
 * Makes the table `data` on the server `to` (a connection string) from a CSV file. A column
 * is numeric where all its values are numbers and no other type is declared, boolean where
 * it is declared so and all are true or false, else text. False where the table cannot say
 * the same as the file: what as_json refuses, and columns that are numbers in some rows
 * only.
 */
bool as_postgres(const char *path, const struct assay_suite *suite, const char *to);

#endif
