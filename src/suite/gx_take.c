/*
 * The functions of the table's keywords, each the other way round.
 */
#include "config.h"

#include "suite/gx_take.h"

#include "base/number.h"

static const struct assay_node *wanted(const struct assay_gx_attempt *a, const char *key)
{
    return key ? assay_node_get(a->wants, key) : NULL;
}

bool assay_gx_same_condition(struct assay_loader *loader, const struct assay_node *a,
                             const struct assay_node *b)
{
    struct assay_expr_scope scope = {assay_suite_type_of, loader->suite};
    struct assay_expr *exprs[2] = {NULL, NULL};
    const struct assay_node *nodes[2] = {a, b};
    struct assay_buf texts[2];
    struct assay_error error;
    bool ok = a->written.ptr == NULL && b->written.ptr == NULL;
    for (int i = 0; i < 2; i++) {
        assay_buf_init(&texts[i], (size_t)1 << 20);
        ok = ok && assay_expr_parse(&loader->suite->arena, nodes[i]->text, &scope, &exprs[i],
                                    &error) == ASSAY_OK;
        ok = ok && assay_expr_sql(exprs[i], &assay_expr_native, &texts[i]);
        assay_expr_free(exprs[i]);
    }
    ok = ok && assay_str_equal(assay_buf_view(&texts[0]), assay_buf_view(&texts[1]));
    assay_buf_free(&texts[0]);
    assay_buf_free(&texts[1]);
    return ok;
}

typedef void take_fn(struct assay_gx_attempt *a, const struct assay_gx_kwarg *kwarg);

static void take_same(struct assay_gx_attempt *a, const struct assay_gx_kwarg *kwarg)
{
    const struct assay_node *node = wanted(a, kwarg->to);
    if (node != NULL)
        assay_gx_put(&a->make, kwarg->name, node);
}

/*
 * A pattern of PCRE2 as Python has it. What Python does not know (possessive classes,
 * verbs, recursion, properties) is found here; the rest is found by translating back.
 */
static bool python_of(struct assay_gx_attempt *a, struct assay_str text, struct assay_str *out)
{
    static const char *const unknown[] = {"(*",  "(?|", "(?R", "(?&", "(?C", "(?<n", "(?'",
                                          "[[:", "[:",  "(?1", "(?+", "(?-", "(?P>"};
    bool unicode = text.len >= 6 && memcmp(text.ptr, "(*UCP)", 6) == 0, classes = false;
    if (unicode)
        text = assay_str(text.ptr + 6, text.len - 6);
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
        if (memmem(text.ptr, text.len, unknown[i], strlen(unknown[i])) != NULL)
            return false;
    char *copy = assay_arena_alloc(&a->writing->loader->suite->arena, text.len + 8);
    if (copy == NULL)
        return a->writing->loader->nomem = true, false;
    char *p = copy + 4;
    for (size_t i = 0; i < text.len; i++) {
        bool escape = text.ptr[i] == '\\' && i + 1 < text.len;
        *p++ = text.ptr[i];
        if (!escape)
            continue;
        char c = text.ptr[++i];
        if (memchr("pPhHvVRXKQEGNkgoZeczA", c, 21) != NULL && c != 'z' && c != 'A')
            return false;
        classes |= memchr("dDwWsSbB", c, 8) != NULL;
        *p++ = c == 'z' ? 'Z' : c;
    }
    bool ascii = classes && !unicode;
    if (ascii)
        memcpy(copy, "(?a)", 4);
    char *from = ascii ? copy : copy + 4;
    *out = assay_str(from, (size_t)(p - from));
    return true;
}

static void take_regex(struct assay_gx_attempt *a, const struct assay_gx_kwarg *kwarg)
{
    const struct assay_node *node = wanted(a, kwarg->to);
    struct assay_str text;
    if (node == NULL)
        return;
    if (node->written.ptr != NULL)
        take_same(a, kwarg);
    else if (node->kind == ASSAY_NODE_STRING && python_of(a, node->text, &text))
        assay_gx_put_text(&a->make, kwarg->name, node, text);
}

static void take_regexes(struct assay_gx_attempt *a, const struct assay_gx_kwarg *kwarg)
{
    const struct assay_node *node = wanted(a, kwarg->to);
    struct assay_str text;
    if (node == NULL || node->kind != ASSAY_NODE_SEQUENCE)
        return;
    struct assay_node *list = assay_gx_collection(&a->make, node, ASSAY_NODE_SEQUENCE);
    for (const struct assay_node *c = node->first; c != NULL; c = c->next) {
        struct assay_node *one = assay_gx_append(&a->make, list, c);
        if (one == NULL || c->kind != ASSAY_NODE_STRING)
            return;
        if (c->written.ptr == NULL && !python_of(a, c->text, &text))
            return;
        one->text = c->written.ptr == NULL ? text : c->text;
    }
    assay_gx_put(&a->make, kwarg->name, list);
}

/* at: {q: {min, max}} to {quantiles: [q], value_ranges: [[min, max]]}. */
static void take_quantiles(struct assay_gx_attempt *a, const struct assay_gx_kwarg *kwarg)
{
    const struct assay_node *at = wanted(a, kwarg->to);
    if (at == NULL || at->kind != ASSAY_NODE_MAPPING)
        return;
    struct assay_node null = *at;
    null.kind = ASSAY_NODE_NULL;
    null.first = null.last = NULL;
    struct assay_node *quantiles = assay_gx_collection(&a->make, at, ASSAY_NODE_SEQUENCE);
    struct assay_node *ranges = assay_gx_collection(&a->make, at, ASSAY_NODE_SEQUENCE);
    for (const struct assay_node *c = at->first; c != NULL && ranges != NULL; c = c->next) {
        struct assay_node q = null;
        q.kind = assay_scalar_kind(c->key);
        q.text = c->key;
        const struct assay_node *min = assay_node_get(c, "min"), *max = assay_node_get(c, "max");
        struct assay_node *pair = assay_gx_collection(&a->make, c, ASSAY_NODE_SEQUENCE);
        assay_gx_append(&a->make, quantiles, &q);
        assay_gx_append(&a->make, pair, min ? min : &null);
        assay_gx_append(&a->make, pair, max ? max : &null);
        if (pair != NULL)
            assay_gx_append(&a->make, ranges, pair);
    }
    struct assay_node *map = assay_gx_collection(&a->make, at, ASSAY_NODE_MAPPING);
    struct assay_gx_item inner = a->make;
    inner.given = map;
    if (map == NULL || quantiles == NULL || ranges == NULL)
        return;
    assay_gx_put(&inner, "quantiles", quantiles);
    assay_gx_put(&inner, "value_ranges", ranges);
    assay_gx_put(&a->make, kwarg->name, map);
}

static void take_relative_error(struct assay_gx_attempt *a, const struct assay_gx_kwarg *kwarg)
{
    const struct assay_node *node = wanted(a, kwarg->to);
    if (node != NULL && !assay_str_is(node->text, "nearest")) /* which is the default */
        assay_gx_put(&a->make, kwarg->name, node);
}

static void take_partition(struct assay_gx_attempt *a, const struct assay_gx_kwarg *kwarg)
{
    static const char *const parts[] = {"values", "weights", "bins", "tail_weights"};
    struct assay_gx_item inner = a->make;
    inner.given = assay_gx_collection(&a->make, a->wants, ASSAY_NODE_MAPPING);
    if (inner.given == NULL)
        return;
    for (size_t i = 0; i < 4; i++)
        if (wanted(a, parts[i]) != NULL)
            assay_gx_put(&inner, parts[i], wanted(a, parts[i]));
    assay_gx_put(&a->make, kwarg->name, inner.given);
}

static void take_distribution_params(struct assay_gx_attempt *a, const struct assay_gx_kwarg *kwarg)
{
    const struct assay_node *distribution = wanted(a, "distribution");
    struct assay_gx_item inner = a->make;
    const char *name, *native;
    inner.given = assay_gx_collection(&a->make, a->wants, ASSAY_NODE_MAPPING);
    if (inner.given == NULL || distribution == NULL)
        return;
    for (size_t i = 0; (name = assay_gx_distribution_param(distribution, i, &native)); i++)
        if (wanted(a, native) != NULL)
            assay_gx_put(&inner, name, wanted(a, native));
    if (inner.given->count != 0)
        assay_gx_put(&a->make, kwarg->name, inner.given);
}

static void take_types(struct assay_gx_attempt *a, const struct assay_gx_kwarg *kwarg)
{
    const struct assay_node *node = wanted(a, kwarg->to);
    if (node == NULL)
        return;
    bool single = strcmp(kwarg->name, "type_") == 0;
    bool list = node->kind == ASSAY_NODE_SEQUENCE;
    struct assay_node *types = assay_gx_collection(&a->make, node, ASSAY_NODE_SEQUENCE);
    for (const struct assay_node *c = list ? node->first : node; c != NULL && types != NULL;
         c = list ? c->next : NULL) {
        const char *name = c->kind == ASSAY_NODE_STRING ? assay_gx_type_name(c->text) : NULL;
        struct assay_node *one = name ? assay_gx_append(&a->make, types, c) : NULL;
        if (one == NULL)
            return;
        one->text = assay_str(name, strcspn(name, " "));
    }
    if (types != NULL && (!single || types->count == 1))
        assay_gx_put(&a->make, kwarg->name, single ? types->first : types);
}

static void take_ignore_row_if(struct assay_gx_attempt *a, const struct assay_gx_kwarg *kwarg)
{
    const struct assay_node *node = wanted(a, kwarg->to);
    const char *name = node ? assay_gx_ignored(node->text, a->make.row->domain) : NULL;
    bool dflt = a->make.row->domain == ASSAY_GX_PAIR && node && assay_str_is(node->text, "all");
    if (name != NULL && !dflt)
        assay_gx_put_text(&a->make, kwarg->name, node, assay_cstr(name));
}

static void take_or_equal(struct assay_gx_attempt *a, const struct assay_gx_kwarg *kwarg)
{
    const struct assay_node *op = wanted(a, kwarg->to);
    if (op != NULL && assay_str_is(op->text, ">="))
        assay_gx_put_bool(&a->make, kwarg->name, op, true);
}

static void take_pair_column(struct assay_gx_attempt *a, const struct assay_gx_kwarg *kwarg)
{
    const struct assay_node *columns = wanted(a, "columns");
    bool first = strcmp(kwarg->to, "column") == 0;
    if (columns != NULL && columns->kind == ASSAY_NODE_SEQUENCE && columns->count == 2)
        assay_gx_put(&a->make, kwarg->name, first ? columns->first : columns->last);
    else
        take_same(a, kwarg);
}

static void take_column_set(struct assay_gx_attempt *a, const struct assay_gx_kwarg *kwarg)
{
    const struct assay_node *all = wanted(a, "exactly"), *some = wanted(a, "include");
    if (all != NULL || some != NULL)
        assay_gx_put(&a->make, kwarg->name, all ? all : some);
}

/* Keywords that the row itself looks at. */
static void take_unread(struct assay_gx_attempt *a, const struct assay_gx_kwarg *kwarg)
{
    const struct assay_node *name = wanted(a, "name"), *some = wanted(a, "include");
    if (strcmp(kwarg->name, "exact_match") == 0)
        assay_gx_put_bool(&a->make, kwarg->name, a->wants, wanted(a, "exactly") != NULL);
    else if (strcmp(kwarg->name, "column") == 0 &&
             (name != NULL || (some != NULL && some->kind < ASSAY_NODE_SEQUENCE)))
        assay_gx_put(&a->make, kwarg->name, name ? name : some);
}

static void take_row_condition(struct assay_gx_attempt *a, const struct assay_gx_kwarg *kwarg)
{
    const struct assay_node *where = wanted(a, "where");
    if (where == NULL || where->kind != ASSAY_NODE_STRING || where->written.ptr != NULL)
        return;
    for (int pandas = 1; pandas >= 0; pandas--) {
        const char *text = assay_gx_condition_of(a->writing->loader, where->text, pandas);
        struct assay_gx_item back = a->make;
        struct assay_node node = *where;
        if (text == NULL)
            continue;
        node.text = assay_cstr(text);
        back.failed = false;
        const char *sql = assay_gx_condition(&back, &node, pandas);
        struct assay_node again = *where;
        again.text = assay_cstr(sql);
        if (sql == NULL || !assay_gx_same_condition(a->writing->loader, where, &again))
            continue;
        a->own_where = !assay_str_equal(where->text, again.text);
        assay_gx_put_text(&a->make, kwarg->name, where, node.text);
        assay_gx_put_text(&a->make, "condition_parser", where,
                          assay_cstr(pandas ? "pandas" : "great_expectations"));
        return;
    }
}

static void take_nothing(struct assay_gx_attempt *a, const struct assay_gx_kwarg *kwarg)
{
    (void)a, (void)kwarg;
}

/* Each function of the table and the way back. */
static const struct {
    assay_gx_put_fn *put;
    take_fn *take;
} ways[] = {
    {NULL, take_same},
    {assay_gx_text, take_same},
    {assay_gx_list, take_same},
    {assay_gx_bound, take_same},
    {assay_gx_whole, take_same},
    {assay_gx_members, take_same},
    {assay_gx_distinct_members, take_same},
    {assay_gx_regex, take_regex},
    {assay_gx_regexes, take_regexes},
    {assay_gx_quantiles, take_quantiles},
    {assay_gx_relative_error, take_relative_error},
    {assay_gx_partition, take_partition},
    {assay_gx_finite_partition, take_partition},
    {assay_gx_distribution_params, take_distribution_params},
    {assay_gx_types, take_types},
    {assay_gx_ignore_row_if, take_ignore_row_if},
    {assay_gx_row_condition, take_row_condition},
    {assay_gx_unread, take_unread},
    {assay_gx_legacy, take_nothing},
    {assay_gx_pair_column, take_pair_column},
    {assay_gx_column_set, take_column_set},
    {assay_gx_or_equal, take_or_equal},
};

static void take_rows(struct assay_gx_attempt *a, const struct assay_gx_kwarg *kwargs, size_t count,
                      bool own)
{
    for (size_t i = 0; i < count; i++) {
        bool unread = kwargs[i].put == assay_gx_unread && !own;
        for (size_t w = 0; w < sizeof ways / sizeof ways[0] && !unread; w++)
            if (ways[w].put == kwargs[i].put &&
                assay_node_get(a->make.given, kwargs[i].name) == NULL)
                ways[w].take(a, &kwargs[i]);
    }
}

/* A share as a number: 95% is one of assay's. */
static void take_mostly(struct assay_gx_attempt *a)
{
    const struct assay_node *node = wanted(a, "mostly");
    struct assay_opt_ratio ratio = {0};
    char text[64];
    if (node == NULL)
        return;
    if (node->kind != ASSAY_NODE_STRING || node->written.ptr != NULL) {
        assay_gx_put(&a->make, "mostly", node);
        return;
    }
    if (!assay_node_ratio(a->writing->loader, node, &ratio))
        return;
    size_t len = assay_double_text(ratio.value, text);
    struct assay_node *share = assay_gx_put_text(&a->make, "mostly", node, assay_str(text, len));
    if (share != NULL)
        share->kind = ASSAY_NODE_FLOAT;
}

void assay_gx_take(struct assay_gx_attempt *a)
{
    size_t count;
    const struct assay_gx_kwarg *common = assay_gx_common(a->make.row->domain, &count);
    take_rows(a, common, count, false);
    take_rows(a, a->make.row->kwargs, a->make.row->kwarg_count, true);
    if (a->make.row->map)
        take_mostly(a);
}
