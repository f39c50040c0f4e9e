/*
 * An expression as SQL: every operation in parentheses, so that no dialect's precedence
 * matters, and functions by template where their names or forms differ.
 */
#include "config.h"

#include "expr/functions.h"
#include "expr/lex.h"
#include "expr/units.h"

#include <stdio.h>

struct writer {
    const struct assay_expr_dialect *dialect;
    struct assay_buf *out;
    bool native; /* what is written is read back by the parser of this folder */
};

static bool write_node(struct writer *w, const struct assay_expr_node *node);

static void quoted(struct assay_buf *out, struct assay_str text, char quote)
{
    assay_buf_putc(out, quote);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == quote)
            assay_buf_putc(out, quote);
        assay_buf_putc(out, text.ptr[i]);
    }
    assay_buf_putc(out, quote);
}

static void write_text(struct writer *w, struct assay_str text)
{
    if (w->dialect->literal != NULL)
        w->dialect->literal(w->out, text);
    else
        quoted(w->out, text, '\'');
}

static void write_name(struct writer *w, struct assay_str name)
{
    if (w->dialect->identifier != NULL)
        w->dialect->identifier(w->out, name);
    else
        quoted(w->out, name, '"');
}

static const char *find_template(const struct writer *w, const char *name, bool *found)
{
    for (uint32_t i = 0; i < w->dialect->template_count; i++)
        if (strcmp(w->dialect->templates[i].name, name) == 0) {
            *found = true;
            return w->dialect->templates[i].text;
        }
    *found = false;
    return NULL;
}

static bool write_list(struct writer *w, const struct assay_expr_node *node, uint32_t from,
                       const char *between)
{
    for (uint32_t i = from; i < node->count; i++) {
        if (i > from)
            assay_buf_puts(w->out, between);
        if (!write_node(w, node->args[i]))
            return false;
    }
    return true;
}

/*
 * The template with $1 ... replaced, and $* by all arguments but the first; an argument it
 * lacks makes it inexpressible.
 */
static bool write_template(struct writer *w, const struct assay_expr_node *node, const char *text)
{
    for (; *text; text++) {
        if (*text == '$' && text[1] == '*') {
            text++;
            if (!write_list(w, node, 1, ", "))
                return false;
            continue;
        }
        if (*text != '$' || text[1] < '1' || text[1] > '9') {
            assay_buf_putc(w->out, *text);
            continue;
        }
        uint32_t i = (uint32_t)(*++text - '1');
        if (i >= node->count || !write_node(w, node->args[i]))
            return false;
    }
    return true;
}

static void upper(struct assay_buf *out, const char *word)
{
    for (; *word; word++)
        assay_buf_putc(out, *word >= 'a' && *word <= 'z' ? (char)(*word - 'a' + 'A') : *word);
}

static void write_interval(struct writer *w, const struct assay_expr_node *node)
{
    if (w->native) {
        assay_buf_puts(w->out, "INTERVAL ");
        quoted(w->out, node->text, '\'');
        return;
    }
    if (node->months != 0)
        assay_buf_printf(w->out, "INTERVAL '%d' MONTH", (int)node->months);
    if (node->months != 0 && node->value != 0)
        assay_buf_puts(w->out, " + ");
    if (node->value != 0 || node->months == 0) {
        struct assay_expr_decimal d = {.mantissa = node->value, .code = 6};
        char text[64];
        assay_expr_decimal_shorten(&d);
        size_t n = assay_expr_decimal_text(&d, text);
        assay_buf_printf(w->out, "INTERVAL '%.*s' SECOND", (int)n, text);
    }
}

static void write_time(struct writer *w, const struct assay_expr_node *node)
{
    char text[48];
    size_t n =
        assay_expr_time_text(node->type, (struct assay_instant){node->value, node->nanos}, text);
    assay_buf_puts(w->out, node->type == ASSAY_EXPR_DATE   ? "DATE '"
                           : node->type == ASSAY_EXPR_TIME ? "TIME '"
                                                           : "TIMESTAMP '");
    assay_buf_add(w->out, text, n);
    assay_buf_putc(w->out, '\'');
}

static bool write_literal(struct writer *w, const struct assay_expr_node *node)
{
    switch (node->type) {
    case ASSAY_EXPR_NULL: assay_buf_puts(w->out, "NULL"); break;
    case ASSAY_EXPR_BOOL: assay_buf_puts(w->out, node->value ? "TRUE" : "FALSE"); break;
    case ASSAY_EXPR_NUMBER: assay_buf_str(w->out, node->text); break;
    case ASSAY_EXPR_TEXT: write_text(w, node->text); break;
    case ASSAY_EXPR_INTERVAL: write_interval(w, node); break;
    default: write_time(w, node); break;
    }
    return true;
}

static const char *compare_sign(uint8_t op)
{
    switch (op) {
    case ASSAY_EXPR_EQ: return " = ";
    case ASSAY_EXPR_NE: return " <> ";
    case ASSAY_EXPR_LT: return " < ";
    case ASSAY_EXPR_LE: return " <= ";
    case ASSAY_EXPR_GT: return " > ";
    default: return " >= ";
    }
}

/* What follows the first operand of IN, BETWEEN, LIKE and IS. */
static bool write_predicate(struct writer *w, const struct assay_expr_node *node)
{
    const char *no = node->negated ? " NOT" : "";
    if (!write_node(w, node->args[0]))
        return false;
    switch (node->kind) {
    case ASSAY_EXPR_IN:
        assay_buf_printf(w->out, "%s IN (", no);
        if (!write_list(w, node, 1, ", "))
            return false;
        assay_buf_putc(w->out, ')');
        return true;
    case ASSAY_EXPR_BETWEEN:
        assay_buf_printf(w->out, "%s BETWEEN ", no);
        return write_list(w, node, 1, " AND ");
    case ASSAY_EXPR_LIKE:
        assay_buf_printf(w->out, "%s %s ", no, node->op == 'i' ? "ILIKE" : "LIKE");
        return write_list(w, node, 1, " ESCAPE ");
    default:
        assay_buf_printf(w->out, " IS%s %s", no,
                         node->op == 'n'   ? "NULL"
                         : node->op == 't' ? "TRUE"
                                           : "FALSE");
        return true;
    }
}

static bool write_case(struct writer *w, const struct assay_expr_node *node)
{
    uint32_t i = 0;
    assay_buf_puts(w->out, "CASE");
    if (node->operand) {
        assay_buf_putc(w->out, ' ');
        if (!write_node(w, node->args[i++]))
            return false;
    }
    for (; i < node->count; i += 2) {
        bool is_else = i + 1 == node->count;
        assay_buf_puts(w->out, is_else ? " ELSE " : " WHEN ");
        if (!write_node(w, node->args[i]))
            return false;
        if (is_else)
            break;
        assay_buf_puts(w->out, " THEN ");
        if (!write_node(w, node->args[i + 1]))
            return false;
    }
    assay_buf_puts(w->out, " END");
    return true;
}

static const char *cast_name(const struct writer *w, enum assay_type type)
{
    if (w->native)
        return type == ASSAY_TYPE_STRING ? "TEXT" : assay_type_name(type);
    switch (type) {
    case ASSAY_TYPE_INTEGER: return "DECIMAL(38)";
    case ASSAY_TYPE_STRING: return "VARCHAR";
    case ASSAY_TYPE_DATE: return "DATE";
    case ASSAY_TYPE_TIMESTAMP: return "TIMESTAMP";
    case ASSAY_TYPE_BOOLEAN: return "BOOLEAN";
    default: return "DECIMAL";
    }
}

static bool write_cast(struct writer *w, const struct assay_expr_node *node)
{
    char name[32];
    bool found;
    snprintf(name, sizeof name, "cast %s", assay_type_name(node->cast));
    const char *text = find_template(w, name, &found);
    if (found)
        return text != NULL && write_template(w, node, text);
    assay_buf_puts(w->out, "CAST(");
    if (!write_node(w, node->args[0]))
        return false;
    assay_buf_puts(w->out, " AS ");
    upper(w->out, cast_name(w, node->cast));
    assay_buf_putc(w->out, ')');
    return true;
}

static bool write_call(struct writer *w, const struct assay_expr_node *node)
{
    bool found;
    const char *text = find_template(w, node->function->name, &found);
    if (!found && !w->native)
        text = node->function->sql;
    if (text != NULL || found)
        return text != NULL && write_template(w, node, text);
    if (strcmp(node->function->name, "extract") == 0) {
        assay_buf_puts(w->out, "EXTRACT(");
        upper(w->out, assay_expr_unit_name((enum assay_expr_unit)node->args[0]->months));
        assay_buf_puts(w->out, " FROM ");
        return write_list(w, node, 1, ", ") && (assay_buf_putc(w->out, ')'), true);
    }
    upper(w->out, node->function->name);
    if (strncmp(node->function->name, "current_", 8) == 0)
        return true;
    assay_buf_putc(w->out, '(');
    return write_list(w, node, 0, ", ") && (assay_buf_putc(w->out, ')'), true);
}

static bool write_logic(struct writer *w, const struct assay_expr_node *node)
{
    bool all = node->kind == ASSAY_EXPR_AND;
    const char *const *own = all ? w->dialect->all : w->dialect->any;
    if (own[0] == NULL)
        return write_list(w, node, 0, all ? " AND " : " OR ");
    assay_buf_puts(w->out, own[0]);
    bool good = write_list(w, node, 0, own[1]);
    assay_buf_puts(w->out, own[2]);
    return good;
}

static bool write_operation(struct writer *w, const struct assay_expr_node *node)
{
    char sign[] = "   ";
    switch (node->kind) {
    case ASSAY_EXPR_NEGATE:
    case ASSAY_EXPR_NOT:
        assay_buf_puts(w->out, node->kind == ASSAY_EXPR_NOT ? "NOT " : "-");
        return write_node(w, node->args[0]);
    case ASSAY_EXPR_ARITH:
    case ASSAY_EXPR_SHIFT:
    case ASSAY_EXPR_SPAN: sign[1] = (char)node->op; return write_list(w, node, 0, sign);
    case ASSAY_EXPR_CONCAT: return write_list(w, node, 0, " || ");
    case ASSAY_EXPR_COMPARE: return write_list(w, node, 0, compare_sign(node->op));
    case ASSAY_EXPR_AND:
    case ASSAY_EXPR_OR: return write_logic(w, node);
    default: return write_predicate(w, node);
    }
}

static bool write_node(struct writer *w, const struct assay_expr_node *node)
{
    bool found = false;
    const char *text = NULL;
    switch (node->kind) {
    case ASSAY_EXPR_LITERAL: return write_literal(w, node);
    case ASSAY_EXPR_COLUMN: write_name(w, node->text); return true;
    case ASSAY_EXPR_READ: return write_node(w, node->args[0]);
    case ASSAY_EXPR_CASE: return write_case(w, node);
    case ASSAY_EXPR_CAST: return write_cast(w, node);
    case ASSAY_EXPR_CALL: return write_call(w, node);
    case ASSAY_EXPR_SPAN: text = find_template(w, "-time", &found); break;
    case ASSAY_EXPR_IN: text = find_template(w, node->negated ? "not in" : "in", &found); break;
    case ASSAY_EXPR_BETWEEN:
        text = find_template(w, node->negated ? "not between" : "between", &found);
        break;
    case ASSAY_EXPR_LIKE:
        if (node->op == 'i' && !node->negated)
            text = find_template(w, "ilike", &found);
        else if (node->op == 'i')
            text = find_template(w, "not ilike", &found);
        break;
    default: break;
    }
    if (found)
        return text != NULL && write_template(w, node, text);
    assay_buf_putc(w->out, '(');
    if (!write_operation(w, node))
        return false;
    assay_buf_putc(w->out, ')');
    return true;
}

static void native_identifier(struct assay_buf *out, struct assay_str name)
{
    static const char *const words[] = {"current_date", "current_timestamp", "date", "time",
                                        "timestamp",    "interval",          "as",   "from"};
    bool bare = assay_expr_is_bare_name(name);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        bare = bare && !assay_expr_word_is(name, words[i]);
    if (bare)
        assay_buf_str(out, name);
    else
        quoted(out, name, '"');
}

const struct assay_expr_dialect assay_expr_native = {.identifier = native_identifier};

bool assay_expr_sql(const struct assay_expr *expr, const struct assay_expr_dialect *dialect,
                    struct assay_buf *out)
{
    static const struct assay_expr_dialect standard = {0};
    struct writer w = {.dialect = dialect ? dialect : &standard,
                       .out = out,
                       .native = dialect == &assay_expr_native};
    return write_node(&w, expr->root) && !out->failed;
}
