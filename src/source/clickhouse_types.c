/*
 * The table of types, and columns made by it.
 */
#include "config.h"

#include "source/clickhouse_types.h"

#include "base/json_write.h"

#include <stdlib.h>

#define DEPTH_MAX 64
#define JSON_ROOM ((size_t)256 << 20)

struct row {
    const char *name; /* the whole name, or what stands before its parenthesis */
    enum assay_db_class cls;
    enum assay_ch_form form;
};

/* Float32 is compared with numbers as the double that it is near to, in a way of its own. */
static const struct row rows[] = {
    {"Array", ASSAY_DB_OTHER, ASSAY_CH_NESTED},
    {"BFloat16", ASSAY_DB_OTHER, ASSAY_CH_FLOAT},
    {"Bool", ASSAY_DB_BOOLEAN, ASSAY_CH_BOOL},
    {"Date", ASSAY_DB_DATE, ASSAY_CH_TEXT},
    {"Date32", ASSAY_DB_DATE, ASSAY_CH_TEXT},
    {"DateTime", ASSAY_DB_INSTANT, ASSAY_CH_TEXT},
    {"DateTime64", ASSAY_DB_INSTANT, ASSAY_CH_TEXT},
    {"Decimal", ASSAY_DB_DECIMAL, ASSAY_CH_NUMBER},
    {"Enum16", ASSAY_DB_ENUM, ASSAY_CH_TEXT},
    {"Enum8", ASSAY_DB_ENUM, ASSAY_CH_TEXT},
    {"FixedString", ASSAY_DB_PADDED, ASSAY_CH_FIXED},
    {"Float32", ASSAY_DB_OTHER, ASSAY_CH_FLOAT},
    {"Float64", ASSAY_DB_FLOAT, ASSAY_CH_FLOAT},
    {"Int128", ASSAY_DB_DECIMAL, ASSAY_CH_NUMBER},
    {"Int16", ASSAY_DB_INTEGER, ASSAY_CH_NUMBER},
    {"Int256", ASSAY_DB_DECIMAL, ASSAY_CH_NUMBER},
    {"Int32", ASSAY_DB_INTEGER, ASSAY_CH_NUMBER},
    {"Int64", ASSAY_DB_INTEGER, ASSAY_CH_NUMBER},
    {"Int8", ASSAY_DB_INTEGER, ASSAY_CH_NUMBER},
    {"JSON", ASSAY_DB_JSON, ASSAY_CH_TEXT},
    {"Map", ASSAY_DB_OTHER, ASSAY_CH_NESTED},
    {"Nested", ASSAY_DB_OTHER, ASSAY_CH_NESTED},
    {"Object", ASSAY_DB_JSON, ASSAY_CH_TEXT},
    {"String", ASSAY_DB_TEXT, ASSAY_CH_TEXT},
    {"Time", ASSAY_DB_TIME, ASSAY_CH_TEXT},
    {"Time64", ASSAY_DB_TIME, ASSAY_CH_TEXT},
    {"Tuple", ASSAY_DB_OTHER, ASSAY_CH_NESTED},
    {"UInt128", ASSAY_DB_DECIMAL, ASSAY_CH_NUMBER},
    {"UInt16", ASSAY_DB_INTEGER, ASSAY_CH_NUMBER},
    {"UInt256", ASSAY_DB_DECIMAL, ASSAY_CH_NUMBER},
    {"UInt32", ASSAY_DB_INTEGER, ASSAY_CH_NUMBER},
    {"UInt64", ASSAY_DB_INTEGER, ASSAY_CH_NUMBER},
    {"UInt8", ASSAY_DB_INTEGER, ASSAY_CH_NUMBER},
    {"UUID", ASSAY_DB_UUID, ASSAY_CH_TEXT},
};

/* Takes `WRAP(` and its parenthesis off; false where it is none. */
static bool unwrap(struct assay_str *name, const char *wrap)
{
    size_t len = strlen(wrap);
    if (name->len < len + 2 || memcmp(name->ptr, wrap, len) != 0 || name->ptr[len] != '(' ||
        name->ptr[name->len - 1] != ')')
        return false;
    *name = assay_str(name->ptr + len + 1, name->len - len - 2);
    return true;
}

/* SimpleAggregateFunction(max, T) is stored as T. */
static bool unwrap_aggregate(struct assay_str *name)
{
    struct assay_str inside = *name;
    const char *comma =
        unwrap(&inside, "SimpleAggregateFunction") ? memchr(inside.ptr, ',', inside.len) : NULL;
    if (comma == NULL)
        return false;
    do
        comma++;
    while (comma < inside.ptr + inside.len && *comma == ' ');
    *name = assay_str(comma, (size_t)(inside.ptr + inside.len - comma));
    return true;
}

/* Decimal(P, S) */
static int scale_of(struct assay_str name)
{
    const char *comma = memchr(name.ptr, ',', name.len);
    int scale = 0;
    if (comma == NULL)
        return 0;
    for (const char *p = comma + 1; p < name.ptr + name.len && scale < 1000; p++)
        if (*p >= '0' && *p <= '9')
            scale = scale * 10 + (*p - '0');
    return scale;
}

void assay_ch_type_read(struct assay_str name, struct assay_ch_type *out)
{
    *out = (struct assay_ch_type){.cls = ASSAY_DB_OTHER, .form = ASSAY_CH_TEXT, .scale = -1};
    for (bool more = true; more;) {
        bool null = unwrap(&name, "Nullable");
        out->nullable |= null;
        more = null || unwrap(&name, "LowCardinality") || unwrap_aggregate(&name);
    }
    const char *open = memchr(name.ptr, '(', name.len);
    struct assay_str word = open != NULL ? assay_str(name.ptr, (size_t)(open - name.ptr)) : name;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (assay_str_is(word, rows[i].name)) {
            out->cls = rows[i].cls;
            out->form = rows[i].form;
        }
    if (out->cls == ASSAY_DB_DECIMAL)
        out->scale = assay_str_is(word, "Decimal") ? scale_of(name) : 0;
    out->instant = out->cls == ASSAY_DB_INSTANT;
    out->named = !out->nullable && out->cls == ASSAY_DB_ENUM;
}

static char escaped(char c)
{
    switch (c) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case '0': return '\0';
    case 'a': return '\a';
    case 'v': return '\v';
    case 'e': return '\033';
    default: return c;
    }
}

size_t assay_ch_unescape(char *text, size_t len)
{
    char *out = len > 0 ? memchr(text, '\\', len) : NULL;
    if (out == NULL)
        return len;
    for (const char *in = out, *end = text + len; in < end; in++) {
        if (*in == '\\' && in + 1 < end)
            *out++ = escaped(*++in);
        else
            *out++ = *in;
    }
    return (size_t)(out - text);
}

/* Reading a literal, and writing it as JSON. */
struct literal {
    const char *at, *end;
    struct assay_buf *out;
    int depth;
};

static bool put_value(struct literal *l);

/* Behind its opening quote: to the closing one. */
static bool put_quoted(struct literal *l)
{
    const char *from = ++l->at;
    while (l->at < l->end && *l->at != '\'')
        l->at += *l->at == '\\' ? 2 : 1;
    if (l->at >= l->end)
        return false;
    size_t len = (size_t)(l->at++ - from);
    char *copy = malloc(len + 1);
    if (copy == NULL)
        return false;
    memcpy(copy, from, len);
    assay_json_quote(l->out, assay_str(copy, assay_ch_unescape(copy, len)), 0);
    free(copy);
    return true;
}

/* A number, NULL, or a word such as nan. */
static bool put_word(struct literal *l, bool key)
{
    const char *from = l->at;
    while (l->at < l->end && strchr("[](){},:' ", *l->at) == NULL)
        l->at++;
    struct assay_str word = assay_str(from, (size_t)(l->at - from));
    if (word.len == 0)
        return false;
    if (!key && assay_str_is(word, "NULL"))
        assay_buf_puts(l->out, "null");
    else if (!key && (assay_json_is_number(word) || assay_str_is(word, "true") ||
                      assay_str_is(word, "false")))
        assay_buf_str(l->out, word);
    else
        assay_json_quote(l->out, word, 0);
    return true;
}

static bool put_member(struct literal *l, bool map)
{
    if (!map)
        return put_value(l);
    bool good = l->at < l->end && (*l->at == '\'' ? put_quoted(l) : put_word(l, true));
    if (!good || l->at == l->end || *l->at++ != ':')
        return false;
    assay_buf_putc(l->out, ':');
    return put_value(l);
}

static bool put_list(struct literal *l, char close)
{
    bool map = close == '}';
    assay_buf_putc(l->out, map ? '{' : '[');
    l->at++;
    while (l->at < l->end && *l->at != close) {
        if (!put_member(l, map) || l->at == l->end || (*l->at != ',' && *l->at != close))
            return false;
        if (*l->at == ',' && l->at + 1 < l->end && l->at[1] != close)
            assay_buf_putc(l->out, ',');
        l->at += *l->at == ',';
    }
    if (l->at == l->end)
        return false;
    l->at++;
    assay_buf_putc(l->out, map ? '}' : ']');
    return true;
}

static bool put_value(struct literal *l)
{
    if (l->at == l->end || l->depth == DEPTH_MAX)
        return false;
    l->depth++;
    bool good = *l->at == '['    ? put_list(l, ']')
                : *l->at == '('  ? put_list(l, ')')
                : *l->at == '{'  ? put_list(l, '}')
                : *l->at == '\'' ? put_quoted(l)
                                 : put_word(l, false);
    l->depth--;
    return good;
}

bool assay_ch_json(struct assay_str text, struct assay_buf *out)
{
    struct literal l = {.at = text.ptr, .end = text.ptr + text.len, .out = out};
    size_t before = out->len;
    if (put_value(&l) && l.at == l.end && !out->failed)
        return true;
    out->len = before;
    return false;
}

static enum assay_status bad_row(uint32_t row, const char *what, struct assay_error *err)
{
    assay_fail(err, ASSAY_SOURCE, "DB-LOST",
               "ClickHouse sent what cannot be read: row %u of a batch %s", row + 1, what);
    assay_error_help(err, "does something between here and the server change what is sent?");
    return ASSAY_SOURCE;
}

static bool is_null(struct assay_str text)
{
    return text.len == 2 && text.ptr[0] == '\\' && text.ptr[1] == 'N';
}

/* nan as others write it; the infinities are longer than what came. */
static bool put_special(struct assay_db_block *block, uint32_t column, const char *text, size_t len)
{
    const char *last = text + len - 1;
    if (*last == 'n') /* nan, -nan */
        return assay_db_put_text(block, column, ASSAY_KIND_NUMBER, ASSAY_STR("NaN"));
    return assay_db_put_text(block, column, ASSAY_KIND_NUMBER,
                             text[0] == '-' ? ASSAY_STR("-Infinity") : ASSAY_STR("Infinity"));
}

/* False: it is none, as where an error's text begins within a row. */
static bool put_number(struct assay_db_block *block, uint32_t column, size_t off, size_t len)
{
    struct assay_db_values *values = &block->columns[column];
    uint8_t *code = &values->code[block->rows];
    bool numbers = values->numbers;
    assay_db_put_span(block, column, ASSAY_KIND_NUMBER, off, len);
    *code = assay_number_parse(block->text + off, len, &values->mantissa[block->rows]);
    values->numbers = numbers;
    return *code != ASSAY_NUM_NOT;
}

static bool put_nested(struct assay_db_block *block, uint32_t column, size_t off, size_t len)
{
    struct assay_buf json;
    assay_buf_init(&json, JSON_ROOM);
    bool good = true;
    if (assay_ch_json(assay_str(block->text + off, len), &json))
        good = assay_db_put_text(block, column, ASSAY_KIND_TEXT, assay_buf_view(&json));
    else
        assay_db_put_span(block, column, ASSAY_KIND_TEXT, off, len);
    assay_buf_free(&json);
    return good;
}

enum put { PUT_GOOD, PUT_NONE, PUT_FULL };

static enum put put_bool(struct assay_db_block *block, uint32_t column, struct assay_str text)
{
    bool yes = assay_str_is(text, "true"), no = assay_str_is(text, "false");
    if (!yes && !no)
        return PUT_NONE;
    return assay_db_put_bool(block, column, yes) ? PUT_GOOD : PUT_FULL;
}

static enum put put_text(const struct assay_ch_type *type, struct assay_db_block *block,
                         uint32_t column, size_t off, size_t len)
{
    char *text = block->text + off;
    len = assay_ch_unescape(text, len);
    while (type->form == ASSAY_CH_FIXED && len > 0 && text[len - 1] == '\0')
        len--;
    assay_db_put_span(block, column, ASSAY_KIND_TEXT, off, len);
    return len <= block->max_field ? PUT_GOOD : PUT_FULL;
}

/* PUT_NONE: it is no value of the type; PUT_FULL: no memory, or over the limit. */
static enum put put_field(const struct assay_ch_type *type, struct assay_db_block *block,
                          uint32_t column, size_t off, size_t len)
{
    struct assay_str text = assay_str(block->text + off, len);
    char last = len > 0 ? text.ptr[len - 1] : '\0';
    if (is_null(text)) {
        assay_db_put_null(block, column);
        return PUT_GOOD;
    }
    switch (type->form) {
    case ASSAY_CH_FLOAT:
        if (len <= 4 && (last == 'n' || last == 'f'))
            return put_special(block, column, text.ptr, len) ? PUT_GOOD : PUT_FULL;
        return put_number(block, column, off, len) ? PUT_GOOD : PUT_NONE;
    case ASSAY_CH_NUMBER: return put_number(block, column, off, len) ? PUT_GOOD : PUT_NONE;
    case ASSAY_CH_NESTED: return put_nested(block, column, off, len) ? PUT_GOOD : PUT_FULL;
    case ASSAY_CH_BOOL: return put_bool(block, column, text);
    default: return put_text(type, block, column, off, len);
    }
}

static enum assay_status too_long(uint32_t row, size_t len, const struct assay_db_block *block,
                                  struct assay_error *err)
{
    if (len <= block->max_field)
        return assay_fail_nomem(err);
    return assay_fail(err, ASSAY_SOURCE, "DB-VALUE",
                      "row %u of a batch has a value of %zu bytes; the limit is %zu", row + 1, len,
                      block->max_field);
}

/* One row; `block->rows` is its number. */
static enum assay_status take_row(const struct assay_ch_type *types, size_t at, size_t end,
                                  struct assay_db_block *block, struct assay_error *err)
{
    size_t mark = sizeof ASSAY_CH_MARK - 1;
    if (end - at < mark + 1 || memcmp(block->text + at, ASSAY_CH_MARK, mark) != 0)
        return bad_row(block->rows, "is cut short", err);
    at += mark;
    end--; /* the line feed */
    for (uint32_t c = 0; c < block->column_count; c++) {
        bool last = c + 1 == block->column_count;
        const char *text = block->text + at;
        const char *tab = memchr(text, '\t', end - at);
        if ((tab == NULL) != last)
            return bad_row(block->rows, "has another number of fields", err);
        size_t len = last ? end - at : (size_t)(tab - text);
        enum put put = put_field(&types[c], block, c, at, len);
        if (put != PUT_GOOD)
            return put == PUT_NONE
                       ? bad_row(block->rows, "has a value that is none of its type", err)
                       : too_long(block->rows, len, block, err);
        at += len + 1;
    }
    return ASSAY_OK;
}

enum assay_status assay_ch_decode(const struct assay_ch_type *types, const uint32_t *ends,
                                  struct assay_db_block *block, struct assay_error *err)
{
    uint32_t count = block->rows;
    size_t at = 0;
    block->rows = 0;
    for (; block->rows < count; block->rows++) {
        uint32_t row = block->rows;
        ASSAY_TRY(take_row(types, at, ends[row], block, err));
        at = ends[row];
    }
    return ASSAY_OK;
}
