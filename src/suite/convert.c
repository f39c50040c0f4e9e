/*
 * From what was read to a native tree, and from that to any format.
 */
#include "config.h"

#include "suite/convert.h"

#include "suite/convert_gx.h"
#include "suite/node_make.h"
#include "suite/write.h"

struct conversion {
    struct assay_loader loader; /* of nodes; its diags go nowhere */
    struct assay_diags ignored;
    struct assay_diags *losses; /* of what the native suite cannot say */
    struct assay_diags *told;   /* the caller's */
    struct assay_gx_writing writing;
    const struct assay_node *at; /* where new nodes are said to stand */
    struct assay_node *root;     /* of the native suite */
    struct assay_node *checks, *columns, *meta;
    struct assay_comment *comments;
    size_t comment_count, comment_cap;
    const struct assay_node *owner, *tags; /* of an included file: go to each of its checks */
};

static struct assay_node *put(struct conversion *c, struct assay_node *map, const char *key,
                              const struct assay_node *value)
{
    return assay_node_put(&c->loader, map, key, value);
}

static struct assay_node *put_text(struct conversion *c, struct assay_node *map, const char *key,
                                   const char *text)
{
    return assay_node_put_text(&c->loader, map, key, c->at, assay_cstr(text));
}

static struct assay_node *put_new(struct conversion *c, struct assay_node *map, const char *key,
                                  enum assay_node_kind kind)
{
    return assay_node_put_new(&c->loader, map, key, kind);
}

static struct assay_node *new_node(struct conversion *c, enum assay_node_kind kind)
{
    return assay_node_new(&c->loader, c->at, kind);
}

static void refuse(struct conversion *c, const char *code, const char *message, const char *help)
{
    struct assay_error error;
    assay_fail(&error, ASSAY_CONFIG, code, "%s", message);
    assay_error_help(&error, "%s", help);
    assay_error_at(&error, c->at->doc->name, 0, 0);
    assay_diags_add(c->losses, ASSAY_DIAG_ERROR, &error);
}

/* ------------------------------------------------------------ checks of a native suite */

/* What is read as text is written as text: 007 as '007'. */
static const struct assay_node *text_where_due(struct conversion *c,
                                               const struct assay_expectation *e,
                                               struct assay_str key, const struct assay_node *node)
{
    bool due = e != NULL && node->kind != ASSAY_NODE_NULL && assay_native_is_text(e, key);
    return due ? assay_node_texts(&c->loader, node) : node;
}

/* What a check gives, by name, with the owner and the tags of its file. */
static const struct assay_node *dressed(struct conversion *c, const struct assay_expectation *e,
                                        const struct assay_node *given)
{
    struct assay_node *all = new_node(c, ASSAY_NODE_MAPPING);
    if (all == NULL)
        return given;
    if (given != NULL && given->kind == ASSAY_NODE_MAPPING) {
        for (const struct assay_node *n = given->first; n != NULL; n = n->next)
            put(c, all, n->key.ptr, text_where_due(c, e, n->key, n));
    } else if (given != NULL && given->kind != ASSAY_NODE_NULL)
        for (size_t i = 0; e != NULL && i < e->param_count; i++)
            if (e->params[i].flags & ASSAY_PARAM_MAIN) {
                struct assay_str key = assay_cstr(e->params[i].name);
                put(c, all, key.ptr, text_where_due(c, e, key, given));
            }
    const struct assay_node *own = assay_node_member(all, ASSAY_STR("tags"));
    if (c->owner != NULL && assay_node_member(all, ASSAY_STR("owner")) == NULL)
        put(c, all, "owner", c->owner);
    if (c->tags != NULL) {
        struct assay_node *tags = new_node(c, ASSAY_NODE_SEQUENCE);
        const struct assay_node *both[] = {c->tags, own};
        for (int i = 0; i < 2 && tags != NULL; i++) {
            bool list = both[i] != NULL && both[i]->kind == ASSAY_NODE_SEQUENCE;
            for (const struct assay_node *n = list ? both[i]->first : both[i]; n != NULL;
                 n = list ? n->next : NULL)
                assay_node_append(&c->loader, tags, n);
        }
        assay_node_remove(all, ASSAY_STR("tags"));
        put(c, all, "tags", tags);
    }
    return all;
}

/* The one way to write a check: the name alone, name: value, or name: {…}. */
static void add_check(struct conversion *c, struct assay_node *list, struct assay_str name,
                      const struct assay_node *given, const struct assay_node *at)
{
    const struct assay_expectation *e = assay_expectation_find(name);
    const struct assay_node *main = NULL;
    given = dressed(c, e, given);
    if (given != NULL && given->kind == ASSAY_NODE_MAPPING && given->count == 1)
        for (size_t i = 0; e != NULL && i < e->param_count; i++)
            if ((e->params[i].flags & ASSAY_PARAM_MAIN) &&
                assay_str_is(given->first->key, e->params[i].name) &&
                given->first->kind != ASSAY_NODE_MAPPING && given->first->kind != ASSAY_NODE_NULL)
                main = given->first;
    bool bare = given == NULL || given->kind == ASSAY_NODE_NULL ||
                (given->kind == ASSAY_NODE_MAPPING && given->count == 0);
    struct assay_node node = *at;
    node.kind = bare ? ASSAY_NODE_STRING : ASSAY_NODE_MAPPING;
    node.text = bare ? name : assay_cstr("");
    node.written = assay_str(NULL, 0);
    node.plain = node.odd_plain = false;
    node.first = node.last = NULL;
    node.count = 0;
    if (bare && assay_str_is(name, "null"))
        node.kind = ASSAY_NODE_NULL;
    struct assay_node *entry = list ? assay_node_append(&c->loader, list, &node) : NULL;
    if (entry != NULL && !bare)
        put(c, entry, name.ptr, main ? main : given);
}

/* A column, made where it is new. */
static struct assay_node *column_of(struct conversion *c, struct assay_str name)
{
    struct assay_node *column = assay_node_member(c->columns, name);
    return column ? column : put_new(c, c->columns, name.ptr, ASSAY_NODE_MAPPING);
}

static struct assay_node *checks_of(struct conversion *c, struct assay_node *column)
{
    struct assay_node *list = assay_node_member(column, ASSAY_STR("checks"));
    return list ? list : put_new(c, column, "checks", ASSAY_NODE_SEQUENCE);
}

static void copy_checks(struct conversion *c, struct assay_node *list,
                        const struct assay_node *from)
{
    if (from == NULL || from->kind != ASSAY_NODE_SEQUENCE)
        return;
    for (const struct assay_node *n = from->first; n != NULL; n = n->next) {
        bool map = n->kind == ASSAY_NODE_MAPPING;
        struct assay_str name = map                          ? n->first->key
                                : n->kind == ASSAY_NODE_NULL ? ASSAY_STR("null")
                                                             : n->text;
        add_check(c, list, name, map ? n->first : NULL, n);
    }
}

static void copy_column(struct conversion *c, const struct assay_node *from)
{
    struct assay_node *column = column_of(c, from->key);
    bool list = from->kind == ASSAY_NODE_SEQUENCE;
    if (column == NULL)
        return;
    if (from->kind == ASSAY_NODE_MAPPING)
        for (const struct assay_node *m = from->first; m != NULL; m = m->next)
            if (!assay_str_is(m->key, "checks") && assay_node_member(column, m->key) == NULL)
                put(c, column, m->key.ptr, m);
    const struct assay_node *checks = list ? from : assay_node_get(from, "checks");
    if (checks != NULL && checks->kind == ASSAY_NODE_SEQUENCE && checks->first != NULL)
        copy_checks(c, checks_of(c, column), checks);
}

/* The sections of a native suite, or of what a suite of theirs keeps for assay. */
static void copy_sections(struct conversion *c, const struct assay_node *from, bool whole)
{
    for (const struct assay_node *s = from->first; s != NULL; s = s->next) {
        bool map = s->kind == ASSAY_NODE_MAPPING;
        if (assay_str_is(s->key, "checks"))
            copy_checks(c, c->checks, s);
        else if (assay_str_is(s->key, "columns") && map)
            for (const struct assay_node *n = s->first; n != NULL; n = n->next)
                copy_column(c, n);
        else if (assay_str_is(s->key, "options") && map) {
            struct assay_node *options = assay_node_member(c->root, s->key);
            if (options == NULL)
                options = put_new(c, c->root, "options", ASSAY_NODE_MAPPING);
            for (const struct assay_node *n = s->first; n != NULL; n = n->next)
                assay_node_replace(&c->loader, options,
                                   n->kind == ASSAY_NODE_NULL || n->kind == ASSAY_NODE_SEQUENCE
                                       ? assay_node_texts(&c->loader, n)
                                       : n);
        } else if (assay_str_is(s->key, "meta") && map)
            for (const struct assay_node *n = s->first; n != NULL; n = n->next)
                assay_node_replace(&c->loader, c->meta, n);
        else if (whole || !(assay_str_is(s->key, "include") || assay_str_is(s->key, "owner") ||
                            assay_str_is(s->key, "tags")))
            assay_node_replace(&c->loader, c->root,
                               assay_str_is(s->key, "version") || s->kind == ASSAY_NODE_NULL
                                   ? s
                                   : assay_node_texts(&c->loader, s));
    }
}

/* ------------------------------------------------------------ from Great Expectations */

/* A value in the check that no variable of a native suite stands for. */
static const struct assay_node *computed(const struct assay_node *node)
{
    if (node->written.ptr != NULL && memmem(node->written.ptr, node->written.len, "${", 2) == NULL)
        return node;
    const struct assay_node *found = NULL;
    for (const struct assay_node *n = node->first; n != NULL && found == NULL; n = n->next)
        found = assay_str_is(n->key, "meta") ? NULL : computed(n);
    return found;
}

static void comment(struct conversion *c, struct assay_node *list, const char *text)
{
    if (c->comment_count == c->comment_cap) {
        size_t cap = c->comment_cap ? c->comment_cap * 2 : 16;
        struct assay_comment *grown =
            assay_arena_array(&c->loader.suite->arena, cap, sizeof *grown);
        if (grown == NULL) {
            c->loader.nomem = true;
            return;
        }
        if (c->comment_count)
            memcpy(grown, c->comments, c->comment_count * sizeof *grown);
        c->comments = grown;
        c->comment_cap = cap;
    }
    c->comments[c->comment_count++] =
        (struct assay_comment){.in = list, .after = list->last, .text = assay_cstr(text)};
}

/* An item without an equal: a comment in its place, the item itself under meta, gx. */
static void keep_item(struct conversion *c, const struct assay_origin_item *item,
                      const struct assay_node *why, struct assay_node *list)
{
    struct assay_node *theirs = assay_node_member(c->meta, ASSAY_STR(ASSAY_GX_KEPT));
    if (theirs == NULL)
        theirs = put_new(c, c->meta, ASSAY_GX_KEPT, ASSAY_NODE_MAPPING);
    struct assay_node *kept = assay_node_member(theirs, ASSAY_STR("expectations"));
    if (kept == NULL)
        kept = put_new(c, theirs, "expectations", ASSAY_NODE_SEQUENCE);
    if (kept == NULL)
        return;
    assay_node_append(&c->loader, kept, item->at);
    char *text = assay_arena_printf(
        &c->loader.suite->arena,
        "%s: its %.*s is computed (%.*s), which has no equal here.\nThe item is kept below, under "
        "meta, gx, expectations.",
        item->row->name, (int)why->key.len, why->key.ptr, (int)why->written.len, why->written.ptr);
    c->loader.nomem |= text == NULL;
    if (text != NULL)
        comment(c, list, text);
    assay_convert_lose(
        c->losses, item->at,
        "it is not checked; a comment stands in its place, and the item is kept under meta, gx",
        "%s: a computed %.*s has no equal", item->row->name, (int)why->key.len, why->key.ptr);
}

/* Whether a member of their `meta` is the author's; one under a name that means more is lost. */
static bool is_theirs_alone(struct conversion *c, const struct assay_node *member)
{
    bool kept = assay_str_is(member->key, ASSAY_GX_KEPT);
    if (kept)
        assay_convert_lose(c->told, member, "call it something else",
                           "\"gx\" in meta is left out: here it is what a conversion keeps");
    return !kept && !assay_str_is(member->key, "assay");
}

/* `meta` of an item without what is assay's, with what the native check does not say. */
static void put_meta(struct conversion *c, struct assay_node *given, const struct assay_node *at,
                     const struct assay_node *kept)
{
    const struct assay_node *theirs = assay_node_get(at, "meta");
    struct assay_node *meta = new_node(c, ASSAY_NODE_MAPPING);
    for (const struct assay_node *n = theirs && theirs->kind == ASSAY_NODE_MAPPING ? theirs->first
                                                                                   : NULL;
         n != NULL; n = n->next)
        if (is_theirs_alone(c, n))
            put(c, meta, n->key.ptr, n);
    if (kept != NULL)
        put(c, meta, ASSAY_GX_KEPT, kept);
    if (meta != NULL && meta->count != 0)
        put(c, given, "meta", meta);
}

static void add_item(struct conversion *c, const struct assay_origin_item *item)
{
    const struct assay_expectation *e = assay_expectation_find(assay_cstr(item->native));
    const struct assay_node *column = assay_node_get(item->given, "column");
    bool under = column != NULL && column->kind < ASSAY_NODE_SEQUENCE &&
                 column->written.ptr == NULL && e->scope == ASSAY_SCOPE_COLUMN &&
                 item->row->domain == ASSAY_GX_COLUMN;
    struct assay_node *list = under ? checks_of(c, column_of(c, column->text)) : c->checks;
    const struct assay_node *why = computed(item->given);
    struct assay_node *given = new_node(c, ASSAY_NODE_MAPPING);
    if (list == NULL || given == NULL)
        return;
    if (why != NULL) {
        keep_item(c, item, why, list);
        return;
    }
    for (const struct assay_node *n = item->given->first; n != NULL; n = n->next)
        if (!assay_str_is(n->key, "meta") && !(under && assay_str_is(n->key, "column")))
            put(c, given, n->key.ptr, n);
    if (item->id.len != 0)
        put_text(c, given, "id", item->id.ptr);
    const char *reason, *kept;
    struct assay_gx_check check = {.expectation = assay_cstr(item->native),
                                   .column = under ? column : NULL,
                                   .given = given,
                                   .at = item->at};
    const struct assay_node *made = assay_gx_item_of(&c->writing, &check, &reason, &kept);
    put_meta(c, given, item->at, assay_gx_difference(&c->writing, item->at, made));
    add_check(c, list, check.expectation, given, item->at);
}

/* What else their suite says, under the names of 1.x. */
static void copy_rest(struct conversion *c, const struct assay_node *root)
{
    static const char *const names[][2] = {{"ge_cloud_id", "id"},
                                           {"evaluation_parameters", "suite_parameters"}};
    struct assay_node *theirs = assay_node_member(c->meta, ASSAY_STR(ASSAY_GX_KEPT));
    if (theirs == NULL)
        theirs = new_node(c, ASSAY_NODE_MAPPING);
    for (const struct assay_node *n = root->first; n != NULL && theirs != NULL; n = n->next) {
        const char *name = n->key.ptr;
        for (size_t i = 0; i < 2; i++)
            name = assay_str_is(n->key, names[i][0]) ? names[i][1] : name;
        bool said = strcmp(name, "name") == 0 || strcmp(name, "expectation_suite_name") == 0 ||
                    strcmp(name, "expectations") == 0 || strcmp(name, "meta") == 0;
        if (said || n->kind == ASSAY_NODE_NULL)
            continue;
        if (strcmp(name, "notes") == 0 && n->kind == ASSAY_NODE_STRING &&
            assay_node_member(c->root, ASSAY_STR("description")) == NULL)
            put(c, c->root, "description", n);
        else if (strcmp(name, "suite_parameters") != 0 || n->kind != ASSAY_NODE_MAPPING)
            put(c, theirs, name, n);
        else {
            struct assay_node *rest = new_node(c, ASSAY_NODE_MAPPING);
            for (const struct assay_node *p = n->first; p != NULL; p = p->next) {
                struct assay_node *known = assay_node_member(c->writing.parameters, p->key);
                if (known == NULL || !assay_node_same(known, p))
                    put(c, rest, p->key.ptr, p);
            }
            if (rest != NULL && rest->count != 0)
                put(c, theirs, name, rest);
        }
    }
    if (theirs != NULL && theirs->count != 0 &&
        assay_node_member(c->meta, ASSAY_STR(ASSAY_GX_KEPT)) == NULL)
        put(c, c->meta, ASSAY_GX_KEPT, theirs);
}

static void copy_theirs(struct conversion *c, const struct assay_origin_file *file)
{
    const struct assay_node *name = assay_gx_either(file->root, "name", "expectation_suite_name");
    const struct assay_node *own = assay_gx_own(file->root);
    const struct assay_node *meta = assay_node_get(file->root, "meta");
    if (name != NULL && name->kind == ASSAY_NODE_STRING && name->text.len != 0)
        put(c, c->root, "dataset", name);
    if (assay_node_get(own, "conventions") == NULL)
        put_text(c, c->root, "conventions", "great_expectations");
    for (const struct assay_node *n = meta && meta->kind == ASSAY_NODE_MAPPING ? meta->first : NULL;
         n != NULL; n = n->next)
        if (is_theirs_alone(c, n))
            put(c, c->meta, n->key.ptr, n);
    for (uint32_t i = 0; i < file->item_count; i++)
        add_item(c, &file->items[i]);
    if (own != NULL)
        copy_sections(c, own, true);
    copy_rest(c, file->root);
}

/* ------------------------------------------------------------ the native tree */

static bool is_theirs(const struct assay_origin_file *file)
{
    const struct assay_node *node =
        assay_node_get(file->theirs ? assay_gx_own(file->root) : file->root, "conventions");
    return node ? assay_str_is(node->text, "great_expectations") : file->theirs;
}

/* A comment stands in a list; where the list becomes another node, so must it. */
static void move_comments(struct conversion *c, const struct assay_node *from,
                          const struct assay_node *to)
{
    for (size_t i = 0; i < c->comment_count; i++)
        if (c->comments[i].in == from)
            c->comments[i].in = to;
}

/* A column of nothing but checks is the list of them; else they come last. */
static void order_columns(struct conversion *c)
{
    for (struct assay_node *column = c->columns->first; column != NULL; column = column->next) {
        struct assay_node *list = assay_node_member(column, ASSAY_STR("checks"));
        if (list == NULL)
            continue;
        if (column->count > 1) {
            assay_node_remove(column, ASSAY_STR("checks"));
            move_comments(c, list, put(c, column, "checks", list));
            continue;
        }
        move_comments(c, list, column);
        struct assay_node whole = *list;
        whole.key = column->key;
        whole.key_mark = column->key_mark;
        whole.next = column->next;
        *column = whole;
    }
}

/* The sections in the order in which people write them. */
static void order_sections(struct conversion *c)
{
    static const char *const order[] = {"version",     "dataset", "description", "owner",  "tags",
                                        "conventions", "source",  "include",     "options"};
    struct assay_node *root = new_node(c, ASSAY_NODE_MAPPING);
    struct assay_node *lists[] = {c->checks, c->columns, c->meta};
    static const char *const names[] = {"checks", "columns", "meta"};
    const struct assay_node *conventions = assay_node_member(c->root, ASSAY_STR("conventions"));
    if (root == NULL)
        return;
    if (conventions != NULL && assay_str_is(conventions->text, "assay"))
        assay_node_remove(c->root, ASSAY_STR("conventions")); /* which is what holds anyhow */
    const struct assay_node *dataset = assay_node_member(c->root, ASSAY_STR("dataset"));
    if (dataset != NULL && dataset->written.ptr == NULL && dataset->text.len == 0)
        assay_node_remove(c->root, ASSAY_STR("dataset"));
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        put(c, root, order[i], assay_node_member(c->root, assay_cstr(order[i])));
    for (size_t i = 0; i < 3; i++) {
        struct assay_node *copy = NULL;
        bool commented = false;
        for (size_t k = 0; k < c->comment_count; k++)
            commented |= c->comments[k].in == lists[i];
        if (lists[i]->count != 0 || commented)
            copy = put(c, root, names[i], lists[i]);
        move_comments(c, lists[i], copy);
    }
    c->root = root;
}

static void build(struct conversion *c, const struct assay_origin *origin, bool native)
{
    const struct assay_origin_file *last = &origin->files[origin->file_count - 1];
    uint32_t first = native && !last->theirs ? origin->file_count - 1 : 0;
    c->root = new_node(c, ASSAY_NODE_MAPPING);
    c->checks = new_node(c, ASSAY_NODE_SEQUENCE);
    c->columns = new_node(c, ASSAY_NODE_MAPPING);
    c->meta = new_node(c, ASSAY_NODE_MAPPING);
    struct assay_node *version = put_text(c, c->root, "version", "1");
    if (version == NULL || c->checks == NULL || c->columns == NULL || c->meta == NULL)
        return;
    version->kind = ASSAY_NODE_INT;
    for (uint32_t i = first; i < origin->file_count; i++) {
        const struct assay_origin_file *file = &origin->files[i];
        if (is_theirs(file) != is_theirs(last))
            refuse(c, "CONVERT-MIXED", "the suite includes one that follows other conventions",
                   "convert each by itself");
        c->at = file->root;
        bool several = first + 1 < origin->file_count;
        c->owner = several ? assay_node_get(file->root, "owner") : NULL;
        c->tags = several ? assay_node_get(file->root, "tags") : NULL;
        if (file->theirs)
            copy_theirs(c, file);
        else if (file->root->kind == ASSAY_NODE_MAPPING)
            copy_sections(c, file->root, !several);
    }
    c->owner = c->tags = NULL;
}

/* ------------------------------------------------------------ to text */

/* Whether what was written can be read again: no larger, no deeper than a suite may be. */
static void check_limits(struct conversion *c, enum assay_convert_to to, struct assay_str text)
{
    bool theirs = to >= ASSAY_CONVERT_GX;
    struct assay_document_options options = {
        .format = to == ASSAY_CONVERT_NATIVE ? ASSAY_DOCUMENT_YAML : ASSAY_DOCUMENT_JSON,
        .max_bytes = theirs ? ASSAY_GX_BYTES : 0,
        .max_events = theirs ? ASSAY_GX_EVENTS : 0,
        .allow_nan = theirs,
    };
    struct assay_diags diags;
    struct assay_arena arena;
    assay_diags_init(&diags);
    assay_arena_init(&arena, 0);
    assay_document_parse(&arena, "converted", text, &options, &diags);
    if (diags.errors != 0)
        refuse(c, "CONVERT-LIMIT", "the converted suite could not be read again",
               diags.count ? diags.items[0].error.message : "");
    assay_diags_reset(&diags);
    assay_arena_free(&arena);
}

/*
 * In a list each value has a kind of its own, and JSON has no variable but in a text: what
 * YAML makes a number or a word of, once the value is in, is a text there.
 */
static void lose_kinds(struct conversion *c, const struct assay_node *node)
{
    for (const struct assay_node *n = node ? node->first : NULL; n != NULL; n = n->next) {
        if (assay_str_is(n->key, "tags"))
            continue;
        if (node->kind == ASSAY_NODE_SEQUENCE && n->plain && n->interpolated)
            assay_convert_lose(c->told, n, "keep the suite in YAML, or write the value",
                               "in JSON %.*s is a text, whatever its value", (int)n->written.len,
                               n->written.ptr);
        lose_kinds(c, n);
    }
}

static void write(struct conversion *c, enum assay_convert_to to, struct assay_buf *out)
{
    struct assay_comments comments = {c->comments, c->comment_count};
    bool ok = true;
    if (to == ASSAY_CONVERT_NATIVE)
        assay_write_yaml(out, c->root, &comments);
    else if (to == ASSAY_CONVERT_NATIVE_JSON) {
        lose_kinds(c, assay_node_member(c->root, ASSAY_STR("checks")));
        lose_kinds(c, assay_node_member(c->root, ASSAY_STR("columns")));
        ok = assay_write_json(out, c->root, true);
    } else {
        c->writing.old = to == ASSAY_CONVERT_GX_OLD;
        struct assay_node *root = assay_convert_gx(&c->writing, c->root, c->losses);
        ok = root != NULL && assay_write_json(out, root, false);
    }
    c->loader.nomem |= out->nomem;
    if (!ok || out->failed)
        refuse(c, "CONVERT-LIMIT", "the suite cannot be written in this format",
               "it is nested too deeply, too large, or holds a number that JSON does not have");
    else
        check_limits(c, to, assay_buf_view(out));
}

void assay_convert(struct assay_suite *suite, const struct assay_origin *origin,
                   enum assay_convert_to to, struct assay_buf *out, struct assay_diags *losses)
{
    struct conversion c = {.told = losses, .loader = {.suite = suite}};
    assay_diags_init(&c.ignored);
    c.loader.diags = &c.ignored;
    c.loader.lenient = true;
    c.at = origin->files[origin->file_count - 1].root;
    c.writing = (struct assay_gx_writing){
        .loader = &c.loader, .parameters = assay_node_new(&c.loader, c.at, ASSAY_NODE_MAPPING)};
    struct assay_diags native;
    assay_diags_init(&native);
    c.losses = to >= ASSAY_CONVERT_GX ? &native : losses; /* what goes back is not lost */
    build(&c, origin, to < ASSAY_CONVERT_GX);
    if (c.root != NULL && c.meta != NULL && !c.loader.nomem) {
        order_columns(&c);
        order_sections(&c);
    }
    for (size_t i = 0; i < native.count; i++)
        if (native.items[i].level == ASSAY_DIAG_ERROR)
            assay_diags_add(losses, ASSAY_DIAG_ERROR, &native.items[i].error);
    c.losses = losses;
    if (!c.loader.nomem && losses->errors == 0)
        write(&c, to, out);
    if (c.loader.nomem) {
        struct assay_error error;
        assay_fail_nomem(&error);
        assay_diags_add(losses, ASSAY_DIAG_ERROR, &error);
    }
    assay_diags_reset(&native);
    assay_diags_reset(&c.ignored);
}
