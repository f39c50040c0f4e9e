/*
 * What is said of checks that are none, and of those that can be run, but hardly mean what
 * they say.
 */
#include "config.h"

#include "base/number.h"
#include "base/suggest.h"
#include "base/time.h"
#include "suite/native.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "1", "-5", "$3.50", "1.234,50": not "A7". */
static bool looks_like_number(struct assay_str text)
{
    size_t i = 0;
    while (i < text.len && i < 4 && !is_digit(text.ptr[i]) &&
           !((text.ptr[i] | 0x20) >= 'a' && (text.ptr[i] | 0x20) <= 'z'))
        i++;
    return i < text.len && is_digit(text.ptr[i]);
}

/* 31.12.2026, 12/31/26: digits, and one separator twice between them. */
static bool looks_like_date(struct assay_str text)
{
    size_t separators = 0;
    char separator = '\0';
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (is_digit(c))
            continue;
        if (strchr("./-", c) == NULL || (separator != '\0' && c != separator))
            return false;
        separator = c;
        separators++;
    }
    return separators == 2 && text.len >= 6 && is_digit(text.ptr[0]) &&
           is_digit(text.ptr[text.len - 1]);
}

static void warn_bound(struct assay_loader *loader, const struct assay_check *check,
                       const struct assay_node *bound)
{
    struct assay_str text = bound->text, column = check->columns[0];
    int64_t micros;
    if (assay_time_parse_safe(text.ptr, text.len,
                              ASSAY_TIME_TIMESTAMP | ASSAY_TIME_DATE | ASSAY_TIME_TIME, 0, &micros))
        return;
    const char *no_day = assay_time_why_not(text, ASSAY_TIME_TIMESTAMP | ASSAY_TIME_DATE);
    if (no_day[0] != '\0') { /* a date but for that, so no text on purpose */
        assay_node_error(loader->diags, bound, "SUITE-TYPE", "%.*s is no date%s",
                         (int)assay_node_shown(bound).len, assay_node_shown(bound).ptr, no_day);
        return;
    }
    if (!looks_like_number(text) && !bound->secret)
        return;
    struct assay_error *error = assay_node_warning(
        loader->diags, bound, "SUITE-TEXT",
        "%.*s has no declared type and %s is a text: as text \"10\" comes before \"9\"",
        (int)(column.len < 100 ? column.len : 100), column.ptr, bound->key.ptr);
    struct assay_numref number = assay_numref(text);
    if (number.code != ASSAY_NUM_NOT)
        assay_error_help(error, "write the number without quotes, or declare `type: number`");
    else if (looks_like_date(text))
        assay_error_help(error,
                         "declare `type: date` and the `format` of the data ('%%d.%%m.%%Y'), "
                         "and write bounds as 2026-12-31");
    else
        assay_error_help(error,
                         "declare the type of the column; `type: string` where that is meant");
}

void assay_native_hint(struct assay_loader *loader, const struct assay_check *check,
                       const struct assay_node *given)
{
    const struct assay_expectation *e = check->expectation;
    if (loader->lenient || given == NULL || check->column_count != 1 ||
        check->type != ASSAY_TYPE_NONE || e->scope != ASSAY_SCOPE_COLUMN)
        return;
    for (size_t i = 0; i < e->param_count; i++) {
        const struct assay_param *param = &e->params[i];
        const struct assay_node *bound =
            param->type == ASSAY_PARAM_SCALAR && (param->flags & ASSAY_PARAM_ONE_OF)
                ? assay_node_get(given, param->name)
                : NULL;
        struct assay_node typed;
        if (bound != NULL && assay_param_retyped(param, bound, &typed)->kind == ASSAY_NODE_STRING)
            warn_bound(loader, check, bound);
    }
}

void assay_native_unknown(struct assay_loader *loader, const struct assay_node *node,
                          struct assay_str name, bool key)
{
    size_t count, n = 0;
    const struct assay_expectation *const *all = assay_expectations(&count);
    const char *names[200];
    for (size_t i = 0; i < count && n < 200; i++)
        names[n++] = all[i]->name;
    static const char text[] = "there is no expectation \"%.*s\"";
    struct assay_error *error =
        key ? assay_node_key_error(loader->diags, node, "SUITE-CHECK", text, (int)name.len,
                                   name.ptr)
            : assay_node_error(loader->diags, node, "SUITE-CHECK", text, (int)name.len, name.ptr);
    const char *near = assay_suggest(name, names, n);
    if (near != NULL)
        assay_error_help(error, "did you mean %s?", near);
    else
        assay_error_help(error, "`assay list expectations` shows all of them");
}

void assay_native_no_check(struct assay_loader *loader, const struct assay_node *node)
{
    struct assay_error *error = assay_node_error(
        loader->diags, node, "SUITE-TYPE", "expected a check, found %s",
        node->kind == ASSAY_NODE_MAPPING ? "a map of several keys" : assay_node_kind_name(node));
    bool flat = node->kind == ASSAY_NODE_MAPPING && node->first != NULL;
    if (flat && assay_expectation_find(node->first->key) != NULL)
        assay_error_help(error, "put the parameters of %s into its braces: `- %s: {%s: …}`",
                         node->first->key.ptr, node->first->key.ptr, node->last->key.ptr);
    else
        assay_error_help(error, "a check is a name, or one name with its parameters: "
                                "`- not_null` or `- range: {min: 0}`");
}
