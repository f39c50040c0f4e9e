/*
 * The outside of the expression language: parse, evaluate a batch window by window, and
 * say what went wrong with the first row that could not be evaluated.
 */
#include "config.h"

#include "expr/expr.h"

#include "expr/eval.h"
#include "expr/parse.h"

#include <stdio.h>
#include <stdlib.h>

struct assay_expr_scratch {
    struct assay_expr_eval eval;
};

void assay_expr_free(struct assay_expr *expr)
{
    if (expr == NULL)
        return;
    for (uint32_t i = 0; i < expr->node_count; i++) {
        assay_regex_free(expr->nodes[i]->regex);
        expr->nodes[i]->regex = NULL;
    }
}

static enum assay_status check_text(struct assay_expr_maker *maker)
{
    if (maker->text.len > ASSAY_EXPR_TEXT_MAX)
        return assay_fail(maker->err, ASSAY_CONFIG, "SUITE-EXPR",
                          "this expression is longer than %u KiB", ASSAY_EXPR_TEXT_MAX / 1024);
    return ASSAY_OK;
}

enum assay_status assay_expr_parse(struct assay_arena *arena, struct assay_str text,
                                   const struct assay_expr_scope *scope, struct assay_expr **out,
                                   struct assay_error *err)
{
    struct assay_expr_maker maker = {.arena = arena, .text = text, .scope = scope, .err = err};
    *out = NULL;
    ASSAY_TRY(check_text(&maker));
    char *copy = assay_arena_strdup(arena, text);
    struct assay_expr *expr = assay_arena_alloc(arena, sizeof *expr);
    if (copy == NULL || expr == NULL)
        return assay_fail_nomem(err);
    maker.text = expr->text = assay_str(copy, text.len);
    maker.expr = expr;
    enum assay_status status = assay_expr_parse_tree(&maker);
    if (status == ASSAY_OK)
        status = assay_expr_check(&maker, &expr->root);
    if (status == ASSAY_OK)
        status = assay_expr_coerce(&maker, &expr->root, ASSAY_EXPR_BOOL, "the expression");
    if (status != ASSAY_OK) {
        assay_expr_free(expr);
        return status;
    }
    for (uint32_t i = 0; i < expr->node_count; i++)
        expr->regex_count += expr->nodes[i]->regex != NULL;
    *out = expr;
    return ASSAY_OK;
}

struct assay_str assay_expr_text(const struct assay_expr *expr)
{
    return expr->text;
}

void assay_expr_hint_text(struct assay_error *err)
{
    size_t len = strlen(err->help);
    if (strcmp(err->code, "COLUMN-MISSING") == 0 && strstr(err->help, "single quotes") == NULL)
        snprintf(err->help + len, sizeof err->help - len,
                 "%s(text stands in single quotes: 'text')", len > 0 ? " " : "");
}

const struct assay_str *assay_expr_columns(const struct assay_expr *expr, uint32_t *count)
{
    *count = expr->column_count;
    return expr->columns;
}

enum assay_status assay_expr_scratch_new(const struct assay_expr *expr,
                                         struct assay_expr_scratch **out, struct assay_error *err)
{
    struct assay_expr_scratch *scratch = calloc(1, sizeof *scratch);
    *out = NULL;
    if (scratch == NULL)
        return assay_fail_nomem(err);
    scratch->eval.expr = expr;
    if (expr->regex_count > 0) {
        enum assay_status status = assay_regex_scratch_new(&scratch->eval.regex, err);
        if (status != ASSAY_OK) {
            free(scratch);
            return status;
        }
    }
    *out = scratch;
    return ASSAY_OK;
}

void assay_expr_scratch_free(struct assay_expr_scratch *scratch)
{
    if (scratch == NULL)
        return;
    assay_regex_scratch_free(scratch->eval.regex);
    assay_expr_stack_free(&scratch->eval.stack);
    free(scratch);
}

void assay_expr_scratch_set_now(struct assay_expr_scratch *scratch, int64_t micros)
{
    scratch->eval.now = micros;
}

static const char *const reasons[] = {
    [ASSAY_EXPR_NOT_A_NUMBER] = "not a number",
    [ASSAY_EXPR_NOT_A_TRUTH] = "neither true nor false",
    [ASSAY_EXPR_NOT_A_TIME] = "not a date or time",
    [ASSAY_EXPR_NOT_AN_INTEGER] = "not an integer",
    [ASSAY_EXPR_DIVIDED_BY_ZERO] = "division by zero",
    [ASSAY_EXPR_TOO_LARGE] = "number too large: the result has more than 38 digits",
    [ASSAY_EXPR_OUT_OF_RANGE] = "out of range",
    [ASSAY_EXPR_TEXT_TOO_LONG] = "the text becomes longer than 1 MiB",
    [ASSAY_EXPR_REGEX_LIMIT] = "the regular expression ran into its limits",
    [ASSAY_EXPR_BAD_ESCAPE] = "the escape of LIKE must be one character, before %, _ or itself",
};

/* "not a number: abc (in amount)", the value where it is a column's. */
static void describe(const struct assay_expr_eval *e, uint32_t why, uint32_t row,
                     struct assay_expr_fault *fault)
{
    const struct assay_expr_node *node = e->expr->nodes[why >> 8];
    const struct assay_expr_node *column = node;
    while ((column->kind == ASSAY_EXPR_READ || column->kind == ASSAY_EXPR_CAST))
        column = column->args[0];
    struct assay_str part =
        assay_str(e->expr->text.ptr + node->at, node->end > node->at ? node->end - node->at : 0);
    int shown = part.len > 60 ? 60 : (int)part.len;
    const char *reason = reasons[why & 0xff];
    fault->row = row;
    if (column->kind == ASSAY_EXPR_COLUMN && node->kind != ASSAY_EXPR_CALL) {
        struct assay_str value = assay_column_text(e->slice->columns[column->value], row);
        snprintf(fault->message, sizeof fault->message, "%s: \"%.*s\" in %.*s", reason,
                 value.len > 60 ? 60 : (int)value.len, value.ptr, shown, part.ptr);
    } else {
        snprintf(fault->message, sizeof fault->message, "%s: %.*s", reason, shown, part.ptr);
    }
}

static enum assay_status eval_window(struct assay_expr_eval *e, uint32_t from, uint32_t rows,
                                     uint64_t *truth, uint64_t *unknown,
                                     struct assay_expr_fault *fault)
{
    uint64_t live[ASSAY_EXPR_WORDS] = {0};
    struct assay_expr_vec out;
    uint64_t any = 0;
    e->from = from;
    e->rows = rows;
    e->words = (uint32_t)ASSAY_BITMAP_WORDS(rows);
    for (uint32_t w = 0; w < e->words; w++)
        any |= live[w] = e->slice->mask[from / 64 + w];
    if (any == 0)
        return ASSAY_OK;
    assay_expr_release(e, (struct assay_expr_mark){0});
    ASSAY_TRY(assay_expr_eval_node(e, e->expr->root, live, &out));
    for (uint32_t w = 0; w < e->words; w++) {
        uint64_t settled = live[w] & ~out.fault[w];
        unknown[from / 64 + w] = out.null[w] & settled;
        truth[from / 64 + w] = out.truth[w] & settled & ~out.null[w];
        uint64_t faults = out.fault[w] & live[w];
        if (faults != 0 && fault->count == 0) {
            uint32_t row = w * 64 + (uint32_t)__builtin_ctzll(faults);
            describe(e, out.why[row], from + row, fault);
        }
        fault->count += (uint64_t)__builtin_popcountll(faults);
    }
    return ASSAY_OK;
}

enum assay_status assay_expr_eval(const struct assay_expr *expr, struct assay_expr_scratch *scratch,
                                  const struct assay_slice *slice, uint64_t *truth,
                                  uint64_t *unknown, struct assay_expr_fault *fault,
                                  struct assay_error *err)
{
    struct assay_expr_eval *e = &scratch->eval;
    uint32_t window = ASSAY_EXPR_WINDOW;
    e->expr = expr;
    e->slice = slice;
    e->err = err;
    *fault = (struct assay_expr_fault){0};
    assay_bits_clear(truth, slice->rows);
    assay_bits_clear(unknown, slice->rows);
    for (uint32_t from = 0; from < slice->rows;) {
        uint32_t rows = slice->rows - from < window ? slice->rows - from : window;
        enum assay_status status = eval_window(e, from, rows, truth, unknown, fault);
        if (status == ASSAY_LIMIT && window > 64) {
            window /= 2; /* long texts: the same rows again, fewer at a time */
            continue;
        }
        if (status != ASSAY_OK)
            return status;
        from += rows;
    }
    return ASSAY_OK;
}
