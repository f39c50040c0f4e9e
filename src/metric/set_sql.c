/*
 * Lists of a suite as SQL.
 */
#include "config.h"

#include "metric/set.h"
#include "metric/sql.h"

static bool put_member(struct assay_sql_ask *ask, const struct assay_scalar *member, bool number,
                       struct assay_buf *out)
{
    struct assay_numref value = assay_numref(member->text);
    if (number)
        return assay_sql_number(&value, out);
    return ask->literal(ask->context, member->text, out);
}

/* Whether all members are numbers, or all texts, as the column's type takes them. */
static bool all_are(const struct assay_scalars *members, enum assay_scalar_kind kind)
{
    for (uint32_t i = 0; i < members->count; i++)
        if (members->items[i].kind != kind)
            return false;
    return true;
}

const char *assay_set_sql(const struct assay_scalars *members, bool fold, struct assay_sql_ask *ask)
{
    const struct assay_sql_column *column = &ask->columns[0];
    enum assay_type type = column->field != NULL ? column->field->type : ASSAY_TYPE_NONE;
    bool number = assay_type_is_numeric(type) ||
                  (type == ASSAY_TYPE_NONE && all_are(members, ASSAY_SCALAR_NUMBER));
    bool text = type == ASSAY_TYPE_STRING ||
                (type == ASSAY_TYPE_NONE && all_are(members, ASSAY_SCALAR_STRING));
    struct assay_buf list;
    if (fold || (!number && !text)) {
        assay_sql_no(ask, "the values are compared in a way of assay's own");
        return NULL;
    }
    if (!assay_sql_all(ask, column, number ? ask->dialect->number : ask->dialect->text,
                       number ? "values are not all plain numbers" : "values are not all text"))
        return NULL;
    assay_buf_init(&list, (size_t)1 << 20);
    bool good = true;
    for (uint32_t i = 0; i < members->count && good; i++) {
        assay_buf_puts(&list, i > 0 ? ", " : "");
        good = put_member(ask, &members->items[i], number, &list);
    }
    const char *sql =
        good && !list.failed
            ? assay_sql_text(ask, "(%s IN (%s))",
                             number ? column->sql
                                    : assay_sql_fill(ask, ask->dialect->bytewise, column->sql),
                             list.ptr)
            : NULL;
    assay_buf_free(&list);
    if (sql == NULL)
        assay_sql_no(ask, "a value of the list cannot be written in SQL exactly");
    return sql;
}
