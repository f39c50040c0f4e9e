/*
 * Typed keys.
 */
#include "config.h"

#include "metric/typed.h"

#include "data/bitmap.h"
#include "metric/judge.h"

#define MARK_BOOLEAN "\001b"
#define MARK_ARRAY "\001a"
#define MARK_OBJECT "\001o"
#define MARK_TEXT "\001s"
#define MARK_NULL "\001n" /* of a member only: no value has this key */

const char *assay_typed_mark(const struct assay_column *column, uint32_t row, struct assay_str text)
{
    enum assay_kind kind = column->kind ? (enum assay_kind)column->kind[row] : ASSAY_KIND_TEXT;
    struct assay_numref number;
    switch (kind) {
    case ASSAY_KIND_BOOLEAN: return MARK_BOOLEAN;
    case ASSAY_KIND_ARRAY: return MARK_ARRAY;
    case ASSAY_KIND_OBJECT: return MARK_OBJECT;
    default: break;
    }
    bool like_number = column->kind != NULL && assay_numref_of(text, &number);
    return like_number || (text.len && text.ptr[0] == '\x01') ? MARK_TEXT : "";
}

/* Whether a text that begins like this might read as a number, or as a mark. */
static bool may_need_mark(char c)
{
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || (c | 0x20) == 'i' ||
           (c | 0x20) == 'n' || c == '\x01';
}

bool assay_typed_plain(const struct assay_column *column, const uint64_t *mask)
{
    if (column->kind == NULL || column->kinds_seen & ~(1u << ASSAY_KIND_TEXT))
        return false;
    ASSAY_BITS_EACH(mask, column->rows, row, {
        struct assay_str text = assay_column_text(column, row);
        if (text.len > 0 && may_need_mark(text.ptr[0]) &&
            *assay_typed_mark(column, row, text) != '\0')
            return false;
    })
    return true;
}

void assay_typed_key(struct assay_column *column, uint32_t row, struct assay_buf *out)
{
    char canonical[ASSAY_SAME_TEXT_MAX];
    enum assay_same same = assay_same_in(column);
    struct assay_str text = assay_column_text(column, row);
    if (same == ASSAY_SAME_NUMBER || same == ASSAY_SAME_INFERRED) {
        struct assay_numref number = assay_column_numref(column, row);
        if (number.code != ASSAY_NUM_NOT) {
            assay_number_text(&number, out);
            return;
        }
    } else if (assay_same_is_canonical(same)) {
        size_t len = assay_same_text(column, row, canonical);
        if (len != 0)
            text = assay_str(canonical, len);
        else
            assay_buf_puts(out, ASSAY_SAME_MISFIT);
    }
    if (same == ASSAY_SAME_INFERRED)
        assay_buf_puts(out, assay_typed_mark(column, row, text));
    assay_buf_str(out, text);
}

void assay_typed_key_inferred(const struct assay_scalar *member, struct assay_buf *out)
{
    struct assay_numref number;
    if (member->kind == ASSAY_SCALAR_NULL) {
        assay_buf_puts(out, MARK_NULL);
        return;
    }
    bool is_number = assay_numref_of(member->text, &number);
    if (member->kind == ASSAY_SCALAR_NUMBER && is_number) {
        assay_number_text(&number, out);
        return;
    }
    if (member->kind == ASSAY_SCALAR_BOOLEAN)
        assay_buf_puts(out, MARK_BOOLEAN);
    else if (is_number || (member->text.len && member->text.ptr[0] == '\x01'))
        assay_buf_puts(out, MARK_TEXT);
    assay_buf_str(out, member->text);
}

void assay_typed_key_of(const struct assay_field *field, const struct assay_scalar *member,
                        struct assay_buf *out)
{
    char canonical[ASSAY_SAME_TEXT_MAX];
    struct assay_numref number;
    enum assay_same same = assay_same_by(field, false);
    if (same == ASSAY_SAME_INFERRED) {
        assay_typed_key_inferred(member, out);
        return;
    }
    if (same == ASSAY_SAME_NUMBER && assay_numref_of(member->text, &number)) {
        assay_number_text(&number, out);
        return;
    }
    size_t len =
        assay_same_is_canonical(same) ? assay_same_text_of(field, member->text, canonical) : 0;
    if (assay_same_is_canonical(same) && len == 0)
        assay_buf_puts(out, ASSAY_SAME_MISFIT);
    assay_buf_str(out, len != 0 ? assay_str(canonical, len) : member->text);
}

struct assay_str assay_typed_unmarked(struct assay_str key)
{
    bool marked = key.len >= 2 && key.ptr[0] == '\x01';
    return marked ? assay_str(key.ptr + 2, key.len - 2) : key;
}

bool assay_typed_is_boolean(struct assay_str text)
{
    const char *word = text.len == 4 ? "true" : text.len == 5 ? "false" : NULL;
    for (size_t i = 0; word != NULL && i < text.len; i++)
        if ((text.ptr[i] | 0x20) != word[i])
            return false;
    return word != NULL;
}

/* Whether a value that is no number is a boolean. */
static bool is_boolean_at(const struct assay_column *column, uint32_t row)
{
    if (column->kind != NULL)
        return column->kind[row] == ASSAY_KIND_BOOLEAN;
    return assay_typed_is_boolean(assay_column_text(column, row));
}

/* The first row from `row` on whose value is a boolean; 64 numbers are passed at once. */
static uint32_t next_boolean(const struct assay_column *column, const uint8_t *code, uint32_t row)
{
    while (row < column->rows) {
        uint32_t count = column->rows - row < 64 ? column->rows - row : 64;
        uint64_t others = assay_bits_above(code + row, count, ASSAY_NUM_NOT - 1);
        for (; others != 0; others &= others - 1)
            if (is_boolean_at(column, row + (uint32_t)__builtin_ctzll(others)))
                return row + (uint32_t)__builtin_ctzll(others);
        row += count;
    }
    return row;
}

const struct assay_numbers *assay_typed_numbers(struct assay_column *column)
{
    const struct assay_numbers *plain = assay_column_numbers(column);
    bool none = column->kind != NULL && !(column->kinds_seen >> ASSAY_KIND_BOOLEAN & 1);
    if (plain == NULL || none || !assay_typed_applies(column->field))
        return plain;
    uint32_t row = next_boolean(column, plain->code, 0);
    if (row == column->rows)
        return plain;
    struct assay_numbers *view = assay_arena_alloc(column->arena, sizeof *view);
    int64_t *mantissa = assay_arena_scratch(column->arena, (size_t)column->rows * sizeof *mantissa);
    uint8_t *code = assay_arena_scratch(column->arena, column->rows);
    if (view == NULL || mantissa == NULL || code == NULL)
        return NULL;
    memcpy(mantissa, plain->mantissa, (size_t)column->rows * sizeof *mantissa);
    memcpy(code, plain->code, column->rows);
    for (; row < column->rows; row = next_boolean(column, plain->code, row + 1)) {
        mantissa[row] = assay_column_text(column, row).len == 4;
        code[row] = 0;
    }
    *view = (struct assay_numbers){mantissa, code, plain->plain};
    return view;
}

struct assay_value assay_typed_number(struct assay_arena *arena, const struct assay_numref *number)
{
    if (!assay_number_is_finite(number->code))
        return assay_value_double(arena, assay_number_to_double(number));
    struct assay_buf text;
    assay_buf_init(&text, (size_t)64 << 20);
    assay_number_text(number, &text);
    struct assay_value value = assay_value_number(arena, assay_buf_view(&text));
    arena->failed |= text.failed;
    assay_buf_free(&text);
    return value;
}

struct assay_value assay_typed_value(struct assay_arena *arena, enum assay_same same,
                                     struct assay_str key)
{
    struct assay_numref number;
    if (same == ASSAY_SAME_TEXT)
        return assay_value_text(arena, key);
    if (same == ASSAY_SAME_NUMBER)
        return assay_numref_of(key, &number) ? assay_value_number(arena, key)
                                             : assay_value_text(arena, key);
    if (same == ASSAY_SAME_INFERRED && (key.len < 2 || key.ptr[0] != '\x01'))
        return assay_numref_of(key, &number) ? assay_typed_number(arena, &number)
                                             : assay_value_text(arena, key);
    struct assay_value value = assay_value_text(arena, assay_typed_unmarked(key));
    if (same == ASSAY_SAME_INFERRED && key.ptr[1] == 'b') {
        value.kind = ASSAY_VALUE_BOOLEAN;
        value.boolean = value.text.len && (value.text.ptr[0] | 0x20) == 't';
    }
    return value;
}
