/*
 * stored_type: the column holds one of several types, as the data itself has them.
 *
 * Where all values are whole numbers without nulls the column is `integer`; where they are
 * numbers, or whole numbers with nulls among them, or in CSV nothing but nulls, `number`; where all
 * are booleans, `boolean`: so a data frame would store them, and the verdict is about the
 * column. Otherwise each value has a type of its own: of a format with kinds (JSON) its kind,
 * of CSV text, and every value has to be of one of the types; row counts then add up. `any`
 * is such a mixed column itself; `integers`, `numbers` and `booleans` are a column of nothing
 * else, never one value of a mixed one. To hold values to a notation use `type`.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/needs.h"
#include "metric/metrics.h"

enum stored {
    STORED_INTEGER,
    STORED_NUMBER,
    STORED_BOOLEAN,
    STORED_STRING,
    STORED_TIMESTAMP,
    STORED_ARRAY,
    STORED_OBJECT,
    STORED_NULL,
    STORED_ANY,
    STORED_INTEGERS, /* the whole column, in the order of the first three */
    STORED_NUMBERS,
    STORED_BOOLEANS,
    STORED_COUNT
};

static const char *const names[STORED_COUNT] = {"integer",   "number",   "boolean", "string",
                                                "timestamp", "array",    "object",  "null",
                                                "any",       "integers", "numbers", "booleans"};

/* What a data frame calls a column of one type throughout. */
static const char *const frame_names[] = {"int64", "float64", "bool_"};

struct args {
    struct assay_scalars types;
    unsigned allowed; /* bits by enum stored */
};

static const struct assay_param params[] = {
    {"types", ASSAY_PARAM_SCALARS, ASSAY_PARAM_MAIN | ASSAY_PARAM_REQUIRED, NULL, NULL,
     offsetof(struct args, types),
     "integer, number, boolean, string, timestamp, array, object, null, any, integers, numbers or "
     "booleans"},
};

static enum assay_status prepare(void *arguments, struct assay_prepare *prepare,
                                 struct assay_error *err)
{
    struct args *args = arguments;
    for (uint32_t i = 0; i < args->types.count; i++) {
        unsigned t = 0;
        while (t < STORED_COUNT && !assay_str_is(args->types.items[i].text, names[t]))
            t++;
        if (t == STORED_COUNT) {
            prepare->param = "types";
            assay_fail(err, ASSAY_CONFIG, "SUITE-CHOICE", "there is no stored type \"%.*s\"",
                       (int)args->types.items[i].text.len, args->types.items[i].text.ptr);
            assay_error_help(err, "one of integer, number, boolean, string, timestamp, array, "
                                  "object, null, any, integers, numbers, booleans");
            return ASSAY_CONFIG;
        }
        args->allowed |= 1u << t;
    }
    return ASSAY_OK;
}

static enum stored type_of(const struct assay_column *column, uint32_t row)
{
    struct assay_str text = assay_column_text(column, row);
    switch (column->kind ? (enum assay_kind)column->kind[row] : ASSAY_KIND_TEXT) {
    case ASSAY_KIND_NUMBER:
        return memchr(text.ptr, '.', text.len) || memchr(text.ptr, 'e', text.len) ||
                       memchr(text.ptr, 'E', text.len)
                   ? STORED_NUMBER
                   : STORED_INTEGER;
    case ASSAY_KIND_BOOLEAN: return STORED_BOOLEAN;
    case ASSAY_KIND_ARRAY: return STORED_ARRAY;
    case ASSAY_KIND_OBJECT: return STORED_OBJECT;
    default: return STORED_STRING;
    }
}

static enum assay_status test(const void *arguments, void *scratch, const struct assay_slice *slice,
                              uint64_t *violations, struct assay_predicate_fault *fault,
                              struct assay_error *err)
{
    const struct args *args = arguments;
    (void)scratch, (void)fault, (void)err;
    ASSAY_BITS_EACH(slice->mask, slice->rows, row, {
        if (!(args->allowed >> type_of(slice->columns[0], row) & 1))
            assay_bit_set(violations, row);
    })
    return ASSAY_OK;
}

static const struct assay_predicate predicate = {
    .name = "stored_type",
    .considers = ASSAY_CONSIDER_PRESENT,
    .test = test,
};

static enum assay_status needs(const struct assay_check *check, struct assay_needs *needs,
                               struct assay_error *err)
{
    ASSAY_TRY(assay_need_violations(needs, check, &predicate, check->args, err));
    /* The type is that of the whole column, whatever rows a filter picks. */
    int slot = assay_need(needs, &(struct assay_metric_spec){
                                     .metric = &assay_metric_kinds,
                                     .columns = check->columns,
                                     .column_count = check->column_count,
                                     .depends = -1,
                                 });
    return slot < 0 ? assay_fail_nomem(err) : ASSAY_OK;
}

/* The type of a column that has only one; STORED_ANY: its values have types of their own. */
static enum stored column_type(const struct assay_kinds_detail *kinds)
{
    if (kinds->others)
        return STORED_ANY;
    if (kinds->booleans)
        return kinds->nulls || kinds->integers || kinds->numbers ? STORED_ANY : STORED_BOOLEAN;
    if (!kinds->integers && !kinds->numbers && kinds->of_kinds)
        return STORED_ANY; /* nothing but null, which is no number where there are kinds */
    return kinds->numbers || kinds->nulls || !kinds->integers ? STORED_NUMBER : STORED_INTEGER;
}

static void judge(const struct assay_check *check, const struct assay_measure *const *measures,
                  const struct assay_judge_env *env, struct assay_outcome *out)
{
    const struct args *args = check->args;
    enum stored type = column_type(measures[1]->detail);
    if (!args->types.given || (type == STORED_ANY && !(args->allowed >> STORED_ANY & 1))) {
        assay_judge_rows(check, measures[0], env, out);
        return;
    }
    const char *name = type == STORED_ANY ? "object_" : frame_names[type];
    bool allowed = (args->allowed >> type & 1) ||
                   (type <= STORED_BOOLEAN && (args->allowed >> (STORED_INTEGERS + type) & 1));
    out->level = allowed ? ASSAY_LEVEL_PASS : ASSAY_LEVEL_FAIL;
    out->observed = assay_value_text(env->arena, assay_cstr(name));
    assay_outcome_say(out, env, "the column is %s%s", names[type],
                      type == STORED_NUMBER && out->level == ASSAY_LEVEL_FAIL
                          ? ": whole numbers with nulls among them are stored as numbers"
                          : "");
}

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct args *args = check->args;
    assay_buf_puts(out, "is stored as ");
    for (uint32_t i = 0; i < args->types.count; i++) {
        assay_buf_puts(out, i ? " or " : "");
        assay_buf_str(out, args->types.items[i].text);
    }
}

const struct assay_expectation assay_expectation_stored_type = {
    .name = "stored_type",
    .summary = "the column holds one of several types, as stored",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_COLUMN,
    .traits = ASSAY_TRAIT_ROWWISE,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "stored_type: [integer, number]",
    .prepare = prepare,
    .needs = needs,
    .judge = judge,
    .title = title,
};
