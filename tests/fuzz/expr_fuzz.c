/*
 * Any text as an expression: the first byte chooses the columns' types, the second the
 * values, the rest is the text. Laws: what parses has a native rendering that reads back
 * as itself and evaluates to the same; a row is true, NULL or neither, never both; and a
 * row alone gives what it gives in the batch.
 */
#include "config.h"

#include "../unit/expr_fixture.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ROWS 5
#define COLUMNS 3

static const char *const pool[] = {
    "0",
    "1",
    "-2.50",
    "abc",
    "true",
    "2026-01-31",
    "2024-02-29T23:59:59.5Z",
    NULL,
    "1e40",
    "nan",
    "inf",
    "",
    "a%b_c",
    "12:30",
    "größe",
    "0.1",
    "1e-9",
    "-inf",
    "[1,2]",
    "7",
    "9999-12-31",
    "FALSE",
    "123456789012345678901",
    "x",
};
static const char *const names[COLUMNS] = {"a", "b", "c"};

static void require(bool law)
{
    if (!law)
        abort();
}

static void fill(struct fixture *f, uint8_t types, uint8_t values)
{
    static const enum assay_type choices[] = {
        ASSAY_TYPE_NONE,    ASSAY_TYPE_NUMBER, ASSAY_TYPE_STRING, ASSAY_TYPE_TIMESTAMP,
        ASSAY_TYPE_BOOLEAN, ASSAY_TYPE_DATE,   ASSAY_TYPE_TIME,   ASSAY_TYPE_INTEGER,
    };
    const char *rows[COLUMNS][ROWS];
    struct fixture_column columns[COLUMNS];
    uint32_t seed = values * 2654435761u + 1;
    for (int c = 0; c < COLUMNS; c++) {
        for (int r = 0; r < ROWS; r++) {
            seed = seed * 1664525u + 1013904223u;
            rows[c][r] = pool[(seed >> 16) % (sizeof pool / sizeof pool[0])];
        }
        columns[c] = (struct fixture_column){names[c], choices[(types >> (c * 2)) & 7],
                                             types & 0x80 ? "ntbat" : NULL, rows[c]};
    }
    fixture_init(f, ROWS, columns, COLUMNS);
}

static bool known_columns(const struct assay_expr *expr)
{
    uint32_t count;
    const struct assay_str *columns = assay_expr_columns(expr, &count);
    for (uint32_t i = 0; i < count; i++)
        if (columns[i].len != 1 || columns[i].ptr[0] < 'a' || columns[i].ptr[0] > 'c')
            return false;
    return true;
}

static enum assay_status evaluate(struct fixture *f, const struct assay_expr *expr,
                                  char answers[ROWS + 1])
{
    struct assay_expr_fault fault;
    enum assay_status status = fixture_run(f, expr, answers, &fault, NULL);
    if (status == ASSAY_OK) {
        uint64_t faults = 0;
        for (int r = 0; r < ROWS; r++)
            faults += answers[r] == 'x';
        require(fault.count == faults);
        require(faults == 0 || answers[fault.row] == 'x');
    }
    return status;
}

/* Renders, reads that back, renders again. */
static void round_trip(struct fixture *f, const struct assay_expr *expr)
{
    struct assay_expr_scope scope = {fixture_type, f};
    struct assay_expr *again;
    struct assay_buf once, twice, sql;
    char first[ROWS + 1], second[ROWS + 1];
    assay_buf_init(&once, 1 << 20);
    assay_buf_init(&twice, 1 << 20);
    assay_buf_init(&sql, 1 << 20);
    require(assay_expr_sql(expr, &assay_expr_native, &once));
    require(assay_expr_sql(expr, NULL, &sql));
    if (once.len <= 64 * 1024) {
        require(assay_expr_parse(&f->arena, assay_buf_view(&once), &scope, &again, NULL) ==
                ASSAY_OK);
        require(assay_expr_sql(again, &assay_expr_native, &twice));
        require(assay_str_equal(assay_buf_view(&once), assay_buf_view(&twice)));
        if (known_columns(expr) && evaluate(f, expr, first) == ASSAY_OK &&
            evaluate(f, again, second) == ASSAY_OK)
            require(memcmp(first, second, ROWS) == 0);
        assay_expr_free(again);
    }
    assay_buf_free(&once);
    assay_buf_free(&twice);
    assay_buf_free(&sql);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fixture f;
    struct assay_expr *expr;
    struct assay_error err = {0};
    if (size < 2)
        return 0;
    fill(&f, data[0], data[1]);
    struct assay_expr_scope scope = {fixture_type, &f};
    enum assay_status status = assay_expr_parse(
        &f.arena, assay_str((const char *)data + 2, size - 2), &scope, &expr, &err);
    if (status == ASSAY_OK) {
        round_trip(&f, expr);
        assay_expr_free(expr);
    } else {
        require(status == ASSAY_CONFIG && err.message[0] != '\0');
    }
    fixture_free(&f);
    return 0;
}
