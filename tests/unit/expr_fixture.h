/*
 * A batch in memory and an expression over it, for the tests of src/expr.
 *
 * Values are given as C strings, NULL for null. JSON kinds are given by a letter a row:
 * t text, n number, b boolean, a array.
 */
#ifndef ASSAY_TESTS_EXPR_FIXTURE_H
#define ASSAY_TESTS_EXPR_FIXTURE_H

#include "expr/expr.h"

#include <stdlib.h>

#define FIXTURE_COLUMNS 8
#define FIXTURE_PAD 64

struct fixture_column {
    const char *name;
    enum assay_type type;
    const char *kinds; /* NULL: no kinds */
    const char *const *values;
};

struct fixture {
    struct assay_arena arena; /* of the suite */
    struct assay_batch batch;
    struct assay_field fields[FIXTURE_COLUMNS];
    struct assay_column columns[FIXTURE_COLUMNS];
    uint32_t count;
    uint32_t rows;
};

static inline void *fixture_alloc(struct fixture *f, size_t size)
{
    void *p = assay_arena_alloc(&f->batch.arena, size);
    if (p == NULL)
        abort();
    return p;
}

static inline void fixture_add(struct fixture *f, const struct fixture_column *given)
{
    struct assay_column *column = &f->columns[f->count];
    size_t size = FIXTURE_PAD * 2;
    for (uint32_t r = 0; r < f->rows; r++)
        size += given->values[r] ? strlen(given->values[r]) : 0;
    char *base = fixture_alloc(f, size);
    struct assay_span *spans = fixture_alloc(f, (f->rows + 1) * sizeof *spans);
    uint64_t *null = fixture_alloc(f, (ASSAY_BITMAP_WORDS(f->rows) + 1) * sizeof *null);
    uint8_t *kind = given->kinds ? fixture_alloc(f, f->rows + 1) : NULL;
    uint32_t at = FIXTURE_PAD;
    for (uint32_t r = 0; r < f->rows; r++) {
        const char *value = given->values[r];
        spans[r].off = at;
        spans[r].len = value ? (uint32_t)strlen(value) : 0;
        if (value)
            memcpy(base + at, value, spans[r].len);
        else
            assay_bit_set(null, r);
        at += spans[r].len;
        if (kind)
            kind[r] = value == NULL            ? ASSAY_KIND_NULL
                      : given->kinds[r] == 'n' ? ASSAY_KIND_NUMBER
                      : given->kinds[r] == 'b' ? ASSAY_KIND_BOOLEAN
                      : given->kinds[r] == 'a' ? ASSAY_KIND_ARRAY
                                               : ASSAY_KIND_TEXT;
    }
    f->fields[f->count] =
        (struct assay_field){.name = assay_cstr(given->name), .type = given->type};
    *column = (struct assay_column){.field = &f->fields[f->count],
                                    .rows = f->rows,
                                    .base = base,
                                    .spans = spans,
                                    .null = null,
                                    .kind = kind,
                                    .arena = &f->batch.arena};
    f->count++;
}

static inline void fixture_init(struct fixture *f, uint32_t rows,
                                const struct fixture_column *columns, uint32_t count)
{
    memset(f, 0, sizeof *f);
    f->rows = rows;
    f->batch.rows = rows;
    for (uint32_t i = 0; i < count; i++)
        fixture_add(f, &columns[i]);
}

static inline void fixture_free(struct fixture *f)
{
    assay_arena_free(&f->batch.arena);
    assay_arena_free(&f->arena);
}

static inline enum assay_type fixture_type(void *context, struct assay_str name)
{
    struct fixture *f = context;
    for (uint32_t i = 0; i < f->count; i++)
        if (assay_str_equal(f->fields[i].name, name))
            return f->fields[i].type;
    return ASSAY_TYPE_NONE;
}

/* Whether a row faults when it is evaluated alone. */
static inline bool fixture_faults(const struct assay_expr *expr, struct assay_expr_scratch *scratch,
                                  const struct assay_slice *slice, uint32_t row)
{
    size_t words = ASSAY_BITMAP_WORDS(slice->rows);
    uint64_t *bits = calloc(words * 3, sizeof *bits);
    struct assay_slice one = *slice;
    struct assay_expr_fault fault;
    if (bits == NULL)
        abort();
    one.mask = bits;
    assay_bit_set(bits, row);
    if (assay_expr_eval(expr, scratch, &one, bits + words, bits + 2 * words, &fault, NULL) !=
        ASSAY_OK)
        abort();
    free(bits);
    return fault.count > 0;
}

/*
 * Evaluates over all rows and writes a letter a row: t true, f false, n NULL, x a fault.
 * Aborts where a column is not there.
 */
static inline enum assay_status fixture_run(struct fixture *f, const struct assay_expr *expr,
                                            char *answers, struct assay_expr_fault *fault,
                                            struct assay_error *err)
{
    struct assay_column *columns[64];
    uint32_t count;
    const struct assay_str *names = assay_expr_columns(expr, &count);
    for (uint32_t i = 0; i < count; i++) {
        columns[i] = NULL;
        for (uint32_t c = 0; c < f->count; c++)
            if (assay_str_equal(f->fields[c].name, names[i]))
                columns[i] = &f->columns[c];
        if (columns[i] == NULL)
            abort();
    }
    size_t words = ASSAY_BITMAP_WORDS(f->rows) + 1;
    uint64_t *bits = calloc(words * 3, sizeof *bits);
    struct assay_expr_scratch *scratch = NULL;
    if (bits == NULL)
        abort();
    assay_bits_fill(bits, f->rows);
    struct assay_slice slice = {.batch = &f->batch,
                                .columns = columns,
                                .column_count = count,
                                .rows = f->rows,
                                .mask = bits};
    uint64_t *truth = bits + words, *unknown = truth + words;
    enum assay_status status = assay_expr_scratch_new(expr, &scratch, err);
    if (status == ASSAY_OK) {
        assay_expr_scratch_set_now(scratch, INT64_C(1772368496000000)); /* 2026-03-01 12:34:56 */
        status = assay_expr_eval(expr, scratch, &slice, truth, unknown, fault, err);
    }
    for (uint32_t r = 0; status == ASSAY_OK && r < f->rows; r++) {
        bool t = assay_bit_get(truth, r), u = assay_bit_get(unknown, r);
        if (t && u)
            abort();
        answers[r] = t ? 't' : u ? 'n' : 'f';
        if (!t && !u && fault->count > 0 && fixture_faults(expr, scratch, &slice, r))
            answers[r] = 'x';
    }
    answers[f->rows] = '\0';
    assay_expr_scratch_free(scratch);
    free(bits);
    return status;
}

#endif
