/*
 * Names and orders of the types.
 */
#include "config.h"

#include "data/type.h"

static const char *const names[ASSAY_TYPE_COUNT] = {
    [ASSAY_TYPE_NONE] = "none",           [ASSAY_TYPE_INTEGER] = "integer",
    [ASSAY_TYPE_DECIMAL] = "decimal",     [ASSAY_TYPE_NUMBER] = "number",
    [ASSAY_TYPE_BOOLEAN] = "boolean",     [ASSAY_TYPE_DATE] = "date",
    [ASSAY_TYPE_TIMESTAMP] = "timestamp", [ASSAY_TYPE_TIME] = "time",
    [ASSAY_TYPE_UUID] = "uuid",           [ASSAY_TYPE_JSON] = "json",
    [ASSAY_TYPE_STRING] = "string",
};

const char *assay_type_name(enum assay_type type)
{
    return (unsigned)type < ASSAY_TYPE_COUNT ? names[type] : "none";
}

enum assay_type assay_type_find(struct assay_str name)
{
    for (int type = ASSAY_TYPE_NONE + 1; type < ASSAY_TYPE_COUNT; type++)
        if (assay_str_is(name, names[type]))
            return (enum assay_type)type;
    return ASSAY_TYPE_COUNT;
}

enum assay_order assay_type_order(enum assay_type type)
{
    if (assay_type_is_time(type))
        return ASSAY_ORDER_TIME;
    if (type == ASSAY_TYPE_NONE || assay_type_is_numeric(type))
        return ASSAY_ORDER_NUMBER;
    return ASSAY_ORDER_TEXT;
}
