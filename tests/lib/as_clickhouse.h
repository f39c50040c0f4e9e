/*
 * CSV as a table of a ClickHouse server, or of two that are the shards of one: the same
 * records, for tests that read data in several formats.
 */
#ifndef ASSAY_TESTS_AS_CLICKHOUSE_H
#define ASSAY_TESTS_AS_CLICKHOUSE_H

#include "suite/suite.h"

/*
 * Makes the table `data` on the server `to` (clickhouse://USER:PASSWORD@HOST:PORT/DATABASE)
 * from a CSV file. Where $ASSAY_CASES_SHARD names another server, every second record goes
 * there, into `data_local`, and `data` is a Distributed table over both servers' by the
 * cluster `both`. A column is Int64, Float64 or Decimal where all its values can be that and
 * no other type is declared, else String. False where the table cannot say the same as the
 * file: what as_json refuses, columns that are numbers in some rows only, truth.
 */
bool as_clickhouse(const char *path, const struct assay_suite *suite, const char *to);

#endif
