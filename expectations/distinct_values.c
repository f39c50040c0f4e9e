/*
 * distinct_values: the distinct values of the column, compared with a list.
 *
 * `in`: each of them is listed; `contain`: each listed one occurs; `equal`: both. Values are
 * equal as metric/same.h says. Nulls are no values. An empty list `in` allows anything. Exact,
 * also past the memory limit; up to 10,000 values are listed.
 */
#include "config.h"

#include "metric/judge.h"
#include "metric/metrics.h"
#include "metric/typed.h"

#include <stdlib.h>

#define VALUES_SHOWN 10000u
#define NAMES_SHOWN 10u

struct member {
    struct assay_str key;
    uint32_t index;
};

struct args {
    struct assay_scalars in, contain, equal;
    const struct assay_scalars *list;
    struct member *members; /* sorted by key */
    struct assay_frequency_args frequency;
};

static const struct assay_param params[] = {
    {"in", ASSAY_PARAM_SCALARS, ASSAY_PARAM_ONE_OF, NULL, NULL, offsetof(struct args, in),
     "every distinct value is one of these"},
    {"contain", ASSAY_PARAM_SCALARS, ASSAY_PARAM_ONE_OF, NULL, NULL, offsetof(struct args, contain),
     "each of these occurs"},
    {"equal", ASSAY_PARAM_SCALARS, ASSAY_PARAM_ONE_OF, NULL, NULL, offsetof(struct args, equal),
     "these are the distinct values, neither more nor fewer"},
};

static int compare_members(const void *a, const void *b)
{
    const struct member *x = a, *y = b;
    return assay_str_compare(x->key, y->key);
}

static enum assay_status prepare(void *arguments, struct assay_prepare *prepare,
                                 struct assay_error *err)
{
    struct args *args = arguments;
    args->list = args->in.given ? &args->in : args->contain.given ? &args->contain : &args->equal;
    if (args->in.given + args->contain.given + args->equal.given > 1) {
        prepare->param = args->equal.given ? "equal" : "contain";
        return assay_fail(err, ASSAY_CONFIG, "SUITE-BOUNDS", "give one of in, contain and equal");
    }
    args->frequency.top = 1;
    args->members =
        assay_arena_array(prepare->arena, args->list->count + 1u, sizeof *args->members);
    if (args->members == NULL)
        return assay_fail_nomem(err);
    for (uint32_t i = 0; i < args->list->count; i++) {
        struct assay_buf key;
        assay_buf_init(&key, (size_t)1 << 24);
        assay_typed_key_of(prepare->check->field, &args->list->items[i], &key);
        char *copy = assay_arena_strdup(prepare->arena, assay_buf_view(&key));
        args->members[i] = (struct member){{copy, key.len}, i};
        bool failed = key.failed || copy == NULL;
        assay_buf_free(&key);
        if (failed)
            return assay_fail_nomem(err);
    }
    qsort(args->members, args->list->count, sizeof *args->members, compare_members);
    return ASSAY_OK;
}

static enum assay_status needs(const struct assay_check *check, struct assay_needs *needs,
                               struct assay_error *err)
{
    const struct args *args = check->args;
    return assay_need_metric(needs, check, &assay_metric_frequency, &args->frequency, err);
}

struct entry {
    struct assay_value value;
    uint64_t count;
};

/* What walking over the distinct values finds. */
struct finding {
    const struct args *args;
    struct assay_arena *arena;
    bool *seen; /* by index of the list */
    struct entry *entries;
    uint32_t entry_count;
    uint64_t extra; /* values that are not listed */
    struct assay_value names[NAMES_SHOWN];
};

static enum assay_status look_at(void *ctx, struct assay_str key, const struct assay_value *value,
                                 uint64_t count, struct assay_error *err)
{
    struct finding *finding = ctx;
    const struct args *args = finding->args;
    struct member wanted = {.key = key};
    struct member *first =
        bsearch(&wanted, args->members, args->list->count, sizeof wanted, compare_members);
    struct assay_value copy = *value;
    if (first == NULL || finding->entry_count < VALUES_SHOWN) {
        copy = assay_value_text(finding->arena, value->text);
        if (copy.kind == ASSAY_VALUE_NULL)
            return assay_fail_nomem(err);
        copy.kind = value->kind;
        copy.boolean = value->boolean;
    }
    if (finding->entry_count < VALUES_SHOWN)
        finding->entries[finding->entry_count++] = (struct entry){copy, count};
    if (first == NULL) {
        if (finding->extra < NAMES_SHOWN)
            finding->names[finding->extra] = copy;
        finding->extra++;
        return ASSAY_OK;
    }
    while (first > args->members && assay_str_equal(first[-1].key, key))
        first--;
    for (; first < args->members + args->list->count && assay_str_equal(first->key, key); first++)
        finding->seen[first->index] = true;
    return ASSAY_OK;
}

static int compare_entries(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    return assay_value_order(&x->value, &y->value);
}

/* The values, sorted, and in the details how often each occurs. */
static bool observe(const struct finding *finding, struct assay_outcome *out)
{
    static const struct assay_str keys[] = {{"value", 5}, {"count", 5}};
    static const struct assay_str detail_keys[] = {{"value_counts", 12}};
    uint32_t n = finding->entry_count;
    struct assay_arena *arena = finding->arena;
    struct assay_value *values = assay_arena_array(arena, n + 1u, sizeof *values);
    struct assay_value *maps = assay_arena_array(arena, n + 1u, sizeof *maps);
    struct assay_value *pairs = assay_arena_array(arena, n * 2u + 1u, sizeof *pairs);
    struct assay_value *list = assay_arena_alloc(arena, sizeof *list);
    if (values == NULL || maps == NULL || pairs == NULL || list == NULL)
        return false;
    qsort(finding->entries, n, sizeof *finding->entries, compare_entries);
    for (uint32_t i = 0; i < n; i++) {
        values[i] = pairs[i * 2] = finding->entries[i].value;
        pairs[i * 2 + 1] = assay_value_count(arena, finding->entries[i].count);
        maps[i] = (struct assay_value){
            .kind = ASSAY_VALUE_MAP, .count = 2, .items = pairs + (size_t)i * 2, .keys = keys};
    }
    out->observed = (struct assay_value){.kind = ASSAY_VALUE_LIST, .count = n, .items = values};
    *list = (struct assay_value){.kind = ASSAY_VALUE_LIST, .count = n, .items = maps};
    out->details = (struct assay_value){
        .kind = ASSAY_VALUE_MAP, .count = 1, .items = list, .keys = detail_keys};
    return true;
}

static void say(const struct finding *finding, uint64_t missing, const struct assay_judge_env *env,
                struct assay_outcome *out)
{
    struct assay_buf text;
    uint32_t shown = 0;
    assay_buf_init(&text, (size_t)1 << 20);
    for (uint64_t i = 0; i < finding->extra && i < NAMES_SHOWN; i++) {
        assay_buf_puts(&text, i ? ", " : "unexpected ");
        assay_value_describe(&finding->names[i], &text);
    }
    if (finding->extra > NAMES_SHOWN)
        assay_buf_printf(&text, " and %llu more",
                         (unsigned long long)(finding->extra - NAMES_SHOWN));
    for (uint32_t i = 0; missing && i < finding->args->list->count && shown < NAMES_SHOWN; i++) {
        if (finding->seen[i])
            continue;
        assay_buf_puts(&text, shown++ ? ", " : text.len ? "; missing " : "missing ");
        assay_buf_str(&text, finding->args->list->items[i].text);
    }
    if (text.len)
        assay_outcome_say(out, env, "%s", text.ptr);
    assay_buf_free(&text);
}

static void judge(const struct assay_check *check, const struct assay_measure *const *measures,
                  const struct assay_judge_env *env, struct assay_outcome *out)
{
    const struct args *args = check->args;
    struct finding finding = {.args = args, .arena = env->arena};
    finding.seen = assay_arena_array(env->arena, args->list->count + 1u, sizeof *finding.seen);
    const struct assay_frequency_detail *frequency = measures[0]->detail;
    uint64_t room = frequency->distinct < VALUES_SHOWN ? frequency->distinct : VALUES_SHOWN;
    finding.entries = assay_arena_array(env->arena, room + 1, sizeof *finding.entries);
    enum assay_status status = assay_fail_nomem(&out->error);
    if (finding.seen != NULL && finding.entries != NULL)
        status = assay_frequency_walk(frequency, look_at, &finding, &out->error);
    if (status == ASSAY_OK && !observe(&finding, out))
        status = assay_fail_nomem(&out->error);
    if (status != ASSAY_OK) {
        out->level = ASSAY_LEVEL_ERROR;
        return;
    }
    uint64_t missing = 0;
    for (uint32_t i = 0; i < args->list->count; i++)
        missing += !finding.seen[i];
    if (args->in.given)
        missing = 0;
    if (args->contain.given || (args->in.given && args->list->count == 0))
        finding.extra = 0;
    out->level = missing || finding.extra ? ASSAY_LEVEL_FAIL : ASSAY_LEVEL_PASS;
    say(&finding, missing, env, out);
}

static void title(const struct assay_check *check, struct assay_buf *out)
{
    const struct args *args = check->args;
    assay_buf_puts(out, args->in.given        ? "distinct values are among "
                        : args->contain.given ? "distinct values contain "
                                              : "distinct values are ");
    for (uint32_t i = 0; i < args->list->count && i < NAMES_SHOWN; i++) {
        assay_buf_puts(out, i ? ", " : "");
        assay_buf_str(out, args->list->items[i].text);
    }
    if (args->list->count > NAMES_SHOWN)
        assay_buf_printf(out, " … (%u values)", args->list->count);
}

const struct assay_expectation assay_expectation_distinct_values = {
    .name = "distinct_values",
    .summary = "the distinct values are in a list, contain it or equal it",
    .since = "0.1.0",
    .scope = ASSAY_SCOPE_COLUMN,
    .params = params,
    .param_count = sizeof params / sizeof params[0],
    .args_size = sizeof(struct args),
    .example = "distinct_values: {equal: [placed, shipped, returned]}",
    .prepare = prepare,
    .needs = needs,
    .judge = judge,
    .title = title,
};
