/*
 * compare: in every row two columns stand in a relation: shipped >= ordered.
 *
 * Compared is as the declared type of `column` says, or that of `other` where it has none:
 * numbers exactly, dates and times as instants, booleans and UUIDs in any case, else text
 * bytewise. Without a type two
 * numbers compare as numbers and anything else as text. A value that is not of the type, and
 * NaN, stand in no relation but !=. Rows in which either is null are not considered unless
 * `ignore_nulls` says so; a null then stands in no relation but != either. Exact; row counts
 * add up.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/needs.h"
#include "metric/same.h"

enum op { OP_LESS, OP_AT_MOST, OP_EQUAL, OP_NOT_EQUAL, OP_AT_LEAST, OP_MORE };

struct args {
    struct assay_str column, other;
    int op;                   /* enum op */
    int ignore_nulls;         /* index into assay_ignore_nulls */
    struct assay_str pair[2]; /* both columns */
    enum assay_type type;     /* ASSAY_TYPE_NONE: numbers where both are */
};

static const char *const ops[] = {"<", "<=", "=", "!=", ">=", ">", NULL};

static const struct assay_param params[] = {
    {"column", ASSAY_PARAM_COLUMN, ASSAY_PARAM_REQUIRED | ASSAY_PARAM_NONEMPTY, NULL, NULL,
     offsetof(struct args, column), "the left side"},
    {"op", ASSAY_PARAM_CHOICE, 0, "=", ops, offsetof(struct args, op), "the relation"},
    {"other", ASSAY_PARAM_COLUMN, ASSAY_PARAM_REQUIRED | ASSAY_PARAM_NONEMPTY, NULL, NULL,
     offsetof(struct args, other), "the right side"},
    {"ignore_nulls", ASSAY_PARAM_CHOICE, 0, "any", assay_ignore_nulls,
     offsetof(struct args, ignore_nulls), "rows that are not considered, by their nulls"},
};

static enum assay_status prepare(void *arguments, struct assay_prepare *prepare,
                                 struct assay_error *err)
{
    struct args *args = arguments;
    enum assay_type left = prepare->type_of(prepare->context, args->column);
    enum assay_type right = prepare->type_of(prepare->context, args->other);
    args->pair[0] = args->column;
    args->pair[1] = args->other;
    args->type = left != ASSAY_TYPE_NONE ? left : right;
    if (left == ASSAY_TYPE_NONE || right == ASSAY_TYPE_NONE ||
        assay_type_order(left) == assay_type_order(right))
        return ASSAY_OK;
    prepare->param = "other";
    return assay_fail(err, ASSAY_CONFIG, "SUITE-TYPE",
                      "%.*s is a %s, which cannot be compared "
                      "with the %s %.*s",
                      (int)args->other.len, args->other.ptr, assay_type_name(right),
                      assay_type_name(left), (int)args->column.len, args->column.ptr);
}

/* Whether the relation holds for an order of -1, 0 or 1. */
static bool holds(int op, int order)
{
    static const uint8_t allowed[] = {/* bits: less, equal, more */
                                      [OP_LESS] = 1,      [OP_AT_MOST] = 3,  [OP_EQUAL] = 2,
                                      [OP_NOT_EQUAL] = 5, [OP_AT_LEAST] = 6, [OP_MORE] = 4};
    if (order == ASSAY_NUM_UNORDERED)
        return op == OP_NOT_EQUAL;
    return allowed[op] >> ((order > 0) - (order < 0) + 1) & 1;
}

/* The rows of two values; of the others a null stands in no relation but !=. */
static enum assay_status take_present(const struct args *args, struct assay_slice *slice,
                                      uint64_t *violations, struct assay_error *err)
{
    size_t words = ASSAY_BITMAP_WORDS(slice->rows);
    uint64_t *present = assay_arena_array(&slice->batch->arena, words + 1, 8);
    if (present == NULL)
        return assay_fail_nomem(err);
    for (size_t i = 0; i < words; i++) {
        present[i] = slice->mask[i] & ~slice->columns[0]->null[i] & ~slice->columns[1]->null[i];
        if (args->op != OP_NOT_EQUAL)
            violations[i] = slice->mask[i] & ~present[i];
    }
    slice->mask = present;
    return ASSAY_OK;
}

static int order_numbers(const struct assay_numbers *a, const struct assay_numbers *b,
                         const struct assay_slice *slice, uint32_t row)
{
    if (a->code[row] == b->code[row] && assay_number_is_small(a->code[row]))
        return (a->mantissa[row] > b->mantissa[row]) - (a->mantissa[row] < b->mantissa[row]);
    struct assay_numref x = assay_column_numref(slice->columns[0], row);
    struct assay_numref y = assay_column_numref(slice->columns[1], row);
    return assay_number_compare(&x, &y);
}

/* As text; where a format has kinds, a text and a number stand in no relation. */
static int order_texts(const struct assay_slice *slice, uint32_t row)
{
    const struct assay_column *a = slice->columns[0], *b = slice->columns[1];
    uint8_t kind_a = a->kind ? a->kind[row] : ASSAY_KIND_TEXT;
    uint8_t kind_b = b->kind ? b->kind[row] : ASSAY_KIND_TEXT;
    if (kind_a != kind_b)
        return ASSAY_NUM_UNORDERED;
    int order = assay_str_compare(assay_column_text(a, row), assay_column_text(b, row));
    return (order > 0) - (order < 0);
}

/* As booleans or UUIDs, in the order of their canonical texts. */
static int order_folded(const struct args *args, const struct assay_slice *slice, uint32_t row)
{
    char folded[2][ASSAY_SAME_TEXT_MAX];
    size_t len[2];
    enum assay_kind kind = args->type == ASSAY_TYPE_BOOLEAN ? ASSAY_KIND_BOOLEAN : ASSAY_KIND_TEXT;
    for (uint32_t i = 0; i < 2; i++) {
        const struct assay_column *column = slice->columns[i];
        bool fits = column->kind == NULL || column->kind[row] == kind;
        len[i] = fits ? assay_same_fold(args->type, assay_column_text(column, row), folded[i]) : 0;
        if (len[i] == 0)
            return ASSAY_NUM_UNORDERED;
    }
    int order = assay_str_compare(assay_str(folded[0], len[0]), assay_str(folded[1], len[1]));
    return (order > 0) - (order < 0);
}

static enum assay_status test_numbers(const struct args *args, const struct assay_slice *slice,
                                      uint64_t *violations, struct assay_error *err)
{
    const struct assay_numbers *a = assay_column_numbers(slice->columns[0]);
    const struct assay_numbers *b = assay_column_numbers(slice->columns[1]);
    bool or_text = args->type == ASSAY_TYPE_NONE;
    if (a == NULL || b == NULL)
        return assay_fail_nomem(err);
    ASSAY_BITS_EACH(slice->mask, slice->rows, row, {
        bool texts = or_text && (a->code[row] == ASSAY_NUM_NOT || b->code[row] == ASSAY_NUM_NOT);
        int order = texts ? order_texts(slice, row) : order_numbers(a, b, slice, row);
        if (!holds(args->op, order))
            assay_bit_set(violations, row);
    })
    return ASSAY_OK;
}

static enum assay_status test_times(const struct args *args, const struct assay_slice *slice,
                                    uint64_t *violations, struct assay_error *err)
{
    const struct assay_times *a = assay_column_times(slice->columns[0]);
    const struct assay_times *b = assay_column_times(slice->columns[1]);
    if (a == NULL || b == NULL)
        return assay_fail_nomem(err);
    ASSAY_BITS_EACH(slice->mask, slice->rows, row, {
        int order = ASSAY_NUM_UNORDERED;
        if (assay_bit_get(a->valid, row) && assay_bit_get(b->valid, row))
            order = assay_instant_compare(assay_times_at(a, row), assay_times_at(b, row));
        if (!holds(args->op, order))
            assay_bit_set(violations, row);
    })
    return ASSAY_OK;
}

static enum assay_status test(const void *arguments, void *scratch, const struct assay_slice *slice,
                              uint64_t *violations, struct assay_predicate_fault *fault,
                              struct assay_error *err)
{
    const struct args *args = arguments;
    struct assay_slice present = *slice;
    (void)scratch, (void)fault;
    ASSAY_TRY(take_present(args, &present, violations, err));
    if (assay_type_order(args->type) == ASSAY_ORDER_NUMBER)
        return test_numbers(args, &present, violations, err);
    if (assay_type_order(args->type) == ASSAY_ORDER_TIME)
        return test_times(args, &present, violations, err);
    bool folded = args->type == ASSAY_TYPE_BOOLEAN || args->type == ASSAY_TYPE_UUID;
    ASSAY_BITS_EACH(present.mask, slice->rows, row, {
        int order = folded ? order_folded(args, slice, row) : order_texts(slice, row);
        if (!holds(args->op, order))
            assay_bit_set(violations, row);
    })
    return ASSAY_OK;
}

static void note_misfit(const struct args *args, const struct assay_column *column, uint32_t row,
                        struct assay_buf *out)
{
    char folded[ASSAY_SAME_TEXT_MAX];
    if (assay_same_fold(args->type, assay_column_text(column, row), folded) == 0)
        assay_buf_printf(out, "not a %s", assay_type_name(args->type));
}

/* Says which side is not of the type. */
static void note(const void *arguments, const struct assay_slice *slice, uint32_t row,
                 struct assay_buf *out)
{
    const struct args *args = arguments;
    for (uint32_t i = 0; i < 2 && out->len == 0; i++) {
        struct assay_slice side = *slice;
        side.columns = slice->columns + i;
        if (assay_bit_get(side.columns[0]->null, row))
            continue;
        if (assay_type_is_numeric(args->type))
            assay_note_number(&side, row, out);
        else if (assay_type_is_time(args->type))
            assay_note_time(&side, row, out);
        else if (args->type == ASSAY_TYPE_BOOLEAN || args->type == ASSAY_TYPE_UUID)
            note_misfit(args, side.columns[0], row, out);
    }
}

static const struct assay_predicate predicates[] = ASSAY_PREDICATES_BY_NULLS("compare", test, note);

static enum assay_status needs(const struct assay_check *check, struct assay_needs *needs,
                               struct assay_error *err)
{
    const struct args *args = check->args;
    struct assay_check pair = *check;
    pair.columns = args->pair;
    pair.column_count = 2;
    return assay_need_violations(needs, &pair, &predicates[args->ignore_nulls], args, err);
}

static void judge(const struct assay_check *check, const struct assay_measure *const *measures,
                  const struct assay_judge_env *env, struct assay_outcome *out)
{
    const struct args *args = check->args;
    assay_judge_rows(check, measures[0], env, out);
    out->columns = args->pair;
    out->column_count = 2;
}

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct args *args = check->args;
    assay_buf_str(out, args->column);
    assay_buf_printf(out, " %s ", ops[args->op]);
    assay_buf_str(out, args->other);
}

const struct assay_expectation assay_expectation_compare = {
    .name = "compare",
    .summary = "two columns stand in a relation, row by row",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_TABLE,
    .traits = ASSAY_TRAIT_ROWWISE,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "compare: {column: shipped_at, op: '>=', other: ordered_at}",
    .prepare = prepare,
    .needs = needs,
    .judge = judge,
    .title = title,
};
