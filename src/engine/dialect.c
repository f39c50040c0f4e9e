/*
 * The list of dialects.
 */
#include "config.h"

#include "engine/dialect.h"

static const struct assay_dialect *const dialects[] = {
    &assay_dialect_clickhouse, &assay_dialect_clickhouse_18, &assay_dialect_mariadb,
    &assay_dialect_odbc,       &assay_dialect_odbc_backtick, &assay_dialect_odbc_fetch,
    &assay_dialect_odbc_limit, &assay_dialect_postgres,      &assay_dialect_sqlite,
    &assay_dialect_trino,
};

const struct assay_dialect *assay_dialect_find(const char *name)
{
    for (size_t i = 0; name != NULL && i < sizeof dialects / sizeof *dialects; i++)
        if (strcmp(dialects[i]->name, name) == 0)
            return dialects[i];
    return NULL;
}
