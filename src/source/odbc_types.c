/*
 * What a column of ODBC holds, and its values on their way into a block.
 */
#include "config.h"

#include "source/odbc_rows.h"

#ifdef HAVE_ODBC

#include <float.h>
#include <math.h>
#include <stdio.h>

#define LONG_CHARS 2000u   /* a column that may hold more characters is not bound */
#define SQL_SS_TIME (-154) /* SQL Server's own */
#define SQL_SS_OFFSET (-155)

/* By SQL type; the first that fits. Those not here are texts to look at. */
static const struct row {
    SQLSMALLINT type;
    enum assay_db_class cls;
    enum assay_odbc_form form;
} rows[] = {
    {SQL_BIT, ASSAY_DB_BOOLEAN, ASSAY_ODBC_BIT},
    {SQL_TINYINT, ASSAY_DB_INTEGER, ASSAY_ODBC_INT},
    {SQL_SMALLINT, ASSAY_DB_INTEGER, ASSAY_ODBC_INT},
    {SQL_INTEGER, ASSAY_DB_INTEGER, ASSAY_ODBC_INT},
    {SQL_BIGINT, ASSAY_DB_INTEGER, ASSAY_ODBC_INT},
    {SQL_DECIMAL, ASSAY_DB_DECIMAL, ASSAY_ODBC_NUMBER},
    {SQL_NUMERIC, ASSAY_DB_DECIMAL, ASSAY_ODBC_NUMBER},
    /* A server compares a real as the double that it is, which is not its text's. */
    {SQL_REAL, ASSAY_DB_OTHER, ASSAY_ODBC_FLOAT},
    {SQL_FLOAT, ASSAY_DB_FLOAT, ASSAY_ODBC_DOUBLE},
    {SQL_DOUBLE, ASSAY_DB_FLOAT, ASSAY_ODBC_DOUBLE},
    {SQL_CHAR, ASSAY_DB_TEXT, ASSAY_ODBC_TEXT},
    {SQL_VARCHAR, ASSAY_DB_TEXT, ASSAY_ODBC_TEXT},
    {SQL_LONGVARCHAR, ASSAY_DB_TEXT, ASSAY_ODBC_TEXT},
    {SQL_WCHAR, ASSAY_DB_TEXT, ASSAY_ODBC_TEXT},
    {SQL_WVARCHAR, ASSAY_DB_TEXT, ASSAY_ODBC_TEXT},
    {SQL_WLONGVARCHAR, ASSAY_DB_TEXT, ASSAY_ODBC_TEXT},
    {SQL_BINARY, ASSAY_DB_BINARY, ASSAY_ODBC_BYTES},
    {SQL_VARBINARY, ASSAY_DB_BINARY, ASSAY_ODBC_BYTES},
    {SQL_LONGVARBINARY, ASSAY_DB_BINARY, ASSAY_ODBC_BYTES},
    {SQL_TYPE_DATE, ASSAY_DB_DATE, ASSAY_ODBC_TIME},
    {SQL_TYPE_TIME, ASSAY_DB_TIME, ASSAY_ODBC_TIME},
    {SQL_TYPE_TIMESTAMP, ASSAY_DB_TIMESTAMP, ASSAY_ODBC_TIME},
    {SQL_DATE, ASSAY_DB_DATE, ASSAY_ODBC_TIME},
    {SQL_TIME, ASSAY_DB_TIME, ASSAY_ODBC_TIME},
    {SQL_TIMESTAMP, ASSAY_DB_TIMESTAMP, ASSAY_ODBC_TIME},
    {SQL_SS_TIME, ASSAY_DB_TIME, ASSAY_ODBC_TIME},
    {SQL_SS_OFFSET, ASSAY_DB_INSTANT, ASSAY_ODBC_WORD},
    {SQL_GUID, ASSAY_DB_UUID, ASSAY_ODBC_WORD},
};

static struct row row_of(SQLSMALLINT type)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].type == type)
            return rows[i];
    return (struct row){type, ASSAY_DB_OTHER, ASSAY_ODBC_TEXT};
}

/* What MariaDB tells only by a flag or a name: whole bits, zones, uuid and addresses. */
static void heed_kind(const struct assay_odbc *own, const char *name, struct assay_odbc_column *d,
                      struct assay_db_column *column)
{
    bool text = column->cls == ASSAY_DB_TEXT;
    if (own->kind->dynamic) {
        column->cls = strcasecmp(name, "boolean") == 0 || strcasecmp(name, "bool") == 0
                          ? ASSAY_DB_BOOLEAN
                          : ASSAY_DB_DYNAMIC;
        d->form = ASSAY_ODBC_TEXT;
        d->size = 0;
        return;
    }
    if (!own->kind->hex_escapes || !d->is_unsigned)
        return;
    if (strcasecmp(name, "timestamp") == 0) {
        column->cls = ASSAY_DB_INSTANT;
        d->form = ASSAY_ODBC_INSTANT;
    } else if (text || column->cls == ASSAY_DB_BINARY)
        column->cls = ASSAY_DB_OTHER;
    if (strcasecmp(name, "bit") == 0 && d->type == SQL_BINARY)
        d->form = ASSAY_ODBC_BITS;
}

static SQLLEN attribute(SQLHSTMT statement, SQLUSMALLINT column, SQLUSMALLINT what)
{
    SQLLEN value = 0;
    return SQL_SUCCEEDED(SQLColAttribute(statement, column, what, NULL, 0, NULL, &value)) ? value
                                                                                          : 0;
}

static enum assay_status describe(struct assay_odbc *own, SQLHSTMT statement, uint32_t i,
                                  struct assay_arena *arena, struct assay_db_column *column,
                                  struct assay_odbc_column *d, struct assay_error *err)
{
    SQLCHAR name[1024] = "", type[256] = "";
    SQLSMALLINT len = 0, digits = 0, nullable = SQL_NULLABLE_UNKNOWN;
    SQLUSMALLINT n = (SQLUSMALLINT)(i + 1);
    if (!SQL_SUCCEEDED(SQLDescribeCol(statement, n, name, sizeof name, &len, &d->type, &d->size,
                                      &digits, &nullable)))
        return assay_odbc_fail(own, SQL_HANDLE_STMT, statement, err);
    if (!SQL_SUCCEEDED(
            SQLColAttribute(statement, n, SQL_DESC_TYPE_NAME, type, sizeof type, &len, NULL)))
        type[0] = '\0';
    struct row row = row_of(d->type);
    *column = (struct assay_db_column){
        .name = assay_cstr(assay_arena_strdup(arena, assay_cstr((char *)name))),
        .type = assay_cstr(assay_arena_strdup(arena, assay_cstr((char *)type))),
        .cls = row.cls,
        .not_null = nullable == SQL_NO_NULLS,
        .scale = row.cls == ASSAY_DB_DECIMAL ? digits : -1,
    };
    if (column->name.ptr == NULL || column->type.ptr == NULL)
        return assay_fail_nomem(err);
    d->form = row.form;
    d->is_unsigned = attribute(statement, n, SQL_DESC_UNSIGNED) == SQL_TRUE;
    d->is_cell = own->kind->dynamic && strcmp((char *)name, ASSAY_ODBC_CELL) == 0;
    heed_kind(own, (char *)type, d, column);
    return ASSAY_OK;
}

enum assay_status assay_odbc_columns(struct assay_odbc *own, SQLHSTMT statement,
                                     struct assay_arena *arena, struct assay_db_column **columns,
                                     struct assay_odbc_column **detail, uint32_t *count,
                                     struct assay_error *err)
{
    SQLSMALLINT n = 0;
    if (!SQL_SUCCEEDED(SQLNumResultCols(statement, &n)))
        return assay_odbc_fail(own, SQL_HANDLE_STMT, statement, err);
    *count = (uint32_t)n;
    *columns = assay_arena_array(arena, *count + 1u, sizeof **columns);
    struct assay_odbc_column *d = assay_arena_array(arena, *count + 1u, sizeof *d);
    if (*columns == NULL || d == NULL)
        return assay_fail_nomem(err);
    for (uint32_t i = 0; i < *count; i++)
        ASSAY_TRY(describe(own, statement, i, arena, &(*columns)[i], &d[i], err));
    if (detail != NULL)
        *detail = d;
    return ASSAY_OK;
}

/* How it is asked for, and what one value needs; width 0: it may be of any length. */
void assay_odbc_fit(const struct assay_odbc *own, struct assay_odbc_column *d)
{
    bool wide = !own->library->utf8;
    switch (d->form) {
    case ASSAY_ODBC_INT:
        d->c_type = d->is_unsigned ? SQL_C_UBIGINT : SQL_C_SBIGINT;
        d->width = sizeof(int64_t);
        break;
    case ASSAY_ODBC_DOUBLE:
    case ASSAY_ODBC_FLOAT: d->c_type = SQL_C_DOUBLE, d->width = sizeof(double); break;
    case ASSAY_ODBC_BIT: d->c_type = SQL_C_BIT, d->width = 1; break;
    case ASSAY_ODBC_TIME:
    case ASSAY_ODBC_INSTANT:
    case ASSAY_ODBC_WORD: d->c_type = SQL_C_CHAR, d->width = 72; break;
    case ASSAY_ODBC_NUMBER:
        d->c_type = SQL_C_CHAR;
        d->width = d->size > 0 && d->size < LONG_CHARS ? d->size + 8 : 0;
        break;
    case ASSAY_ODBC_BITS:
    case ASSAY_ODBC_BYTES:
        d->c_type = SQL_C_BINARY;
        d->width = d->size > 0 && d->size <= LONG_CHARS ? d->size : 0;
        break;
    default:
        d->c_type = wide ? SQL_C_WCHAR : SQL_C_CHAR;
        d->width = d->size > 0 && d->size <= LONG_CHARS ? (d->size + 1) * 4 : 0;
    }
}

/* A server writes a whole double without a point. */
static bool put_double(struct assay_db_block *block, uint32_t column, double value)
{
    return fabs(value) < 1e15 && value == nearbyint(value)
               ? assay_db_put_int(block, column, (int64_t)value)
               : assay_db_put_double(block, column, value);
}

/* The shortest of 6 to 9 digits that reads back as the same; 9 always do. */
static bool put_float(struct assay_db_block *block, uint32_t column, float value)
{
    char text[40];
    int n = 0;
    if (!isfinite(value))
        return assay_db_put_double(block, column, (double)value);
    for (int digits = fabsf(value) < FLT_MIN ? 1 : 6; digits <= 9; digits++) {
        n = snprintf(text, sizeof text, "%.*g", digits, (double)value);
        struct assay_numref read = assay_numref(assay_str(text, (size_t)n));
        if ((float)assay_number_to_double(&read) == value)
            break;
    }
    return assay_db_put_text(block, column, ASSAY_KIND_NUMBER, assay_str(text, (size_t)n));
}

/* `.5` and ` 5` are numbers to drivers. */
static bool put_number(struct assay_db_block *block, uint32_t column, struct assay_str text)
{
    char whole[LONG_CHARS + 16];
    while (text.len > 0 && text.ptr[0] == ' ')
        text = assay_str(text.ptr + 1, text.len - 1);
    bool minus = text.len > 0 && text.ptr[0] == '-';
    if (text.len > minus && text.ptr[minus] == '.' && text.len < LONG_CHARS) {
        int n = snprintf(whole, sizeof whole, "%s0%.*s", minus ? "-" : "", (int)(text.len - minus),
                         text.ptr + minus);
        text = assay_str(whole, (size_t)n);
    }
    return assay_db_put_text(block, column, ASSAY_KIND_NUMBER, text);
}

/* Zeros at the end of a fraction say nothing; an instant is in UTC. */
static bool put_time(struct assay_db_block *block, uint32_t column, struct assay_str text, bool utc)
{
    char out[96];
    if (memchr(text.ptr, '.', text.len) != NULL) {
        while (text.ptr[text.len - 1] == '0')
            text.len--;
        text.len -= text.ptr[text.len - 1] == '.';
    }
    int n = snprintf(out, sizeof out, "%.*s%s", (int)text.len, text.ptr, utc ? "+00" : "");
    return assay_db_put_text(block, column, ASSAY_KIND_TEXT, assay_str(out, (size_t)n));
}

static bool put_bits(struct assay_db_block *block, uint32_t column, struct assay_str bytes)
{
    uint64_t value = 0;
    for (size_t i = 0; i < bytes.len; i++)
        value = value << 8 | (unsigned char)bytes.ptr[i];
    return assay_db_put_uint(block, column, value);
}

/* UTF-16 in the order of this machine; half a pair becomes three bytes that are no UTF-8. */
static bool put_wide(struct assay_db_block *block, uint32_t column, struct assay_str bytes)
{
    size_t units = bytes.len / sizeof(SQLWCHAR), begin = block->len;
    if (bytes.len > block->max_field || !assay_db_block_reserve(block, units * 3))
        return false;
    unsigned char *out = (unsigned char *)block->text + begin;
    for (size_t i = 0; i < units; i++) {
        SQLWCHAR unit[2] = {0, 0};
        memcpy(unit, bytes.ptr + i * sizeof *unit, (i + 1 < units ? 2 : 1) * sizeof *unit);
        uint32_t c = unit[0];
        if ((c & 0xfc00) == 0xd800 && (unit[1] & 0xfc00) == 0xdc00) {
            c = 0x10000 + ((c & 0x3ff) << 10) + (unit[1] & 0x3ffu);
            i++;
        }
        if (c < 0x80) {
            *out++ = (unsigned char)c;
            continue;
        }
        if (c >= 0x10000) {
            *out++ = (unsigned char)(0xf0 | c >> 18);
            *out++ = (unsigned char)(0x80 | (c >> 12 & 63));
        } else if (c >= 0x800)
            *out++ = (unsigned char)(0xe0 | c >> 12);
        else
            *out++ = (unsigned char)(0xc0 | c >> 6);
        if (c >= 0x800)
            *out++ = (unsigned char)(0x80 | (c >> 6 & 63));
        *out++ = (unsigned char)(0x80 | (c & 63));
    }
    size_t len = (size_t)(out - (unsigned char *)block->text) - begin;
    assay_db_put_span(block, column, ASSAY_KIND_TEXT, begin, len);
    block->len += len;
    return len <= block->max_field;
}

static int digit(char c)
{
    return c <= '9' ? c - '0' : c - 'A' + 10;
}

/* Hexadecimal digits as the bytes that they are, which are a text. */
static bool put_hex(struct assay_db_block *block, uint32_t column, struct assay_str digits)
{
    size_t len = digits.len / 2;
    if (len > block->max_field || !assay_db_block_reserve(block, len))
        return false;
    for (size_t i = 0; i < len; i++)
        block->text[block->len + i] =
            (char)(digit(digits.ptr[2 * i]) << 4 | digit(digits.ptr[2 * i + 1]));
    assay_db_put_span(block, column, ASSAY_KIND_TEXT, block->len, len);
    block->len += len;
    return true;
}

static bool put_real(struct assay_db_block *block, uint32_t column, struct assay_str text)
{
    struct assay_numref number = assay_numref(text);
    bool minus = text.len > 0 && text.ptr[0] == '-';
    double value = number.code == ASSAY_NUM_NOT ? (minus ? -HUGE_VAL : HUGE_VAL)
                                                : assay_number_to_double(&number);
    return assay_db_put_double(block, column, value);
}

/* A value of SQLite: its kind is the first letter. See assay_odbc_project. */
static bool put_cell(struct assay_db_block *block, uint32_t column, struct assay_str text)
{
    struct assay_str rest = assay_str(text.ptr + 1, text.len > 0 ? text.len - 1 : 0);
    char bytes[2] = "";
    if (text.len == 0)
        return false;
    switch (text.ptr[0]) {
    case 'n': return assay_db_put_text(block, column, ASSAY_KIND_NUMBER, rest);
    case 'r': return put_real(block, column, rest);
    case 'b':
        bytes[0] = rest.len > 0 ? rest.ptr[0] : '0';
        return assay_db_put_bool(block, column, bytes[0] == '1');
    case 'h': return put_hex(block, column, rest);
    default: return assay_db_put_text(block, column, ASSAY_KIND_TEXT, rest);
    }
}

static bool put_word(struct assay_db_block *block, uint32_t column, struct assay_str text)
{
    char small[72];
    for (size_t i = 0; i < text.len && i < sizeof small; i++)
        small[i] =
            text.ptr[i] >= 'A' && text.ptr[i] <= 'F' ? (char)(text.ptr[i] + 32) : text.ptr[i];
    return text.len <= sizeof small &&
           assay_db_put_text(block, column, ASSAY_KIND_TEXT, assay_str(small, text.len));
}

bool assay_odbc_put(const struct assay_odbc_column *d, struct assay_db_block *block,
                    uint32_t column, struct assay_str bytes)
{
    union {
        int64_t i;
        uint64_t u;
        double d;
    } value = {0};
    if (d->width != 0 && d->width <= sizeof value)
        memcpy(&value, bytes.ptr, d->width);
    switch (d->form) {
    case ASSAY_ODBC_INT:
        return d->is_unsigned ? assay_db_put_uint(block, column, value.u)
                              : assay_db_put_int(block, column, value.i);
    case ASSAY_ODBC_DOUBLE: return put_double(block, column, value.d);
    case ASSAY_ODBC_FLOAT: return put_float(block, column, (float)value.d);
    case ASSAY_ODBC_BIT: return assay_db_put_bool(block, column, bytes.ptr[0] != 0);
    case ASSAY_ODBC_BITS: return put_bits(block, column, bytes);
    case ASSAY_ODBC_NUMBER: return put_number(block, column, bytes);
    case ASSAY_ODBC_BYTES: return assay_db_put_bytes(block, column, bytes);
    case ASSAY_ODBC_TIME: return put_time(block, column, bytes, false);
    case ASSAY_ODBC_INSTANT: return put_time(block, column, bytes, true);
    case ASSAY_ODBC_WORD: return put_word(block, column, bytes);
    default: break;
    }
    if (d->is_cell)
        return put_cell(block, column, bytes);
    return d->c_type == SQL_C_WCHAR ? put_wide(block, column, bytes)
                                    : assay_db_put_text(block, column, ASSAY_KIND_TEXT, bytes);
}

#endif
