/*
 * The dialects that the SQL engine knows, each one table of facts.
 */
#ifndef ASSAY_ENGINE_DIALECT_H
#define ASSAY_ENGINE_DIALECT_H

#include "metric/sql.h"

extern const struct assay_dialect assay_dialect_clickhouse;
extern const struct assay_dialect assay_dialect_clickhouse_18;
extern const struct assay_dialect assay_dialect_mariadb;
extern const struct assay_dialect assay_dialect_odbc;
extern const struct assay_dialect assay_dialect_odbc_backtick;
extern const struct assay_dialect assay_dialect_odbc_fetch;
extern const struct assay_dialect assay_dialect_odbc_limit;
extern const struct assay_dialect assay_dialect_postgres;
extern const struct assay_dialect assay_dialect_sqlite;
extern const struct assay_dialect assay_dialect_trino;

/* By the name that a connection says; NULL: its rows are streamed. */
const struct assay_dialect *assay_dialect_find(const char *name);

#endif
