/*
 * Tables for laws of metrics.
 */
#include "config.h"

#include "tests/lib/law_table.h"

#include <stdio.h>
#include <string.h>

static const enum assay_type types[LAW_COLUMNS] = {
    [INTS] = ASSAY_TYPE_NONE,      [NUMBERS] = ASSAY_TYPE_NUMBER,   [MIXED] = ASSAY_TYPE_NONE,
    [DATES] = ASSAY_TYPE_DATE,     [STAMPS] = ASSAY_TYPE_TIMESTAMP, [TEXTS] = ASSAY_TYPE_STRING,
    [RISING] = ASSAY_TYPE_INTEGER, [FLAGS] = ASSAY_TYPE_BOOLEAN,    [IDS] = ASSAY_TYPE_UUID,
};

/* Random numbers, the same each time. */
static uint64_t random_state;

void law_seed(uint64_t seed)
{
    random_state = seed;
}

uint32_t law_draw(uint32_t below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return below ? (uint32_t)((random_state >> 11) % below) : 0;
}

static const char *draw_of(const char *const *texts, size_t count)
{
    return texts[law_draw((uint32_t)count)];
}

#define DRAW_OF(texts) draw_of((texts), sizeof(texts) / sizeof(texts)[0])

/* A table of all sorts of values. */

static void draw_number(char *out, size_t size)
{
    static const char *const odd[] = {
        "12345678901234567890123456789012345678901234567890",
        "-12345678901234567890123456789012345678901234567890.5",
        "1e400",
        "10e399",
        "-1e400",
        "1e-400",
        "0",
        "-0",
        "0.000",
        "1",
        "1.0",
        "01",
        "1e0",
        "9223372036854775807",
        "-9223372036854775808",
        "999999999999999999",
        "1000000000000000000",
        "0.1",
        "0.2",
        "0.30000000000000000000000000000000000001",
    };
    switch (law_draw(4)) {
    case 0: snprintf(out, size, "%s", DRAW_OF(odd)); return;
    case 1: snprintf(out, size, "%d.%02u", (int)law_draw(200) - 100, law_draw(100)); return;
    default: snprintf(out, size, "%d", (int)law_draw(60) - 30); return;
    }
}

static void draw_text(char *out, size_t size)
{
    static const char *const some[] = {
        "",
        "a",
        "b",
        "A",
        "né",
        "true",
        "x,y",
        " a",
        "a\tb",
        "a text that is much longer than what a sample shows of it",
        "ein Text, länger als das, was gezeigt wird: ääääääääääääääääääääääää",
        "abcdefgäbcdefghijkl",
        "abcdefghijklmnopä",
    };
    if (law_draw(3) == 0)
        snprintf(out, size, "v%u", law_draw(1000));
    else
        snprintf(out, size, "%s", DRAW_OF(some));
}

static void draw_cell(char *out, size_t size, uint32_t column, uint32_t row)
{
    static const char *const misfits[] = {"abc", "1,5", "", "NaN", "inf", "-Infinity", "true"};
    static const char *const no_times[] = {"2024-02-30", "today", "", "24:00",
                                           "2016-12-31T23:59:60Z"};
    static const char *const flags[] = {"true", "TRUE", "false", "False", "1", "\001mno"};
    static const char *const ids[] = {"123e4567-e89b-12d3-a456-42661417400",
                                      "123E4567-E89B-12D3-A456-42661417400", "123e4567"};
    bool odd = law_draw(12) == 0;
    switch (column) {
    case INTS: snprintf(out, size, "%d", (int)law_draw(40) - 20); return;
    case NUMBERS: draw_number(out, size); return;
    case MIXED:
    case LOOSE:
        if (odd)
            snprintf(out, size, "%s", DRAW_OF(misfits));
        else
            draw_number(out, size);
        return;
    case DATES:
        snprintf(out, size, "20%02u-%02u-%02u", law_draw(30), law_draw(12) + 1, law_draw(28) + 1);
        return;
    case STAMPS:
        if (odd)
            snprintf(out, size, "%s", DRAW_OF(no_times));
        else
            snprintf(out, size, "2024-%02u-01T%02u:30:00.%u%s+0%u:00", law_draw(12) + 1,
                     law_draw(24), law_draw(1000), law_draw(3) ? "" : "000012", law_draw(9));
        return;
    case TEXTS: draw_text(out, size); return;
    case FLAGS: snprintf(out, size, "%s", DRAW_OF(flags)); return;
    case IDS: snprintf(out, size, "%s%u", DRAW_OF(ids), law_draw(4)); return;
    default: snprintf(out, size, "%u", odd ? law_draw(row + 1) : row * 2); return;
    }
}

/* Texts that hold NUL bytes are texts like any other. */
static struct assay_str drawn(char *text)
{
    size_t len = strlen(text);
    if (len > 2 && law_draw(10) == 0)
        text[law_draw((uint32_t)len)] = '\0';
    return assay_str(text, len);
}

void law_table_make(struct table *table, uint32_t rows, uint32_t nulls)
{
    static const char *const names[LAW_COLUMNS] = {"ints",   "numbers", "mixed",  "loose", "dates",
                                                   "stamps", "texts",   "rising", "flags", "ids"};
    char text[256];
    table_init(table, LAW_COLUMNS, rows);
    for (uint32_t c = 0; c < LAW_COLUMNS; c++)
        table->fields[c] = (struct assay_field){
            .name = assay_cstr(names[c]), .type = types[c], .inferred = c == LOOSE};
    for (uint32_t row = 0; row < rows; row++) {
        for (uint32_t c = 0; c < LAW_COLUMNS; c++) {
            draw_cell(text, sizeof text, c, row);
            if (law_draw(100) < nulls)
                table_set_null(table, row, c);
            else
                table_set(table, row, c, c == TEXTS ? drawn(text) : assay_cstr(text));
        }
        if (law_draw(15) == 0)
            table->usable[row / 64] &= ~((uint64_t)1 << (row % 64));
        if (law_draw(15) == 0)
            table->selected[row / 64] &= ~((uint64_t)1 << (row % 64));
        if (law_draw(3) == 0)
            table->picked[row / 64] &= ~((uint64_t)1 << (row % 64));
    }
    table->second_file = rows ? law_draw(rows + 1) : 0;
}
