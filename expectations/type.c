/*
 * type: every value is of a type. A column's declared `type` is this expectation.
 *
 *   integer                  a number without a fraction: 1, 1.0, 1e3
 *   decimal                  any finite number; number: NaN and the infinities too
 *   boolean                  true or false in any case
 *   date, timestamp, time    ISO 8601, or the column's declared format
 *   uuid, json               as metric/formats.h has them
 *   string                   any text
 *
 * Where the format has kinds (JSON), a number has to be a number there, a boolean a
 * boolean, and everything else a string; the message then says which kinds there are.
 * Nulls are not considered. Exact; row counts
 * add up.
 */
#include "config.h"

#include "metric/formats.h"
#include "metric/judge.h"
#include "metric/metrics.h"
#include "metric/sql.h"

#include <strings.h>

struct args {
    int is; /* index into `types` */
    enum assay_type type;
    bool viewed; /* the column is declared so: its parsed times are the answer */
};

static const char *const types[] = {"integer", "decimal", "number", "boolean", "date", "timestamp",
                                    "time",    "uuid",    "json",   "string",  NULL};

static const struct assay_param params[] = {
    {"is", ASSAY_PARAM_CHOICE, ASSAY_PARAM_MAIN | ASSAY_PARAM_REQUIRED, NULL, types,
     offsetof(struct args, is), "what the values have to be"},
};

static enum assay_status prepare(void *arguments, struct assay_prepare *prepare,
                                 struct assay_error *err)
{
    struct args *args = arguments;
    (void)err;
    args->type = assay_type_find(assay_cstr(types[args->is]));
    args->viewed = prepare->check->type == args->type;
    return ASSAY_OK;
}

/* Whether a number that no two integers hold has no digits behind the point. */
static bool is_whole(struct assay_column *column, uint32_t row)
{
    struct assay_numref number = assay_column_numref(column, row);
    int64_t mantissa = number.mantissa;
    if (assay_number_is_small(number.code)) {
        for (unsigned i = 0; i < number.code; i++, mantissa /= 10)
            if (mantissa % 10 != 0)
                return false;
        return true;
    }
    size_t cap = number.text.len + ASSAY_NUM_KEY_MAX;
    char *key = number.code == ASSAY_NUM_BIG ? assay_arena_scratch(column->arena, cap) : NULL;
    size_t len = key ? assay_number_canonical(&number, key, cap) : 0;
    return len != 0 && memmem(key, len, "e-", 2) == NULL;
}

static enum assay_status test_numbers(const struct args *args, const struct assay_slice *slice,
                                      uint64_t *violations, struct assay_error *err)
{
    struct assay_column *column = slice->columns[0];
    const struct assay_numbers *numbers = assay_column_numbers(column);
    if (numbers == NULL)
        return assay_fail_nomem(err);
    uint8_t most = args->type == ASSAY_TYPE_INTEGER   ? 0
                   : args->type == ASSAY_TYPE_DECIMAL ? ASSAY_NUM_BIG
                                                      : ASSAY_NUM_NAN;
    for (uint32_t r = 0; r < slice->rows; r += 64) {
        uint32_t n = slice->rows - r < 64 ? slice->rows - r : 64;
        violations[r / 64] = assay_bits_above(numbers->code + r, n, most) & slice->mask[r / 64];
    }
    if (args->type != ASSAY_TYPE_INTEGER)
        return ASSAY_OK;
    ASSAY_BITS_EACH(violations, slice->rows, row, {
        if (assay_number_is_finite(numbers->code[row]) && is_whole(column, row))
            violations[row / 64] &= ~((uint64_t)1 << (row % 64));
    })
    return ASSAY_OK;
}

static enum assay_status test_times(const struct args *args, const struct assay_slice *slice,
                                    uint64_t *violations, struct assay_error *err)
{
    struct assay_column *column = slice->columns[0];
    unsigned want = args->type == ASSAY_TYPE_DATE   ? ASSAY_TIME_DATE
                    : args->type == ASSAY_TYPE_TIME ? ASSAY_TIME_TIME
                                                    : ASSAY_TIME_TIMESTAMP;
    if (!args->viewed) {
        ASSAY_BITS_EACH(slice->mask, slice->rows, row, {
            struct assay_str text = assay_column_text(column, row);
            int64_t micros;
            if (!assay_time_parse(text.ptr, text.len, want, 0, &micros))
                assay_bit_set(violations, row);
        })
        return ASSAY_OK;
    }
    const struct assay_times *times = assay_column_times(column);
    if (times == NULL)
        return assay_fail_nomem(err);
    for (size_t i = 0; i < ASSAY_BITMAP_WORDS(slice->rows); i++)
        violations[i] = slice->mask[i] & ~times->valid[i];
    return ASSAY_OK;
}

static bool is_boolean(struct assay_str text)
{
    return (text.len == 4 && strncasecmp(text.ptr, "true", 4) == 0) ||
           (text.len == 5 && strncasecmp(text.ptr, "false", 5) == 0);
}

static bool is_any(struct assay_str text)
{
    (void)text;
    return true;
}

static void test_texts(const struct args *args, const struct assay_slice *slice,
                       uint64_t *violations)
{
    bool (*holds)(struct assay_str) = args->type == ASSAY_TYPE_BOOLEAN ? is_boolean
                                      : args->type == ASSAY_TYPE_UUID  ? assay_format_is_uuid
                                      : args->type == ASSAY_TYPE_JSON  ? assay_format_is_json
                                                                       : is_any;
    if (args->type == ASSAY_TYPE_STRING)
        return;
    ASSAY_BITS_EACH(slice->mask, slice->rows, row, {
        if (!holds(assay_column_text(slice->columns[0], row)))
            assay_bit_set(violations, row);
    })
}

/* The kind that a value of the type has in a format with kinds. */
static enum assay_kind kind_of(enum assay_type type)
{
    if (type == ASSAY_TYPE_BOOLEAN)
        return ASSAY_KIND_BOOLEAN;
    return assay_type_is_numeric(type) ? ASSAY_KIND_NUMBER : ASSAY_KIND_TEXT;
}

/* A nested array or object is a JSON document as it stands. */
static bool is_kind(const struct args *args, const struct assay_column *column, uint32_t row)
{
    uint8_t kind = column->kind[row];
    if (args->type == ASSAY_TYPE_JSON)
        return true;
    return kind == kind_of(args->type);
}

static enum assay_status test(const void *arguments, void *scratch, const struct assay_slice *slice,
                              uint64_t *violations, struct assay_predicate_fault *fault,
                              struct assay_error *err)
{
    const struct args *args = arguments;
    const struct assay_column *column = slice->columns[0];
    (void)scratch, (void)fault;
    if (assay_type_is_numeric(args->type))
        ASSAY_TRY(test_numbers(args, slice, violations, err));
    else if (assay_type_is_time(args->type))
        ASSAY_TRY(test_times(args, slice, violations, err));
    else
        test_texts(args, slice, violations);
    if (column->kind == NULL)
        return ASSAY_OK;
    ASSAY_BITS_EACH(slice->mask, slice->rows, row, {
        if (!is_kind(args, column, row))
            assay_bit_set(violations, row);
    })
    return ASSAY_OK;
}

static void note(const void *arguments, const struct assay_slice *slice, uint32_t row,
                 struct assay_buf *out)
{
    static const char *const kinds[] = {"a string", "a number",  "a boolean",
                                        "an array", "an object", "null"};
    const struct args *args = arguments;
    struct assay_column *column = slice->columns[0];
    if (column->kind != NULL && !is_kind(args, column, row)) {
        assay_buf_puts(out, kinds[column->kind[row]]);
        return;
    }
    if (assay_type_is_time(args->type) && args->viewed) {
        assay_note_time(slice, row, out);
        return;
    }
    struct assay_numref number = assay_column_numref(column, row);
    if (!assay_type_is_numeric(args->type))
        assay_buf_printf(out, "not a %s", types[args->is]);
    else if (number.code == ASSAY_NUM_NOT)
        assay_note_number(slice, row, out);
    else
        assay_buf_puts(out, assay_number_is_finite(number.code) ? "has a fraction" : "not finite");
}

/* Where all values are of the kind there is nothing to find; else each is looked at. */
static const char *sql(const void *arguments, struct assay_sql_ask *ask)
{
    const struct args *args = arguments;
    const char *const *table = args->type == ASSAY_TYPE_INTEGER    ? ask->dialect->integer
                               : args->type == ASSAY_TYPE_STRING   ? ask->dialect->text
                               : assay_type_is_numeric(args->type) ? ask->dialect->number
                                                                   : NULL;
    if (table == NULL) {
        assay_sql_no(ask, "the type is read from text");
        return NULL;
    }
    return assay_sql_all(ask, &ask->columns[0], table, "values are not all of that type")
               ? "(1 = 0)"
               : NULL;
}

static const struct assay_predicate predicate = {
    .name = "type",
    .considers = ASSAY_CONSIDER_PRESENT,
    .test = test,
    .note = note,
    .sql = sql,
};

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct args *args = check->args;
    assay_buf_printf(out, "is of type %s", types[args->is]);
}

const struct assay_expectation assay_expectation_type = {
    .name = "type",
    .summary = "values are of a type",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_COLUMN,
    .traits = ASSAY_TRAIT_ROWWISE,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "type: integer",
    .prepare = prepare,
    .predicate = &predicate,
    .metric = &assay_metric_drift,
    .tell = assay_drift_tell,
    .title = title,
};
