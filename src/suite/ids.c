/*
 * Every check has an id that stays the same from run to run: history, alerts and
 * deduplication hang on it. A declared id is taken as it is; others are made from the
 * columns and the expectation, as `email.not_null`, and where that is taken, from the
 * configuration as well.
 */
#include "config.h"

#include "suite/ids.h"

#include "base/hash.h"
#include "metric/judge.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct entry {
    struct assay_str id;
    struct assay_str config; /* what tells two checks apart: parameters and filter */
    uint32_t check;
    bool declared;
};

/* The parameters in order of their names: the order in which they were given says nothing. */
static void describe_config(const struct assay_value *config, struct assay_buf *buf)
{
    const struct assay_str *before = NULL;
    for (size_t n = 0; n < config->count; n++) {
        size_t next = config->count;
        for (size_t i = 0; i < config->count; i++)
            if ((before == NULL || assay_str_compare(config->keys[i], *before) > 0) &&
                (next == config->count ||
                 assay_str_compare(config->keys[i], config->keys[next]) < 0))
                next = i;
        if (next == config->count)
            break;
        before = &config->keys[next];
        assay_buf_puts(buf, n ? ", " : "{");
        assay_buf_str(buf, *before);
        assay_buf_puts(buf, ": ");
        assay_value_describe(&config->items[next], buf);
    }
    assay_buf_puts(buf, config->count ? "}" : "{}");
}

static struct assay_str config_text(struct assay_arena *arena, const struct assay_check *check)
{
    struct assay_buf buf;
    assay_buf_init(&buf, (size_t)16 << 20);
    describe_config(&check->config, &buf);
    if (check->where != NULL) {
        assay_buf_puts(&buf, " where ");
        assay_buf_str(&buf, assay_expr_text(check->where));
    }
    struct assay_str text = {NULL, buf.len};
    if (!buf.failed)
        text.ptr = assay_arena_strdup(arena, assay_buf_view(&buf));
    assay_buf_free(&buf);
    return text;
}

static struct assay_str derived_id(struct assay_arena *arena, const struct assay_check *check)
{
    struct assay_buf buf;
    assay_buf_init(&buf, (size_t)1 << 20);
    for (uint32_t i = 0; i < check->column_count; i++) {
        assay_buf_puts(&buf, i ? "+" : "");
        assay_buf_str(&buf, check->columns[i]);
    }
    assay_buf_printf(&buf, "%s%s", check->column_count ? "." : "", check->expectation->name);
    struct assay_str id = {NULL, buf.len};
    if (!buf.failed)
        id.ptr = assay_arena_strdup(arena, assay_buf_view(&buf));
    assay_buf_free(&buf);
    return id;
}

static int compare_entries(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int c = assay_str_compare(x->id, y->id);
    if (c == 0)
        c = y->declared - x->declared;
    if (c == 0)
        c = (x->check > y->check) - (x->check < y->check);
    return c;
}

static void report(struct assay_diags *diags, const struct assay_check *first,
                   const struct assay_check *again, bool declared)
{
    struct assay_error error;
    if (declared)
        assay_fail(&error, ASSAY_CONFIG, "SUITE-ID",
                   "the id \"%.*s\" was given before, at %.*s:%llu:%llu", (int)again->id.len,
                   again->id.ptr, (int)first->file.len, first->file.ptr,
                   (unsigned long long)first->line, (unsigned long long)first->column);
    else
        assay_fail(&error, ASSAY_CONFIG, "SUITE-ID", "the same check stands at %.*s:%llu:%llu",
                   (int)first->file.len, first->file.ptr, (unsigned long long)first->line,
                   (unsigned long long)first->column);
    assay_error_help(&error, declared ? "ids must differ: history and alerts hang on them"
                                      : "remove one, or give each an `id`");
    char file[512];
    snprintf(file, sizeof file, "%.*s", (int)again->file.len, again->file.ptr);
    assay_error_at(&error, file, again->line, again->column);
    assay_diags_add(diags, ASSAY_DIAG_ERROR, &error);
}

/* Among entries of one id the first keeps it; others, if derived, get a hash appended. */
static bool separate(struct assay_suite *suite, struct entry *run, size_t count,
                     struct assay_diags *diags)
{
    for (size_t i = 1; i < count; i++) {
        const struct assay_check *check = &suite->checks[run[i].check];
        for (size_t k = 0; k < i; k++) {
            bool both = run[i].declared && run[k].declared;
            bool same = !run[i].declared && !run[k].declared &&
                        assay_str_equal(run[i].config, run[k].config);
            if (both || same) {
                report(diags, &suite->checks[run[k].check], check, both);
                break;
            }
        }
        if (run[i].declared)
            continue;
        char *id =
            assay_arena_printf(&suite->arena, "%.*s-%08" PRIx32, (int)run[i].id.len, run[i].id.ptr,
                               (uint32_t)(assay_hash_text(run[i].config) >> 32));
        if (id == NULL)
            return false;
        suite->checks[run[i].check].id = assay_cstr(id);
    }
    return true;
}

bool assay_suite_identify(struct assay_suite *suite, struct assay_diags *diags)
{
    struct entry *entries = calloc(suite->check_count + 1, sizeof *entries);
    bool ok = entries != NULL;
    for (uint32_t i = 0; ok && i < suite->check_count; i++) {
        struct assay_check *check = &suite->checks[i];
        entries[i].check = i;
        entries[i].declared = check->id.len != 0;
        if (!entries[i].declared)
            check->id = derived_id(&suite->arena, check);
        entries[i].id = check->id;
        entries[i].config = config_text(&suite->arena, check);
        ok = check->id.ptr != NULL && entries[i].config.ptr != NULL;
    }
    if (ok)
        qsort(entries, suite->check_count, sizeof *entries, compare_entries);
    for (size_t i = 0, n; ok && i < suite->check_count; i += n) {
        for (n = 1; i + n < suite->check_count; n++)
            if (!assay_str_equal(entries[i].id, entries[i + n].id))
                break;
        ok = separate(suite, entries + i, n, diags);
    }
    free(entries);
    return ok;
}
