/*
 * CSV as a table of a MariaDB server by way of ODBC: the same records, for tests that read
 * data in several formats.
 */
#ifndef ASSAY_TESTS_AS_ODBC_H
#define ASSAY_TESTS_AS_ODBC_H

#include "suite/suite.h"

/*
 * Makes the table `data` on the server `to` (a connection string) from a CSV file: whole
 * numbers as bigint or decimal(65), numbers of one scale as decimal, others as double where
 * that is the same number, truth as bit(1), else varchar or longtext. Its key is a column
 * that nobody sees. False where the table cannot say the same as the file.
 */
bool as_odbc(const char *path, const struct assay_suite *suite, const char *to);

#endif
