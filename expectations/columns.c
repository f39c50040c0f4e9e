/*
 * columns: which columns the source has.
 *
 * `exactly` names all of them (in that order with `ordered`), `include` some that must
 * be there, `exclude` some that must not. Names are compared bytewise.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/metrics.h"

#include <stdlib.h>

struct args {
    struct assay_strs exactly, include, exclude;
    bool ordered;
};

static const struct assay_param params[] = {
    {"exactly", ASSAY_PARAM_COLUMNS, ASSAY_PARAM_ONE_OF | ASSAY_PARAM_MAIN, NULL, NULL,
     offsetof(struct args, exactly), "all the columns there are"},
    {"ordered", ASSAY_PARAM_BOOL, 0, "false", NULL, offsetof(struct args, ordered),
     "`exactly` also says in which order"},
    {"include", ASSAY_PARAM_COLUMNS, ASSAY_PARAM_ONE_OF, NULL, NULL, offsetof(struct args, include),
     "columns that must be there"},
    {"exclude", ASSAY_PARAM_COLUMNS, ASSAY_PARAM_ONE_OF, NULL, NULL, offsetof(struct args, exclude),
     "columns that must not be there"},
};

static bool among_names(const struct assay_strs *names, struct assay_str name)
{
    for (uint32_t i = 0; i < names->count; i++)
        if (assay_str_equal(names->items[i], name))
            return true;
    return false;
}

static bool among_found(const struct assay_value *found, struct assay_str name)
{
    for (size_t i = 0; i < found->count; i++)
        if (assay_str_equal(found->items[i].text, name))
            return true;
    return false;
}

/* Appends `what: a, b` to the message for the names that are (not) among the found ones. */
static void list_names(struct assay_buf *message, const char *what, const struct assay_strs *names,
                       const struct assay_value *found, bool wanted)
{
    bool any = false;
    for (uint32_t i = 0; i < names->count; i++) {
        if (among_found(found, names->items[i]) == wanted)
            continue;
        assay_buf_puts(message, any ? ", " : message->len ? "; " : "");
        assay_buf_puts(message, any ? "" : what);
        assay_buf_str(message, names->items[i]);
        any = true;
    }
}

static void list_extra(struct assay_buf *message, const struct assay_strs *names,
                       const struct assay_value *found)
{
    bool any = false;
    for (size_t i = 0; i < found->count; i++) {
        if (among_names(names, found->items[i].text))
            continue;
        assay_buf_puts(message, any ? ", " : message->len ? "; " : "");
        assay_buf_puts(message, any ? "" : "unexpected ");
        assay_buf_str(message, found->items[i].text);
        any = true;
    }
}

static void compare_order(struct assay_buf *message, const struct assay_strs *names,
                          const struct assay_value *found)
{
    for (uint32_t i = 0; i < names->count && i < found->count; i++)
        if (!assay_str_equal(names->items[i], found->items[i].text)) {
            assay_buf_printf(message, "column %u is %.*s, not %.*s", i + 1,
                             (int)found->items[i].text.len, found->items[i].text.ptr,
                             (int)names->items[i].len, names->items[i].ptr);
            return;
        }
}

static struct assay_value text_value(struct assay_str text)
{
    return (struct assay_value){.kind = text.ptr ? ASSAY_VALUE_STRING : ASSAY_VALUE_NULL,
                                .text = text};
}

/* For each place where another name stands than should: {index, expected, found}. */
static struct assay_value misplaced(const struct assay_strs *names, const struct assay_value *found,
                                    struct assay_arena *arena)
{
    static const struct assay_str keys[] = {{"index", 5}, {"expected", 8}, {"found", 5}};
    size_t most = names->count > found->count ? names->count : found->count;
    struct assay_value *rows = assay_arena_array(arena, most + 1, sizeof *rows);
    struct assay_value *cells = assay_arena_array(arena, most * 3 + 1, sizeof *cells);
    struct assay_value list = {.kind = ASSAY_VALUE_LIST, .items = rows};
    for (size_t i = 0; rows != NULL && cells != NULL && i < most; i++) {
        struct assay_str want = i < names->count ? names->items[i] : assay_str(NULL, 0);
        struct assay_str have = i < found->count ? found->items[i].text : assay_str(NULL, 0);
        if (want.ptr != NULL && have.ptr != NULL && assay_str_equal(want, have))
            continue;
        cells[0] = assay_value_count(arena, i);
        cells[1] = text_value(want);
        cells[2] = text_value(have);
        rows[list.count++] =
            (struct assay_value){.kind = ASSAY_VALUE_MAP, .count = 3, .items = cells, .keys = keys};
        cells += 3;
    }
    return list;
}

static int compare_texts(const void *a, const void *b)
{
    const struct assay_value *x = a, *y = b;
    return assay_str_compare(x->text, y->text);
}

/* The columns that are found but not named, or the other way round, sorted. */
static struct assay_value difference(const struct assay_strs *names,
                                     const struct assay_value *found, bool missing,
                                     struct assay_arena *arena)
{
    size_t most = missing ? names->count : found->count;
    struct assay_value *items = assay_arena_array(arena, most + 1, sizeof *items);
    struct assay_value list = {.kind = ASSAY_VALUE_LIST, .items = items};
    for (size_t i = 0; items != NULL && i < most; i++) {
        struct assay_str name = missing ? names->items[i] : found->items[i].text;
        if (missing ? !among_found(found, name) : !among_names(names, name))
            items[list.count++] = text_value(name);
    }
    if (items != NULL)
        qsort(items, list.count, sizeof *items, compare_texts);
    return list;
}

/* In the details, `mismatched`: what is not as named. */
static void describe(const struct args *args, const struct assay_value *found,
                     struct assay_arena *arena, struct assay_outcome *out)
{
    static const struct assay_str top[] = {{"mismatched", 10}};
    static const struct assay_str kinds[] = {{"unexpected", 10}, {"missing", 7}};
    bool all = args->exactly.items != NULL;
    const struct assay_strs *names = all ? &args->exactly : &args->include;
    struct assay_value *value = assay_arena_alloc(arena, sizeof *value);
    struct assay_value *lists = assay_arena_array(arena, 2, sizeof *lists);
    struct assay_str *keys = assay_arena_array(arena, 2, sizeof *keys);
    if (value == NULL || lists == NULL || keys == NULL || names->items == NULL)
        return;
    if (args->ordered)
        *value = misplaced(names, found, arena);
    else {
        *value = (struct assay_value){.kind = ASSAY_VALUE_MAP, .items = lists, .keys = keys};
        for (int i = 0; i < 2; i++) {
            lists[value->count] = difference(names, found, i == 1, arena);
            keys[value->count] = kinds[i];
            value->count += lists[value->count].count != 0;
        }
    }
    if (value->count != 0)
        out->details =
            (struct assay_value){.kind = ASSAY_VALUE_MAP, .count = 1, .items = value, .keys = top};
}

static void judge(const struct assay_check *check, const struct assay_measure *const *measures,
                  const struct assay_judge_env *env, struct assay_outcome *out)
{
    const struct args *args = check->args;
    const struct assay_value *found = &measures[0]->value;
    struct assay_buf message;
    assay_buf_init(&message, 65536);
    list_names(&message, "missing ", &args->exactly, found, true);
    if (args->exactly.items != NULL)
        list_extra(&message, &args->exactly, found);
    if (args->ordered && message.len == 0)
        compare_order(&message, &args->exactly, found);
    list_names(&message, "missing ", &args->include, found, true);
    list_names(&message, "unwanted ", &args->exclude, found, false);
    env->arena->failed |= message.nomem;
    out->level = message.len || message.failed ? ASSAY_LEVEL_FAIL : ASSAY_LEVEL_PASS;
    if (message.len)
        assay_outcome_say(out, env, "%s", message.ptr);
    out->observed = *found;
    describe(args, found, env->arena, out);
    assay_buf_free(&message);
}

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct args *args = check->args;
    if (args->exactly.items != NULL)
        assay_buf_printf(out, "columns are the %u named%s", args->exactly.count,
                         args->ordered ? ", in order" : "");
    if (args->include.items != NULL)
        assay_buf_printf(out, "%scolumns include the %u named", args->exactly.items ? "; " : "",
                         args->include.count);
    if (args->exclude.items != NULL)
        assay_buf_printf(out, "%scolumns exclude the %u named",
                         args->exactly.items || args->include.items ? "; " : "",
                         args->exclude.count);
}

const struct assay_expectation assay_expectation_columns = {
    .name = "columns",
    .summary = "the columns are those that are named",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_TABLE,
    .traits = ASSAY_TRAIT_NO_WHERE,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "columns: {exactly: [a, b, c], ordered: true}",
    .metric = &assay_metric_columns,
    .judge = judge,
    .title = title,
};
