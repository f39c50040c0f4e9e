/*
 * Gathering what metrics ask of a database.
 */
#include "config.h"

#include "metric/sql.h"

#include "metric/same.h"

#include <stdarg.h>

bool assay_sql_no(struct assay_sql_ask *ask, const char *why)
{
    ask->why = why;
    return false;
}

const char *assay_sql_text(struct assay_sql_ask *ask, const char *format, ...)
{
    struct assay_buf buf;
    va_list ap;
    assay_buf_init(&buf, (size_t)1 << 20);
    va_start(ap, format);
    assay_buf_vprintf(&buf, format, ap);
    va_end(ap);
    char *copy = buf.failed ? NULL : assay_arena_strdup(ask->select->arena, assay_buf_view(&buf));
    assay_buf_free(&buf);
    ask->select->nomem |= copy == NULL;
    return copy != NULL ? copy : "";
}

const char *assay_sql_fill(struct assay_sql_ask *ask, const char *text, const char *argument)
{
    struct assay_buf buf;
    assay_buf_init(&buf, (size_t)1 << 20);
    for (; *text != '\0'; text++) {
        bool mark = text[0] == '$' && text[1] == '1';
        if (mark)
            assay_buf_puts(&buf, argument);
        else
            assay_buf_putc(&buf, *text);
        text += mark;
    }
    const char *filled = assay_sql_text(ask, "%s", buf.ptr != NULL ? buf.ptr : "");
    ask->select->nomem |= buf.failed;
    assay_buf_free(&buf);
    return filled;
}

/* Room for one more; false without memory. */
static bool grow(struct assay_sql_select *select, void **array, uint32_t count, uint32_t *room,
                 size_t size)
{
    if (count < *room)
        return true;
    uint32_t bigger = *room != 0 ? *room * 2 : 32;
    void *fresh = assay_arena_array(select->arena, bigger, size);
    select->nomem |= fresh == NULL;
    if (fresh == NULL)
        return false;
    if (count > 0)
        memcpy(fresh, *array, count * size);
    *array = fresh;
    *room = bigger;
    return true;
}

static uint32_t find_item(struct assay_sql_select *select, struct assay_str text)
{
    for (uint32_t i = 0; i < select->item_count; i++)
        if (assay_str_equal(select->items[i], text))
            return i;
    if (!grow(select, (void **)&select->items, select->item_count, &select->item_room,
              sizeof *select->items))
        return 0;
    select->items[select->item_count] = text;
    return select->item_count++;
}

void assay_sql_item(struct assay_sql_ask *ask, const char *aggregate)
{
    if (ask->slot_count == ASSAY_SQL_SLOTS) {
        ask->select->nomem = true; /* more than any metric asks for */
        return;
    }
    ask->slots[ask->slot_count++] = find_item(ask->select, assay_cstr(aggregate));
}

static const char *counted(struct assay_sql_ask *ask, const char *condition)
{
    bool all = condition[0] == '\0';
    if (ask->filter == NULL && all)
        return "COUNT(*)";
    if (ask->filter == NULL || all)
        return assay_sql_text(ask, "COUNT(CASE WHEN %s THEN 1 END)", all ? ask->filter : condition);
    return assay_sql_text(ask, "COUNT(CASE WHEN %s AND %s THEN 1 END)", ask->filter, condition);
}

void assay_sql_count(struct assay_sql_ask *ask, const char *condition)
{
    assay_sql_item(ask, counted(ask, condition));
}

void assay_sql_guard_item(struct assay_sql_ask *ask, const char *item)
{
    if (ask->guard_count == ASSAY_SQL_SLOTS) {
        ask->select->nomem = true;
        return;
    }
    ask->guards[ask->guard_count++] = find_item(ask->select, assay_cstr(item));
}

void assay_sql_guard(struct assay_sql_ask *ask, const char *condition)
{
    assay_sql_guard_item(
        ask, assay_sql_text(ask, "COUNT(CASE WHEN %s THEN NULL ELSE 1 END)", condition));
}

void assay_sql_groups(struct assay_sql_ask *ask, const char *keys, const char *where)
{
    struct assay_sql_select *select = ask->select;
    ask->keys = keys;
    ask->where = where;
    for (uint32_t i = 0; i < select->group_count; i++)
        if (assay_str_is(select->groups[i].keys, keys) &&
            assay_str_is(select->groups[i].where, where)) {
            ask->group = (int)i;
            return;
        }
    if (!grow(select, (void **)&select->groups, select->group_count, &select->group_room,
              sizeof *select->groups))
        return;
    ask->group = (int)select->group_count;
    select->groups[select->group_count++] =
        (struct assay_sql_groups){assay_cstr(keys), assay_cstr(where)};
}

void assay_sql_values(struct assay_sql_ask *ask, const char *key, const char *where)
{
    assay_sql_groups(ask, key, where);
    ask->values = true;
}

const char *assay_sql_key(struct assay_sql_ask *ask, const struct assay_sql_column *column)
{
    enum assay_type type = column->field != NULL ? column->field->type : ASSAY_TYPE_NONE;
    const struct assay_dialect *dialect = ask->dialect;
    bool number = assay_type_is_numeric(type), any = type == ASSAY_TYPE_NONE;
    if (!assay_sql_all(ask, column,
                       any      ? dialect->keyed
                       : number ? dialect->number
                                : dialect->text,
                       any      ? "values are of kinds that group differently"
                       : number ? "values are not all plain numbers"
                                : "values are not all text"))
        return NULL;
    if (assay_same_is_canonical(assay_same_by(column->field, false))) {
        assay_sql_no(ask, "the same value may be spelt in several ways");
        return NULL;
    }
    const char *form = dialect->grouped != NULL ? dialect->grouped : dialect->bytewise;
    bool itself = number || (dialect->grouped != NULL && column->cls == ASSAY_DB_INTEGER);
    return itself ? column->sql : assay_sql_fill(ask, form, column->sql);
}

const char *assay_sql_both(struct assay_sql_ask *ask, const char *a, const char *b)
{
    if (a == NULL || a[0] == '\0')
        return b != NULL ? b : "";
    return b == NULL || b[0] == '\0' ? a : assay_sql_text(ask, "%s AND %s", a, b);
}

bool assay_sql_all(struct assay_sql_ask *ask, const struct assay_sql_column *column,
                   const char *const table[ASSAY_DB_CLASSES], const char *why)
{
    const char *text = table[column->cls];
    if (text == NULL)
        return assay_sql_no(ask, why);
    if (text[0] == '\0')
        return true;
    assay_sql_guard(ask, assay_sql_text(ask, "%s IS NULL OR %s", column->sql,
                                        assay_sql_fill(ask, text, column->sql)));
    if (ask->why == NULL)
        ask->why = why;
    return true;
}

const char *assay_sql_is(struct assay_sql_ask *ask, const struct assay_sql_column *column,
                         const char *const table[ASSAY_DB_CLASSES])
{
    const char *text = table[column->cls];
    if (text == NULL)
        return "1 = 0";
    return text[0] != '\0' ? assay_sql_fill(ask, text, column->sql)
                           : assay_sql_text(ask, "%s IS NOT NULL", column->sql);
}

bool assay_sql_number(const struct assay_numref *number, struct assay_buf *out)
{
    /* Up to 15 digits a double is that number and no other's; whole ones are exact longer. */
    int64_t size = number->mantissa < 0 ? -number->mantissa : number->mantissa;
    if (!assay_number_is_small(number->code) ||
        (number->code != 0 && size >= INT64_C(1000000000000000)))
        return false;
    assay_number_text(number, out);
    return !out->failed;
}

struct assay_str assay_sql_answer(const struct assay_sql_answers *answers, uint32_t slot)
{
    return answers->items[answers->ask->slots[slot]];
}

uint64_t assay_sql_u64(const struct assay_sql_answers *answers, uint32_t slot)
{
    struct assay_str text = assay_sql_answer(answers, slot);
    uint64_t value = 0;
    for (size_t i = 0; i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9'; i++)
        value = value * 10 + (uint64_t)(text.ptr[i] - '0');
    return value;
}
